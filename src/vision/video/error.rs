//! What can go wrong with a clip, told so that its owner knows what to do next.

use super::describe::{minutes, plain_path};
use super::tools::FFMPEG_ADVICE;
use fencing::geometry::PictureSize;
use std::path::PathBuf;

/// Why a clip could not be read or written. None of these goes away by asking the same source again.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The program is not on the search path.
    #[error("{tool} is not installed; install it ({FFMPEG_ADVICE})")]
    ToolMissing {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
    },
    /// The program is there but could not be started.
    #[error("{tool} could not be started: {source}")]
    ToolFailed {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be opened, or is a folder or a device.
    #[error("the clip cannot be read: {reason}; check the name and the permissions: {}", plain_path(path))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The bytes are no container that may be opened here.
    #[error("this is not a video that can be read ({reason}); give an mp4, mov, mkv or avi: {}", plain_path(path))]
    NotAVideo {
        /// Which file.
        path: PathBuf,
        /// What ffprobe said.
        reason: String,
    },
    /// The recording was interrupted before its index was written.
    #[error(
        "the recording was cut off before its index was written, so no frame can be found; record or copy it again: {}",
        plain_path(path)
    )]
    IndexMissing {
        /// Which file.
        path: PathBuf,
    },
    /// There is sound, but no picture.
    #[error("the file has sound but no picture; give a video: {}", plain_path(path))]
    AudioOnly {
        /// Which file.
        path: PathBuf,
    },
    /// There is a video stream, but nothing in it can be decoded.
    #[error(
        "the video holds no frame that can be decoded{}; record or copy it again: {}",
        detail(reason),
        plain_path(path)
    )]
    NoFrames {
        /// Which file.
        path: PathBuf,
        /// What ffmpeg said, may be empty.
        reason: String,
    },
    /// More pixels per picture than are accepted.
    #[error("the picture of {}x{} is too large (at most {limit_megapixels} megapixels); scale the clip down: {}", size.width, size.height, plain_path(path))]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its picture.
        size: PictureSize,
        /// The limit.
        limit_megapixels: u64,
    },
    /// More time than may be analysed in one go.
    #[error("{} of video is more than the limit of {}; choose the phrase with --from and --to (seconds): {}", minutes(*secs), minutes(*limit_secs), plain_path(path))]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// Length of the part that was asked for, in seconds.
        secs: f64,
        /// The limit in seconds.
        limit_secs: f64,
    },
    /// The asked part begins after the end or ends before it begins.
    #[error("the part from {from_secs:.2} s to {to_secs:.2} s is empty: the clip lasts {}; choose another --from and --to", minutes(*clip_secs))]
    EmptyPart {
        /// Asked start in seconds.
        from_secs: f64,
        /// Asked end in seconds.
        to_secs: f64,
        /// Length of the clip in seconds.
        clip_secs: f64,
    },
    /// Decoding broke off in a way that leaves nothing to go on with.
    #[error("decoding failed{}: {}", detail(reason), plain_path(path))]
    Decode {
        /// Which file.
        path: PathBuf,
        /// What ffmpeg said.
        reason: String,
    },
    /// The child process made no progress and was killed.
    #[error("{tool} made no progress for {secs:.0} s and was stopped; the file may be damaged: {}", plain_path(path))]
    Stalled {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
        /// How long it was waited for.
        secs: f64,
        /// Which file.
        path: PathBuf,
    },
    /// Somebody asked to stop.
    #[error("stopped on request")]
    Cancelled,
    /// The video could not be written.
    #[error("the video could not be written: {reason}; choose a folder that can be written to: {}", plain_path(path))]
    Write {
        /// Where it should have gone.
        path: PathBuf,
        /// What the system or ffmpeg said.
        reason: String,
    },
    /// No room left for the video.
    #[error("the disk is full, so the video was not written; free some space: {}", plain_path(path))]
    DiskFull {
        /// Where it should have gone.
        path: PathBuf,
    },
}

fn detail(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}
