//! The overlay video: the clip at full size with the scene of each frame painted on it, and the clip's sound.

use super::raster::{OverlayError, Raster};
use super::scene::{Part, scene_at};
use super::words::OverlayWords;
use std::path::Path;
use vision::engine::Judgement;
use vision::video::{
    AudioTrack, Cancel, ClipOptions, ClipReader, Frame, FrameSource, Tools, VideoWriter, WriterOptions,
};

/// Maximum width of an overlay video, in pixels, supported by every player and encoder level.
const MAX_WIDTH: u32 = 1920;

/// Parameters of an overlay video.
pub struct OverlayVideo<'a> {
    /// The judged clip.
    pub clip: &'a Path,
    /// The judged part and the tools; the width is ignored.
    pub options: &'a ClipOptions,
    /// The judgement.
    pub judgement: &'a Judgement,
    /// The words.
    pub words: &'a OverlayWords,
    /// The parts to draw.
    pub parts: &'a [Part],
}

/// Writes the overlay video to `output`, which appears only when it is complete. Returns the number of frames.
///
/// `finish` may draw on each frame over the scene. `progress` receives
/// the number of frames written so far.
pub fn write_overlay_video(
    overlay: &OverlayVideo<'_>,
    output: &Path,
    cancel: &Cancel,
    finish: &mut dyn FnMut(Frame) -> Frame,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, OverlayError> {
    let raster = Raster::new()?;
    let options = ClipOptions { max_width: MAX_WIDTH, ..overlay.options.clone() };
    let mut clip = ClipReader::open(overlay.clip, &options, cancel)?;
    let mut writer = open_writer(&clip, &options, &options.tools, output, cancel)?;
    let mut written = 0;
    while let Some(frame) = clip.next_frame()? {
        let scene = scene_at(overlay.judgement, overlay.words, frame.at, overlay.parts);
        let mut rgb = frame.rgb.to_vec();
        raster.paint(&scene, &mut rgb, frame.size)?;
        let frame = finish(Frame { rgb: rgb.into(), ..frame });
        writer.write_rgb(frame.at, &frame.rgb)?;
        written += 1;
        progress(written);
    }
    writer.finish()?;
    Ok(written)
}

fn open_writer(
    clip: &ClipReader,
    part: &ClipOptions,
    tools: &Tools,
    output: &Path,
    cancel: &Cancel,
) -> Result<VideoWriter, OverlayError> {
    let audio = AudioTrack::of(clip.info(), part);
    let options = WriterOptions { audio, tools: tools.clone(), ..WriterOptions::default() };
    Ok(VideoWriter::create(output, clip.size(), &options, cancel)?)
}
