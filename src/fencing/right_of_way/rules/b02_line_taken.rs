//! B2. The attacker beats or takes the point in line; the defender should have parried.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B2"), title: "line taken by beat", foil: "t.89.4e", sabre: "t.106.3e", decide };

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let winner = Evidence::only_side(|side| takes_the_line(evidence, settings, side))?;
    let facts = &evidence.fencers;
    let ruling = Ruling::priority(winner, "blade_favored", Ground::RuleBook);
    let line = facts[winner.opponent()].in_line.fact("fact_in_line", winner.opponent());
    Some(ruling.with(facts[winner].beat.fact("fact_beat", winner)).with(line))
}

fn takes_the_line(evidence: &Evidence, settings: &DecisionSettings, attacker: Side) -> bool {
    let own = &evidence.fencers[attacker];
    let line = evidence.fencers[attacker.opponent()].in_line.yes();
    let (Some(line), Some(beat), Some(attack)) = (line, own.beat.yes(), own.attack.yes()) else { return false };
    let before = attack.start().secs_since(line.start()) > settings.simultaneity_window_secs;
    before && line.end() >= attack.start() && beat.start() >= attack.start()
}
