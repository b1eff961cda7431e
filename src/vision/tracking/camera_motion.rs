//! The camera's own movement: how far the hall has shifted since the first frame, and whether the shot changed.
//!
//! A small greyscale frame is compared with a key frame, not with its neighbour, so a camera that stands still never
//! drifts. The fencers' own places are left out of the comparison.

use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};

/// Width of the greyscale frame.
const WIDTH: usize = 240;

/// How far around the last shift is searched, in grey pixels along x and y: 8 % of the frame per frame is a fast pan.
const REACH: (i32, i32) = (9, 3);

/// Grey levels that the aligned frames may differ by on average; more is another shot or a frame full of movement.
const SAME_SHOT_DIFFERENCE: f32 = 30.0;

/// Share of pixels that must change their brightness class for a cut (0 to 1): a lamp or a flash changes fewer.
const CUT_HISTOGRAM_CHANGE: f32 = 0.45;

/// A standing camera must not be made to move by noise: a shift has to be this much better than none.
const BETTER_THAN_STANDING: f32 = 0.93;

/// Camera motion in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Movement {
    /// The same shot; where a fixed point of the hall has moved since the first frame of the track, in source pixels.
    Shifted(ImagePoint),
    /// Another shot: nothing of before is valid.
    Cut,
}

/// A greyscale frame and which of its pixels are background.
#[derive(Clone, Debug)]
struct Grey {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    background: Vec<bool>,
    /// How many fencers were left out.
    fencers: usize,
}

/// Follows the camera from frame to frame.
#[derive(Clone, Debug, Default)]
pub(super) struct CameraMotion {
    key: Option<Grey>,
    key_shift: ImagePoint,
    last: (i32, i32),
    histogram: [f32; 16],
    shift: ImagePoint,
}

impl CameraMotion {
    /// Compares a frame with the key frame; `fencers` are left out.
    pub(super) fn observe(&mut self, frame: &Frame, fencers: &[ImageRect]) -> Movement {
        let grey = Grey::of(frame, fencers);
        let histogram = grey.histogram();
        let change: f32 = histogram.iter().zip(self.histogram).map(|(a, b)| (a - b).abs()).sum::<f32>() / 2.0;
        let first = std::mem::replace(&mut self.histogram, histogram) == [0.0; 16];
        let Some(key) = self.key.as_ref().filter(|key| !first && key.same_size(&grey)) else {
            self.take_as_key(grey, (0.0, 0.0), frame);
            return Movement::Shifted(self.shift);
        };
        let (dx, dy, difference) = key.displacement(&grey, self.last);
        // A key frame in which a fencer passed for background would pull the camera after him.
        let knows_more = grey.fencers > key.fencers;
        if difference > SAME_SHOT_DIFFERENCE && change > CUT_HISTOGRAM_CHANGE {
            *self = Self { histogram, shift: self.shift, ..Self::default() };
            self.take_as_key(grey, (0.0, 0.0), frame);
            return Movement::Cut;
        }
        self.last = (dx.round() as i32, dy.round() as i32);
        let scale = frame.source_size.width as f32 / grey.width as f32;
        self.shift = ImagePoint::new(self.key_shift.x + dx * scale, self.key_shift.y + dy * scale);
        let far = dx.abs() > WIDTH as f32 / 8.0 || dy.abs() > WIDTH as f32 / 16.0;
        if far || knows_more || difference > SAME_SHOT_DIFFERENCE {
            self.take_as_key(grey, (dx, dy), frame);
        }
        Movement::Shifted(self.shift)
    }

    fn take_as_key(&mut self, grey: Grey, displacement: (f32, f32), frame: &Frame) {
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
                background.push(!fencers.iter().any(|b| holds(b, at)));
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

    /// Where this frame's content lies in `later` (x, y in grey pixels), and the mean grey difference there.
    fn displacement(&self, later: &Self, around: (i32, i32)) -> (f32, f32, f32) {
        let standing = self.difference(later, 0, 0);
        let mut best = (standing * BETTER_THAN_STANDING, 0, 0);
        for dy in around.1 - REACH.1..=around.1 + REACH.1 {
            for dx in around.0 - REACH.0..=around.0 + REACH.0 {
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
        let fine_x = valley(at(dx - 1, dy), difference, at(dx + 1, dy));
        let fine_y = valley(at(dx, dy - 1), difference, at(dx, dy + 1));
        (dx as f32 + fine_x, dy as f32 + fine_y, difference)
    }

    /// Mean grey difference of the background when this frame is moved by (dx, dy). Every second row and column will do.
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

/// Green stands for brightness: it carries most of it and needs no arithmetic.
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

fn holds(rect: &ImageRect, at: ImagePoint) -> bool {
    (rect.left..=rect.right).contains(&at.x) && (rect.top..=rect.bottom).contains(&at.y)
}

/// Offset (-0.5 to 0.5) of the lowest point of the parabola through three neighbours.
fn valley(before: f32, at: f32, after: f32) -> f32 {
    let bend = before - 2.0 * at + after;
    if bend > 1e-6 && bend.is_finite() { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
}
