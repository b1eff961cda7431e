//! B7. The blade of a compound attack is found on a feint and the riposte comes at once.
//!
//! Feints are not seen in poses; the fact comes from a person or an annotation.

use super::{Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B7"), title: "blade found on a feint", foil: "t.87, t.89.5c", sabre: "t.103, t.106.4c", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let loser = Evidence::only_side(|side| evidence.fencers[side].feint_found.yes().is_some())?;
    let winner = loser.opponent();
    evidence.fencers[winner].riposte.yes()?;
    let ruling = Ruling::priority(winner, "blade_favored", Ground::RuleBook);
    Some(ruling.with(evidence.fencers[loser].feint_found.fact("fact_feint_found", loser)))
}
