//! Tracks in pixels to motion in metres: the camera's movement taken out, the metre found in the frame.

use super::error::MotionError;
use super::from_keypoints::assemble;
use super::motion::{Motion, RawPose, Scale, limb};
use super::smoothing::median;
use crate::geometry::{ImagePoint, PistePoint};
use crate::pose::Pose;
use crate::time::Timestamp;
use crate::tracking::{TrackSample, Tracks};
use crate::{PerSide, Side};

/// Joints below this score are guesses of the pose model (`MoveNet`'s own examples draw from 0.2 on).
const MIN_SCORE: f32 = 0.2;
/// Distance of the front feet on the en-garde lines, in metres (t.17).
const EN_GARDE_METRES: f32 = 4.0;
/// Over how long after the first usable frame the start distance is taken, in seconds.
const START_SECS: f64 = 0.35;
/// Hips over ankles on guard, in metres of the start distance: median over the labelled phrases of set B and C.
const LEG_METRES: f32 = 0.62;
/// Shoulders over hips on guard, likewise.
const TORSO_METRES: f32 = 0.44;
/// The start distance is accepted when it makes the legs this long (0.39 to 0.93 m in 98 % of the labelled phrases).
const PLAUSIBLE_LEG_METRES: std::ops::RangeInclusive<f32> = 0.38..=0.95;

impl Motion {
    /// A motion from tracked poses in pixels.
    ///
    /// One metre is a quarter of the distance of the front feet in the first usable frames; when that makes the fencers
    /// giants or dwarfs the phrase did not start on the en-garde lines, and their bodies give the metre
    /// ([`Scale::BodySize`]). Frames whose time does not advance are left out.
    ///
    /// # Errors
    /// [`MotionError`] when there is no frame, a fencer is missing, or the sides are exchanged.
    pub fn from_tracks(tracks: &Tracks) -> Result<Self, MotionError> {
        Self::from_samples(&in_order(&tracks.samples))
    }

    /// The same of the frames up to `last` alone: what [`Motion::until`] makes of the whole, in half the time.
    ///
    /// # Errors
    /// As [`Motion::from_tracks`]; also when every frame is later.
    pub fn from_tracks_until(tracks: &Tracks, last: Timestamp) -> Result<Self, MotionError> {
        let mut samples = in_order(&tracks.samples);
        samples.retain(|sample| sample.at <= last);
        Self::from_samples(&samples)
    }

    fn from_samples(samples: &[&TrackSample]) -> Result<Self, MotionError> {
        let times: Vec<Timestamp> = samples.iter().map(|s| s.at).collect();
        let pixels = PerSide::from_fn(|side| samples.iter().map(|s| steady(s, side)).collect::<Vec<_>>());
        let scale = find_scale(&times, &pixels).unwrap_or(Scale::BodySize(1.0));
        let per_metre = match scale {
            Scale::Given => 1.0,
            Scale::FrontFeet(pixels) | Scale::BodySize(pixels) => pixels,
        };
        let metres = pixels.map(|poses| poses.iter().map(|p| scaled(p, per_metre)).collect());
        assemble(times, metres, scale)
    }
}

fn in_order(samples: &[TrackSample]) -> Vec<&TrackSample> {
    let mut kept: Vec<&TrackSample> = Vec::with_capacity(samples.len());
    for sample in samples {
        if kept.last().is_none_or(|last| last.at < sample.at) {
            kept.push(sample);
        }
    }
    kept
}

/// One fencer's joints in pixels of the first frame, y still down.
fn steady(sample: &TrackSample, side: Side) -> [Option<ImagePoint>; 17] {
    let mut points = [None; 17];
    if let Some(pose) = &sample.poses[side] {
        for (point, keypoint) in points.iter_mut().zip(pose_joints(pose)) {
            *point = keypoint.map(|p| ImagePoint::new(p.x - sample.camera_shift.x, p.y - sample.camera_shift.y));
        }
    }
    points.map(|p| p.filter(|p: &ImagePoint| p.is_finite()))
}

fn pose_joints(pose: &Pose) -> impl Iterator<Item = Option<ImagePoint>> + '_ {
    pose.keypoints.iter().map(|k| (k.score >= MIN_SCORE).then_some(k.point))
}

fn scaled(pose: &[Option<ImagePoint>; 17], pixels_per_metre: f32) -> RawPose {
    pose.map(|p| p.map(|p| PistePoint { x: p.x / pixels_per_metre, y: -p.y / pixels_per_metre }))
}

type PixelPoses = PerSide<Vec<[Option<ImagePoint>; 17]>>;

/// The metre: from the front feet when the bodies agree, else from the bodies. `None` when nothing can be measured.
fn find_scale(times: &[Timestamp], poses: &PixelPoses) -> Option<Scale> {
    let legs = body_pixels(poses, limb::REAR_FOOT, limb::REAR_HIP).map(|pixels| (pixels, LEG_METRES));
    let body =
        legs.or_else(|| body_pixels(poses, limb::FRONT_HIP, limb::FRONT_SHOULDER).map(|pixels| (pixels, TORSO_METRES)));
    let feet = start_distance(times, poses).map(|pixels| pixels / EN_GARDE_METRES).filter(|scale| *scale > 0.0);
    match (feet, body) {
        (Some(scale), Some((pixels, metres))) => {
            let leg_metres = pixels / scale * (LEG_METRES / metres);
            let believed = PLAUSIBLE_LEG_METRES.contains(&leg_metres);
            Some(if believed { Scale::FrontFeet(scale) } else { Scale::BodySize(pixels / metres) })
        }
        (Some(scale), None) => Some(Scale::FrontFeet(scale)),
        (None, Some((pixels, metres))) => Some(Scale::BodySize(pixels / metres)),
        (None, None) => None,
    }
    .filter(|scale| matches!(scale, Scale::FrontFeet(s) | Scale::BodySize(s) if *s > 0.0))
}

/// Median distance of the inner feet over the first frames that show all four, in pixels.
fn start_distance(times: &[Timestamp], poses: &PixelPoses) -> Option<f32> {
    let gap = |(left, right): (&[Option<ImagePoint>; 17], &[Option<ImagePoint>; 17])| {
        let of = |p: &[Option<ImagePoint>; 17]| Some((p[limb::REAR_FOOT]?.x, p[limb::FRONT_FOOT]?.x));
        let ((a, b), (c, d)) = (of(left)?, of(right)?);
        Some(c.min(d) - a.max(b))
    };
    let gaps: Vec<(Timestamp, f32)> =
        times.iter().zip(poses.left.iter().zip(&poses.right)).filter_map(|(t, p)| Some((*t, gap(p)?))).collect();
    let start = gaps.first()?.0;
    median(gaps.iter().take_while(|(t, _)| t.secs_since(start) <= START_SECS).map(|(_, gap)| *gap).collect())
}

/// Median height of one joint over another in both fencers' first dozen sightings, in pixels.
fn body_pixels(poses: &PixelPoses, low: usize, high: usize) -> Option<f32> {
    let rise = |p: &[Option<ImagePoint>; 17]| Some((p[low]?.y - p[high]?.y).abs());
    let of = |side: Side| poses[side].iter().filter_map(rise).take(12).collect::<Vec<_>>();
    median([of(Side::Left), of(Side::Right)].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::Keypoint;
    use crate::time::FrameIndex;

    /// Pixels per metre of the made-up frame.
    const PIXELS: f32 = 100.0;

    /// Feet `gap` metres apart, legs and torso of usual size; the frame moves by `pan` pixels per frame.
    fn tracks(gap: f32, pan: f32) -> Tracks {
        let joint = |side: Side, forward: f32, up: f32, shift: f32| Keypoint {
            point: ImagePoint::new(
                600.0 + shift + side.forward_sign() * (forward - gap / 2.0) * PIXELS,
                500.0 - up * PIXELS,
            ),
            score: 0.9,
        };
        let pose = |side: Side, shift: f32| {
            let mut keypoints = [Keypoint::default(); 17];
            for (number, forward, up) in [(15, -0.6, 0.0), (16, 0.0, 0.0), (11, -0.4, 0.62), (12, -0.2, 0.62)] {
                keypoints[number] = joint(side, forward, up, shift);
            }
            Pose { keypoints, score: 0.9 }
        };
        let sample = |i: usize| {
            let shift = pan * i as f32;
            TrackSample {
                at: Timestamp::from_secs(i as f64 / 30.0),
                frame: FrameIndex::default(),
                poses: PerSide::from_fn(|side| Some(pose(side, shift))),
                camera_shift: ImagePoint::new(shift, 0.0),
            }
        };
        Tracks { samples: (0..30).map(sample).collect(), ..Tracks::default() }
    }

    #[test]
    fn the_metre_comes_from_the_feet_or_else_from_the_bodies() {
        let scale = |gap: f32| Motion::from_tracks(&tracks(gap, 0.0)).unwrap().scale();
        assert!(matches!(scale(4.0), Scale::FrontFeet(p) if (p - PIXELS).abs() < 1.0), "{:?}", scale(4.0));
        // Already close together when the clip begins: a quarter of the distance would make giants of them.
        assert!(matches!(scale(1.0), Scale::BodySize(p) if (p - PIXELS).abs() < 1.0), "{:?}", scale(1.0));
    }

    #[test]
    fn a_panning_camera_moves_nobody() {
        let places =
            |pan: f32| Motion::from_tracks(&tracks(4.0, pan)).unwrap().forward(Side::Left, limb::FRONT_HIP).unwrap();
        let (still, panned) = (places(0.0), places(7.0));
        assert!(still.iter().zip(&panned).all(|(a, b)| (a - b).abs() < 1e-3), "{still:?} {panned:?}");
    }
}
