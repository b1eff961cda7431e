//! Facts with their numbers: "Right stopped from 1.20 to 1.55 s", "Left 120 ms ahead (± 17)".

use super::Words;
use crate::Margin;
use crate::right_of_way::{Fact, Truth};

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

    /// Who was ahead by how much, in whole milliseconds with their uncertainty.
    pub fn margin(&self, margin: &Margin) -> String {
        let millis = |secs: f64| self.language().number(secs * 1000.0, 0);
        let (ms, uncertainty) = (millis(margin.secs), millis(margin.uncertainty_secs));
        let side = self.side_at_start(margin.ahead);
        self.with("fact_margin", &[("side", &side), ("ms", &ms), ("uncertainty", &uncertainty)])
    }
}
