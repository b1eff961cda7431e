//! B4. Parry and immediate riposte: the right is the riposting fencer's, the attacker's remise is too late.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("B4"),
    title: "attack, parry, riposte",
    foil: "t.86, t.89.5f",
    sabre: "t.105.1, t.106.4f",
    decide,
};

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    let winner = Evidence::only_side(|side| last_riposte_is_of(evidence, settings, side))?;
    let facts = &evidence.fencers[winner];
    let ruling = Ruling::priority(winner, "blade_favored", Ground::RuleBook);
    Some(ruling.with(facts.parry.fact("fact_parry", winner)).with(facts.riposte.fact("fact_riposte", winner)))
}

/// He parried and riposted at once, and the opponent did not do the same after him.
fn last_riposte_is_of(evidence: &Evidence, settings: &DecisionSettings, side: Side) -> bool {
    let riposte = |side: Side| {
        let facts = &evidence.fencers[side];
        let (parry, riposte) = (facts.parry.yes()?, facts.riposte.yes()?);
        let delay = riposte.start().secs_since(parry.end());
        (delay <= settings.immediate_riposte_secs).then_some(riposte.start())
    };
    match (riposte(side), riposte(side.opponent())) {
        (Some(own), Some(other)) => own > other,
        (own, _) => own.is_some(),
    }
}
