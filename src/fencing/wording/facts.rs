//! Facts with their numbers: "Right stopped from 1.20 to 1.55 s", "Left 120 ms ahead (± 17)".

use super::Words;
use crate::right_of_way::{Fact, Truth};
use crate::{Margin, Side, SignalLog, SignalSource, Weapon};

impl Words {
    /// One fact as a short sentence; `None` for one that was not so or not seen and says nothing on its own.
    pub fn fact(&self, fact: &Fact) -> Option<String> {
        let side = fact.side.map(|side| self.side_at_start(side)).unwrap_or_default();
        match fact.truth {
            Truth::Yes => Some(self.fact_that_was(fact, &side)),
            Truth::No => {
                let key = match fact.key {
                    "fact_attack_starts" => "fact_no_attack",
                    "fact_riposte" => "fact_no_riposte",
                    _ => return None,
                };
                Some(self.with(key, &[("side", &side)]))
            }
            Truth::Unknown => None,
        }
    }

    fn fact_that_was(&self, fact: &Fact, side: &str) -> String {
        let secs = |at: Option<crate::time::Timestamp>| {
            at.map_or_else(|| "?".to_owned(), |at| self.language().number(at.secs(), 2))
        };
        let (from, to) = (secs(fact.span.map(|s| s.start)), secs(fact.span.map(|s| s.end)));
        self.with(fact.key, &[("side", side), ("from", &from), ("to", &to)])
    }

    /// When both lamps lit, how far apart, and whether that is within the time in which two touches count for both; `None` unless both
    /// are lit, and at weapons with right of way, where the order of the lamps decides nothing.
    pub fn lights_apart(&self, signals: &SignalLog, weapon: Weapon) -> Option<String> {
        let [first, second] = signals.both_lit().filter(|_| !weapon.has_right_of_way())?;
        let at = |side: Side| signals.first_lit(side).map_or(0.0, |(at, _)| at.secs());
        let shown = |side| self.language().number(at(side), 3);
        let millis = |secs: f64| self.language().number(secs * 1000.0, 0);
        let apart = second.at.secs_since(first.at);
        // A box reports both by one clock; lamps seen in frames are as uncertain as the frames are far apart.
        let is_seen = [first, second].iter().any(|event| event.source == SignalSource::Picture);
        let uncertain = if is_seen { first.uncertainty_secs + second.uncertainty_secs } else { 0.0 };
        let timings = weapon.timings();
        let shortest = timings.lockout_secs - timings.lockout_tolerance_secs;
        let longest = timings.lockout_secs + timings.lockout_tolerance_secs;
        let judged = match apart {
            apart if apart + uncertain <= shortest => "lights_within",
            apart if apart - uncertain >= longest => "lights_outside",
            _ => "lights_at_limit",
        };
        let judged = self.with(judged, &[("shortest", &millis(shortest)), ("longest", &millis(longest))]);
        let key = if uncertain > 0.0 { "lights_apart_uncertain" } else { "lights_apart" };
        let (left, right) = (shown(Side::Left), shown(Side::Right));
        let values = [("left", left.as_str()), ("right", &right), ("ms", &millis(apart)), ("judged", &judged)];
        let uncertain = millis(uncertain);
        Some(self.with(key, &[&values[..], &[("uncertainty", uncertain.as_str())]].concat()))
    }

    /// Who was ahead by how much, in whole milliseconds with their uncertainty.
    pub fn margin(&self, margin: &Margin) -> String {
        let millis = |secs: f64| self.language().number(secs * 1000.0, 0);
        let (ms, uncertainty) = (millis(margin.secs), millis(margin.uncertainty_secs));
        let side = self.side_at_start(margin.ahead);
        self.with("fact_margin", &[("side", &side), ("ms", &ms), ("uncertainty", &uncertainty)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use crate::wording::Language;
    use crate::{Lamp, SignalEvent, SignalKind};

    fn lit(left: f64, right: f64, source: SignalSource) -> SignalLog {
        let mut log = SignalLog::default();
        for (side, secs) in [(Side::Left, left), (Side::Right, right)] {
            let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
            log.push(SignalEvent { at: Timestamp::from_secs(secs), uncertainty_secs: 0.017, source, kind });
        }
        log
    }

    #[test]
    fn an_epee_double_says_both_times_and_whether_they_are_within_the_limit() {
        let words = Words::new(Language::English);
        let of_box =
            |left, right| words.lights_apart(&lit(left, right, SignalSource::Apparatus), Weapon::Epee).unwrap();
        assert_eq!(of_box(1.590, 1.656), "Left 1.590 s, right 1.656 s: 66 ms apart, outside 50 ms");
        assert_eq!(of_box(1.620, 1.590), "Left 1.620 s, right 1.590 s: 30 ms apart, within 40 ms");
        assert_eq!(of_box(1.590, 1.635), "Left 1.590 s, right 1.635 s: 45 ms apart, at the limit (40 to 50 ms)");
        let seen = words.lights_apart(&lit(1.590, 1.656, SignalSource::Picture), Weapon::Epee).unwrap();
        assert_eq!(seen, "Left 1.590 s, right 1.656 s: 66 ms apart (± 34), at the limit (40 to 50 ms)");
    }

    #[test]
    fn the_order_of_the_lights_is_no_fact_at_weapons_with_right_of_way() {
        let words = Words::new(Language::English);
        assert_eq!(words.lights_apart(&lit(1.0, 1.1, SignalSource::Apparatus), Weapon::Sabre), None);
        assert_eq!(words.lights_apart(&SignalLog::default(), Weapon::Epee), None);
    }
}
