//! L2. Foil: off target on one side alone or on both stops the phrase; nothing is awarded.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::{Call, Lamp, Side};

pub(super) const RULE: Rule = Rule { id: RuleId("L2"), title: "off target", foil: "t.78", sabre: "", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let off_target = Side::BOTH.iter().any(|side| evidence.lamps[*side] == Lamp::OffTarget);
    let valid = Side::BOTH.iter().any(|side| evidence.lamps[*side] == Lamp::Valid);
    (off_target && !valid).then(|| Ruling::sure(Outcome::Call(Call::NoTouch), "no_touch"))
}
