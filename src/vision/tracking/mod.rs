//! Poses to two fencers: who is left, who is right, and who is only the referee. No pixels leave this room.
//!
//! [`FencerTracker`] sees one frame at a time and never looks ahead. It chooses the pair once people are found, reads each of
//! the two from a crop that moves along, looks at the whole picture again when one is lost and about once a second, and says
//! `None` for a fencer it did not see. Repair and smoothing look both ways in time and belong to `kinematics`.

mod appearance;
mod camera_motion;
mod diagnostics;
mod fencer_tracker;
mod following;
mod pair;
#[cfg(test)]
mod scenes;

pub use diagnostics::TrackDiagnostics;
pub use fencer_tracker::FencerTracker;
pub use fencing::tracking::{TrackSample, Tracks};
