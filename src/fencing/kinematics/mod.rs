//! Tracks to motion: where both fencers' joints really were, in metres on the piste.
//!
//! Limbs in the raw tracks swap, jump and vanish, and the camera moves. All of that ends here: what leaves this room is
//! a [`Motion`] with one clean series per joint. Every step looks both ways in time, so nothing here runs while frames
//! still arrive. No rule, no action and no threshold of a referee lives here.

mod error;
mod from_keypoints;
mod from_tracks;
mod motion;
mod pairing;
mod repair;
mod resample;
mod smoothing;
mod touch_estimate;
mod velocity;

pub use error::MotionError;
pub use motion::{Body, JointSeries, Motion, RawPose, Scale, limb};
pub use touch_estimate::{TIMED_SECS, with_touch_placed};
pub use velocity::slopes;
