//! Errors of clips, each with what the user can do about it.

use super::tools::FFMPEG_ADVICE;
use fencing::geometry::FrameSize;
use std::path::Path;
use std::path::PathBuf;

/// Why a clip could not be read or written. Retrying does not help for any of them.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The program is not in the search path.
    #[error("{tool} is not installed; install it ({FFMPEG_ADVICE})")]
    ToolMissing {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
    },
    /// The program exists but could not be started.
    #[error("{tool} could not be started: {source}")]
    ToolFailed {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
        /// The system's message.
        source: std::io::Error,
    },
    /// The file cannot be opened, or is a folder or a device.
    #[error("the clip cannot be read: {reason}; check the name and the permissions: {}", printable_path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// Not a container that may be opened here.
    #[error("this is not a video that can be read ({reason}); give an mp4, mov, mkv or avi: {}", printable_path(path))]
    NotAVideo {
        /// The file.
        path: PathBuf,
        /// ffprobe's message.
        reason: String,
    },
    /// The recording was interrupted before its index was written.
    #[error(
        "the recording was cut off before its index was written, so no frame can be found; record or copy it again: {}",
        printable_path(path)
    )]
    IndexMissing {
        /// The file.
        path: PathBuf,
    },
    /// The file has sound only.
    #[error("the file has sound but no video; give a video: {}", printable_path(path))]
    AudioOnly {
        /// The file.
        path: PathBuf,
    },
    /// The video stream contains nothing that can be decoded.
    #[error(
        "the video holds no frame that can be decoded{}; record or copy it again: {}",
        detail(reason),
        printable_path(path)
    )]
    NoFrames {
        /// The file.
        path: PathBuf,
        /// ffmpeg's message, may be empty.
        reason: String,
    },
    /// More pixels per frame than accepted.
    #[error("the frame size of {}x{} is too large (at most {limit_megapixels} megapixels); scale the clip down: {}", size.width, size.height, printable_path(path))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its frame size.
        size: FrameSize,
        /// The limit.
        limit_megapixels: u64,
    },
    /// Longer than may be analysed at once.
    #[error("{} of video is more than the limit of {}; choose the phrase with --from and --to (seconds): {}", duration_text(*secs), duration_text(*limit_secs), printable_path(path))]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Length of the requested part, in seconds.
        secs: f64,
        /// The limit in seconds.
        limit_secs: f64,
    },
    /// The requested part begins after the end, or ends before it begins.
    #[error("the part from {from_secs:.2} s to {to_secs:.2} s is empty: the clip lasts {}; choose another --from and --to", duration_text(*clip_secs))]
    EmptyPart {
        /// Requested start in seconds.
        from_secs: f64,
        /// Requested end in seconds.
        to_secs: f64,
        /// Length of the clip in seconds.
        clip_secs: f64,
    },
    /// Decoding failed completely.
    #[error("decoding failed{}: {}", detail(reason), printable_path(path))]
    Decode {
        /// The file.
        path: PathBuf,
        /// ffmpeg's message.
        reason: String,
    },
    /// The child process made no progress and was killed.
    #[error(
        "{tool} made no progress for {secs:.0} s and was stopped; the file may be damaged: {}",
        printable_path(path)
    )]
    Stalled {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
        /// Time-out, in seconds.
        secs: f64,
        /// The file.
        path: PathBuf,
    },
    /// Cancelled.
    #[error("stopped on request")]
    Cancelled,
    /// The video could not be written.
    #[error(
        "the video could not be written: {reason}; choose a folder that can be written to: {}",
        printable_path(path)
    )]
    Write {
        /// The output file.
        path: PathBuf,
        /// The message of the system or ffmpeg.
        reason: String,
    },
    /// No space left for the video.
    #[error("the disk is full, so the video was not written; free some space: {}", printable_path(path))]
    DiskFull {
        /// The output file.
        path: PathBuf,
    },
}

fn detail(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

/// A path for the end of a message: control characters are escaped, so that a name cannot forge a line of a log.
pub(super) fn printable_path(path: &Path) -> String {
    let text = path.display().to_string();
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `"45.0 s"` below two minutes, `"3 min 20 s"` above.
pub(super) fn duration_text(secs: f64) -> String {
    if secs < 120.0 {
        return format!("{secs:.1} s");
    }
    let whole = secs.round() as u64;
    format!("{} min {} s", whole / 60, whole % 60)
}

/// The most informative line of a child's standard error: the last one, without addresses and without the path, which the error
/// message contains anyway.
pub(super) fn last_line(stderr: &str, path: &Path) -> String {
    let line = stderr.lines().rev().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let line = strip_tag(line).replace(&format!("file:{}: ", path.display()), "");
    line.chars().filter(|c| !c.is_control()).take(MAX_LINE).collect()
}

/// Longest message that is passed on, in characters.
const MAX_LINE: usize = 200;

/// Removes `[mov,mp4 @ 0x55d0c0ffee] ` from the start of a line of ffmpeg.
fn strip_tag(line: &str) -> &str {
    let mut rest = line;
    while let Some(end) = rest.starts_with('[').then(|| rest.find("] ")).flatten() {
        rest = &rest[end + 2..];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_loses_its_tags_and_its_path() {
        let output = "first\n[mov,mp4 @ 0x55] [info] moov atom not found\nfile:/a b.mp4: Invalid data found\n\n";
        assert_eq!(last_line(output, Path::new("/a b.mp4")), "Invalid data found");
        assert_eq!(strip_tag("[mov,mp4 @ 0x55] [x] moov atom not found"), "moov atom not found");
        assert_eq!(last_line("", Path::new("x")), "");
    }

    #[test]
    fn long_times_are_reported_in_minutes() {
        assert_eq!(duration_text(3.25), "3.2 s");
        assert_eq!(duration_text(14_400.0), "240 min 0 s");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(printable_path(Path::new("a\nb")), "a\u{fffd}b");
    }
}
