//! What a file is before anything of it is decoded: ffprobe's answer, checked against the limits.

use super::child::{Tools, collect, file_url};
use super::describe::last_complaint;
use super::{Cancel, VideoError};
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use serde::Deserialize;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Containers that may be opened: what cameras, phones and editors write, and audio so that it can be told apart.
/// Playlists and scripts (HLS, DASH, concat) are left out: they make ffmpeg open *other* files.
pub(super) const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,nut,mxf,\
     h264,hevc,m4v,mjpeg,dv,gif,rm,wav,mp3,flac,aac";
/// 8K (7680x4320) and the 8192-wide kinds beside it pass.
pub(super) const MAX_MEGAPIXELS: u64 = 40;

/// A rational number of seconds: the unit that a stream counts its times in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeBase {
    pub(super) num: u64,
    pub(super) den: u64,
}

impl TimeBase {
    /// `ticks` as nanoseconds, exact to the nanosecond and saturating.
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

/// What is known of a clip before decoding it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipInfo {
    /// The file.
    pub path: PathBuf,
    /// Name of the video codec as ffmpeg spells it, such as `h264`.
    pub codec: String,
    /// The picture as it is meant to be seen: after rotation and with square pixels.
    pub size: PictureSize,
    /// Rotation by the file's own metadata in degrees clockwise: 0, 90, 180 or 270. Frames arrive rotated already.
    pub rotation_degrees: u16,
    /// Length of the video in seconds, where the container tells it.
    pub duration_secs: Option<f64>,
    /// Number of frames, where the container tells it.
    pub frame_count: Option<u64>,
    /// Average frames per second by the container: a hint for progress bars, never for times.
    pub frames_per_sec: Option<f64>,
    /// Name of the audio codec, when there is sound.
    pub audio_codec: Option<String>,
    /// Container time of the first video frame in seconds: the zero of the clip's clock lies here.
    pub zero_secs: f64,
    /// Container time of the earliest stream in seconds: where a player begins.
    pub container_start_secs: f64,
}

impl ClipInfo {
    /// Whether there is sound.
    pub fn has_audio(&self) -> bool {
        self.audio_codec.is_some()
    }
}

/// Asks ffprobe what the file is. Decodes nothing, so a damaged picture is found only when it is read.
pub fn probe(path: &Path) -> Result<ClipInfo, VideoError> {
    probe_with(path, &Tools::default(), &Cancel::new())
}

/// As [`probe`], with the programs and the wish to stop of the caller.
pub fn probe_with(path: &Path, tools: &Tools, cancel: &Cancel) -> Result<ClipInfo, VideoError> {
    must_be_a_file(path)?;
    let said = collect(&tools.ffprobe, &probe_args(path, SHOWN), path, cancel)?;
    if !said.succeeded {
        return Err(refusal(path, &said.stderr));
    }
    let answer: Answer = serde_json::from_str(&said.stdout).map_err(|_| refusal(path, &said.stderr))?;
    let info = describe(path, &answer)?;
    let pixels = u64::from(info.size.width) * u64::from(info.size.height);
    if pixels > MAX_MEGAPIXELS * 1_000_000 {
        let (path, size) = (path.to_owned(), info.size);
        return Err(VideoError::TooLarge { path, size, limit_megapixels: MAX_MEGAPIXELS });
    }
    Ok(info)
}

/// Presentation times of all frames on the clip's clock, ascending, without decoding: reads the whole file once.
///
/// The first is zero. Frames that the container hides (an edit list cuts them off) are left out.
pub fn frame_times(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Vec<Timestamp>, VideoError> {
    let shown = ["-select_streams", "V:0", "-show_entries", "packet=pts_time,dts_time,flags"];
    let said = collect(&tools.ffprobe, &probe_args(&info.path, &shown), &info.path, cancel)?;
    let packets: Packets = serde_json::from_str(&said.stdout).map_err(|_| refusal(&info.path, &said.stderr))?;
    let mut times: Vec<Timestamp> = packets.packets.iter().filter_map(Packet::shown_at).collect();
    times.sort_unstable();
    let zero = times.first().copied().unwrap_or_default();
    Ok(times.into_iter().map(|t| Timestamp::from_nanos(t.nanos().saturating_sub(zero.nanos()))).collect())
}

const SHOWN: &[&str] = &["-show_streams", "-show_format"];

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

/// Pipes, devices and folders would block or confuse the child: refuse them here.
fn must_be_a_file(path: &Path) -> Result<(), VideoError> {
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
    if stderr.contains("moov atom not found") && begins_like_mp4(&path) {
        return VideoError::IndexMissing { path };
    }
    let reason = last_complaint(stderr, &path);
    VideoError::NotAVideo { path, reason: if reason.is_empty() { "unknown format".into() } else { reason } }
}

/// ffmpeg believes the name of a file that it cannot place; an mp4 or mov says what it is in its first box.
fn begins_like_mp4(path: &Path) -> bool {
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head));
    read.is_ok() && [b"ftyp", b"wide", b"mdat", b"free", b"skip"].iter().any(|kind| head[4..] == kind[..])
}

fn describe(path: &Path, answer: &Answer) -> Result<ClipInfo, VideoError> {
    let Some(video) = answer.streams.iter().find(|s| s.is_video()) else {
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
    Ok(ClipInfo {
        path: path.to_owned(),
        codec,
        size: if rotation_degrees % 180 == 90 { PictureSize::new(coded.height, coded.width) } else { coded },
        rotation_degrees,
        duration_secs: number(video.duration.as_ref()).or_else(|| number(answer.format.duration.as_ref())),
        frame_count: video.nb_frames.as_deref().and_then(|n| n.parse().ok()).filter(|n| *n > 0),
        frames_per_sec: video.avg_frame_rate.as_deref().and_then(ratio),
        audio_codec: answer.streams.iter().find(|s| s.is_audio()).and_then(|s| s.codec_name.clone()),
        zero_secs: number(video.start_time.as_ref()).unwrap_or(container_start_secs),
        container_start_secs,
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
    start_time: Option<String>,
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
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
    /// A moving picture; the cover of a song is not one.
    fn is_video(&self) -> bool {
        self.codec_type.as_deref() == Some("video") && self.disposition.attached_pic == 0
    }

    fn is_audio(&self) -> bool {
        self.codec_type.as_deref() == Some("audio")
    }

    /// Stored picture with square pixels; `None` when there is none.
    fn coded_size(&self) -> Option<PictureSize> {
        let (width, height) = (self.width.filter(|w| *w > 0)?, self.height.filter(|h| *h > 0)?);
        let aspect = self.sample_aspect_ratio.as_deref().and_then(|r| ratio(&r.replace(':', "/")));
        let wide = f64::from(width) * aspect.filter(|a| (0.1..10.0).contains(a)).unwrap_or(1.0);
        Some(PictureSize::new(wide.round() as u32, height))
    }

    /// Clockwise, from the display matrix, which ffprobe tells counter-clockwise and signed.
    fn rotation_degrees(&self) -> u16 {
        let counter_clockwise = self.side_data_list.iter().find_map(|s| s.rotation).unwrap_or(0.0);
        let quarter_turns = (-counter_clockwise / 90.0).round().rem_euclid(4.0);
        quarter_turns as u16 * 90
    }
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
    fn a_turned_phone_clip_is_told_upright() {
        let json = r#"{"streams":[{"codec_type":"video","codec_name":"hevc","width":1920,"height":1080,"avg_frame_rate":"30000/1001",
            "start_time":"0.100","nb_frames":"30","side_data_list":[{"rotation":-90}]},{"codec_type":"audio","codec_name":"aac"}],
            "format":{"start_time":"0.0","duration":"1.1"}}"#;
        let info = described(json).unwrap();
        assert_eq!((info.size, info.rotation_degrees), (PictureSize::new(1080, 1920), 90));
        assert_eq!((info.frame_count, info.zero_secs, info.duration_secs), (Some(30), 0.1, Some(1.1)));
        assert!(info.has_audio() && (info.frames_per_sec.unwrap() - 29.97).abs() < 0.01);
    }

    #[test]
    fn wide_pixels_are_counted_square() {
        let json = r#"{"streams":[{"codec_type":"video","codec_name":"dvvideo","width":720,"height":576,"sample_aspect_ratio":"16:11"}]}"#;
        assert_eq!(described(json).unwrap().size, PictureSize::new(1047, 576));
    }

    #[test]
    fn a_song_with_a_cover_is_sound_only() {
        let json = r#"{"streams":[{"codec_type":"audio"},{"codec_type":"video","disposition":{"attached_pic":1}}]}"#;
        assert!(matches!(described(json), Err(VideoError::AudioOnly { .. })));
        assert!(matches!(described("{}"), Err(VideoError::NotAVideo { .. })));
    }

    #[test]
    fn ticks_become_nanoseconds_without_drift() {
        let base = TimeBase { num: 1, den: 30_000 };
        assert_eq!(base.nanos(30_000 * 3600), 3_600_000_000_000);
        assert_eq!(TimeBase { num: 1, den: 3 }.nanos(-1), -333_333_333);
        assert_eq!(TimeBase { num: u64::MAX, den: 1 }.nanos(i64::MAX), i64::MAX);
    }
}
