//! Video input and output: frames with exact times from clips and streams, and into files.
//!
//! Hides containers, codecs, pixel formats and child processes. Knows nothing of the *content* of a frame.

mod byte_queue;
mod cancel;
mod child;
mod clip;
mod clip_endings;
mod cut;
mod error;
mod exif;
mod ffmpeg_version;
mod frame;
mod jpeg_stream;
mod matroska;
mod nut;
mod probe;
mod reel;
mod repeats;
mod resize;
mod tools;
mod worker_thread;
mod writer;

pub use byte_queue::{ByteQueue, Taken};
pub use cancel::Cancel;
pub use clip::{ClipEnding, ClipOptions, ClipReader, still_at};
pub use clip_endings::{CLIP_ENDINGS, is_clip_name};
pub use cut::{expected_frames, is_all_intra, save_clip};
pub use error::VideoError;
pub use exif::{exif_orientation, upright};
pub use ffmpeg_version::{FfmpegVersion, Release, Support};
pub use frame::{Frame, FrameSource};
pub use jpeg_stream::JpegStream;
pub use jpeg_stream::without_password;
pub use matroska::{
    Ending, FrameCoding, Mark, MatroskaWriter, RecordingPlan, RecordingWriter, ScannedRecording, SoundFormat,
    scan_recording,
};
pub use probe::{ClipInfo, ClipView, frame_times, probe, probe_with};
pub use reel::{Reel, ReelError, ReelFrame, decode_jpeg, encode_jpeg};
pub use repeats::FrameRepeats;
pub use resize::{ANALYSED_WIDTH, limit_width, resize_rgb};
pub use tools::{FFMPEG_ADVICE, Tools, elsewhere};
pub use worker_thread::{catch_panic, guarded, spawn_worker};
pub use writer::{AudioTrack, VideoWriter, WriterOptions};
