//! B12. An attack that fell short and was renewed meets a new attack: the one that started first has the right.

use super::{Rule, Ruling};
use crate::Weapon;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::initiative::only_short;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B12"), title: "attack short, renewed", foil: "t.83.1, t.13", sabre: "t.101.1", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    if evidence.weapon != Weapon::Foil {
        return None;
    }
    only_short(evidence)
}
