//! A9. Sabre: a fencer whose rear foot passes the front one loses the touch; the opponent's correct touch stands.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::{Call, Lamp, Weapon};

pub(super) const RULE: Rule = Rule { id: RuleId("A9"), title: "crossed feet", foil: "", sabre: "t.101.5", decide };

/// Crossed feet are annulled only when they were seen beyond doubt: limbs swap in every pose model.
const BEYOND_DOUBT: f32 = 0.95;

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let crossed = |side| evidence.fencers[side].crossed.yes().filter(|seen| seen.confidence >= BEYOND_DOUBT);
    let loser = Evidence::only_side(|side| crossed(side).is_some())?;
    if evidence.weapon != Weapon::Sabre || evidence.lamps[loser] != Lamp::Valid {
        return None;
    }
    let winner = loser.opponent();
    let call = if evidence.lamps[winner] == Lamp::Valid { Call::Touch(winner) } else { Call::NoTouch };
    let fact = evidence.fencers[loser].crossed.fact("fact_crossed", loser);
    Some(Ruling::sure(Outcome::Call(call), "no_touch").with(fact))
}
