//! E1. Epee knows no right of way: two touches together count for both.

use super::{Outcome, Rule, Ruling};
use crate::Call;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule = Rule { id: RuleId("E1"), title: "double touch", foil: "", sabre: "", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let epee = !evidence.weapon.has_right_of_way();
    epee.then(|| Ruling::sure(Outcome::Call(Call::Double), "epee_double_touch"))
}
