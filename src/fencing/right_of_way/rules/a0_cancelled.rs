//! A0. A phrase that was called off counts for nothing.

use super::{Outcome, Rule, Ruling};
use crate::Call;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::right_of_way::verdict::Truth;

pub(super) const RULE: Rule = Rule { id: RuleId("A0"), title: "cancelled", foil: "t.23", sabre: "t.23", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let cancelled = evidence.cancelled == Truth::Yes;
    cancelled.then(|| Ruling::sure(Outcome::Call(Call::NoTouch), "no_touch"))
}
