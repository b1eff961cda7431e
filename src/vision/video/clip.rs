//! Clip reader: a file as a stream of frames with their exact times; ffmpeg decodes, scales and rotates in a child process.
//!
//! Hides codecs, rotation, variable frame rates and everything that can be wrong with a file. A clip that breaks off yields the
//! readable part and reports the rest ([`ClipReader::ending`]): partial failure is data. Frames are pulled, one in memory at a time,
//! so memory does not grow with the clip.

use super::child::{RunningChild, StdinMode, file_url};
use super::error::last_line;
use super::nut::NutReader;
use super::probe::{CONTAINERS, damaged_frames, frame_times, probe_with};
use super::repeats::{FrameRepeats, RepeatDetector};
use super::resize::ANALYSED_WIDTH;
use super::{Cancel, ClipInfo, ClipView, FfmpegVersion, Frame, FrameSource, Tools, VideoError};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use std::ffi::OsString;
use std::io::BufReader;
use std::path::Path;
use std::process::ChildStdout;
use std::sync::Arc;

/// Which part of a clip to read, and how.
#[allow(clippy::struct_excessive_bools, reason = "each says something else of its own")]
#[derive(Clone, Debug, PartialEq)]
pub struct ClipOptions {
    /// Largest frame width, in pixels; wider clips are scaled down with their aspect ratio kept. Never scales up.
    pub max_width: u32,
    /// Start of the part, in seconds on the clip's clock (of the scene, where [`view`](Self::view) states slow motion).
    pub from_secs: f64,
    /// End of the part; `None` for the clip's end.
    pub to_secs: Option<f64>,
    /// Longest accepted part, in seconds: a phrase lasts seconds, a file of hours is a mistake.
    pub max_secs: f64,
    /// Rotation and speed beyond the metadata.
    pub view: ClipView,
    /// Whether the user stated the speed of the clip, including real time.
    pub speed_is_stated: bool,
    /// Whether the user stated the rotation, including none.
    pub rotation_is_stated: bool,
    /// Whether a clip in which fencers are found only after rotation is judged rotated; otherwise the rotation is only proposed.
    pub auto_rotate: bool,
    /// The programs that decode.
    pub tools: Tools,
}

impl Default for ClipOptions {
    /// The whole clip, at most [`ANALYSED_WIDTH`] pixels wide and at most 10 minutes.
    fn default() -> Self {
        let (view, tools) = (ClipView::default(), Tools::default());
        Self {
            max_width: ANALYSED_WIDTH,
            from_secs: 0.0,
            to_secs: None,
            max_secs: 600.0,
            view,
            speed_is_stated: false,
            rotation_is_stated: false,
            auto_rotate: false,
            tools,
        }
    }
}

/// How a clip ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipEnding {
    /// Frames are still coming.
    Running,
    /// The whole part was read.
    Complete,
    /// The clip breaks off, or decoding ended with an error: the readable part was delivered.
    Early {
        /// Seconds missing at the end of the part; 0 when none.
        missing_secs: f64,
        /// ffmpeg's message, may be empty.
        reason: String,
    },
}

/// Reads one clip from its start (or `from_secs`) to its end, each frame once.
pub struct ClipReader {
    info: ClipInfo,
    size: FrameSize,
    child: RunningChild,
    nut: NutReader<BufReader<ChildStdout>>,
    cancel: Cancel,
    part: CheckedPart,
    tools: Tools,
    repeats: RepeatDetector,
    damaged: Vec<Timestamp>,
    delivered: u64,
    last_at: Timestamp,
    ending: ClipEnding,
}

/// The part of the clip to read, checked.
#[allow(clippy::struct_field_names, reason = "the unit belongs in the name")]
#[derive(Clone, Copy, Debug, PartialEq)]
struct CheckedPart {
    from_secs: f64,
    to_secs: Option<f64>,
    max_secs: f64,
}

impl ClipReader {
    /// Probes the file and starts decoding. Rejects files that are no video, too large or too long before decoding anything.
    pub fn open(path: &Path, options: &ClipOptions, cancel: &Cancel) -> Result<Self, VideoError> {
        Self::open_probed(probe_with(path, &options.tools, cancel)?, options, cancel)
    }

    /// As [`open`](Self::open), for a clip that has been probed already.
    pub fn open_probed(info: ClipInfo, options: &ClipOptions, cancel: &Cancel) -> Result<Self, VideoError> {
        let info = if options.view == ClipView::default() { info } else { info.with_view(options.view) };
        let part = CheckedPart::checked(&info, options)?;
        let size = scaled_to(info.size, options.max_width);
        let args = decode_args(&info, size, part, &*options.tools.ffmpeg_version(cancel)?);
        let (child, pipes) = RunningChild::spawn(&options.tools.ffmpeg, &args, StdinMode::Nothing, &info.path, cancel)?;
        Ok(Self {
            size,
            child,
            nut: NutReader::new(pipes.stdout),
            cancel: cancel.clone(),
            part,
            tools: options.tools.clone(),
            repeats: RepeatDetector::default(),
            damaged: Vec::new(),
            delivered: 0,
            last_at: Timestamp::ZERO,
            ending: ClipEnding::Running,
            info,
        })
    }

    /// Properties of the clip.
    pub fn info(&self) -> &ClipInfo {
        &self.info
    }

    /// Size of the delivered frames.
    pub fn size(&self) -> FrameSize {
        self.size
    }

    /// Estimated number of frames, for a progress bar; `None` when the container does not tell.
    pub fn expected_frames(&self) -> Option<u64> {
        let whole = self.part.from_secs <= 0.0 && self.part.to_secs.is_none();
        let by_rate = || Some((self.part.expected_secs(&self.info)? * self.info.frames_per_sec?).round() as u64);
        self.info.frame_count.filter(|_| whole).or_else(by_rate)
    }

    /// Times of the frames that were decoded only partly (they were delivered) or not at all. Complete at the end.
    pub fn damaged_frames(&self) -> &[Timestamp] {
        &self.damaged
    }

    /// Which of the delivered frames repeat the previous one (a video of 30 per second stored as 60).
    pub fn repeats(&self) -> &FrameRepeats {
        self.repeats.frames()
    }

    /// Whether the clip is still running, ended, or broke off.
    pub fn ending(&self) -> &ClipEnding {
        &self.ending
    }

    /// Records how the clip ended; no frame at all is an error.
    fn conclude(&mut self, broke_off: Option<&std::io::Error>) -> Result<(), VideoError> {
        let end = self.child.finish()?;
        let reason = last_line(&end.stderr_text, &self.info.path);
        let path = self.info.path.clone();
        if self.delivered == 0 {
            return Err(if self.part.from_secs > 0.0 {
                self.part.empty(&self.info)
            } else {
                VideoError::NoFrames { path, reason }
            });
        }
        let missing_secs = self.missing_secs();
        if !reason.is_empty() {
            self.damaged = self.find_damaged()?;
        }
        let failed = !end.status.success() || broke_off.is_some();
        self.ending = if failed || missing_secs > 0.0 {
            ClipEnding::Early { missing_secs, reason }
        } else {
            ClipEnding::Complete
        };
        Ok(())
    }

    /// Decodes the part once more when the decoder reported errors: ffmpeg's messages do not tell which frames are affected, ffprobe's
    /// do. Frames before the first decodable one are not counted as damaged.
    fn find_damaged(&self) -> Result<Vec<Timestamp>, VideoError> {
        let mut all = damaged_frames(&self.info, &self.tools, &self.cancel)?;
        // Frames of which nothing could be decoded were not delivered.
        let stored = frame_times(&self.info, &self.tools, &self.cancel)?;
        all.extend(stored.into_iter().filter(|at| !self.repeats.frames().has_frame_at(*at)));
        all.sort_unstable();
        all.dedup();
        let end = self.last_at;
        Ok(all.into_iter().filter(|at| at.secs() > self.part.from_secs - 1e-3 && *at <= end).collect())
    }

    /// Seconds between the last frame and the end stated by the container, when that is more than tolerance explains.
    ///
    /// Containers round durations and count the sound's tail, so a quarter of a second, or two frames, is no break.
    fn missing_secs(&self) -> f64 {
        let Some(expected) = self.part.expected_secs(&self.info) else { return 0.0 };
        let interval = self.info.frames_per_sec.filter(|f| *f > 0.0).map_or(0.0, f64::recip) * self.info.view.speed;
        let missing = self.part.from_secs + expected - (self.last_at.secs() + interval);
        if missing > f64::max(0.25, 2.0 * interval) { missing } else { 0.0 }
    }

    fn frame(&mut self, at: Timestamp, rgb: Arc<[u8]>) -> Frame {
        let index = FrameIndex(self.delivered);
        self.delivered += 1;
        self.last_at = at;
        self.repeats.observe(at, &rgb);
        Frame { at, index, size: self.size, source_size: self.info.size, rgb }
    }

    fn too_long(&self, at: Timestamp) -> Option<VideoError> {
        let secs = at.secs() - self.part.from_secs;
        let path = self.info.path.clone();
        (secs > self.part.max_secs).then_some(VideoError::TooLong { path, secs, limit_secs: self.part.max_secs })
    }
}

impl FrameSource for ClipReader {
    type Error = VideoError;

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        if self.ending != ClipEnding::Running {
            return Ok(None);
        }
        if self.cancel.is_cancelled() {
            return Err(VideoError::Cancelled);
        }
        let bytes = self.size.width as usize * self.size.height as usize * 3;
        let mut rgb: Arc<[u8]> = std::iter::repeat_n(0, bytes).collect();
        let pixels = Arc::get_mut(&mut rgb).unwrap_or_default();
        let nut = &mut self.nut;
        match self.child.supervised(|| nut.next_into(pixels)) {
            Ok(Some(nanos)) => {
                let at = self.info.view.on_scene_clock(Timestamp::from_nanos(nanos));
                if self.part.is_over(at) {
                    return self.next_frame();
                }
                let frame = self.frame(at, rgb);
                self.too_long(frame.at).map_or(Ok(Some(frame)), Err)
            }
            Ok(None) => self.conclude(None).map(|()| None),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => self.conclude(Some(&e)).map(|()| None),
            Err(e) => Err(VideoError::Decode { path: self.info.path.clone(), reason: e.to_string() }),
        }
    }
}

/// The frame shown at `at` (the frame at that time or, between two, the later one), full size or scaled down to `max_width`, for
/// display.
pub fn still_at(
    info: &ClipInfo,
    at: Timestamp,
    max_width: u32,
    tools: &Tools,
    cancel: &Cancel,
) -> Result<Frame, VideoError> {
    let from_secs = (at.secs() - SEEK_SLACK_SECS * info.view.speed).max(0.0);
    let whole = ClipOptions { max_secs: f64::INFINITY, tools: tools.clone(), ..ClipOptions::default() };
    let options = ClipOptions { max_width, from_secs, ..whole };
    let mut reader = ClipReader::open_probed(info.clone(), &options, cancel)?;
    let frame = reader.next_frame()?;
    frame.ok_or_else(|| VideoError::NoFrames { path: info.path.clone(), reason: String::new() })
}

impl CheckedPart {
    fn checked(info: &ClipInfo, options: &ClipOptions) -> Result<Self, VideoError> {
        let from_secs = if options.from_secs.is_finite() { options.from_secs.max(0.0) } else { 0.0 };
        let part = Self { from_secs, to_secs: options.to_secs.filter(|t| t.is_finite()), max_secs: options.max_secs };
        let begins_late = info.shown_secs().is_some_and(|d| from_secs > d);
        if begins_late || part.to_secs.is_some_and(|to| to < from_secs) {
            return Err(part.empty(info));
        }
        match part.expected_secs(info) {
            Some(secs) if secs > part.max_secs => {
                Err(VideoError::TooLong { path: info.path.clone(), secs, limit_secs: part.max_secs })
            }
            _ => Ok(part),
        }
    }

    /// Whether a frame lies at the end of the part or after it.
    fn is_over(self, at: Timestamp) -> bool {
        self.to_secs.is_some_and(|to| at.secs() > to - 1e-5)
    }

    /// Length of the part as far as the container tells.
    fn expected_secs(self, info: &ClipInfo) -> Option<f64> {
        let end = match (self.to_secs, info.shown_secs()) {
            (Some(to), Some(duration)) => to.min(duration),
            (to, duration) => to.or(duration)?,
        };
        Some((end - self.from_secs).max(0.0))
    }

    fn empty(self, info: &ClipInfo) -> VideoError {
        let clip_secs = info.shown_secs().unwrap_or(0.0);
        VideoError::EmptyPart { from_secs: self.from_secs, to_secs: self.to_secs.unwrap_or(clip_secs), clip_secs }
    }
}

/// Size of delivered frames: aspect ratio kept, both sides even, never larger than the source.
pub(super) fn scaled_to(source: FrameSize, max_width: u32) -> FrameSize {
    if source.width <= max_width {
        return source;
    }
    let factor = f64::from(max_width) / f64::from(source.width);
    let even = |pixels: f64| (((pixels / 2.0).round() * 2.0) as u32).max(2);
    FrameSize::new(even(f64::from(max_width)), even(f64::from(source.height) * factor))
}

/// Arguments of the decoder: this file only, no resampling in time, raw RGB with exact times on standard output.
fn decode_args(info: &ClipInfo, size: FrameSize, part: CheckedPart, ffmpeg: &FfmpegVersion) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    add(&["-hide_banner", "-nostdin", "-loglevel", "error", "-copyts"]);
    add(&["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS]);
    // A player's clock starts with the earliest stream, ours with the first frame.
    let from = part.from_secs / info.view.speed + (info.zero_secs - info.container_start_secs);
    let back = if info.seeks_coarsely { SEEK_BACK_SECS } else { 0.0 };
    let seek = if part.from_secs > 0.0 { (from - back).max(0.0) } else { 0.0 };
    if seek > 0.0 {
        add(&["-ss", &format!("{seek:.6}")]);
    }
    if let Some(to) = part.to_secs {
        // ffmpeg's start of counting differs with seeks and containers; the reader ends at the exact frame.
        let length = (to - part.from_secs) / info.view.speed + (from - seek);
        add(&["-t", &format!("{:.6}", length + END_SLACK_SECS)]);
    }
    args.extend(["-i".into(), file_url(&info.path)]);
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    let (fields, rotation_filters) = (if info.interlaced { DEINTERLACING } else { "" }, info.view.rotation_filters());
    // Times count from the first shown frame; the pipe's container has no negative times.
    let begin = info.zero_secs + part.from_secs / info.view.speed - SEEK_SLACK_SECS;
    let cut = if seek < from { format!("trim=start={begin:.6},") } else { String::new() };
    let filters = format!(
        "{cut}{fields}{rotation_filters}scale={}:{}:flags=bilinear,format=rgb24,setpts='PTS-round({:.9}/TB)'",
        size.width, size.height, info.zero_secs
    );
    add(&["-map", &format!("0:{}", info.stream), "-an", "-sn", "-dn", "-vf", &filters]);
    add(&["-fps_mode", "passthrough", "-enc_time_base", ffmpeg.source_time_base()]);
    add(&["-c:v", "rawvideo", "-pix_fmt", "rgb24"]);
    add(&["-f", "nut", "-write_index", "0", "pipe:1"]);
    args
}

/// How much before the requested time to seek in a container without an index: broadcasts have a key frame every 0.5 to 2 s, the
/// longest groups of frames last some seconds.
const SEEK_BACK_SECS: f64 = 10.0;
/// Tolerance of times that pass through decimal text; far below any frame interval.
const SEEK_SLACK_SECS: f64 = 0.0005;
/// How long ffmpeg continues after the end of the part.
const END_SLACK_SECS: f64 = 0.2;

/// Deinterlaces to one frame per two fields, at the time of the first field; progressive frames pass unchanged. The decoder marks
/// each frame, so mixed clips work too.
pub(super) const DEINTERLACING: &str = "bwdif=mode=send_frame:deint=interlaced,";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_shrink_to_even_sides_and_never_grow() {
        let scaled = |w, h, max| scaled_to(FrameSize::new(w, h), max);
        assert_eq!(scaled(1280, 720, 960), FrameSize::new(960, 540));
        assert_eq!(scaled(1070, 604, 960), FrameSize::new(960, 542));
        assert_eq!(scaled(641, 361, 960), FrameSize::new(641, 361));
        assert_eq!(scaled(8000, 10, 960), FrameSize::new(960, 2));
    }
}
