//! Why a motion cannot be made out of what was seen. Everything milder is repaired and marked as not seen.

use crate::Side;

/// What is wrong with the tracks or the keypoints of a phrase.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MotionError {
    /// There is no frame at all.
    #[error("the phrase has no frames; record it again")]
    NoFrames,
    /// Times and poses differ in number.
    #[error("{times} times but {poses} poses of the {} fencer; give one pose (or none) for each time", side.as_str())]
    LengthMismatch {
        /// Whose poses.
        side: Side,
        /// Number of times.
        times: usize,
        /// Number of poses.
        poses: usize,
    },
    /// Times do not advance.
    #[error("the time of frame {frame} is not later than the one before; sort the frames by time")]
    TimesOutOfOrder {
        /// The first frame that is not later than its predecessor.
        frame: usize,
    },
    /// A coordinate is infinite or not a number.
    #[error("frame {frame}, {} fencer, joint {joint}: the coordinate is not a number; leave the joint out", side.as_str())]
    NotANumber {
        /// Whose joint.
        side: Side,
        /// Which frame.
        frame: usize,
        /// Which joint (COCO number).
        joint: usize,
    },
    /// A fencer's hips were seen in too few frames to tell what he did.
    #[error("the {} fencer was seen in {seen} of {frames} frames; both fencers must be in view", side.as_str())]
    FencerMissing {
        /// Who.
        side: Side,
        /// Frames in which at least one hip was seen.
        seen: usize,
        /// All frames.
        frames: usize,
    },
    /// Bodies are not of human size, so the coordinates are not metres.
    #[error("the {} fencer measures {metres:.3} m from hip to ankle or shoulder; coordinates must be metres", side.as_str())]
    AbsurdUnits {
        /// Whose body.
        side: Side,
        /// The median measured length in what should be metres.
        metres: f32,
    },
    /// The fencer called left starts to the right of the other.
    #[error("the left fencer starts to the right of the right one; exchange the sides")]
    SidesExchanged,
}
