//! The order of the existing system's newest logic (reference 3.9, "C") on *our* facts. **Not a port**: its own detectors and frame
//! counts are not rebuilt, so this agrees with the referees less often than that system's stored verdicts do, and says nothing
//! about that system. The baseline to compare with is the stored verdict (`baseline_winner`), which `evaluate` does.
//!
//! A contact decides before everything; then the side with the latest reset loses; then the attacks are compared. Two of its
//! habits are left out because they prefer a side: its constant for the left fencer at a contact, and "right" on a tie, which
//! is *too close* here.

use super::evidence::{Evidence, Sighting};
use super::initiative::{ResetKind, latest};
use crate::{Call, PerSide, Side};

/// The baseline's call with its reason category (reference 3.13), for a double light in a weapon with right of way.
pub fn call(evidence: &Evidence) -> (Call, &'static str) {
    if let Some(winner) = evidence.contact.and_then(|contact| contact.reference_favours) {
        return (Call::Touch(winner), "blade_favored");
    }
    let resets = evidence.fencers.as_ref().map(|facts| latest(facts, &ResetKind::ALL));
    let together = match (resets.left, resets.right) {
        (Some(l), Some(r)) => l.seen.span.overlap_secs(r.seen.span) * 2.0 >= l.seen.span.secs().max(r.seen.span.secs()),
        (None, None) => true,
        _ => false,
    };
    if together && let Some(found) = compare_attacks(evidence) {
        return found;
    }
    let over = resets.map(|reset| reset.map(|r| r.over_at));
    let loser = Evidence::only_side(|side| over[side].is_some() && over[side] > over[side.opponent()]);
    match loser.and_then(|side| Some((side, resets[side]?))) {
        Some((side, reset)) => (Call::Touch(side.opponent()), reset.kind.reason_code()),
        None => (Call::TooClose, "unclear_double_touch"),
    }
}

/// Extension that brought the touch, then lunge, then the earlier weighted start, then the slow start.
fn compare_attacks(evidence: &Evidence) -> Option<(Call, &'static str)> {
    let of = |fact: fn(&super::FencerFacts) -> super::Observed| evidence.fencers.as_ref().map(|f| fact(f).yes());
    let (arms, lunges, slow) = (of(|f| f.extension), of(|f| f.lunge), of(|f| f.slow_start));
    let only = |pair: &PerSide<Option<Sighting>>| Evidence::only_side(|side| pair[side].is_some());
    if let Some(winner) = only(&arms) {
        return Some((Call::Touch(winner), "arm_first"));
    }
    if let Some(winner) = only(&lunges) {
        return Some((Call::Touch(winner), "lunge_first"));
    }
    let lead = |pair: &PerSide<Option<Sighting>>| match (pair.left, pair.right) {
        (Some(l), Some(r)) => r.start().secs_since(l.start()),
        _ => 0.0,
    };
    let weighted = 0.6 * lead(&arms) + 0.4 * lead(&lunges);
    if weighted != 0.0 {
        let winner = if weighted > 0.0 { Side::Left } else { Side::Right };
        return Some((Call::Touch(winner), "attack_first"));
    }
    only(&slow).map(|late| (Call::Touch(late.opponent()), "slow_start"))
}
