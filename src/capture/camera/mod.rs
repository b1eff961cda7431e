//! Cameras: devices on a cable, cameras on the network, and clips played as if they were one, behind one trait.
//!
//! ```text
//! PictureSource -> looked at, numbered, stamped --+--> recorder: a queue bounded in bytes; loses last
//!   (a reader's thread; opened again by           +--> analyser: a short queue; skips the oldest
//!    a supervisor's thread, see LiveCamera)       +--> preview: the latest picture only
//! ```
//!
//! Every picture carries the moment it was taken on the [host clock](fencing::time::HostClock) and stays in the camera's own
//! coding until somebody needs pixels, so capturing never waits for decoding.
//!
//! Hides device libraries, formats and child processes. Must never record or judge.

#[cfg(any(feature = "camera", test))]
mod best_format;
mod captured;
mod choice;
mod clip;
mod control;
mod device;
mod error;
mod facts;
mod format;
mod frames;
mod jpeg_head;
mod line;
mod live;
#[cfg(test)]
mod live_tests;
mod network;
mod pacing;
mod pixels;
#[cfg(feature = "camera")]
mod plugged;
#[cfg(not(feature = "camera"))]
#[path = "without_devices.rs"]
mod plugged;
mod queue;
mod source;
mod stamps;
mod state;
mod supervisor;
mod synthetic;

pub use captured::{Captured, PixelCoding};
pub use choice::CameraChoice;
pub use clip::ClipCamera;
pub use control::{CameraControl, ControlRole};
pub use device::{CameraListing, DeviceCamera, list_cameras};
pub use error::{CameraError, Damage};
pub use format::CameraFormat;
pub use frames::CameraFrames;
pub use live::{LiveCamera, RECORDER_ROOM_BYTES};
pub use network::NetworkCamera;
pub use queue::{PictureReceiver, Preview, Received};
pub use source::{Pace, PictureSource, RawPicture, SourceOpener, Taken};
pub use state::{CameraPhase, CameraState};
pub use supervisor::Patience;
pub use synthetic::SyntheticCamera;
