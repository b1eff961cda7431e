//! The header of a stream with its tracks. A recording's header reserves space for what is known only at its end.

use super::element::{element, float, id, text, unsigned, void_like};
use fencing::geometry::FrameSize;

/// Nanoseconds per tick of the stream: a microsecond, far below any camera's jitter.
pub(super) const TICK_NANOS: u64 = 1_000;
/// Unknown length: the element ends with its parent or at the next element of its level.
pub(super) const OPEN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// Seconds from 1970 to 2001, the epoch of the format's dates.
const UNIX_SECS_AT_2001: i64 = 978_307_200;

/// Format of a sound track: interleaved 16-bit samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundFormat {
    /// Samples per second of each channel.
    pub rate: u32,
    /// 1 or 2.
    pub channels: u16,
}

/// Content of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingPlan {
    /// Frame size.
    pub size: FrameSize,
    /// Its sound track, if any.
    pub sound: Option<SoundFormat>,
    /// Wall-clock time of the first frame, in nanoseconds since 1970.
    pub began_unix_nanos: i64,
}

pub(super) fn doc_head() -> Vec<u8> {
    let doc =
        [text(id::DOC_TYPE, "matroska"), unsigned(id::DOC_TYPE_VERSION, 4), unsigned(id::DOC_TYPE_READ_VERSION, 2)];
    element(id::EBML, &doc.concat())
}

pub(super) fn info_lines() -> Vec<Vec<u8>> {
    let app = concat!("fencing-referee ", env!("CARGO_PKG_VERSION"));
    vec![unsigned(id::TIMESTAMP_SCALE, TICK_NANOS), text(id::MUXING_APP, app), text(id::WRITING_APP, app)]
}

/// File offsets of the parts of a recording's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// First byte of the segment's data: positions are relative to it.
    pub(super) segment: u64,
    /// Space for the seek head.
    pub(super) seek_head: u64,
    /// The segment information.
    pub(super) info: u64,
    /// Space for the duration.
    pub(super) duration: u64,
    /// The tracks.
    pub(super) tracks: u64,
}

/// The header of a recording and the offsets of its parts.
pub(super) fn recording_head(plan: &RecordingPlan) -> (Layout, Vec<u8>) {
    let mut layout = Layout::default();
    let mut head = doc_head();
    head.extend(id::SEGMENT);
    head.extend(OPEN);
    layout.segment = head.len() as u64;
    layout.seek_head = head.len() as u64;
    head.extend(void_like(&seek_head(&layout, 0)));
    layout.info = head.len() as u64;
    let mut info = info_lines();
    let since_2001 = plan.began_unix_nanos.saturating_sub(UNIX_SECS_AT_2001 * 1_000_000_000);
    info.push(element(id::DATE_UTC, &since_2001.to_be_bytes()));
    info.push(void_like(&float(id::DURATION, 0.0)));
    let info = element(id::INFO, &info.concat());
    head.extend(&info);
    layout.duration = head.len() as u64 - float(id::DURATION, 0.0).len() as u64;
    layout.tracks = head.len() as u64;
    head.extend(tracks(plan));
    (layout, head)
}

/// The seek head of a complete recording.
pub(super) fn seek_head(layout: &Layout, cues: u64) -> Vec<u8> {
    let entry = |name: &[u8], at: u64| {
        let place = unsigned(id::SEEK_POSITION, at.saturating_sub(layout.segment));
        element(id::SEEK, &[element(id::SEEK_ID, name), place].concat())
    };
    let entries = [entry(id::INFO, layout.info), entry(id::TRACKS, layout.tracks), entry(id::CUES, cues)];
    element(id::SEEK_HEAD, &entries.concat())
}

fn tracks(plan: &RecordingPlan) -> Vec<u8> {
    let video =
        [unsigned(id::PIXEL_WIDTH, plan.size.width.into()), unsigned(id::PIXEL_HEIGHT, plan.size.height.into())];
    let mut tracks = track(1, 1, "V_MJPEG", element(id::VIDEO, &video.concat()));
    if let Some(sound) = plan.sound {
        let audio = [
            float(id::SAMPLING_FREQUENCY, f64::from(sound.rate)),
            unsigned(id::CHANNELS, sound.channels.into()),
            unsigned(id::BIT_DEPTH, 16),
        ];
        tracks.extend(track(2, 2, "A_PCM/INT/LIT", element(id::AUDIO, &audio.concat())));
    }
    element(id::TRACKS, &tracks)
}

fn track(number: u64, kind: u64, codec: &str, details: Vec<u8>) -> Vec<u8> {
    let lines = [
        unsigned(id::TRACK_NUMBER, number),
        unsigned(id::TRACK_UID, number),
        unsigned(id::TRACK_TYPE, kind),
        unsigned(id::FLAG_LACING, 0),
        text(id::CODEC_ID, codec),
        details,
    ];
    element(id::TRACK_ENTRY, &lines.concat())
}

/// Bytes of the duration element.
pub(super) fn duration_bytes() -> u64 {
    float(id::DURATION, 0.0).len() as u64
}
