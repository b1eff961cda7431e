//! B5. A parry without an immediate riposte: the attacker who goes on with a remise has the right.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B5"), title: "parry without riposte, remise", foil: "t.89.4c", sabre: "t.106.3c", decide };

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let loser = Evidence::only_side(|side| gave_up_riposte(evidence, settings, side))?;
    let facts = &evidence.fencers[loser];
    let ruling = Ruling::priority(loser.opponent(), "attack_first", Ground::RuleBook);
    Some(ruling.with(facts.parry.fact("fact_parry", loser)).with(facts.riposte.fact("fact_riposte", loser)))
}

/// He parried, and surely did not riposte, or only late.
fn gave_up_riposte(evidence: &Evidence, settings: &DecisionSettings, side: Side) -> bool {
    let facts = &evidence.fencers[side];
    let Some(parry) = facts.parry.yes() else { return false };
    let late = |start: crate::time::Timestamp| start.secs_since(parry.end()) > settings.immediate_riposte_secs;
    facts.riposte.is_no() || facts.riposte.yes().is_some_and(|riposte| late(riposte.start()))
}
