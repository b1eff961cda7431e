//! Which entries are wanted, and in which order.

use super::catalogue::{Catalogue, Row};
use super::{Agreement, Entry};
use fencing::{Call, Side, Weapon};
use std::cmp::Ordering;
use std::sync::Arc;

/// What counts as the call of an entry: the referee's, otherwise the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFilter {
    /// A touch for this side.
    Touch(Side),
    /// Nobody, or both.
    NoTouch,
    /// Too close to call.
    TooClose,
    /// Not judged by the machine.
    Unjudged,
}

/// What the list is ordered by; entries that are equal in it follow their paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// Name, A to Z.
    Title,
    /// Least sure first: what is worth a second look.
    LeastSure,
}

impl SortBy {
    /// All orders, as a menu shows them.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Title, Self::LeastSure];
}

/// What is looked for. Every part that is set must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Words that name, folder, bout or a fencer contain, whatever their case.
    pub text: String,
    /// The weapon.
    pub weapon: Option<Weapon>,
    /// The call.
    pub call: Option<CallFilter>,
    /// Whether referee and machine agree.
    pub agreement: Option<Agreement>,
    /// Least confidence of the machine, 0..1; entries without one pass only at 0.
    pub least_confidence: f64,
    /// Greatest confidence of the machine, 0..1; entries without one pass only at 1.
    pub greatest_confidence: f64,
    /// The order.
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
    /// Whether everything is wanted.
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

/// The entries that are wanted, in order.
pub fn select(catalogue: &Catalogue, query: &Query) -> Vec<Arc<Entry>> {
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    let wanted = |row: &&Row| words.iter().all(|word| row.haystack.contains(word)) && query.wants(&row.entry);
    let mut found: Vec<_> = catalogue.rows().filter(wanted).map(|row| Arc::clone(&row.entry)).collect();
    // Stable: the catalogue's own order, that of paths, decides where the query's does not.
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
