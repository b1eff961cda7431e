//! Cameras behind one trait: local devices, network cameras, and clips played back as one.
//!
//! ```text
//! CameraSource -> validated, numbered, timestamped --+--> recorder: a queue bounded in bytes; drops the newest
//!   (reader thread, reopened by the                   +--> analyser: a short queue; drops the oldest
//!    supervisor thread, see LiveCamera)               +--> preview: the latest frame only
//! ```
//!
//! Every frame carries its capture time on the [host clock](fencing::time::HostClock) and stays in the camera's own coding until
//! pixels are needed, so capturing never waits for decoding.
//!
//! Hides device libraries, formats and child processes. Does not record or judge.

mod captured_frame;
mod choice;
mod clip;
mod device;
mod error;
mod fanout;
mod format;
mod frames;
mod jpeg_head;
mod live;
#[cfg(test)]
mod live_tests;
mod network;
mod pacing;
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

pub use captured_frame::{CapturedFrame, PixelCoding};
pub use choice::CameraChoice;
pub use clip::ClipCamera;
pub use device::{CameraListing, DeviceCamera, list_cameras};
pub use error::{CameraError, Damage};
pub use format::CameraFormat;
pub use frames::CameraFrames;
pub use live::{LiveCamera, RECORDER_QUEUE_BYTES};
pub use network::NetworkCamera;
pub use queue::{FrameReceiver, Preview, Received};
pub use source::{CameraControl, CameraOpener, CameraSource, ControlRole, Pace, RawFrame, Taken};
pub use state::{CameraPhase, CameraState};
pub use supervisor::CameraTimeouts;
pub use synthetic::SyntheticCamera;
