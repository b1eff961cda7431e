//! Correction of whole images and videos, for display only.

use super::{Lens, LensError, LensSettings};
use crate::video::{
    AudioTrack, Cancel, ClipOptions, ClipReader, Frame, FrameSource, VideoError, VideoWriter, WriterOptions,
};
use fencing::geometry::{FrameSize, ImagePoint};
use std::path::Path;

/// Lookup table: for every pixel of the corrected image, its position in the raw one.
pub struct PixelMap {
    size: FrameSize,
    /// Raw x and y in pixels, row by row.
    sources: Vec<(f32, f32)>,
}

impl PixelMap {
    /// The table for images of the lens's own size.
    pub fn new(lens: &Lens) -> Self {
        let size = lens.size();
        // Samples at pixel centres; the lens's coordinates count from the image's corner.
        let raw_of = |x: u32, y: u32| {
            let raw = lens.distort(ImagePoint::new(x as f32 + 0.5, y as f32 + 0.5));
            (raw.x - 0.5, raw.y - 0.5)
        };
        let sources = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))).map(|(x, y)| raw_of(x, y));
        Self { size, sources: sources.collect() }
    }

    /// The corrected image, black outside the raw one; `None` for a frame of another size.
    pub fn apply(&self, frame: &Frame) -> Option<Frame> {
        if frame.size != self.size {
            return None;
        }
        let rgb: Vec<u8> = self.sources.iter().flat_map(|at| sample(frame, *at)).collect();
        Frame::from_rgb(frame.at, frame.index, frame.size, frame.source_size, rgb)
    }
}

/// Bilinear colour at a position between pixels.
fn sample(frame: &Frame, (x, y): (f32, f32)) -> [u8; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let corners =
        [((0, 0), (1.0 - fx) * (1.0 - fy)), ((1, 0), fx * (1.0 - fy)), ((0, 1), (1.0 - fx) * fy), ((1, 1), fx * fy)];
    let mut sum = [0.0f32; 3];
    for ((dx, dy), weight) in corners {
        let colour = pixel(frame, left as i64 + dx, top as i64 + dy);
        for (total, part) in sum.iter_mut().zip(colour) {
            *total += weight * f32::from(part);
        }
    }
    sum.map(|v| v.round() as u8)
}

fn pixel(frame: &Frame, x: i64, y: i64) -> [u8; 3] {
    let (width, height) = (i64::from(frame.size.width), i64::from(frame.size.height));
    if !(0..width).contains(&x) || !(0..height).contains(&y) {
        return [0; 3];
    }
    let at = (y * width + x) as usize * 3;
    frame.rgb.get(at..at + 3).and_then(|p| p.try_into().ok()).unwrap_or_default()
}

/// Why a corrected video could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// Invalid lens settings.
    #[error(transparent)]
    Lens(#[from] LensError),
    /// The clip could not be read or the video could not be written.
    #[error(transparent)]
    Video(#[from] VideoError),
}

/// Options of a corrected video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// The lens of the camera.
    pub lens: LensSettings,
    /// Whether to copy the sound.
    pub keeps_sound: bool,
}

/// Writes a corrected video at full size with its own times and, if requested, its sound. Meant for after the verdict.
///
/// `part` selects the part of the clip; its `max_width` limits the width of the video.
pub fn write_corrected_video(
    clip: &Path,
    output: &Path,
    correction: Correction,
    part: &ClipOptions,
    cancel: &Cancel,
) -> Result<(), CorrectionError> {
    let mut reader = ClipReader::open(clip, part, cancel)?;
    let map = PixelMap::new(&Lens::new(correction.lens, reader.size())?);
    let audio = AudioTrack::of(reader.info(), part).filter(|_| correction.keeps_sound);
    let options = WriterOptions { audio, tools: part.tools.clone(), ..WriterOptions::default() };
    let mut writer = VideoWriter::create(output, reader.size(), &options, cancel)?;
    while let Some(frame) = reader.next_frame()? {
        if let Some(straight) = map.apply(&frame) {
            writer.write(&straight)?;
        }
    }
    writer.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::{FrameIndex, Timestamp};

    fn gradient(size: FrameSize) -> Frame {
        let pixels = (0..size.height).flat_map(|y| (0..size.width).flat_map(move |x| [x as u8, y as u8, 128]));
        Frame::from_rgb(Timestamp::ZERO, FrameIndex(0), size, size, pixels.collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_straight_lens_changes_no_pixel() {
        let frame = gradient(FrameSize::new(40, 30));
        let same = PixelMap::new(&Lens::identity(frame.size)).apply(&frame).unwrap();
        assert_eq!(same.rgb, frame.rgb);
    }

    #[test]
    fn a_bent_lens_moves_pixels_where_it_moves_points() {
        let frame = gradient(FrameSize::new(200, 120));
        let lens = Lens::new(LensSettings::default(), frame.size).unwrap();
        let straight = PixelMap::new(&lens).apply(&frame).unwrap();
        for (x, y) in [(30u32, 20u32), (100, 60), (170, 100)] {
            let at = ((y * 200 + x) * 3) as usize;
            let raw = lens.distort(ImagePoint::new(x as f32 + 0.5, y as f32 + 0.5));
            assert!((f32::from(straight.rgb[at]) - (raw.x - 0.5)).abs() < 1.0);
            assert!((f32::from(straight.rgb[at + 1]) - (raw.y - 0.5)).abs() < 1.0);
        }
        assert!(PixelMap::new(&lens).apply(&gradient(FrameSize::new(10, 10))).is_none());
    }
}
