//! B14. Both start and execute together: no touch to either.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::initiative::{Order, order};
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B14"), title: "simultaneous", foil: "t.89.2", sabre: "t.106.1", decide };

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let starts = evidence.fencers.as_ref().map(|facts| facts.attack.yes().map(super::super::evidence::Sighting::start));
    let Order::Together(gap) = order(evidence, starts.left, starts.right, settings.simultaneity_window_secs) else {
        return None;
    };
    // More likely than not where the starts are equal within the window; a definition (rules 4.6), nothing fitted.
    let together = 0.55 + 0.10 * (1.0 - gap / settings.simultaneity_window_secs.max(1e-6)).clamp(0.0, 1.0);
    let fact = |side| evidence.fencers[side].attack.fact("fact_attack_starts", side);
    let ruling = Ruling { outcome: Outcome::Together, ..Ruling::sure(Outcome::Together, "unclear_double_touch") };
    let facts = crate::Side::BOTH.map(fact);
    Some(Ruling { together, facts: facts.to_vec(), ..ruling })
}
