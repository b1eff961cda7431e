//! The result of tracking: where each of the two fencers was, frame by frame. Past this point there are no pixels.

use crate::PerSide;
use crate::geometry::{FrameSize, ImagePoint};
use crate::pose::Pose;
use crate::time::{FrameIndex, Timestamp};

/// Both fencers in one frame. `None` means "not seen", never "same as before".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackSample {
    /// Presentation time of the frame.
    pub at: Timestamp,
    /// Its position in the source.
    pub frame: FrameIndex,
    /// The observed pose of each fencer, in pixels of the full-size frame after lens correction.
    pub poses: PerSide<Option<Pose>>,
    /// Where a fixed point of the hall has moved to since the first frame, in pixels: the camera's pan, summed up.
    pub camera_shift: ImagePoint,
}

/// Everything observed of the two fencers, in order of time. Raw: gaps and jumps are still in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tracks {
    /// Size of the frame that the coordinates refer to.
    pub frame_size: FrameSize,
    /// One sample per analysed frame.
    pub samples: Vec<TrackSample>,
}
