//! The motion of a phrase: times, and one repaired series of points for each joint of each fencer.
//!
//! The raw sightings are kept beside the clean series, because a judge who must not see past the touch has to repair
//! again from the shorter record: a smoothed series knows its own future ([`Motion::until`]).

use super::error::MotionError;
use super::from_keypoints::assemble;
use crate::geometry::PistePoint;
use crate::pose::KEYPOINTS;
use crate::time::{Span, Timestamp};
use crate::{PerSide, Side};
use std::borrow::Cow;

/// Joint numbers of a [`Body`]: COCO's, but *rear* and *front* instead of anatomical left and right.
///
/// Odd is the rear one of a pair, even the front one, nearer to the opponent; the front hand is the weapon hand. Heads (0 to
/// 4) are left out: nothing is judged by them.
pub mod limb {
    #![allow(missing_docs, reason = "the names are the joints")]
    pub const REAR_SHOULDER: usize = 5;
    pub const FRONT_SHOULDER: usize = 6;
    pub const REAR_ELBOW: usize = 7;
    pub const FRONT_ELBOW: usize = 8;
    pub const REAR_HAND: usize = 9;
    pub const FRONT_HAND: usize = 10;
    pub const REAR_HIP: usize = 11;
    pub const FRONT_HIP: usize = 12;
    pub const REAR_KNEE: usize = 13;
    pub const FRONT_KNEE: usize = 14;
    pub const REAR_FOOT: usize = 15;
    pub const FRONT_FOOT: usize = 16;
}

/// One fencer in one frame as observed, by joint number; `None` where a joint was not seen.
pub type RawPose = [Option<PistePoint>; KEYPOINTS];

/// One joint over the whole phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JointSeries {
    /// Where it was, in metres on the piste; interpolated where it was not seen. One point for each time.
    pub points: Vec<PistePoint>,
    /// Whether it was really seen at each time.
    pub seen: Vec<bool>,
}

/// The first joint that a [`Body`] keeps: shoulders.
pub(super) const FIRST_JOINT: usize = limb::REAR_SHOULDER;

/// One fencer over the whole phrase, by joint number ([`limb`]). A joint that was never seen has no series, nor has a head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// One series per joint.
    pub joints: [Option<JointSeries>; KEYPOINTS],
}

impl Body {
    /// Where a joint was at frame `i`; `None` when it was never seen or there is no such frame.
    pub fn point(&self, joint: usize, i: usize) -> Option<PistePoint> {
        self.joints.get(joint)?.as_ref()?.points.get(i).copied()
    }

    /// Whether a joint was really seen at frame `i`.
    pub fn seen(&self, joint: usize, i: usize) -> bool {
        let series = self.joints.get(joint).and_then(Option::as_ref);
        series.and_then(|s| s.seen.get(i)).copied().unwrap_or(false)
    }

    /// Share of frames in which a joint was really seen, 0..1.
    pub fn seen_share(&self, joint: usize) -> f32 {
        let series = self.joints.get(joint).and_then(Option::as_ref).filter(|s| !s.seen.is_empty());
        series.map_or(0.0, |s| s.seen.iter().filter(|seen| **seen).count() as f32 / s.seen.len() as f32)
    }
}

/// How the metre was found in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// The coordinates came in metres.
    Given,
    /// Pixels per metre from the distance of the front feet at the start: 4 m between the en-garde lines (t.17, reference 3.6).
    FrontFeet(f32),
    /// Pixels per metre from the size of the bodies: the phrase did not start on the en-garde lines.
    BodySize(f32),
}

/// Both fencers' joints over one phrase, in metres on the piste.
///
/// The origin lies midway between the front feet where both were first seen; x grows to the right of the picture, y up.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    pub(super) times: Vec<Timestamp>,
    pub(super) bodies: PerSide<Body>,
    pub(super) scale: Scale,
    /// What was observed, in metres; empty for a resampled motion.
    pub(super) raw: PerSide<Vec<RawPose>>,
}

impl Motion {
    /// Times of the frames, strictly ascending, never empty.
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// One fencer.
    pub fn body(&self, side: Side) -> &Body {
        &self.bodies[side]
    }

    /// What was observed of one fencer at each time before anything was repaired, in metres, y up; empty for a resampled motion.
    pub fn observed(&self, side: Side) -> &[RawPose] {
        &self.raw[side]
    }

    /// How the metre was found.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Pixels per metre of the full-size frame, where the motion came from one.
    pub fn pixels_per_metre(&self) -> Option<f32> {
        match self.scale {
            Scale::Given => None,
            Scale::FrontFeet(pixels) | Scale::BodySize(pixels) => Some(pixels),
        }
    }

    /// First to last frame.
    pub fn span(&self) -> Span {
        let first = self.times.first().copied().unwrap_or_default();
        Span { start: first, end: self.times.last().copied().unwrap_or(first) }
    }

    /// A joint's x over time, towards the opponent (metres from the origin, positive beyond the middle); `None` when never seen.
    pub fn forward(&self, side: Side, joint: usize) -> Option<Vec<f32>> {
        let series = self.bodies[side].joints.get(joint)?.as_ref()?;
        Some(series.points.iter().map(|p| p.x * side.forward_sign()).collect())
    }

    /// A joint's height over time in metres; `None` when never seen.
    pub fn height(&self, side: Side, joint: usize) -> Option<Vec<f32>> {
        let series = self.bodies[side].joints.get(joint)?.as_ref()?;
        Some(series.points.iter().map(|p| p.y).collect())
    }

    /// The same phrase without any frame later than `last`, repaired as if those frames had never been recorded. Costs
    /// nothing where there are none; a caller that knows the end beforehand leaves later frames out.
    ///
    /// # Errors
    /// What is left may be too little: no frame, or a fencer who is seen only later.
    pub fn until(&self, last: Timestamp) -> Result<Cow<'_, Self>, MotionError> {
        let kept = self.times.partition_point(|t| *t <= last);
        if kept == self.times.len() {
            return Ok(Cow::Borrowed(self));
        }
        let times = self.times[..kept].to_vec();
        if self.raw.left.is_empty() {
            return self.first_frames(kept).map(Cow::Owned);
        }
        assemble(times, self.raw.as_ref().map(|poses| poses[..kept].to_vec()), self.scale).map(Cow::Owned)
    }

    /// The first `kept` frames of the finished series.
    fn first_frames(&self, kept: usize) -> Result<Self, MotionError> {
        if kept == 0 {
            return Err(MotionError::NoFrames);
        }
        let mut shorter = self.clone();
        shorter.times.truncate(kept);
        for side in Side::BOTH {
            for series in shorter.bodies[side].joints.iter_mut().flatten() {
                series.points.truncate(kept);
                series.seen.truncate(kept);
            }
        }
        Ok(shorter)
    }
}
