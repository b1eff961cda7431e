//! Who took the initiative last: the one timeline of stops that the priority rules share.
//!
//! A fencer who stops or retreats gives the initiative away; the fencer who did so *last* no longer has it (reference 3.9
//! and 3.10: the most useful single fact). A short lunge or a withdrawn arm was less informative on sets B and C, where these
//! rows were written, so a lunge is asked only when footwork leaves it open, and the arm not at all. When neither stopped, or both at once, the attacks themselves are compared.

use super::evidence::{Evidence, FencerFacts, Observed, Sighting};
use super::rules::Ruling;
use super::strengths::Ground;
use super::verdict::Fact;
use crate::time::{Span, Timestamp};
use crate::{Margin, Side};

/// Resets that end this close to each other end together: two frames at 30 per second, the resolution of their ends.
const TOGETHER_SECS: f64 = 0.067;
/// A lunge or extension that failed weighs until this long after its end (6 frames, reference 3.9).
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
    /// Everything that the reference counts.
    pub(super) const ALL: [Self; 4] = [Self::Pause, Self::Retreat, Self::Short, Self::ArmReset];
    /// What footwork alone shows.
    const FOOTWORK: [Self; 2] = [Self::Pause, Self::Retreat];

    /// The reference's reason category (reference 3.13).
    pub(super) const fn reason_code(self) -> &'static str {
        match self {
            Self::Pause => "opponent_pause",
            Self::Retreat => "opponent_retreat",
            Self::Short => "opponent_late_lunge",
            Self::ArmReset => "opponent_arm_reset",
        }
    }

    /// What a ruling against it rests on; the arm is never asked.
    pub(super) const fn ground(self) -> Ground {
        match self {
            Self::Pause => Ground::Pause,
            Self::Retreat | Self::ArmReset => Ground::Retreat,
            Self::Short => Ground::ShortLunge,
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
        Observed::Yes(self.seen).fact(self.kind.fact_key(), side)
    }
}

/// The reset of one fencer, among some kinds, that was over last.
pub(super) fn latest(facts: &FencerFacts, kinds: &[ResetKind]) -> Option<Reset> {
    let resets = kinds.iter().filter_map(|kind| {
        let (seen, after) = match kind {
            ResetKind::Pause => (facts.pause, 0.0),
            ResetKind::Retreat => (facts.retreat, 0.0),
            ResetKind::ArmReset => (facts.arm_reset, AFTERMATH_SECS),
            ResetKind::Short => (facts.short, AFTERMATH_SECS),
        };
        let seen = seen.yes()?;
        Some(Reset { kind: *kind, seen, over_at: seen.end().plus_secs(after) })
    });
    resets.max_by_key(|reset| reset.over_at)
}

/// The side whose last reset was over clearly later, with that reset and the margin. `None` when neither reset or both together.
pub(super) fn later_reset(evidence: &Evidence) -> Option<(Side, Reset, Option<Margin>)> {
    let resets = evidence.fencers.as_ref().map(|facts| latest(facts, &ResetKind::FOOTWORK));
    match (resets.left, resets.right) {
        (Some(l), Some(r)) => {
            let gap = l.over_at.secs_since(r.over_at);
            let loser = if gap > 0.0 { Side::Left } else { Side::Right };
            let margin = margin(evidence, loser.opponent(), gap.abs());
            (gap.abs() > TOGETHER_SECS).then_some((loser, if gap > 0.0 { l } else { r }, Some(margin)))
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

/// Right of way against the fencer who stopped or retreated last.
pub(super) fn against_reset(evidence: &Evidence, loser: Side, reset: &Reset, margin: Option<Margin>) -> Ruling {
    let winner = loser.opponent();
    let ruling = Ruling::priority(winner, reset.kind.reason_code(), reset.kind.ground()).by(margin);
    ruling.with(reset.fact(loser)).with(keeps_initiative(evidence, winner))
}

/// What the fencer who did not stop last was doing: forward since his own last stop, the other end of the margin; or, when he
/// never stopped, his attack.
fn keeps_initiative(evidence: &Evidence, side: Side) -> Fact {
    let facts = &evidence.fencers[side];
    let Some(own) = latest(facts, &ResetKind::FOOTWORK) else { return facts.attack.fact("fact_attack_starts", side) };
    let until = evidence.touch_at.unwrap_or(own.over_at).max(own.over_at);
    let forward = Sighting { span: Span { start: own.over_at, end: until }, confidence: own.seen.confidence };
    Observed::Yes(forward).fact("fact_no_stop_since", side)
}

/// Right of way against the only one whose lunge was over before the touch, when footwork leaves it open.
pub(super) fn only_short(evidence: &Evidence) -> Option<Ruling> {
    if later_reset(evidence).is_some() {
        return None;
    }
    let loser = Evidence::only_side(|side| evidence.fencers[side].short.yes().is_some())?;
    let short = evidence.fencers[loser].short;
    let kind = ResetKind::Short;
    Some(Ruling::priority(loser.opponent(), kind.reason_code(), kind.ground()).with(short.fact(kind.fact_key(), loser)))
}
