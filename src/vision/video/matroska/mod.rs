//! Pictures with their exact times in Matroska, written without decoding anything.
//!
//! Two writers. [`MatroskaWriter`] goes front to back into a pipe: raw pictures into ffmpeg's standard input (a plain pipe
//! of pixels has no times), or JPEG pictures as they came. [`RecordingWriter`] lays out a file that is a playable recording
//! at every moment and gets its length and its index for seeking afterwards, in place; [`scan_recording`] finds the whole
//! clusters of one that was cut off. Written from the format's description (<https://www.rfc-editor.org/rfc/rfc9559>).

mod element;
mod head;
mod recording;
mod scan;
mod stream;

pub use head::{RecordingPlan, SoundFormat};
pub use recording::{Ending, Mark, RecordingWriter};
pub use scan::{ScannedRecording, scan_recording};
pub use stream::{MatroskaWriter, PictureCoding};
