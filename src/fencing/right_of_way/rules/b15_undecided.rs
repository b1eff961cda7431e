//! B15. The facts do not decide: back on guard, no touch. The rulebook allows it.

use super::{Outcome, Rule, Ruling};
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule = Rule { id: RuleId("B15"), title: "undecided", foil: "t.89.6", sabre: "t.106.5", decide };

/// The row and what it rules whatever the evidence.
pub(in crate::right_of_way) fn undecided() -> (&'static Rule, Ruling) {
    (&RULE, Ruling::sure(Outcome::Undecided, "analysis_no_winner"))
}

#[allow(clippy::unnecessary_wraps, reason = "every row of the table has one shape")]
fn decide(_: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    Some(undecided().1)
}
