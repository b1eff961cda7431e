//! Blade contacts with the hands around them: whose blade moved into the other, and who answered.
//!
//! The box only says *that* blades met. The hand that travelled further forward into the contact drove it, the one that
//! travels further after it goes on. Who went on afterwards told nothing about the
//! call on sets B and C. The windows are the reference's (reference 3.9).

use super::lane::Lane;
use super::{Action, ActionKind, BladeContact, Timeline};
use crate::time::{Span, Timestamp};
use crate::{PerSide, Side, SignalLog};

/// Centre of the "before" window, in seconds from the contact (4 frames at 30 per second, reference 3.9).
const BEFORE_SECS: f64 = -0.133;
/// Centre of the "after" window.
const AFTER_SECS: f64 = 0.133;
/// Half-width of the windows before and after, and of the one at the contact.
const HALF_WIDTH_SECS: (f64, f64) = (0.067, 0.034);
/// Weight of what happens after the contact in the reference's score (reference 3.9).
const AFTER_WEIGHT: f32 = 0.75;
/// Hands whose drive differs by less than this cannot be told apart, in metres: a tenth of the usual reach.
const CLEAR_METRES: f32 = 0.05;
/// A parry's or beat's span around its contact, in seconds: the two windows.
const GESTURE_SECS: f64 = 0.133;

/// Every contact until the touch, with what the hands tell about it.
pub(super) fn contacts(signals: &SignalLog, lanes: &PerSide<Lane>, touch: Timestamp) -> Vec<BladeContact> {
    signals.blade_contacts().take_while(|at| *at <= touch).map(|at| contact(lanes, at)).collect()
}

fn contact(lanes: &PerSide<Lane>, at: Timestamp) -> BladeContact {
    let into = lanes.as_ref().map(|lane| travel(lane, &lane.hand, at, BEFORE_SECS, 0.0));
    let after = lanes.as_ref().map(|lane| travel(lane, &lane.hand, at, 0.0, AFTER_SECS));
    let lead = lanes.as_ref().map(|lane| {
        let (into, after) =
            (travel(lane, &lane.reach, at, BEFORE_SECS, 0.0), travel(lane, &lane.reach, at, 0.0, AFTER_SECS));
        Some(into? + AFTER_WEIGHT * after?)
    });
    let clearness = |pair: PerSide<Option<f32>>| match (pair.left, pair.right) {
        (Some(l), Some(r)) => l - r,
        _ => 0.0,
    };
    let (moved, answered) = (clearness(into), clearness(after));
    BladeContact {
        at,
        by: clear_side(moved),
        answered_by: clear_side(answered),
        confidence: (moved.abs().max(answered.abs()) / (4.0 * CLEAR_METRES)).min(1.0),
        drive_into: into,
        drive_after: after,
        lead_score: lead,
    }
}

fn clear_side(lead: f32) -> Option<Side> {
    if lead > CLEAR_METRES {
        Some(Side::Left)
    } else if lead < -CLEAR_METRES {
        Some(Side::Right)
    } else {
        None
    }
}

/// Metres by which a series grew between two moments around `at`.
fn travel(lane: &Lane, series: &[f32], at: Timestamp, from_secs: f64, to_secs: f64) -> Option<f32> {
    let mean = |offset: f64| {
        let half = if offset == 0.0 { HALF_WIDTH_SECS.1 } else { HALF_WIDTH_SECS.0 };
        let first = lane.index_from(at.plus_secs(offset - half));
        let last = lane.index_from(at.plus_secs(offset + half)).min(series.len());
        let values = series.get(first..last).filter(|v| !v.is_empty())?;
        Some(values.iter().sum::<f32>() / values.len() as f32)
    };
    Some(mean(to_secs)? - mean(from_secs)?)
}

impl Timeline {
    /// Adds a beat for the one whose hand drove into a contact and went on, a parry for the one who was driven at and answered.
    pub(super) fn with_blade_actions(mut self) -> Self {
        for contact in &self.blade_contacts {
            let Some(by) = contact.by else { continue };
            let span = Span { start: contact.at.plus_secs(-GESTURE_SECS), end: contact.at };
            let parried = contact.answered_by == Some(by.opponent());
            let (side, kind) = if parried { (by.opponent(), ActionKind::Parry) } else { (by, ActionKind::Beat) };
            let lane = &mut self.actions[side];
            lane.push(Action { kind, span, confidence: contact.confidence });
            lane.sort_by_key(|action| (action.span.start, action.span.end, action.kind));
        }
        self
    }
}
