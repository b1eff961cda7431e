//! Advance, retreat and pause, from the speed of feet and hips.
//!
//! A step is a wave: the front foot stands while the rear one catches up. So a stop counts only when neither foot gains
//! ground and the front foot is not in the air. Only what happens before the touch counts: a foot that has just landed stands
//! still after it, and counting those instants would find a stop where there was none.

use super::lane::Lane;
use super::runs::runs;
use super::{Action, ActionKind};
use crate::kinematics::limb;
use crate::time::Timestamp;
use std::ops::Range;

/// Below this the front foot stands: 0.03 m per 1/15 s (reference 3.7).
const STANDING_SPEED: f32 = 0.45;
/// A rear foot faster than this is catching up: 0.05 m per 1/15 s (reference 3.9).
const CATCHING_UP_SPEED: f32 = 0.75;
/// Shortest pause or retreat: 8 frames at 30 per second in the reference (reference 3.9), less the two that our smoothing takes.
const MIN_RESET_SECS: f64 = 0.2;
/// Height variance of a front foot that stays on the ground, in square metres (reference 3.9).
const GROUNDED_VARIANCE: f32 = 0.0012;
/// Hips faster than this gain or lose ground, in metres per second (recipe's "hip speed last below 0.2 .. 0.5").
const MOVING_SPEED: f32 = 0.35;
/// Shortest advance: half a step.
const MIN_ADVANCE_SECS: f64 = 0.133;

const JOINTS: [usize; 2] = [limb::FRONT_FOOT, limb::REAR_FOOT];

/// Every advance, retreat and pause before the touch.
pub(super) fn footwork(lane: &Lane, touch: Timestamp) -> Vec<Action> {
    let until_touch = (lane.index_from(touch) + 1).min(lane.len());
    let mut actions: Vec<Action> = advances(lane);
    if !lane.front_foot.is_empty() {
        let slow = runs(until_touch, MIN_RESET_SECS, |i| lane.front_foot_speed[i] < STANDING_SPEED);
        actions.extend(slow.iter().flat_map(|run| resets(lane, run)));
    }
    actions
}

fn advances(lane: &Lane) -> Vec<Action> {
    if lane.hips.is_empty() {
        return Vec::new();
    }
    let forward = runs(lane.len(), MIN_ADVANCE_SECS, |i| lane.hips_speed[i] > MOVING_SPEED);
    let hips = [limb::FRONT_HIP, limb::REAR_HIP];
    forward.iter().map(|run| action(lane, ActionKind::Advance, run, &hips)).collect()
}

/// A slow run is one retreat when it goes back on the whole, else the pauses in it.
fn resets(lane: &Lane, run: &Range<usize>) -> Vec<Action> {
    let mean = lane.front_foot_speed[run.clone()].iter().sum::<f32>() / run.len() as f32;
    if mean < -STANDING_SPEED {
        return vec![action(lane, ActionKind::Retreat, run, &JOINTS)];
    }
    let still = |i: usize| lane.rear_foot_speed.get(i).is_none_or(|speed| *speed < CATCHING_UP_SPEED);
    let pieces = runs(run.len(), MIN_RESET_SECS, |i| still(run.start + i));
    pieces
        .into_iter()
        .map(|piece| run.start + piece.start..run.start + piece.end)
        .filter(|piece| variance(&lane.front_foot_height[piece.clone()]) < GROUNDED_VARIANCE)
        .map(|piece| action(lane, ActionKind::Pause, &piece, &JOINTS))
        .collect()
}

fn action(lane: &Lane, kind: ActionKind, run: &Range<usize>, joints: &[usize]) -> Action {
    Action { kind, span: lane.span(run), confidence: lane.seen(run, joints) }
}

fn variance(values: &[f32]) -> f32 {
    let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
    values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / values.len().max(1) as f32
}
