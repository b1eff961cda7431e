//! Matroska muxers that write frames with exact times without decoding them.
//!
//! [`MatroskaWriter`] writes front to back into a pipe: raw frames for ffmpeg's standard input (a plain pipe of pixels has no
//! timestamps), or JPEG images as they are. [`RecordingWriter`] lays out a file that is playable at every moment and gets its
//! duration and its seek index afterwards, in place; [`scan_recording`] finds the complete clusters of one that was cut off.
//! Written from the format's description (<https://www.rfc-editor.org/rfc/rfc9559>).

mod element;
mod head;
mod recording;
mod scan;
mod stream;

pub use head::{RecordingPlan, SoundFormat};
pub use recording::{Ending, Mark, RecordingWriter};
pub use scan::{ScannedRecording, scan_recording};
pub use stream::{FrameCoding, MatroskaWriter};
