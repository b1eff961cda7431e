//! Saves a clip, or a part of it, as a new mp4: stream copy where that is exact, re-encoding otherwise.
//!
//! Hides which codecs can be cut anywhere: only where every frame is a key frame can a copy begin at the requested frame.

use super::child::{collect, file_url};
use super::probe::CONTAINERS;
use super::writer::{COPIED_AUDIO, LAST_FRAME_DURATION, could_not_write, failure_of, temp_file_beside};
use super::{
    AudioTrack, Cancel, ClipInfo, ClipOptions, ClipReader, ClipView, FrameSource, VideoError, VideoWriter,
    WriterOptions,
};
use recording::persist;
use std::ffi::OsString;
use std::path::Path;

/// Codecs in which every frame is a key frame.
const INTRA_ONLY: &[&str] = &["mjpeg", "mjpegb", "prores", "dnxhd", "huffyuv", "ffv1", "rawvideo"];

/// Codecs that may be copied into an mp4 and that players expect there.
const COPIED_VIDEO: &[&str] = &["h264", "hevc", "mpeg4", "mjpeg", "av1", "vp9"];

/// Whether every frame of the clip is a key frame, so that it can be cut at any of them without loss.
pub fn is_all_intra(clip: &ClipInfo) -> bool {
    INTRA_ONLY.contains(&clip.codec.as_str())
}

/// Saves the part of a clip given by `part` to `output`, which appears only when it is complete; ignores the width in `part`.
/// Copies without loss where that is exact (the whole clip, or key frames only), otherwise re-encodes at full size.
/// Calls `progress` with the number of encoded frames.
pub fn save_clip(
    clip: &ClipInfo,
    part: &ClipOptions,
    output: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<(), VideoError> {
    let whole = part.from_secs <= 0.0 && part.to_secs.is_none();
    let exact = (whole || is_all_intra(clip)) && clip.view == ClipView::default() && part.view == ClipView::default();
    if exact && COPIED_VIDEO.contains(&clip.codec.as_str()) {
        return copy(clip, part, output, cancel);
    }
    encode(clip, part, output, cancel, progress)
}

fn encode(
    clip: &ClipInfo,
    part: &ClipOptions,
    output: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<(), VideoError> {
    let options = ClipOptions { max_width: u32::MAX, ..part.clone() };
    let mut reader = ClipReader::open_probed(clip.clone(), &options, cancel)?;
    let (audio, tools) = (AudioTrack::of(clip, &options), options.tools.clone());
    let writing = WriterOptions { audio, tools, ..WriterOptions::default() };
    let mut writer = VideoWriter::create(output, reader.size(), &writing, cancel)?;
    let mut written = 0;
    while let Some(frame) = reader.next_frame()? {
        writer.write(&frame)?;
        written += 1;
        progress(written);
    }
    writer.finish()
}

fn copy(clip: &ClipInfo, part: &ClipOptions, output: &Path, cancel: &Cancel) -> Result<(), VideoError> {
    let unfinished = temp_file_beside(output).map_err(|e| could_not_write(output, &e))?;
    let args = copy_args(clip, part, &unfinished);
    let run = collect(&part.tools.ffmpeg, &args, output, cancel)?;
    if !run.succeeded {
        return Err(failure_of(output, &unfinished, &run.stderr));
    }
    persist(unfinished, output).map_err(|e| could_not_write(output, &e))
}

fn copy_args(clip: &ClipInfo, part: &ClipOptions, unfinished: &Path) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    add(&["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    add(&["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS]);
    args.extend(["-i".into(), file_url(&clip.path)]);
    let mut add = |more: &[&str]| args.extend(more.iter().map(OsString::from));
    // After the input, so that frames before the part are dropped one by one. A seek would begin at an entry of the container's index,
    // and hide the surplus only from players that support edit lists.
    if part.from_secs > 0.0 {
        let from = part.from_secs + clip.zero_secs - clip.container_start_secs - 0.0005;
        add(&["-ss", &format!("{:.6}", from.max(0.0))]);
    }
    if let Some(to) = part.to_secs {
        add(&["-t", &format!("{:.6}", (to - part.from_secs.max(0.0)).max(0.001))]);
    }
    let sound = clip.audio_codec.as_deref().unwrap_or_default();
    let audio = if COPIED_AUDIO.contains(&sound) { "copy" } else { "aac" };
    let video = format!("0:{}", clip.stream);
    add(&["-map", &video, "-map", "0:a:0?", "-c:v", "copy", "-c:a", audio, "-map_metadata", "-1"]);
    if is_all_intra(clip) {
        add(LAST_FRAME_DURATION);
    }
    add(&["-video_track_timescale", "90000", "-movflags", "+faststart", "-f", "mp4"]);
    args.push(file_url(unfinished));
    args
}

/// Estimated number of frames in a part, for a progress bar; 1 when unknown.
pub fn expected_frames(clip: &ClipInfo, part: &ClipOptions) -> u64 {
    let end = part.to_secs.or(clip.shown_secs()).unwrap_or(0.0);
    let by_rate = clip.frames_per_sec.map(|rate| ((end - part.from_secs) / clip.view.speed * rate).max(1.0) as u64);
    by_rate.or(clip.frame_count).unwrap_or(1)
}
