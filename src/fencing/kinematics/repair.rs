//! Joints that jump to another limb for a frame or two, and joints that were not seen: dropped, then bridged.

use super::motion::{FIRST_JOINT, JointSeries, RawPose, limb};
use super::smoothing::{median, median_of};
use crate::geometry::PistePoint;
use crate::pose::KEYPOINTS;
use crate::time::Timestamp;
use std::ops::Range;

/// A sighting this far from the middle of its neighbourhood is no movement of a body: 0.30 m, the floor of the
/// reference's step test (reference 3.6), which a hand at 9 m/s does not leave within the neighbourhood's median.
const JUMP_METRES: f32 = 0.30;
/// Neighbours all nearer than this on both axes cannot make a jump: `JUMP_METRES` over the square root of two.
const NEAR_METRES: f32 = 0.21;
/// Neighbourhood of a sighting on either side, in seconds: two frames at 30 per second, one at 15.
const NEIGHBOURHOOD_SECS: f64 = 0.07;
/// A bone longer than this many times its median length ends in somebody else's joint (reference 3.6: 1.60).
const LONGEST_BONE: f32 = 1.6;
/// Bones whose far end goes astray: upper arm, forearm, thigh, shin, rear and front (near joint, far joint).
const BONES: [(usize, usize); 8] = [
    (limb::REAR_SHOULDER, limb::REAR_ELBOW),
    (limb::FRONT_SHOULDER, limb::FRONT_ELBOW),
    (limb::REAR_ELBOW, limb::REAR_HAND),
    (limb::FRONT_ELBOW, limb::FRONT_HAND),
    (limb::REAR_HIP, limb::REAR_KNEE),
    (limb::FRONT_HIP, limb::FRONT_KNEE),
    (limb::REAR_KNEE, limb::REAR_FOOT),
    (limb::FRONT_KNEE, limb::FRONT_FOOT),
];

/// Forgets sightings that jump away from their own neighbourhood, and far ends of impossible bones.
pub(super) fn drop_jumps(poses: &mut [RawPose], times: &[Timestamp]) {
    let around: Vec<Range<usize>> = (0..poses.len()).map(|i| neighbours(times, i)).collect();
    let mut room = Vec::new();
    for joint in FIRST_JOINT..KEYPOINTS {
        let is_jump = |i: &usize| is_jump(poses, around[*i].clone(), joint, *i, &mut room);
        let jumps: Vec<usize> = (0..poses.len()).filter(is_jump).collect();
        for i in jumps {
            poses[i][joint] = None;
        }
    }
    for (near, far) in BONES {
        drop_long_bones(poses, near, far);
    }
}

/// Whether a sighting lies far from the median of the sightings around it. Needs one neighbour on each side to judge.
fn is_jump(poses: &[RawPose], around: Range<usize>, joint: usize, i: usize, room: &mut Vec<f32>) -> bool {
    let Some(here) = poses[i][joint] else { return false };
    // If no sample is further off on either axis, neither is their median.
    let near = |k: usize| poses[k][joint].is_none_or(|p| (p.x - here.x).abs().max((p.y - here.y).abs()) < NEAR_METRES);
    if around.clone().all(near) {
        return false;
    }
    let mut before = around.start..i;
    let mut after = i + 1..around.end;
    if !(before.any(|k| poses[k][joint].is_some()) && after.any(|k| poses[k][joint].is_some())) {
        return false;
    }
    let mut middle = |of: fn(PistePoint) -> f32| {
        let others = around.clone().filter(|k| *k != i);
        median_of(others.filter_map(|k| poses[k][joint]).map(of), room)
    };
    match (middle(|p| p.x), middle(|p| p.y)) {
        (Some(x), Some(y)) => (here.x - x).powi(2) + (here.y - y).powi(2) > JUMP_METRES * JUMP_METRES,
        _ => false,
    }
}

/// Frames within the neighbourhood of frame `i`, at least one on each side where there is one.
fn neighbours(times: &[Timestamp], i: usize) -> Range<usize> {
    let first = times.partition_point(|t| *t < times[i].plus_secs(-NEIGHBOURHOOD_SECS)).min(i.saturating_sub(1));
    let last = times.partition_point(|t| *t <= times[i].plus_secs(NEIGHBOURHOOD_SECS)).max(i + 2);
    first..last.min(times.len())
}

fn drop_long_bones(poses: &mut [RawPose], near: usize, far: usize) {
    let length = |pose: &RawPose| Some((pose[near]?.x - pose[far]?.x).hypot(pose[near]?.y - pose[far]?.y));
    let Some(usual) = median(poses.iter().filter_map(length).collect()) else { return };
    for pose in poses {
        if length(pose).is_some_and(|metres| metres > LONGEST_BONE * usual && metres - usual > JUMP_METRES / 2.0) {
            pose[far] = None;
        }
    }
}

/// A full series from sightings: gaps bridged in a straight line over time, ends held. `None` when there is no sighting.
pub(super) fn fill_gaps(times: &[Timestamp], sightings: &[Option<PistePoint>]) -> Option<JointSeries> {
    let known: Vec<(usize, PistePoint)> = sightings.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i, p))).collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let point_at = |i: usize| {
        let after = known.partition_point(|(k, _)| *k < i);
        match (after.checked_sub(1).and_then(|b| known.get(b)), known.get(after)) {
            (_, Some((k, p))) if *k == i => *p,
            (Some(a), Some(b)) => between(times, *a, *b, i),
            (None, _) => first.1,
            (_, None) => last.1,
        }
    };
    let points = (0..sightings.len()).map(point_at).collect();
    Some(JointSeries { points, seen: sightings.iter().map(Option::is_some).collect() })
}

fn between(times: &[Timestamp], a: (usize, PistePoint), b: (usize, PistePoint), i: usize) -> PistePoint {
    let whole = times[b.0].secs_since(times[a.0]);
    let share = (times[i].secs_since(times[a.0]) / whole) as f32;
    PistePoint { x: a.1.x + (b.1.x - a.1.x) * share, y: a.1.y + (b.1.y - a.1.y) * share }
}
