//! Who took the initiative last: the one timeline of stops that the priority rules share.
//!
//! A fencer who stops, retreats, falls short or takes his arm back gives the initiative away; whoever did so *last* is the
//! one who no longer has it (spec 3.9 and 3.10: the most useful single fact). When neither did, or both at once, the attacks
//! themselves are compared: whose arm, whose lunge, whose foot came first.

use super::evidence::{Evidence, FencerFacts, Sighting};
use super::verdict::Fact;
use crate::fencing::{Margin, Side};
use crate::time::Timestamp;

/// Resets that end this close to each other end together (6 frames at 30 per second, spec 3.9).
pub(super) const TOGETHER_SECS: f64 = 0.2;
/// A lunge or extension that failed weighs until this long after its end (6 frames, spec 3.9).
const AFTERMATH_SECS: f64 = 0.2;

/// What made a fencer lose the initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResetKind {
    Pause,
    Retreat,
    Short,
    ArmReset,
}

impl ResetKind {
    /// The reference's reason category (spec 3.13).
    pub(super) const fn reason_code(self) -> &'static str {
        match self {
            Self::Pause => "opponent_pause",
            Self::Retreat => "opponent_retreat",
            Self::Short => "opponent_late_lunge",
            Self::ArmReset => "opponent_arm_reset",
        }
    }

    /// Message key of the fact.
    pub(super) const fn fact_key(self) -> &'static str {
        match self {
            Self::Pause => "fact_stopped",
            Self::Retreat => "fact_retreated",
            Self::Short => "fact_fell_short",
            Self::ArmReset => "fact_arm_back",
        }
    }
}

/// One loss of initiative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reset {
    pub(super) kind: ResetKind,
    pub(super) seen: Sighting,
    /// From when on its fencer could have the initiative again.
    pub(super) over_at: Timestamp,
}

impl Reset {
    pub(super) fn fact(&self, side: Side) -> Fact {
        super::evidence::Observed::Yes(self.seen).fact(self.kind.fact_key(), side)
    }
}

/// The reset of one fencer that was over last.
pub(super) fn last_reset(facts: &FencerFacts) -> Option<Reset> {
    let candidates = [
        (ResetKind::Retreat, facts.retreat, 0.0),
        (ResetKind::Pause, facts.pause, 0.0),
        (ResetKind::ArmReset, facts.arm_reset, AFTERMATH_SECS),
        (ResetKind::Short, facts.short, AFTERMATH_SECS),
    ];
    let resets = candidates.into_iter().filter_map(|(kind, seen, after)| {
        let seen = seen.yes()?;
        Some(Reset { kind, seen, over_at: seen.end().plus_secs(after) })
    });
    resets.max_by_key(|reset| reset.over_at)
}

/// The side whose last reset was over clearly later, with that reset and the margin. `None` when neither reset or both together.
pub(super) fn later_reset(evidence: &Evidence) -> Option<(Side, Reset, Option<Margin>)> {
    let resets = evidence.fencers.as_ref().map(last_reset);
    match (resets.left, resets.right) {
        (Some(l), Some(r)) => {
            let gap = l.over_at.secs_since(r.over_at);
            let loser = if gap > 0.0 { Side::Left } else { Side::Right };
            let margin = margin(evidence, loser.opponent(), gap.abs());
            (gap.abs() > TOGETHER_SECS).then(|| (loser, if gap > 0.0 { l } else { r }, Some(margin)))
        }
        (Some(l), None) => Some((Side::Left, l, None)),
        (None, Some(r)) => Some((Side::Right, r, None)),
        (None, None) => None,
    }
}

/// `ahead` was first by `secs`.
pub(super) fn margin(evidence: &Evidence, ahead: Side, secs: f64) -> Margin {
    Margin { ahead, secs, uncertainty_secs: evidence.timing_uncertainty_secs }
}

/// Who was first, by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    First(Margin),
    Together(f64),
    Unknown,
}

/// Order of two moments, together within `window_secs`.
pub(super) fn order(evidence: &Evidence, left: Option<Timestamp>, right: Option<Timestamp>, window_secs: f64) -> Order {
    let (Some(left), Some(right)) = (left, right) else { return Order::Unknown };
    let gap = right.secs_since(left);
    if gap.abs() <= window_secs + 1e-9 {
        return Order::Together(gap.abs());
    }
    let ahead = if gap > 0.0 { Side::Left } else { Side::Right };
    Order::First(margin(evidence, ahead, gap.abs()))
}

/// How likely a ruling by a reset is right: the longer ago the other's, the surer, times how well the reset was seen.
///
/// 0.60 at no margin to 0.85 beyond half a second: on the labelled phrases "one paused" was right in 30 of 40 and "both
/// paused" in 47 of 60 cases (spec 3.8).
pub(super) fn reset_strength(reset: &Reset, margin: Option<Margin>) -> f64 {
    let gap = margin.map_or(0.5, |m| m.secs);
    0.5 + (0.10 + 0.25 * (gap / 0.5).min(1.0)) * f64::from(reset.seen.confidence).clamp(0.2, 1.0)
}

/// How likely a ruling by a lead of this much is right; leads near their own uncertainty say little.
pub(super) fn lead_strength(margin: Margin) -> f64 {
    0.5 + 0.20 * (margin.secs / (margin.uncertainty_secs + 0.15)).min(1.0)
}
