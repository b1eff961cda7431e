//! The weapon arm: extensions, withdrawals, and the point in line.

use super::lane::Lane;
use super::runs::{points, runs};
use super::{Action, ActionKind};
use crate::kinematics::limb;
use crate::time::Timestamp;
use std::ops::Range;

/// The hand this far ahead of the hips is an extended arm, in metres (reference 3.9).
const EXTENDED_METRES: f32 = 0.45;
/// ... for at least two frames at 30 per second.
const MIN_EXTENDED_SECS: f64 = 0.067;
/// The elbow must open to this at least once (reference 3.9), in degrees; from then on it is an extension.
const OPEN_ELBOW_DEGREES: f32 = 140.0;
/// The start of an extension is where the reach last grew slower than this, in metres per second.
const ONSET_SPEED: f32 = 0.4;
/// How far back from the extended arm its onset is searched, in seconds.
const ONSET_SECS: f64 = 0.5;
/// An arm this long straight before it strikes is a point in line, in seconds: well over one tempo.
const IN_LINE_SECS: f64 = 0.6;
/// Straight: elbow in degrees; a stretched arm that was meant to be bent measures up to 160 ...
const STRAIGHT_DEGREES: f32 = 165.0;
/// ... at shoulder height, the upper arm raised from the trunk by this, in degrees ...
const RAISED_DEGREES: f32 = 70.0;
/// ... on a fencer who is not attacking himself, in metres per second ...
const STANDING_SPEED: f32 = 0.45;
/// ... nor stands in the lunge of an attack that is over: feet no further apart than this, in metres.
const ON_GUARD_METRES: f32 = 0.9;
/// Over how long to each side a held arm is looked at, in seconds.
const STEADY_SECS: f64 = 0.1;
/// Still: the hand moves less than this against the hips, in metres per second.
const STILL_SPEED: f32 = 0.6;

const JOINTS: [usize; 2] = [limb::FRONT_HAND, limb::FRONT_ELBOW];

/// Below this angle of upper arm and trunk a far hand is no extension, in degrees (reference 3.9).
const OFFERED_DEGREES: f32 = 70.0;

/// Every extension of the weapon arm, from its onset on, and every withdrawal that follows one.
pub(super) fn extensions(lane: &Lane) -> Vec<Action> {
    let mut found = Vec::new();
    for run in runs(lane.reach.len(), MIN_EXTENDED_SECS, |i| lane.reach[i] >= EXTENDED_METRES) {
        let Some(opened) = opened(lane, &run) else { continue };
        let offered = run.clone().any(|i| upper_arm(lane, i).is_none_or(|degrees| degrees >= OFFERED_DEGREES));
        if !offered {
            continue;
        }
        let whole = onset(lane, opened)..run.end;
        found.push(action(lane, ActionKind::ArmExtension, &whole));
        let back = withdrawal(lane, run.end);
        if back.len() > 1 {
            found.push(action(lane, ActionKind::ArmWithdrawal, &back));
        }
    }
    found
}

/// From when on a far hand is an extended arm: where the elbow opens and stays open, because a hand may be held far ahead on
/// guard. An elbow that is open for a frame or two tells no moment that another camera would tell, too; there the hand does.
fn opened(lane: &Lane, run: &Range<usize>) -> Option<usize> {
    let elbows: Vec<f32> = run.clone().map(|i| elbow(lane, i)).collect();
    let steady = steadied(&elbows);
    let held = runs(run.len(), MIN_EXTENDED_SECS, |i| steady[i] >= OPEN_ELBOW_DEGREES);
    let ever = elbows.iter().any(|elbow| *elbow >= OPEN_ELBOW_DEGREES);
    ever.then(|| run.start + held.first().map_or(0, |held| held.start))
}

/// Every stretch of a straight, raised, still arm before the touch that is long enough to be seen as a line.
pub(super) fn points_in_line(lane: &Lane, touch: Timestamp) -> Vec<Action> {
    let over = |of: &dyn Fn(usize) -> f32| -> Vec<f32> { steadied(&(0..lane.reach.len()).map(of).collect::<Vec<_>>()) };
    let elbow = over(&|i| elbow(lane, i));
    let raised = over(&|i| upper_arm(lane, i).unwrap_or(0.0));
    let hand_speed = over(&|i| lane.reach_speed[i]);
    let body_speed = over(&|i| lane.hips_speed[i]);
    let stance = over(&|i| lane.stance(i).unwrap_or(0.0));
    let in_line = |i: usize| {
        lane.reach[i] >= EXTENDED_METRES
            && hand_speed[i].abs() < STILL_SPEED
            && body_speed[i] < STANDING_SPEED
            && stance[i] <= ON_GUARD_METRES
            && elbow[i] >= STRAIGHT_DEGREES
            && raised[i] >= RAISED_DEGREES
    };
    let before_touch = lane.index_from(touch).min(lane.reach.len());
    let lines = runs(before_touch, IN_LINE_SECS, in_line);
    lines.iter().map(|run| action(lane, ActionKind::PointInLine, run)).collect()
}

/// Means over a fifth of a second: a line is held, so a tremble must not break it, nor make it where frames are many.
fn steadied(values: &[f32]) -> Vec<f32> {
    let reach = points(STEADY_SECS);
    let mean = |i: usize| {
        let around = &values[i.saturating_sub(reach)..(i + reach + 1).min(values.len())];
        around.iter().sum::<f32>() / around.len() as f32
    };
    (0..values.len()).map(mean).collect()
}

/// Angle of the upper arm and the trunk in degrees.
fn upper_arm(lane: &Lane, i: usize) -> Option<f32> {
    lane.angle(i, limb::FRONT_HIP, limb::FRONT_SHOULDER, limb::FRONT_ELBOW)
}

/// Opening of the front elbow in degrees; 0 where it was never seen.
fn elbow(lane: &Lane, i: usize) -> f32 {
    lane.angle(i, limb::FRONT_SHOULDER, limb::FRONT_ELBOW, limb::FRONT_HAND).unwrap_or(0.0)
}

/// Where the reach began to grow. Its speed is read over a fifth of a second, or a tremble would tell another moment to every camera.
fn onset(lane: &Lane, extended: usize) -> usize {
    let first = extended.saturating_sub(points(ONSET_SECS));
    let speed = steadied(&lane.reach_speed[first..extended]);
    (first..extended).rev().find(|i| speed[*i - first] < ONSET_SPEED).map_or(first, |slow| slow + 1)
}

/// The stretch after `from` over which the hand comes back.
fn withdrawal(lane: &Lane, from: usize) -> Range<usize> {
    let end = (from..lane.reach.len()).find(|i| lane.reach_speed[*i] > -ONSET_SPEED).unwrap_or(lane.reach.len());
    from..end
}

fn action(lane: &Lane, kind: ActionKind, run: &Range<usize>) -> Action {
    Action { kind, span: lane.span(run), confidence: lane.seen(run, &JOINTS) }
}
