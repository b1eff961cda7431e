//! Lunges and flèches, from the distance between the feet.

use super::lane::Lane;
use super::runs::{points, runs};
use super::{Action, ActionKind};
use crate::kinematics::limb;
use std::ops::Range;

/// A stance wider than this is a lunge ... (reference 3.9).
const CORE_METRES: f32 = 1.0;
/// ... for at least this long (5 frames at 30 per second).
const MIN_CORE_SECS: f64 = 0.167;
/// Its start and end are where the stance passes this width.
const EDGE_METRES: f32 = 0.9;
/// Beyond this width no further proof is wanted (reference 3.9).
const WIDE_METRES: f32 = 1.2;
/// Short of it the rear leg must be stretched out behind: rear knee, rear hip, front hip, in degrees (reference 3.9).
const OPEN_HIP_DEGREES: f32 = 125.0;
/// Either for at least this long (2 frames at 30 per second).
const MIN_SHOWN_SECS: f64 = 0.067;
/// A rear foot that goes back at this speed (0.08 m per 1/15 s) in a third of the frames is a retreat, not a lunge.
const REAR_BACK_SPEED: f32 = -1.2;
/// See above.
const REAR_BACK_SHARE: f32 = 0.3;
/// In a flèche the rear foot passes the front one at full speed. Which foot is which is lost where they pass, so it shows as a
/// stance that closes to less than this, in metres ...
const CLOSED_METRES: f32 = 0.1;
/// ... with the hips at this speed, in metres per second ...
const FLECHE_SPEED: f32 = 1.0;
/// ... and was and will be wider by `PASSING_METRES` this long before and after, in seconds. A foot that is merely drawn up to
/// the other stops there, so its stance closes and opens more slowly.
const PASSING_SECS: f64 = 0.1;
/// See above.
const PASSING_METRES: f32 = 0.15;

const JOINTS: [usize; 2] = [limb::FRONT_FOOT, limb::REAR_FOOT];

/// Every lunge.
pub(super) fn lunges(lane: &Lane) -> Vec<Action> {
    let wider = |i: usize, metres: f32| lane.stance(i).is_some_and(|stance| stance > metres);
    let mut found = Vec::new();
    for edge in runs(lane.len(), MIN_CORE_SECS, |i| wider(i, EDGE_METRES)) {
        let core = edge.clone().filter(|i| wider(*i, CORE_METRES)).count();
        if core >= points(MIN_CORE_SECS) && core * 2 > edge.len() && is_lunge(lane, &edge) {
            let span = lane.span(&edge);
            found.push(Action { kind: ActionKind::Lunge, span, confidence: lane.seen(&edge, &JOINTS) });
        }
    }
    found
}

fn is_lunge(lane: &Lane, run: &Range<usize>) -> bool {
    let open = |i: &usize| {
        let angle = lane.angle(*i, limb::REAR_KNEE, limb::REAR_HIP, limb::FRONT_HIP);
        angle.is_some_and(|degrees| degrees > OPEN_HIP_DEGREES)
    };
    let wide = |i: &usize| lane.stance(*i).is_some_and(|stance| stance > WIDE_METRES);
    let backwards = run.clone().filter(|i| lane.rear_foot_speed[*i] < REAR_BACK_SPEED).count();
    let long = |count: usize| count >= points(MIN_SHOWN_SECS);
    let shown = long(run.clone().filter(open).count()) || long(run.clone().filter(wide).count());
    shown && (backwards as f32) <= run.len() as f32 * REAR_BACK_SHARE
}

/// Every flèche or crossed step forward.
pub(super) fn fleches(lane: &Lane) -> Vec<Action> {
    let reach = points(PASSING_SECS);
    let stance = |i: usize| lane.stance(i).unwrap_or(f32::MAX);
    let closed = |i: usize| stance(i) < CLOSED_METRES && lane.hips_speed.get(i).is_some_and(|v| *v > FLECHE_SPEED);
    let passing = |run: &Range<usize>| {
        let closest = run.clone().min_by(|a, b| stance(*a).total_cmp(&stance(*b)))?;
        let (before, after) = (closest.checked_sub(reach)?, closest + reach);
        let opens = |i: usize| lane.stance(i).is_some_and(|wide| wide - stance(closest) >= PASSING_METRES);
        (opens(before) && opens(after)).then_some(before..after + 1)
    };
    runs(lane.len(), 0.0, closed)
        .iter()
        .filter_map(passing)
        .map(|run| Action { kind: ActionKind::Fleche, span: lane.span(&run), confidence: lane.seen(&run, &JOINTS) })
        .collect()
}
