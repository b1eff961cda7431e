//! B13. A correct attack against a stop hit, a dodge or a counter-attack out of time: the attack.
//!
//! The attacker is the one who attacked alone, or whose last stop or retreat lies further back, or, when neither ever
//! stopped, the one whose lunge or final movement started first.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::{Evidence, Sighting};
use crate::right_of_way::initiative::{Order, against_reset, later_reset, order};
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("B13"),
    title: "attack",
    foil: "t.89.4a, t.89.4b, t.89.4d",
    sabre: "t.106.3a, t.106.3b, t.106.3d",
    decide,
};

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    against_no_attack(evidence).or_else(|| against_last_reset(evidence)).or_else(|| first_to_start(evidence, settings))
}

/// One attacked; the other counter-attacked, parried in vain, or did nothing.
fn against_no_attack(evidence: &Evidence) -> Option<Ruling> {
    let attacks = |side: Side| evidence.fencers[side].attack.yes().is_some();
    let winner = Evidence::only_side(attacks)?;
    let other = &evidence.fencers[winner.opponent()];
    if !other.attack.is_no() {
        return None;
    }
    let ruling = Ruling::priority(winner, "attack_first", Ground::AttackAlone);
    let ruling = ruling.with(evidence.fencers[winner].attack.fact("fact_attack_starts", winner));
    Some(match other.counter_attack.yes() {
        Some(_) => ruling.with(other.counter_attack.fact("fact_counter_attack", winner.opponent())),
        None => ruling.with(other.attack.fact("fact_attack_starts", winner.opponent())),
    })
}

/// The other stopped or retreated last.
fn against_last_reset(evidence: &Evidence) -> Option<Ruling> {
    let (loser, reset, margin) = later_reset(evidence)?;
    Some(against_reset(evidence, loser, &reset, margin))
}

/// Neither stopped: the lunge that brought the touch, then the start of the last movement, then a slow start.
fn first_to_start(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let lunges = evidence.fencers.as_ref().map(|facts| facts.lunge.yes());
    let attacks = evidence.fencers.as_ref().map(|facts| facts.attack.yes());
    if let Some(winner) = Evidence::only_side(|side| lunges[side].is_some()) {
        let fact = evidence.fencers[winner].lunge.fact("fact_lunge_starts", winner);
        return Some(Ruling::priority(winner, "lunge_first", Ground::OnlyLunge).with(fact));
    }
    for (pair, key, code, ground) in [
        (lunges, "fact_lunge_starts", "lunge_first", Ground::LungeFirst),
        (attacks, "fact_attack_starts", "attack_first", Ground::AttackFirst),
    ] {
        let starts = pair.map(|seen| seen.map(Sighting::start));
        if let Order::First(margin) = order(evidence, starts.left, starts.right, settings.simultaneity_window_secs) {
            let fact = |side: Side| crate::right_of_way::evidence::Observed::looked_for(pair[side]).fact(key, side);
            let ruling = Ruling::priority(margin.ahead, code, ground);
            return Some(ruling.by(Some(margin)).with(fact(margin.ahead)).with(fact(margin.ahead.opponent())));
        }
    }
    let late = Evidence::only_side(|side| evidence.fencers[side].slow_start.yes().is_some())?;
    let fact = evidence.fencers[late].slow_start.fact("fact_slow_start", late);
    Some(Ruling::priority(late.opponent(), "slow_start", Ground::SlowStart).with(fact))
}
