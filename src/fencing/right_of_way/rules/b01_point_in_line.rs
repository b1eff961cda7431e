//! B1. A point in line before the attack starts wins, unless the attacker clearly deflects it: contact alone is not enough.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B1"), title: "point in line", foil: "t.84.1, t.89.5a", sabre: "t.102.1, t.106.4a", decide };

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let winner = Evidence::only_side(|side| in_line_first(evidence, settings, side))?;
    let facts = &evidence.fencers;
    facts[winner].in_line.yes()?;
    let ruling = Ruling::priority(winner, "arm_first", Ground::RuleBook);
    let attack = facts[winner.opponent()].attack.fact("fact_attack_starts", winner.opponent());
    Some(ruling.with(facts[winner].in_line.fact("fact_in_line", winner)).with(attack))
}

/// The line stood before the opponent's attack began and still stood then, and his blade did not take it.
fn in_line_first(evidence: &Evidence, settings: &DecisionSettings, defender: Side) -> bool {
    let attacker = &evidence.fencers[defender.opponent()];
    let line = evidence.fencers[defender].in_line.yes();
    let (Some(line), Some(attack)) = (line, attacker.attack.yes()) else { return false };
    let before = attack.start().secs_since(line.start()) > settings.simultaneity_window_secs;
    let deflected = attacker.beat.yes().is_some_and(|beat| beat.start() >= attack.start());
    before && line.end() >= attack.start() && !deflected
}
