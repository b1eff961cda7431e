//! B3. The attacker searches the blade, misses it and goes on: the right passes to the other.
//!
//! Poses do not show a search that missed; the fact comes from a person or an annotation.

use super::{Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B3"), title: "derobement", foil: "t.84.2, t.89.5b", sabre: "t.102.2, t.106.4b", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let loser = Evidence::only_side(|side| evidence.fencers[side].search_missed.yes().is_some())?;
    let fact = evidence.fencers[loser].search_missed.fact("fact_search_missed", loser);
    Some(Ruling::priority(loser.opponent(), "blade_favored", Ground::RuleBook).with(fact))
}
