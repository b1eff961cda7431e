//! Properties of a file before decoding: ffprobe's output, checked against the limits.

use super::child::{collect, file_url};
use super::error::last_line;
use super::{Cancel, Tools, VideoError};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use serde::Deserialize;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Containers that may be opened: those of cameras, phones and editors, and audio for a helpful error. Playlists and scripts (HLS,
/// DASH, concat) are excluded: they make ffmpeg open *other* files.
pub(super) const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,nut,mxf,\
     h264,hevc,m4v,mjpeg,dv,gif,rm,wav,mp3,flac,aac";
/// Limit of the frame size: 8K (7680x4320) and 8192-wide variants pass.
pub(super) const MAX_MEGAPIXELS: u64 = 40;

/// The unit of a stream's timestamps, as a rational number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeBase {
    pub(super) num: u64,
    pub(super) den: u64,
}

impl TimeBase {
    /// Converts `ticks` to nanoseconds, exactly and saturating.
    pub(super) fn nanos(self, ticks: i64) -> i64 {
        let billionths = i128::from(ticks).saturating_mul(i128::from(self.num)).saturating_mul(1_000_000_000);
        let nanos = billionths / i128::from(self.den.max(1));
        i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
    }

    fn parse(text: &str) -> Option<Self> {
        let (num, den) = text.split_once('/')?;
        let base = Self { num: num.parse().ok()?, den: den.parse().ok()? };
        (base.num > 0 && base.den > 0).then_some(base)
    }
}

/// Properties of a clip.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipInfo {
    /// The file.
    pub path: PathBuf,
    /// Name of the video codec as ffmpeg spells it, such as `h264`.
    pub codec: String,
    /// Frame size for display: after rotation and with square pixels.
    pub size: FrameSize,
    /// Rotation in the file's metadata in degrees clockwise: 0, 90, 180 or 270. Delivered frames are already rotated.
    pub rotation_degrees: u16,
    /// Length of the video in seconds, where the container states it.
    pub duration_secs: Option<f64>,
    /// Number of frames, where the container states it.
    pub frame_count: Option<u64>,
    /// Average frames per second stated by the container: a hint for progress bars, never for times.
    pub frames_per_sec: Option<f64>,
    /// Name of the audio codec, when there is sound.
    pub audio_codec: Option<String>,
    /// Container time in seconds of the first frame that a decoder shows: the zero of the clip's clock. A recording cut out of a stream
    /// may begin with frames that cannot be decoded, so this can be later than [`stream_start_secs`](Self::stream_start_secs).
    pub zero_secs: f64,
    /// Container time of the video stream's first frame in seconds, decodable or not.
    pub stream_start_secs: f64,
    /// Container time of the earliest stream in seconds: where a player begins.
    pub container_start_secs: f64,
    /// Index of the video stream in the file: the largest frame size, then the longest.
    pub stream: u32,
    /// Number of other video streams (previews, second cameras).
    pub other_streams: u32,
    /// Whether a seek can land after the requested time, because the container has no index of key frames.
    pub seeks_coarsely: bool,
    /// Whether frames are interlaced. They are delivered deinterlaced, one frame per pair of fields.
    pub interlaced: bool,
    /// Frame rate of the sensor, where the metadata state one: slow motion is stored with a lower rate.
    pub capture_rate: Option<f64>,
    /// Rotation and speed beyond the metadata.
    pub view: ClipView,
}

/// Rotation and speed of a clip beyond its metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipView {
    /// Quarter turns clockwise, 0 to 3.
    pub quarter_turns: u8,
    /// Seconds of the scene per second of the clip: 0.25 for slow motion that plays four times as long. Positive. Times of frames and
    /// parts are seconds of the scene.
    pub speed: f64,
}

impl Default for ClipView {
    /// As the file states.
    fn default() -> Self {
        Self { quarter_turns: 0, speed: 1.0 }
    }
}

impl ClipView {
    /// Converts a time of the clip to a time of the scene.
    pub fn on_scene_clock(self, at: Timestamp) -> Timestamp {
        // Keeps nanoseconds exact where nothing changes.
        if (self.speed - 1.0).abs() < f64::EPSILON { at } else { Timestamp::from_secs(at.secs() * self.speed) }
    }

    /// Filters that rotate a frame, in the order they are applied.
    pub(super) fn rotation_filters(self) -> &'static str {
        match self.quarter_turns % 4 {
            1 => "transpose=clock,",
            2 => "hflip,vflip,",
            3 => "transpose=cclock,",
            _ => "",
        }
    }
}

/// Smallest ratio of capture rate to stored rate that counts as slow motion; less is rounding.
const MIN_SLOW_MOTION: f64 = 1.2;

impl ClipInfo {
    /// The same clip with another view.
    #[must_use]
    pub fn with_view(mut self, view: ClipView) -> Self {
        if (view.quarter_turns + self.view.quarter_turns) % 2 == 1 {
            self.size = FrameSize::new(self.size.height, self.size.width);
        }
        self.view = view;
        self
    }

    /// Seconds of the scene per second of the clip according to the metadata, where these state slow motion.
    pub fn speed_by_metadata(&self) -> Option<f64> {
        let (capture, stored) = (self.capture_rate?, self.frames_per_sec?);
        (stored > 0.0 && capture > stored * MIN_SLOW_MOTION).then(|| stored / capture)
    }

    /// Length of what can be shown, in seconds of the scene, where the container states it.
    pub fn shown_secs(&self) -> Option<f64> {
        let hidden = (self.zero_secs - self.stream_start_secs).max(0.0);
        self.duration_secs.map(|secs| (secs - hidden).max(0.0) * self.view.speed)
    }

    /// Whether there is sound.
    pub fn has_audio(&self) -> bool {
        self.audio_codec.is_some()
    }
}

/// Runs ffprobe on the file. Decodes nothing, so a damaged frame is found only when it is read.
pub fn probe(path: &Path) -> Result<ClipInfo, VideoError> {
    probe_with(path, &Tools::default(), &Cancel::new())
}

/// As [`probe`], with the caller's programs and cancel token.
pub fn probe_with(path: &Path, tools: &Tools, cancel: &Cancel) -> Result<ClipInfo, VideoError> {
    require_regular_file(path)?;
    let output = collect(&tools.ffprobe, &probe_args(path, SHOW_ARGS), path, cancel)?;
    if !output.succeeded {
        return Err(refusal(path, &output.stderr));
    }
    let answer: Answer = serde_json::from_str(&output.stdout).map_err(|_| refusal(path, &output.stderr))?;
    let mut info = describe(path, &answer)?;
    let pixels = u64::from(info.size.width) * u64::from(info.size.height);
    if pixels > MAX_MEGAPIXELS * 1_000_000 {
        let (path, size) = (path.to_owned(), info.size);
        return Err(VideoError::TooLarge { path, size, limit_megapixels: MAX_MEGAPIXELS });
    }
    if let Some(secs) = first_shown_secs(&info, tools, cancel)? {
        info.zero_secs = secs;
    }
    Ok(info)
}

/// Container time in seconds of the first frame that a decoder shows; `None` when there is none near the beginning. It is the zero for
/// reader, parts, stills and sound: the container's own start includes frames that cannot be decoded (a recording that begins
/// within a group of frames).
fn first_shown_secs(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Option<f64>, VideoError> {
    /// Groups of frames last a second or two, ten at most.
    const LOOKED_AT_SECS: &str = "20";
    let stream = format!("0:{}", info.stream);
    let version = tools.ffmpeg_version(cancel)?;
    let mut args: Vec<OsString> =
        ["-hide_banner", "-nostdin", "-loglevel", "error", "-copyts"].map(OsString::from).into();
    args.extend(["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS].map(OsString::from));
    args.extend(["-t", LOOKED_AT_SECS, "-i"].map(OsString::from));
    args.push(file_url(&info.path));
    args.extend(
        ["-map", &stream, "-frames:v", "1", "-vf", "scale=16:16", "-fps_mode", "passthrough"].map(OsString::from),
    );
    args.extend(["-enc_time_base", version.source_time_base(), "-f", "framecrc", "-"].map(OsString::from));
    let output = collect(&tools.ffmpeg, &args, &info.path, cancel)?;
    Ok(first_of_framecrc(&output.stdout))
}

/// Time of the first frame in a listing of ffmpeg's framecrc muxer: `#tb 0: 1/90000`, then `stream, dts, pts, ...` in ticks.
fn first_of_framecrc(listing: &str) -> Option<f64> {
    let base = listing.lines().find_map(|line| TimeBase::parse(line.strip_prefix("#tb 0:")?.trim()))?;
    let frame = listing.lines().find(|line| !line.starts_with('#'))?;
    let ticks: i64 = frame.split(',').nth(2)?.trim().parse().ok()?;
    Some(ticks as f64 * base.num as f64 / base.den as f64)
}

/// Presentation times of all frames on the clip's clock, ascending, without decoding: reads the whole file once.
///
/// The first is zero. Leaves out frames that the container hides (edit list) and frames before the first decodable one. Seconds of
/// the scene for a slow motion view.
pub fn frame_times(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Vec<Timestamp>, VideoError> {
    let stream = info.stream.to_string();
    let shown = ["-select_streams", &stream, "-show_entries", "packet=pts_time,dts_time,flags"];
    let output = collect(&tools.ffprobe, &probe_args(&info.path, &shown), &info.path, cancel)?;
    let packets: Packets = serde_json::from_str(&output.stdout).map_err(|_| refusal(&info.path, &output.stderr))?;
    let mut times: Vec<Timestamp> = packets.packets.iter().filter_map(Packet::shown_at).collect();
    // The times passed through decimal text with microseconds.
    times.retain(|at| at.secs() > info.zero_secs - 1e-5);
    times.sort_unstable();
    let zero = times.first().copied().unwrap_or_default();
    let since_zero = |at: Timestamp| Timestamp::from_nanos(at.nanos().saturating_sub(zero.nanos()));
    Ok(times.into_iter().map(|at| info.view.on_scene_clock(since_zero(at))).collect())
}

/// Times on the clip's clock of all frames that are shown in spite of decoding errors, ascending. Decodes the whole clip on one thread,
/// so that ffprobe can assign its messages to frames.
pub(super) fn damaged_frames(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Vec<Timestamp>, VideoError> {
    let stream = info.stream.to_string();
    // 16 is the log level `error`.
    let shown = ["-threads", "1", "-show_log", "16", "-select_streams", &stream, "-show_frames", "-show_entries"];
    let shown: Vec<&str> = shown.into_iter().chain(["frame=best_effort_timestamp_time:log"]).collect();
    let output = collect(&tools.ffprobe, &probe_args(&info.path, &shown), &info.path, cancel)?;
    // A clip that breaks off ends with an error; ffprobe's output up to there is still valid.
    let Ok(answer) = serde_json::from_str::<Frames>(&output.stdout) else { return Ok(Vec::new()) };
    let damaged = answer.frames.iter().filter(|frame| !frame.logs.is_empty());
    let at = damaged.filter_map(|frame| number(frame.best_effort_timestamp_time.as_ref()));
    let since_zero = at.map(|secs| Timestamp::from_secs(secs - info.zero_secs)).filter(|at| *at >= Timestamp::ZERO);
    let mut times: Vec<_> = since_zero.map(|at| info.view.on_scene_clock(at)).collect();
    times.sort_unstable();
    Ok(times)
}

const SHOW_ARGS: &[&str] = &["-show_streams", "-show_format"];

/// Arguments that make ffprobe open exactly this file, and nothing over the network or beside it.
fn probe_args(path: &Path, shown: &[&str]) -> Vec<OsString> {
    let mut args: Vec<OsString> = ["-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS]
        .map(OsString::from)
        .to_vec();
    args.extend(["-of", "json"].map(OsString::from));
    args.extend(shown.iter().map(OsString::from));
    args.extend(["-i".into(), file_url(path)]);
    args
}

/// Rejects pipes, devices and folders, which would block or confuse the child.
fn require_regular_file(path: &Path) -> Result<(), VideoError> {
    let unreadable = |reason: String| VideoError::Unreadable { path: path.to_owned(), reason };
    let about = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is not a file".into()));
    }
    if about.len() == 0 {
        return Err(VideoError::NotAVideo { path: path.to_owned(), reason: "the file is empty".into() });
    }
    std::fs::File::open(path).map(drop).map_err(|e| unreadable(e.to_string()))
}

fn refusal(path: &Path, stderr: &str) -> VideoError {
    let path = path.to_owned();
    if stderr.contains("moov atom not found") && starts_with_mp4_box(&path) {
        return VideoError::IndexMissing { path };
    }
    let reason = last_line(stderr, &path);
    VideoError::NotAVideo { path, reason: if reason.is_empty() { "unknown format".into() } else { reason } }
}

/// Whether the file starts with an mp4 box. For unknown content ffmpeg trusts the file name.
fn starts_with_mp4_box(path: &Path) -> bool {
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head));
    read.is_ok() && [b"ftyp", b"wide", b"mdat", b"free", b"skip"].iter().any(|kind| head[4..] == kind[..])
}

/// The video stream with the largest frame, then the longest, then the first: cameras and editors put a small preview beside the video,
/// sometimes before it.
fn main_stream(streams: &[Stream]) -> Option<&Stream> {
    let duration = |stream: &Stream| number(stream.duration.as_ref()).unwrap_or(0.0);
    streams.iter().filter(|stream| stream.is_video()).reduce(|best, other| {
        let by_length = duration(other).total_cmp(&duration(best));
        if other.pixels().cmp(&best.pixels()).then(by_length).is_gt() { other } else { best }
    })
}

fn describe(path: &Path, answer: &Answer) -> Result<ClipInfo, VideoError> {
    let Some(video) = main_stream(&answer.streams) else {
        let has_sound = answer.streams.iter().any(Stream::is_audio);
        let path = path.to_owned();
        return Err(if has_sound {
            VideoError::AudioOnly { path }
        } else {
            VideoError::NotAVideo { path, reason: "there is no video stream".into() }
        });
    };
    let (Some(coded), Some(codec)) = (video.coded_size(), video.codec_name.clone()) else {
        return Err(VideoError::NoFrames { path: path.to_owned(), reason: String::new() });
    };
    let rotation_degrees = video.rotation_degrees();
    let container_start_secs = number(answer.format.start_time.as_ref()).unwrap_or(0.0);
    let stream_start_secs = number(video.start_time.as_ref()).unwrap_or(container_start_secs);
    let moving = answer.streams.iter().filter(|stream| stream.is_video()).count();
    Ok(ClipInfo {
        path: path.to_owned(),
        codec,
        size: if rotation_degrees % 180 == 90 { FrameSize::new(coded.height, coded.width) } else { coded },
        rotation_degrees,
        duration_secs: number(video.duration.as_ref()).or_else(|| number(answer.format.duration.as_ref())),
        frame_count: video.nb_frames.as_deref().and_then(|n| n.parse().ok()).filter(|n| *n > 0),
        frames_per_sec: video.avg_frame_rate.as_deref().and_then(ratio),
        audio_codec: answer.streams.iter().find(|s| s.is_audio()).and_then(|s| s.codec_name.clone()),
        zero_secs: stream_start_secs,
        stream_start_secs,
        container_start_secs,
        stream: video.index,
        other_streams: moving.saturating_sub(1) as u32,
        seeks_coarsely: answer.format.name.as_deref().is_some_and(|name| WITHOUT_INDEX.contains(&name)),
        interlaced: video.field_order.as_deref().is_some_and(|order| FIELD_ORDERS.contains(&order)),
        capture_rate: [&video.tags, &answer.format.tags].into_iter().find_map(Tags::capture_rate),
        view: ClipView::default(),
    })
}

fn number(text: Option<&String>) -> Option<f64> {
    text?.parse().ok().filter(|n: &f64| n.is_finite())
}

fn ratio(text: &str) -> Option<f64> {
    TimeBase::parse(text).map(|r| r.num as f64 / r.den as f64)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    #[serde(rename = "format_name")]
    name: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    tags: Tags,
}

/// Containers in which ffmpeg seeks by bytes and may land between key frames.
const WITHOUT_INDEX: [&str; 8] = ["mpegts", "mpeg", "mpegvideo", "h264", "hevc", "m4v", "flv", "dv"];

/// Field orders as ffprobe spells them: top or bottom coded and shown first.
const FIELD_ORDERS: [&str; 4] = ["tt", "bb", "tb", "bt"];

/// Metadata of a stream or file.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Tags(std::collections::BTreeMap<String, serde_json::Value>);

impl Tags {
    /// Rate of the sensor, which Android's camera writes for slow motion.
    fn capture_rate(&self) -> Option<f64> {
        let text = self.0.get("com.android.capture.fps")?.as_str()?;
        text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
    }
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    index: u32,
    field_order: Option<String>,
    #[serde(default)]
    tags: Tags,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    nb_frames: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

impl Stream {
    /// Whether it is a video; the cover of a song is not one.
    fn is_video(&self) -> bool {
        self.codec_type.as_deref() == Some("video") && self.disposition.attached_pic == 0
    }

    fn is_audio(&self) -> bool {
        self.codec_type.as_deref() == Some("audio")
    }

    fn pixels(&self) -> u64 {
        u64::from(self.width.unwrap_or(0)) * u64::from(self.height.unwrap_or(0))
    }

    /// Stored frame size with square pixels; `None` if missing.
    fn coded_size(&self) -> Option<FrameSize> {
        let (width, height) = (self.width.filter(|w| *w > 0)?, self.height.filter(|h| *h > 0)?);
        let aspect = self.sample_aspect_ratio.as_deref().and_then(|r| ratio(&r.replace(':', "/")));
        let wide = f64::from(width) * aspect.filter(|a| (0.1..10.0).contains(a)).unwrap_or(1.0);
        Some(FrameSize::new(wide.round() as u32, height))
    }

    /// Clockwise rotation from the display matrix, which ffprobe reports counter-clockwise and signed.
    fn rotation_degrees(&self) -> u16 {
        let counter_clockwise = self.side_data_list.iter().find_map(|s| s.rotation).unwrap_or(0.0);
        let quarter_turns = (-counter_clockwise / 90.0).round().rem_euclid(4.0);
        quarter_turns as u16 * 90
    }
}

#[derive(Deserialize)]
struct Frames {
    #[serde(default)]
    frames: Vec<DecodedFrame>,
}

#[derive(Deserialize)]
struct DecodedFrame {
    best_effort_timestamp_time: Option<String>,
    /// The decoder's messages for this frame.
    #[serde(default)]
    logs: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Packets {
    #[serde(default)]
    packets: Vec<Packet>,
}

#[derive(Deserialize)]
struct Packet {
    pts_time: Option<String>,
    dts_time: Option<String>,
    #[serde(default)]
    flags: String,
}

impl Packet {
    fn shown_at(&self) -> Option<Timestamp> {
        let discarded = self.flags.contains('D');
        let secs = number(self.pts_time.as_ref()).or_else(|| number(self.dts_time.as_ref()))?;
        (!discarded).then(|| Timestamp::from_secs(secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(json: &str) -> Result<ClipInfo, VideoError> {
        describe(Path::new("x.mp4"), &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_turned_phone_clip_is_reported_upright() {
        let json = r#"{"streams":[{"codec_type":"video","codec_name":"hevc","width":1920,"height":1080,"avg_frame_rate":"30000/1001",
            "start_time":"0.100","nb_frames":"30","side_data_list":[{"rotation":-90}]},{"codec_type":"audio","codec_name":"aac"}],
            "format":{"start_time":"0.0","duration":"1.1"}}"#;
        let info = described(json).unwrap();
        assert_eq!((info.size, info.rotation_degrees), (FrameSize::new(1080, 1920), 90));
        assert_eq!((info.frame_count, info.zero_secs, info.duration_secs), (Some(30), 0.1, Some(1.1)));
        assert!(info.has_audio() && (info.frames_per_sec.unwrap() - 29.97).abs() < 0.01);
    }

    #[test]
    fn wide_pixels_are_counted_square() {
        let json = r#"{"streams":[{"codec_type":"video","codec_name":"dvvideo","width":720,"height":576,"sample_aspect_ratio":"16:11"}]}"#;
        assert_eq!(described(json).unwrap().size, FrameSize::new(1047, 576));
    }

    #[test]
    fn a_song_with_a_cover_is_sound_only() {
        let json = r#"{"streams":[{"codec_type":"audio"},{"codec_type":"video","disposition":{"attached_pic":1}}]}"#;
        assert!(matches!(described(json), Err(VideoError::AudioOnly { .. })));
        assert!(matches!(described("{}"), Err(VideoError::NotAVideo { .. })));
    }

    #[test]
    fn a_preview_before_the_film_is_passed_over() {
        let json = r#"{"streams":[{"index":0,"codec_type":"video","codec_name":"mjpeg","width":160,"height":90,"duration":"5.0"},
            {"index":1,"codec_type":"audio"},
            {"index":2,"codec_type":"video","codec_name":"h264","width":640,"height":360,"duration":"4.6"},
            {"index":3,"codec_type":"video","codec_name":"h264","width":640,"height":360,"duration":"5.1"},
            {"index":4,"codec_type":"video","codec_name":"png","width":4000,"height":4000,"disposition":{"attached_pic":1}}]}"#;
        let info = described(json).unwrap();
        assert_eq!((info.stream, info.other_streams, info.codec.as_str()), (3, 2, "h264"));
    }

    #[test]
    fn fields_and_slow_motion_are_known_by_the_metadata() {
        let of = |order: &str, tags: &str| {
            let json = format!(
                r#"{{"streams":[{{"codec_type":"video","codec_name":"h264","width":640,"height":360,"avg_frame_rate":"30/1",
                "field_order":"{order}"}}],"format":{{"tags":{{{tags}}}}}}}"#
            );
            described(&json).unwrap()
        };
        assert_eq!(
            ["tt", "bb", "progressive", "unknown"].map(|order| of(order, "").interlaced),
            [true, true, false, false]
        );
        let slow = of("progressive", r#""com.android.capture.fps":"240.000000""#);
        assert_eq!((slow.capture_rate, slow.speed_by_metadata()), (Some(240.0), Some(0.125)));
        let plain = of("progressive", r#""com.android.capture.fps":"30.000000","com.android.version":"14""#);
        assert_eq!(plain.speed_by_metadata(), None);
    }

    #[test]
    fn the_first_frame_of_a_listing_is_read_with_its_sign() {
        let listing = "#software: Lavf59\n#tb 0: 1/90000\n#media_type 0: video\n0,     -45000,     -45000,     3000,   345600, 0xbe4c\n";
        assert_eq!(first_of_framecrc(listing), Some(-0.5));
        assert_eq!(first_of_framecrc("#tb 0: 1/90000\n"), None);
    }

    #[test]
    fn turning_a_clip_exchanges_its_sides_once() {
        let json =
            r#"{"streams":[{"codec_type":"video","codec_name":"h264","width":640,"height":360,"duration":"8.0"}]}"#;
        let view = |quarter_turns, speed| ClipView { quarter_turns, speed };
        let turned = described(json).unwrap().with_view(view(1, 0.25));
        assert_eq!((turned.size, turned.shown_secs()), (FrameSize::new(360, 640), Some(2.0)));
        assert_eq!(turned.clone().with_view(view(3, 1.0)).size, FrameSize::new(360, 640));
        assert_eq!(turned.with_view(view(2, 1.0)).size, FrameSize::new(640, 360));
    }

    #[test]
    fn ticks_become_nanoseconds_without_drift() {
        let base = TimeBase { num: 1, den: 30_000 };
        assert_eq!(base.nanos(30_000 * 3600), 3_600_000_000_000);
        assert_eq!(TimeBase { num: 1, den: 3 }.nanos(-1), -333_333_333);
        assert_eq!(TimeBase { num: u64::MAX, den: 1 }.nanos(i64::MAX), i64::MAX);
    }
}
