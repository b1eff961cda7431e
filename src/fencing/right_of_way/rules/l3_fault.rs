//! L3. A white lamp in sabre is a fault of the equipment: technical stop, no touch.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::{Call, Lamp, Side};

pub(super) const RULE: Rule = Rule { id: RuleId("L3"), title: "equipment fault", foil: "t.56", sabre: "t.99", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let fault = Side::BOTH.iter().any(|side| evidence.lamps[*side] == Lamp::Fault);
    let touched = Side::BOTH.iter().any(|side| evidence.lamps[*side].is_touch());
    (fault && !touched).then(|| Ruling::sure(Outcome::Call(Call::NoTouch), "no_touch"))
}
