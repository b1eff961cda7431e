//! B8. A stop hit that starts before the last movement of a compound attack is in time.
//!
//! Only with a compound attack that somebody saw as such: poses show no feint.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B8"), title: "stop hit in time", foil: "t.88, t.89.5e", sabre: "t.103, t.106.4e", decide };

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let loser = Evidence::only_side(|side| stopped_in_time(evidence, settings, side))?;
    let winner = loser.opponent();
    let stop = evidence.fencers[winner].counter_attack.fact("fact_counter_attack", winner);
    let last = evidence.fencers[loser].final_movement.fact("fact_final_movement", loser);
    Some(Ruling::priority(winner, "attack_first", Ground::RuleBook).with(stop).with(last))
}

fn stopped_in_time(evidence: &Evidence, settings: &DecisionSettings, attacker: Side) -> bool {
    let facts = &evidence.fencers[attacker];
    let stop = evidence.fencers[attacker.opponent()].counter_attack.yes();
    let (Some(_), Some(last), Some(stop)) = (facts.compound.yes(), facts.final_movement.yes(), stop) else {
        return false;
    };
    last.start().secs_since(stop.start()) > settings.simultaneity_window_secs
}
