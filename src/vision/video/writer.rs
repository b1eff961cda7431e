//! Video writer: frames with their times into an H.264 mp4 that every player and browser opens, with the clip's own sound.
//!
//! ffmpeg encodes in a child process. Times are kept: a clip of variable frame rate stays one. The file gets its name only when it is
//! complete; until then it is a temporary file beside it that is removed on drop.

use super::child::{RunningChild, StdinMode, file_url};
use super::error::last_line;
use super::matroska::{FrameCoding, MatroskaWriter};
use super::probe::CONTAINERS;
use super::{Cancel, ClipInfo, ClipOptions, FfmpegVersion, Frame, Tools, VideoError};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use recording::{UNFINISHED, persist};
use std::ffi::OsString;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use tempfile::TempPath;

/// A sound track copied from a clip.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioTrack {
    clip: PathBuf,
    codec: String,
    /// Container time of the first frame, relative to the container's start. May be negative.
    start_secs: f64,
    length_secs: Option<f64>,
}

impl AudioTrack {
    /// The sound of the part of a clip that `part` reads; `None` for a silent clip and for slow motion, whose sound does not match
    /// frames at the speed of the scene.
    pub fn of(clip: &ClipInfo, part: &ClipOptions) -> Option<Self> {
        if (clip.view.speed - 1.0).abs() > f64::EPSILON || (part.view.speed - 1.0).abs() > f64::EPSILON {
            return None;
        }
        let from_secs = part.from_secs.max(0.0);
        Some(Self {
            clip: clip.path.clone(),
            codec: clip.audio_codec.clone()?,
            start_secs: from_secs + clip.zero_secs - clip.container_start_secs,
            length_secs: part.to_secs.map(|to| (to - from_secs).max(0.0)),
        })
    }
}

/// Options of a video.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriterOptions {
    /// Sound, if any.
    pub audio: Option<AudioTrack>,
    /// Constant rate factor of H.264, 0 (lossless) to 51 (worst); `None` for 22, at which compression cannot be seen.
    pub rate_factor: Option<u8>,
    /// The program that encodes.
    pub tools: Tools,
}

/// The default rate factor.
const RATE_FACTOR: u8 = 22;

/// Writes one video, frame by frame.
pub struct VideoWriter {
    /// First field, so that the pipe closes before the child is killed on drop.
    stream: Option<MatroskaWriter<BufWriter<ChildStdin>>>,
    child: RunningChild,
    unfinished: TempPath,
    output: PathBuf,
    size: FrameSize,
    cancel: Cancel,
}

impl VideoWriter {
    /// Starts a video with frames of `size` that will appear at `output`, replacing an existing file.
    pub fn create(
        output: &Path,
        size: FrameSize,
        options: &WriterOptions,
        cancel: &Cancel,
    ) -> Result<Self, VideoError> {
        Self::create_from(FrameCoding::Rgb24, output, size, options, cancel)
    }

    /// As [`create`](Self::create), for JPEG frames, which are copied into the video.
    pub fn create_from_jpegs(
        output: &Path,
        size: FrameSize,
        options: &WriterOptions,
        cancel: &Cancel,
    ) -> Result<Self, VideoError> {
        Self::create_from(FrameCoding::Jpeg, output, size, options, cancel)
    }

    fn create_from(
        coding: FrameCoding,
        output: &Path,
        size: FrameSize,
        options: &WriterOptions,
        cancel: &Cancel,
    ) -> Result<Self, VideoError> {
        let unfinished = temp_file_beside(output).map_err(|e| could_not_write(output, &e))?;
        let args = encode_args(coding, &unfinished, options, &*options.tools.ffmpeg_version(cancel)?);
        let (child, pipes) = RunningChild::spawn(&options.tools.ffmpeg, &args, StdinMode::Pipe, output, cancel)?;
        let stdin = pipes.stdin.ok_or_else(|| could_not_write(output, &std::io::ErrorKind::BrokenPipe.into()))?;
        let mut writer =
            Self { stream: None, child, unfinished, output: output.to_owned(), size, cancel: cancel.clone() };
        match MatroskaWriter::new(BufWriter::new(stdin), size, coding) {
            Ok(stream) => writer.stream = Some(stream),
            Err(_) => return Err(writer.failure()),
        }
        Ok(writer)
    }

    /// Adds a frame; the first one's time becomes the video's zero. Rejects a frame of another size.
    pub fn write(&mut self, frame: &Frame) -> Result<(), VideoError> {
        if frame.size == self.size {
            return self.write_rgb(frame.at, &frame.rgb);
        }
        let (had, wants) = (frame.size, self.size);
        let reason = format!("a frame of {}x{} in a video of {}x{}", had.width, had.height, wants.width, wants.height);
        Err(VideoError::Write { path: self.output.clone(), reason })
    }

    /// Adds a JPEG frame to a video that was [created from them](Self::create_from_jpegs). Times must not decrease.
    pub fn write_jpeg(&mut self, at: Timestamp, jpeg: &[u8]) -> Result<(), VideoError> {
        self.write_coded(at, jpeg)
    }

    /// Adds a frame of packed RGB rows. Times must not decrease.
    pub fn write_rgb(&mut self, at: Timestamp, rgb: &[u8]) -> Result<(), VideoError> {
        self.write_coded(at, rgb)
    }

    fn write_coded(&mut self, at: Timestamp, coded: &[u8]) -> Result<(), VideoError> {
        if self.cancel.is_cancelled() {
            return Err(VideoError::Cancelled);
        }
        let Some(stream) = self.stream.as_mut() else { return Err(self.failure()) };
        let written = self.child.supervised(|| stream.write(at, coded));
        written.map_err(|_| self.failure())
    }

    /// Completes the video and gives it its name.
    pub fn finish(mut self) -> Result<(), VideoError> {
        let flushed = self.stream.take().map(|stream| self.child.supervised(|| stream.finish().map(drop)));
        let end = self.child.finish()?;
        if !end.status.success() || matches!(flushed, Some(Err(_)) | None) {
            return Err(failure_of(&self.output, &self.unfinished, &end.stderr_text));
        }
        let Self { unfinished, output, .. } = self;
        persist(unfinished, &output).map_err(|e| could_not_write(&output, &e))
    }

    /// Why the child stopped reading, from its standard error.
    fn failure(&mut self) -> VideoError {
        self.stream = None;
        match self.child.finish() {
            Ok(end) => failure_of(&self.output, &self.unfinished, &end.stderr_text),
            Err(error) => error,
        }
    }
}

pub(super) fn failure_of(output: &Path, unfinished: &Path, stderr_text: &str) -> VideoError {
    let path = output.to_owned();
    if stderr_text.contains("No space left on device") {
        return VideoError::DiskFull { path };
    }
    let reason = last_line(stderr_text, unfinished);
    VideoError::Write { path, reason: if reason.is_empty() { "ffmpeg stopped".into() } else { reason } }
}

pub(super) fn could_not_write(output: &Path, error: &std::io::Error) -> VideoError {
    let path = output.to_owned();
    if error.kind() == std::io::ErrorKind::StorageFull {
        return VideoError::DiskFull { path };
    }
    VideoError::Write { path, reason: error.to_string() }
}

/// An empty temporary file in the folder of `output`, so that the last step is a rename.
pub(super) fn temp_file_beside(output: &Path) -> std::io::Result<TempPath> {
    let folder = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED).suffix(".mp4");
    with_default_permissions(&mut builder, |builder| builder.tempfile_in(folder))
        .map(tempfile::NamedTempFile::into_temp_path)
}

/// Gives a finished video the permissions of any new file instead of those of a temporary one.
#[cfg(unix)]
fn with_default_permissions<T>(
    builder: &mut tempfile::Builder<'_, '_>,
    make: impl FnOnce(&tempfile::Builder<'_, '_>) -> T,
) -> T {
    let rights = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    make(builder.permissions(rights))
}

#[cfg(not(unix))]
fn with_default_permissions<T>(
    builder: &mut tempfile::Builder<'_, '_>,
    make: impl FnOnce(&tempfile::Builder<'_, '_>) -> T,
) -> T {
    make(builder)
}

/// Audio codecs that mp4 takes unchanged; others are encoded to AAC.
pub(super) const COPIED_AUDIO: &[&str] = &["aac", "mp3", "ac3", "alac"];

/// For copied key frames: the last one lasts as long as the one before it. Our streams carry no durations, so players would end the
/// video before the last frame.
pub(super) const LAST_FRAME_DURATION: &[&str] =
    &["-bsf:v", r"setts=duration=if(N\,max(DURATION\,PTS-PREV_INPTS)\,DURATION)"];

fn encode_args(
    coding: FrameCoding,
    unfinished: &Path,
    options: &WriterOptions,
    ffmpeg: &FfmpegVersion,
) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    add(&["-hide_banner", "-loglevel", "error", "-y", "-f", "matroska", "-i", "pipe:0"]);
    if let Some(audio) = &options.audio {
        let shift = audio.start_secs.abs().to_string();
        match audio.start_secs {
            s if s > 0.0 => add(&["-ss", &shift]),
            s if s < 0.0 => add(&["-itsoffset", &shift]),
            _ => {}
        }
        if let Some(length) = audio.length_secs {
            add(&["-t", &format!("{length:.6}")]);
        }
        add(&["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS, "-i"]);
        args.push(file_url(&audio.clip));
    }
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    match coding {
        FrameCoding::Jpeg => {
            add(&["-map", "0:v:0", "-c:v", "copy", "-video_track_timescale", "90000"]);
            add(LAST_FRAME_DURATION);
        }
        FrameCoding::Rgb24 => {
            add(&["-map", "0:v:0", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast"]);
            let rate_factor = options.rate_factor.unwrap_or(RATE_FACTOR).to_string();
            add(&["-crf", &rate_factor, "-pix_fmt", "yuv420p", "-fps_mode", "passthrough"]);
            add(&["-enc_time_base", ffmpeg.source_time_base()]);
        }
    }
    if let Some(audio) = &options.audio {
        let codec = if COPIED_AUDIO.contains(&audio.codec.as_str()) { "copy" } else { "aac" };
        add(&["-map", "1:a:0?", "-c:a", codec]);
    }
    add(&["-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4"]);
    args.push(file_url(unfinished));
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_distinguished_from_other_failures() {
        let failure = |said: &str| failure_of(Path::new("out.mp4"), Path::new(".unfinished-1.mp4"), said);
        assert!(matches!(failure("x\nError writing trailer: No space left on device\n"), VideoError::DiskFull { .. }));
        assert!(failure("").to_string().contains("ffmpeg stopped"));
    }
}
