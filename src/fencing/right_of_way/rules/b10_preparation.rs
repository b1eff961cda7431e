//! B10. Bent-armed steps are preparation: the fencer who starts a correct attack into them has right of way.
//!
//! Both came forward and neither stopped; one arm went out clearly before the other.

use super::{Rule, Ruling};
use crate::right_of_way::evidence::{Evidence, Sighting};
use crate::right_of_way::initiative::{Order, later_reset, order};
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::strengths::Ground;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule = Rule {
    id: RuleId("B10"),
    title: "attack on preparation",
    foil: "t.83.2d, t.84.3",
    sabre: "t.101.2, t.102",
    decide,
};

fn decide(evidence: &Evidence, settings: &DecisionSettings) -> Option<Ruling> {
    if later_reset(evidence).is_some() {
        return None;
    }
    let arms = evidence.fencers.as_ref().map(|facts| facts.extension.yes().map(Sighting::start));
    let Order::First(margin) = order(evidence, arms.left, arms.right, settings.simultaneity_window_secs) else {
        return None;
    };
    let fact = |side| evidence.fencers[side].extension.fact("fact_arm_starts", side);
    let ruling = Ruling::priority(margin.ahead, "arm_first", Ground::ArmFirst);
    Some(ruling.by(Some(margin)).with(fact(margin.ahead)).with(fact(margin.ahead.opponent())))
}
