//! B9. The attacker stops, and the other attacks meanwhile: the attack is broken.
//!
//! He must have been going forward, and the other must not: a fencer who stands still before an attack never had the
//! initiative, and is judged by B13.

use super::{Rule, Ruling};
use crate::Side;
use crate::right_of_way::evidence::Evidence;
use crate::right_of_way::initiative::{ResetKind, against_reset, later_reset};
use crate::right_of_way::settings::DecisionSettings;
use crate::right_of_way::verdict::RuleId;

pub(super) const RULE: Rule =
    Rule { id: RuleId("B9"), title: "attack broken", foil: "t.89.5d", sabre: "t.106.4d", decide };

fn decide(evidence: &Evidence, _: &DecisionSettings) -> Option<Ruling> {
    let (loser, reset, margin) = later_reset(evidence)?;
    let broken = reset.kind == ResetKind::Pause && had_initiative(evidence, loser);
    broken.then(|| against_reset(evidence, loser, &reset, margin))
}

/// He advanced while the other paused or retreated.
fn had_initiative(evidence: &Evidence, side: Side) -> bool {
    let other = &evidence.fencers[side.opponent()];
    let Some(advance) = evidence.fencers[side].advance.yes() else { return false };
    [other.pause, other.retreat].iter().filter_map(|o| o.yes()).any(|r| r.span.overlap_secs(advance.span) > 0.0)
}
