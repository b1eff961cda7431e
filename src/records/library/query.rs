//! Filter and order of entries.

use super::catalogue::{Catalogue, Row};
use super::{Agreement, Entry};
use fencing::{Call, Side, Weapon};
use std::cmp::Ordering;
use std::sync::Arc;

/// Filter by the call that counts: the referee's, otherwise the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFilter {
    /// A touch for this side.
    Touch(Side),
    /// A touch for neither or both.
    NoTouch,
    /// Too close to call.
    TooClose,
    /// Without a call of the machine.
    Unjudged,
}

/// Order of the list; equal entries are sorted by path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// Name, A to Z.
    Title,
    /// Lowest confidence first: these deserve a second look.
    LeastSure,
}

impl SortBy {
    /// All orders, for a menu.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Title, Self::LeastSure];
}

/// A filter; all set parts must match.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Words that title, folder, bout or a fencer's name contain, ignoring case.
    pub text: String,
    /// Weapon.
    pub weapon: Option<Weapon>,
    /// Call.
    pub call: Option<CallFilter>,
    /// Whether referee and machine agree.
    pub agreement: Option<Agreement>,
    /// Lowest confidence of the machine, 0..1; entries without one match only 0.
    pub least_confidence: f64,
    /// Highest confidence of the machine, 0..1; entries without one match only 1.
    pub greatest_confidence: f64,
    /// Order.
    pub sort: SortBy,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            weapon: None,
            call: None,
            agreement: None,
            least_confidence: 0.0,
            greatest_confidence: 1.0,
            sort: SortBy::default(),
        }
    }
}

impl Query {
    /// Whether the filter matches everything.
    pub fn is_open(&self) -> bool {
        *self == Self { sort: self.sort, ..Self::default() }
    }

    fn wants(&self, entry: &Entry) -> bool {
        self.weapon.is_none_or(|weapon| entry.weapon == Some(weapon))
            && self.call.is_none_or(|call| call.fits(entry))
            && self.agreement.is_none_or(|agreement| entry.agreement() == agreement)
            && self.wants_confidence(entry)
    }

    fn wants_confidence(&self, entry: &Entry) -> bool {
        let (low, high) = (self.least_confidence, self.greatest_confidence);
        match entry.machine.as_ref().and_then(|m| m.confidence) {
            Some(confidence) => (low..=high).contains(&confidence.0),
            None => low <= 0.0 && high >= 1.0,
        }
    }
}

impl CallFilter {
    fn fits(self, entry: &Entry) -> bool {
        let call = entry.final_call();
        match self {
            Self::Touch(side) => call == Some(Call::Touch(side)),
            Self::NoTouch => matches!(call, Some(Call::NoTouch | Call::Simultaneous | Call::Double)),
            Self::TooClose => call == Some(Call::TooClose),
            Self::Unjudged => entry.machine.is_none(),
        }
    }
}

/// The matching entries, in order.
pub fn select(catalogue: &Catalogue, query: &Query) -> Vec<Arc<Entry>> {
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    let wanted = |row: &&Row| words.iter().all(|word| row.haystack.contains(word)) && query.wants(&row.entry);
    let mut found: Vec<_> = catalogue.rows().filter(wanted).map(|row| Arc::clone(&row.entry)).collect();
    // Stable sort: entries that the query leaves equal keep the catalogue's order, that of paths.
    found.sort_by(|a, b| order(query.sort, a, b));
    found
}

fn order(sort: SortBy, a: &Entry, b: &Entry) -> Ordering {
    match sort {
        SortBy::Newest => b.recorded_at.cmp(&a.recorded_at),
        SortBy::Oldest => a.recorded_at.cmp(&b.recorded_at),
        SortBy::Title => a.title.cmp(&b.title),
        SortBy::LeastSure => {
            let sure = |e: &Entry| e.machine.as_ref().and_then(|m| m.confidence).map_or(f64::INFINITY, |c| c.0);
            sure(a).total_cmp(&sure(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{EntryKind, Finding, MachineCall};
    use fencing::Confidence;

    fn entry(title: &str, change: impl FnOnce(&mut Entry)) -> Finding {
        let mut entry = Entry::at(format!("/club/{title}.mp4").into(), EntryKind::Clip);
        change(&mut entry);
        Finding::Entry(Box::new(entry))
    }

    fn machine(call: Call, confidence: f64) -> MachineCall {
        MachineCall { call, confidence: Some(Confidence(confidence)), rule: None }
    }

    fn catalogue() -> Catalogue {
        let left = Call::Touch(Side::Left);
        let mut all = Catalogue::default();
        all.add(entry("a", |e| (e.machine, e.own_call) = (Some(machine(left, 0.9)), Some(left))));
        all.add(entry("b", |e| {
            (e.machine, e.own_call) = (Some(machine(left, 0.6)), Some(Call::Simultaneous));
            e.fencers.left = Some("Müller".into());
            e.weapon = Some(Weapon::Foil);
        }));
        all.add(entry("c", |e| e.machine = Some(machine(Call::TooClose, 0.5))));
        all.add(entry("d", |_| {}));
        all
    }

    fn check(query: &Query, wanted: &str) {
        let titles: Vec<_> = select(&catalogue(), query).iter().map(|e| e.title.clone()).collect();
        assert_eq!(titles.join(""), wanted, "{query:?}");
    }

    #[test]
    fn every_part_narrows_the_list() {
        let any = Query { sort: SortBy::Title, ..Query::default() };
        check(&any, "abcd");
        check(&Query { text: "MÜLL club".into(), ..any.clone() }, "b");
        check(&Query { text: "nobody".into(), ..any.clone() }, "");
        check(&Query { weapon: Some(Weapon::Foil), ..any.clone() }, "b");
        check(&Query { call: Some(CallFilter::Touch(Side::Left)), ..any.clone() }, "a");
        check(&Query { call: Some(CallFilter::NoTouch), ..any.clone() }, "b");
        check(&Query { call: Some(CallFilter::TooClose), ..any.clone() }, "c");
        check(&Query { call: Some(CallFilter::Unjudged), ..any.clone() }, "d");
        check(&Query { agreement: Some(Agreement::Differs), ..any.clone() }, "b");
        check(&Query { agreement: Some(Agreement::Unknown), ..any.clone() }, "cd");
        check(&Query { least_confidence: 0.6, ..any.clone() }, "ab");
        check(&Query { greatest_confidence: 0.6, ..any.clone() }, "bc");
        check(&Query { sort: SortBy::LeastSure, ..any }, "cbad");
    }
}
