//! Camera motion: the shift of the hall since the first frame, and shot changes.
//!
//! A small greyscale frame is compared with a key frame, not with its neighbour, so there is no drift while the camera stands still.
//! The fencers are masked out.

use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};

/// Width of the greyscale frame.
const WIDTH: usize = 240;

/// Search range around the last shift, in grey pixels along x and y: 8 % of the frame per frame is a fast pan.
const SEARCH_RANGE: (i32, i32) = (9, 3);

/// Largest mean difference in grey levels of aligned frames; more is another shot or a frame full of movement.
const SAME_SHOT_DIFFERENCE: f32 = 30.0;

/// Share of pixels that must change their histogram bin for a cut (0 to 1): a lamp or a flash changes fewer.
const CUT_HISTOGRAM_CHANGE: f32 = 0.45;

/// Noise must not move a standing camera: a shift has to reduce the difference to this ratio.
const MIN_IMPROVEMENT: f32 = 0.93;

/// Camera motion at one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Movement {
    /// The same shot; shift of a fixed point of the hall since the first frame of the track, in source pixels.
    Shifted(ImagePoint),
    /// Another shot: earlier positions are invalid.
    Cut,
}

/// A greyscale frame with a background mask.
#[derive(Clone, Debug)]
struct Grey {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    background: Vec<bool>,
    /// Number of masked fencers.
    fencers: usize,
}

/// Tracks the camera from frame to frame.
#[derive(Clone, Debug, Default)]
pub(super) struct CameraMotion {
    key: Option<Grey>,
    key_shift: ImagePoint,
    last: (i32, i32),
    histogram: [f32; 16],
    shift: ImagePoint,
}

impl CameraMotion {
    /// Compares a frame with the key frame; `fencers` are masked out.
    pub(super) fn observe(&mut self, frame: &Frame, fencers: &[ImageRect]) -> Movement {
        let grey = Grey::of(frame, fencers);
        let histogram = grey.histogram();
        let change: f32 = histogram.iter().zip(self.histogram).map(|(a, b)| (a - b).abs()).sum::<f32>() / 2.0;
        let first = std::mem::replace(&mut self.histogram, histogram) == [0.0; 16];
        let Some(key) = self.key.as_ref().filter(|key| !first && key.same_size(&grey)) else {
            self.set_key_frame(grey, (0.0, 0.0), frame);
            return Movement::Shifted(self.shift);
        };
        let (dx, dy, difference) = key.displacement(&grey, self.last);
        // A key frame with a fencer in its background would pull the estimate after the fencer.
        let knows_more = grey.fencers > key.fencers;
        if difference > SAME_SHOT_DIFFERENCE && change > CUT_HISTOGRAM_CHANGE {
            *self = Self { histogram, shift: self.shift, ..Self::default() };
            self.set_key_frame(grey, (0.0, 0.0), frame);
            return Movement::Cut;
        }
        self.last = (dx.round() as i32, dy.round() as i32);
        let scale = frame.source_size.width as f32 / grey.width as f32;
        self.shift = ImagePoint::new(self.key_shift.x + dx * scale, self.key_shift.y + dy * scale);
        let far = dx.abs() > WIDTH as f32 / 8.0 || dy.abs() > WIDTH as f32 / 16.0;
        if far || knows_more || difference > SAME_SHOT_DIFFERENCE {
            self.set_key_frame(grey, (dx, dy), frame);
        }
        Movement::Shifted(self.shift)
    }

    fn set_key_frame(&mut self, grey: Grey, displacement: (f32, f32), frame: &Frame) {
        let scale = frame.source_size.width as f32 / grey.width as f32;
        self.key_shift.x += displacement.0 * scale;
        self.key_shift.y += displacement.1 * scale;
        self.shift = self.key_shift;
        self.last = (0, 0);
        self.key = Some(grey);
    }
}

impl Grey {
    fn of(frame: &Frame, fencers: &[ImageRect]) -> Self {
        let (w, h) = (frame.size.width as usize, frame.size.height as usize);
        let width = WIDTH.min(w);
        let height = (h * width / w).max(1);
        let mut luma = Vec::with_capacity(width * height);
        let mut background = Vec::with_capacity(width * height);
        let scale = frame.source_size.width as f32 / width as f32;
        for y in 0..height {
            for x in 0..width {
                luma.push(average(frame, (x * w / width, (x + 1) * w / width), (y * h / height, (y + 1) * h / height)));
                let at = ImagePoint::new(x as f32 * scale, y as f32 * scale);
                background.push(!fencers.iter().any(|b| contains(b, at)));
            }
        }
        Self { width, height, luma, background, fencers: fencers.len() }
    }

    fn same_size(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }

    fn histogram(&self) -> [f32; 16] {
        let mut bins = [0.0; 16];
        for value in &self.luma {
            bins[usize::from(value / 16)] += 1.0 / self.luma.len() as f32;
        }
        bins
    }

    /// Position of this frame's content in `later` (x, y in grey pixels), and the mean grey difference there.
    fn displacement(&self, later: &Self, around: (i32, i32)) -> (f32, f32, f32) {
        let standing = self.difference(later, 0, 0);
        let mut best = (standing * MIN_IMPROVEMENT, 0, 0);
        for dy in around.1 - SEARCH_RANGE.1..=around.1 + SEARCH_RANGE.1 {
            for dx in around.0 - SEARCH_RANGE.0..=around.0 + SEARCH_RANGE.0 {
                let difference = self.difference(later, dx, dy);
                if difference < best.0 {
                    best = (difference, dx, dy);
                }
            }
        }
        let (difference, dx, dy) = best;
        if (dx, dy) == (0, 0) {
            return (0.0, 0.0, standing);
        }
        let at = |x: i32, y: i32| self.difference(later, x, y);
        let fine_x = parabola_minimum(at(dx - 1, dy), difference, at(dx + 1, dy));
        let fine_y = parabola_minimum(at(dx, dy - 1), difference, at(dx, dy + 1));
        (dx as f32 + fine_x, dy as f32 + fine_y, difference)
    }

    /// Mean grey difference of the background when this frame is shifted by (dx, dy), from every second row and column.
    fn difference(&self, later: &Self, dx: i32, dy: i32) -> f32 {
        let (width, height) = (self.width as i32, self.height as i32);
        let (mut sum, mut count) = (0u64, 0u64);
        for y in (0.max(-dy)..height.min(height - dy)).step_by(2) {
            for x in (0.max(-dx)..width.min(width - dx)).step_by(2) {
                let (here, there) = ((y * width + x) as usize, ((y + dy) * width + x + dx) as usize);
                if self.background[here] && later.background[there] {
                    sum += u64::from(self.luma[here].abs_diff(later.luma[there]));
                    count += 1;
                }
            }
        }
        if count < 500 { f32::MAX } else { sum as f32 / count as f32 }
    }
}

/// Mean green value of a block: green carries most of the brightness and needs no conversion.
fn average(frame: &Frame, columns: (usize, usize), rows: (usize, usize)) -> u8 {
    let stride = frame.size.width as usize * 3;
    let (mut sum, mut count) = (0u32, 0u32);
    for y in rows.0..rows.1.max(rows.0 + 1) {
        for x in columns.0..columns.1.max(columns.0 + 1) {
            sum += u32::from(frame.rgb[y * stride + x * 3 + 1]);
            count += 1;
        }
    }
    (sum / count.max(1)) as u8
}

fn contains(rect: &ImageRect, at: ImagePoint) -> bool {
    (rect.left..=rect.right).contains(&at.x) && (rect.top..=rect.bottom).contains(&at.y)
}

/// Offset (-0.5 to 0.5) of the minimum of the parabola through three neighbours.
fn parabola_minimum(before: f32, at: f32, after: f32) -> f32 {
    let bend = before - 2.0 * at + after;
    if bend > 1e-6 && bend.is_finite() { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
}
