//! Statistics of a list of phrases: touches, and how often referee and machine agree.

use super::{Agreement, Entry};
use fencing::share::Share;
use fencing::{Call, ConfidenceWord, PerSide, Side, Weapon};
use std::collections::BTreeMap;

/// Statistics of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Phrases in the list.
    pub phrases: usize,
    /// Phrases judged by the machine.
    pub judged: usize,
    /// Phrases called by the referee.
    pub called: usize,
    /// Phrases that the machine found too close; neither agreement nor difference.
    pub too_close: usize,
    /// Agreement in the phrases with both calls.
    pub agreement: Share,
    /// Agreement by the machine's confidence, highest first.
    pub by_confidence: Vec<(ConfidenceWord, Share)>,
    /// Figures by weapon, in the order of menus, without weapons that have no phrase.
    pub by_weapon: Vec<(Weapon, WeaponFigures)>,
    /// Touches by the calls that count (the referee's, otherwise the machine's).
    pub touches: PerSide<usize>,
    /// Phrases without a touch by the calls that count.
    pub without_touch: usize,
    /// Every named fencer, most phrases first, then by name.
    pub fencers: Vec<FencerFigures>,
}

/// Figures of a weapon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeaponFigures {
    /// Number of phrases.
    pub phrases: usize,
    /// Agreement of referee and machine.
    pub agreement: Share,
}

/// Figures of a fencer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FencerFigures {
    /// Name as entered.
    pub name: String,
    /// Number of phrases.
    pub phrases: usize,
    /// Touches scored.
    pub touches: usize,
    /// Touches received.
    pub against: usize,
    /// Phrases without a touch for either.
    pub without_touch: usize,
    /// Agreement of referee and machine in this fencer's phrases.
    pub agreement: Share,
}

/// Computes the statistics of a list.
pub fn statistics<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Statistics {
    let mut counted = Counted::default();
    for entry in entries {
        counted.count(entry);
    }
    counted.finish()
}

#[derive(Default)]
struct Counted {
    sum: Statistics,
    words: BTreeMap<std::cmp::Reverse<ConfidenceWord>, Share>,
    weapons: BTreeMap<Weapon, WeaponFigures>,
    fencers: BTreeMap<String, FencerFigures>,
}

impl Counted {
    fn count(&mut self, entry: &Entry) {
        let sum = &mut self.sum;
        sum.phrases += 1;
        sum.judged += usize::from(entry.machine.is_some());
        sum.called += usize::from(entry.own_call.is_some());
        sum.too_close += usize::from(entry.machine.as_ref().is_some_and(|m| m.call == Call::TooClose));
        tally(&mut sum.agreement, entry);
        let scored = entry.final_call().map(touches);
        if let Some(scored) = scored {
            sum.touches = PerSide::from_fn(|side| sum.touches[side] + scored[side]);
            sum.without_touch += usize::from(scored == PerSide::default());
        }
        if let Some(confidence) = entry.machine.as_ref().and_then(|m| m.confidence) {
            tally(self.words.entry(std::cmp::Reverse(confidence.word())).or_default(), entry);
        }
        if let Some(weapon) = entry.weapon {
            let figures = self.weapons.entry(weapon).or_default();
            figures.phrases += 1;
            tally(&mut figures.agreement, entry);
        }
        for side in Side::BOTH {
            self.count_fencer(entry, side, scored);
        }
    }

    fn count_fencer(&mut self, entry: &Entry, side: Side, scored: Option<PerSide<usize>>) {
        let Some(name) = entry.fencers[side].as_deref().map(str::trim).filter(|name| !name.is_empty()) else { return };
        let figures = self.fencers.entry(name.to_owned()).or_default();
        figures.phrases += 1;
        tally(&mut figures.agreement, entry);
        if let Some(scored) = scored {
            figures.touches += scored[side];
            figures.against += scored[side.opponent()];
            figures.without_touch += usize::from(scored == PerSide::default());
        }
    }

    fn finish(self) -> Statistics {
        let named = |(name, figures)| FencerFigures { name, ..figures };
        let mut fencers: Vec<_> = self.fencers.into_iter().map(named).collect();
        fencers.sort_by_key(|f| std::cmp::Reverse(f.phrases));
        Statistics {
            by_confidence: self.words.into_iter().map(|(word, share)| (word.0, share)).collect(),
            by_weapon: self.weapons.into_iter().collect(),
            fencers,
            ..self.sum
        }
    }
}

/// Counts an entry that has both calls.
fn tally(share: &mut Share, entry: &Entry) {
    let agreement = entry.agreement();
    share.all += usize::from(agreement != Agreement::Unknown);
    share.right += usize::from(agreement == Agreement::Agrees);
}

/// Touches awarded by a call.
fn touches(call: Call) -> PerSide<usize> {
    match call {
        Call::Touch(winner) => PerSide::from_fn(|side| usize::from(side == winner)),
        Call::Double => PerSide::new(1, 1),
        Call::Simultaneous | Call::NoTouch | Call::TooClose => PerSide::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{EntryKind, MachineCall};
    use fencing::Confidence;
    use proptest::prelude::*;

    fn entry(names: (&str, &str), own: Option<Call>, machine: Option<(Call, f64)>) -> Entry {
        let mut entry = Entry::at("a.mp4".into(), EntryKind::Clip);
        entry.fencers = PerSide::new(Some(names.0.to_owned()), Some(names.1.to_owned()));
        entry.own_call = own;
        entry.machine = machine.map(|(call, c)| MachineCall { call, confidence: Some(Confidence(c)), rule: None });
        entry.weapon = Some(Weapon::Sabre);
        entry
    }

    #[test]
    fn touches_and_agreement_are_counted() {
        let (left, right) = (Call::Touch(Side::Left), Call::Touch(Side::Right));
        let list = [
            entry(("Kim", "Rossi"), Some(left), Some((left, 0.95))),
            entry(("Rossi", "Kim"), Some(left), Some((right, 0.7))),
            entry(("Kim", "Rossi"), None, Some((left, 0.8))),
            entry(("Kim", " "), Some(Call::Simultaneous), Some((Call::TooClose, 0.5))),
        ];
        let found = statistics(&list);
        assert_eq!((found.phrases, found.judged, found.called, found.too_close), (4, 4, 3, 1));
        assert_eq!(found.agreement, Share { right: 1, all: 2 });
        assert_eq!((found.touches, found.without_touch), (PerSide::new(3, 0), 1));
        assert_eq!(found.fencers.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["Kim", "Rossi"]);
        let kim = &found.fencers[0];
        assert_eq!((kim.phrases, kim.touches, kim.against, kim.without_touch), (4, 2, 1, 1));
        assert_eq!(found.by_confidence[0], (ConfidenceWord::Sure, Share { right: 1, all: 1 }));
        assert_eq!(found.by_weapon, [(Weapon::Sabre, WeaponFigures { phrases: 4, agreement: found.agreement })]);
    }

    #[test]
    fn nothing_counts_as_nothing() {
        assert_eq!(statistics(&[]), Statistics::default());
    }

    proptest! {
        #[test]
        fn sums_hold_for_any_list(calls in proptest::collection::vec((0usize..7, 0usize..7), 0..40)) {
            let all = ["left", "right", "simultaneous", "double", "no_touch", "too_close", "-"];
            let call = |i: usize| all[i].parse().ok();
            let list: Vec<_> = calls.iter().map(|(own, m)| entry(("A", "B"), call(*own), call(*m).map(|c| (c, 0.7)))).collect();
            let found = statistics(&list);
            prop_assert!(found.agreement.right <= found.agreement.all && found.agreement.all <= found.phrases);
            let (a, b) = (found.fencers.iter().find(|f| f.name == "A"), found.fencers.iter().find(|f| f.name == "B"));
            prop_assert_eq!(a.map(|f| f.touches), b.map(|f| f.against));
        }
    }
}
