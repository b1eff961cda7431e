//! A2. A touch before "Allez!" or after "Halt!" is annulled.
//!
//! Judged by the moment of the lamp; that an action had *begun* before "Halt!" would save it (t.23), which a signal alone
//! does not show, so this rules only where the log itself says that the phrase was over, by more than its times may be off.

use super::{Outcome, Rule, Ruling};
use crate::Call;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;
use crate::right_of_way::verdict::Truth;

pub(super) const RULE: Rule =
    Rule { id: RuleId("A2"), title: "before play or after halt", foil: "t.23, t.55.1", sabre: "t.23, t.55.1", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let outside = evidence.outside_phrase == Truth::Yes;
    outside.then(|| Ruling::sure(Outcome::Call(Call::NoTouch), "no_touch"))
}
