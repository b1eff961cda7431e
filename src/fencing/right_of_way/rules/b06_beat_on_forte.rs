//! B6. A beat on the opponent's forte gives him the immediate riposte.
//!
//! The box does not say where blades met; the fact comes from a person or an annotation.

use super::{Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B6"), title: "beat on the forte", foil: "t.85.2", sabre: "t.104.2", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let loser = Evidence::only_side(|side| evidence.fencers[side].beat_on_forte.yes().is_some())?;
    let winner = loser.opponent();
    evidence.fencers[winner].riposte.yes()?;
    let ruling = Ruling::priority(winner, "blade_favored", Ground::RuleBook);
    Some(ruling.with(evidence.fencers[loser].beat_on_forte.fact("fact_beat_on_forte", loser)))
}
