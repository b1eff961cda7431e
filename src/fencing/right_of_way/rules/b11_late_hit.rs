//! B11. Sabre: a hit that comes after the front foot has landed is late, a continuation; the other's action counts.
//!
//! The article speaks of the landing; that the whole lunge was over before the touch is how it shows in the tracks.

use super::{Rule, Ruling};
use crate::Weapon;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::initiative::only_short;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B11"), title: "hit after the lunge", foil: "", sabre: "t.101.3, t.101.4", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    if evidence.weapon != Weapon::Sabre {
        return None;
    }
    only_short(evidence)
}
