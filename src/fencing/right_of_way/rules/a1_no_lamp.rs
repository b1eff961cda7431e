//! A1. Without a lamp there is no touch: the referee may not award one.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::{Call, Lamp, PerSide};

pub(super) const RULE: Rule = Rule { id: RuleId("A1"), title: "no lamp", foil: "t.54.2", sabre: "t.54.2", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let dark = evidence.lamps == PerSide::new(Lamp::Off, Lamp::Off);
    dark.then(|| Ruling::sure(Outcome::Call(Call::NoTouch), "no_touch"))
}
