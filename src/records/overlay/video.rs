//! The overlay video: the clip once more at full size, with the scene of each moment painted on, and its own sound.

use super::raster::{OverlayError, Raster};
use super::scene::{Part, scene_at};
use super::words::OverlayWords;
use std::path::Path;
use vision::engine::Judgement;
use vision::video::{
    AudioTrack, Cancel, ClipOptions, ClipReader, Frame, FrameSource, Tools, VideoWriter, WriterOptions,
};

/// Widest overlay video, in pixels: what every player and encoder level takes.
const MAX_WIDTH: u32 = 1920;

/// What goes into an overlay video.
pub struct OverlayVideo<'a> {
    /// The judged clip.
    pub clip: &'a Path,
    /// The part of it that was judged, and the programs; its width is ignored.
    pub options: &'a ClipOptions,
    /// What was judged.
    pub judgement: &'a Judgement,
    /// The words that are shown.
    pub words: &'a OverlayWords,
    /// What is shown.
    pub parts: &'a [Part],
}

/// Writes the overlay video to `output`; it appears there only when it is whole. Returns the number of frames.
///
/// `prepare` may change each frame before it is painted on; the tracks of the judgement that are drawn are those of the
/// picture as it was taken. `progress` hears the number of frames written so far.
pub fn write_overlay_video(
    overlay: &OverlayVideo<'_>,
    output: &Path,
    cancel: &Cancel,
    prepare: &mut dyn FnMut(Frame) -> Frame,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, OverlayError> {
    let raster = Raster::new()?;
    let options = ClipOptions { max_width: MAX_WIDTH, ..overlay.options.clone() };
    let mut clip = ClipReader::open(overlay.clip, &options, cancel)?;
    let mut writer = open_writer(&clip, &options, &options.tools, output, cancel)?;
    let mut written = 0;
    while let Some(frame) = clip.next_frame()? {
        let frame = prepare(frame);
        let scene = scene_at(overlay.judgement, overlay.words, frame.at, overlay.parts);
        let mut picture = frame.rgb.to_vec();
        raster.paint(&scene, &mut picture, frame.size)?;
        writer.write_rgb(frame.at, &picture)?;
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
