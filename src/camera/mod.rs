//! Cameras: devices on a cable, cameras on the network, and clips played as if they were one, behind one trait.
//!
//! Every picture carries the moment it was taken on the [host clock](crate::time::HostClock) and stays in the camera's own
//! coding until somebody needs pixels, so capturing never waits for decoding.
//!
//! Hides device libraries, formats and child processes. Must never record or judge.

mod captured;
mod choice;

pub use captured::{Captured, PixelCoding};
pub use choice::CameraChoice;
