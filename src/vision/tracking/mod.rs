//! Tracking: from the poses of everybody in a frame to the left and the right fencer. No pixels leave this module.
//!
//! [`FencerTracker`] is causal: one frame at a time. It chooses the pair once people are detected, estimates each of the two in a
//! crop that follows, searches the whole frame again when one is lost and about once a second, and reports `None` for a fencer
//! whom it did not detect. [`follow_from`] corrects a track by hand afterwards. Gap repair and smoothing need later frames and belong to `kinematics`.

mod appearance;
mod camera_motion;
mod diagnostics;
mod fencer_track;
mod fencer_tracker;
mod follow;
mod pair;
#[cfg(test)]
mod scenes;

pub use diagnostics::TrackDiagnostics;
pub use fencer_tracker::FencerTracker;
pub use fencing::tracking::{TrackSample, Tracks};
pub use follow::{FencerAt, FollowError, FollowTools, FrameStore, TrackCorrection, follow_from};
