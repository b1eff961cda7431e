//! B12. An attack that fell short and was renewed meets a new attack: the one that started first has the right.

use super::{Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::initiative::{ResetKind, later_reset, reset_strength};
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B12"), title: "attack short, renewed", foil: "t.83.1, t.13", sabre: "t.101.1", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let (loser, reset, margin) = later_reset(evidence)?;
    if reset.kind != ResetKind::Short {
        return None;
    }
    let ruling = Ruling::priority(loser.opponent(), reset.kind.reason_code(), reset_strength(&reset, margin));
    Some(ruling.by(margin).with(reset.fact(loser)))
}
