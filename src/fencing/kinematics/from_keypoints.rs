//! Keypoints to motion: checks what came in, then pairs, repairs and smooths it.
//!
//! This is the one place where a [`Motion`] is made; tracks from frames pass through it once they are in metres.

use super::error::MotionError;
use super::motion::{Body, FIRST_JOINT, Motion, RawPose, Scale, limb};
use super::{pairing, repair, smoothing};
use crate::geometry::PistePoint;
use crate::pose::KEYPOINTS;
use crate::time::Timestamp;
use crate::{PerSide, Side};

/// A fencer whose hips are seen in fewer frames than this counts as missing; more frames are judged, with less confidence.
const MIN_SEEN_FRAMES: usize = 5;
/// Number of frames with both fencers from which left and right are decided.
const SIDE_FRAMES: usize = 15;
/// Hip to ankle, or hip to shoulder, of a fencer on guard lies well inside these metres (`from_tracks` has the
/// usual ones); beyond them the coordinates are pixels, centimetres or of another world.
const BODY_METRES: std::ops::RangeInclusive<f32> = 0.15..=2.5;

impl Motion {
    /// A motion from keypoints in metres: x to the right, y up, by COCO number, in any order within a pair.
    ///
    /// # Errors
    /// [`MotionError`] names what is wrong: no frames, lengths that differ, times out of order, numbers that are none, a
    /// fencer who is missing, units that are not metres, exchanged sides.
    pub fn from_keypoints(times: Vec<Timestamp>, keypoints: PerSide<Vec<RawPose>>) -> Result<Self, MotionError> {
        assemble(times, keypoints, Scale::Given)
    }
}

/// Checks, then pairs, repairs and smooths.
pub(super) fn assemble(times: Vec<Timestamp>, raw: PerSide<Vec<RawPose>>, scale: Scale) -> Result<Motion, MotionError> {
    check_times(&times)?;
    for (side, poses) in raw.iter() {
        check_poses(side, poses, times.len())?;
    }
    check_sides(&raw)?;
    let origin = origin(&raw);
    let bodies = PerSide::from_fn(|side| body(side, &times, &raw[side], origin));
    Ok(Motion { times, bodies, scale, raw })
}

fn check_times(times: &[Timestamp]) -> Result<(), MotionError> {
    if times.is_empty() {
        return Err(MotionError::NoFrames);
    }
    match times.windows(2).position(|w| w[1] <= w[0]) {
        Some(before) => Err(MotionError::TimesOutOfOrder { frame: before + 1 }),
        None => Ok(()),
    }
}

fn check_poses(side: Side, poses: &[RawPose], times: usize) -> Result<(), MotionError> {
    if poses.len() != times {
        return Err(MotionError::LengthMismatch { side, times, poses: poses.len() });
    }
    for (frame, pose) in poses.iter().enumerate() {
        let broken = |p: &Option<PistePoint>| p.is_some_and(|p| !p.x.is_finite() || !p.y.is_finite());
        if let Some(joint) = pose.iter().position(broken) {
            return Err(MotionError::NotANumber { side, frame, joint });
        }
    }
    let seen = poses.iter().filter(|p| hip(p).is_some()).count();
    if seen < MIN_SEEN_FRAMES.min(times) {
        return Err(MotionError::FencerMissing { side, seen, frames: times });
    }
    // One joint that is lost for a whole phrase makes one length absurd, wrong units make all of them so.
    let lengths = body_metres(poses);
    match lengths.first() {
        Some(metres) if !lengths.iter().any(|metres| BODY_METRES.contains(metres)) => {
            Err(MotionError::AbsurdUnits { side, metres: *metres })
        }
        _ => Ok(()),
    }
}

/// Median heights of hips over ankles and of shoulders over hips, rear and front, as far as they were seen.
fn body_metres(poses: &[RawPose]) -> Vec<f32> {
    let rise = |[low, high]: [usize; 2]| {
        let between = |p: &RawPose| Some((p[high]?.y - p[low]?.y).abs());
        smoothing::median(poses.iter().filter_map(between).collect())
    };
    let lengths = [
        [limb::REAR_FOOT, limb::REAR_HIP],
        [limb::FRONT_FOOT, limb::FRONT_HIP],
        [limb::REAR_HIP, limb::REAR_SHOULDER],
        [limb::FRONT_HIP, limb::FRONT_SHOULDER],
    ];
    lengths.into_iter().filter_map(rise).collect()
}

/// Exchanged in the first frame that shows both and in most of those that follow: a tracker may confuse the fencers for a
/// frame, and they may pass each other.
fn check_sides(raw: &PerSide<Vec<RawPose>>) -> Result<(), MotionError> {
    let together = raw.left.iter().zip(&raw.right).filter_map(|(l, r)| Some(hip(l)?.x > hip(r)?.x));
    let first: Vec<bool> = together.take(SIDE_FRAMES).collect();
    let exchanged = first.iter().filter(|exchanged| **exchanged).count();
    let at_once = first.first() == Some(&true);
    if at_once && 2 * exchanged > first.len() { Err(MotionError::SidesExchanged) } else { Ok(()) }
}

/// The middle of what is seen of the hips.
fn hip(pose: &RawPose) -> Option<PistePoint> {
    match (pose[limb::REAR_HIP], pose[limb::FRONT_HIP]) {
        (Some(a), Some(b)) => Some(PistePoint { x: f32::midpoint(a.x, b.x), y: f32::midpoint(a.y, b.y) }),
        (one, other) => one.or(other),
    }
}

/// Midway between the front feet where all four were first seen, else between the hips; on the floor where feet were seen.
fn origin(raw: &PerSide<Vec<RawPose>>) -> PistePoint {
    let feet = |(l, r): (&RawPose, &RawPose)| {
        let of = |p: &RawPose| Some((p[limb::REAR_FOOT]?, p[limb::FRONT_FOOT]?));
        let ((a, b), (c, d)) = (of(l)?, of(r)?);
        Some(PistePoint { x: f32::midpoint(a.x.max(b.x), c.x.min(d.x)), y: f32::midpoint(a.y.min(b.y), c.y.min(d.y)) })
    };
    let hips = |(l, r): (&RawPose, &RawPose)| {
        let (l, r) = (hip(l)?, hip(r)?);
        Some(PistePoint { x: f32::midpoint(l.x, r.x), y: f32::midpoint(l.y, r.y) })
    };
    let frames = || raw.left.iter().zip(&raw.right);
    frames().find_map(feet).or_else(|| frames().find_map(hips)).unwrap_or_default()
}

fn body(side: Side, times: &[Timestamp], raw: &[RawPose], origin: PistePoint) -> Body {
    let mut poses: Vec<RawPose> = raw.iter().map(|pose| pose.map(|p| p.map(|p| relative(p, origin)))).collect();
    pairing::order_pairs(&mut poses, times, side);
    repair::drop_jumps(&mut poses, times);
    let windows = smoothing::Windows::of(times);
    let mut body = Body::default();
    for joint in FIRST_JOINT..KEYPOINTS {
        let sightings: Vec<Option<PistePoint>> = poses.iter().map(|pose| pose[joint]).collect();
        body.joints[joint] = repair::fill_gaps(times, &sightings).map(|mut series| {
            windows.smooth(&mut series.points);
            series
        });
    }
    body
}

fn relative(p: PistePoint, origin: PistePoint) -> PistePoint {
    PistePoint { x: p.x - origin.x, y: p.y - origin.y }
}
