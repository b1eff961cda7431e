//! L1. One valid lamp: the touch, whatever anybody did. Also in epee against an invalid one (t.94.5).

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::{Call, Lamp};

pub(super) const RULE: Rule = Rule { id: RuleId("L1"), title: "single light", foil: "t.76", sabre: "t.95", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let winner = Evidence::only_side(|side| evidence.lamps[side] == Lamp::Valid)?;
    let other = evidence.lamps[winner.opponent()];
    let alone = matches!(other, Lamp::Off | Lamp::Fault);
    alone.then(|| Ruling::sure(Outcome::Call(Call::Touch(winner)), "single_light"))
}
