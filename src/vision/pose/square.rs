//! The square crop around a person for the single-person model, and the sampling of its pixels.
//!
//! Squares are in pixels of the full-size frame like everything that leaves this module; only the sampler knows that the frame
//! may have been scaled down.

use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};

/// Side of the square over the longer side of the person's box (measured best of 1.2 to 1.75).
pub const SIDE_PER_PERSON: f32 = 1.4;

/// Smallest useful side in pixels of the scaled frame: less is all blur.
const MIN_SIDE_PX: f32 = 64.0;

/// A square in pixels of the full-size frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Length of a side.
    pub side: f32,
}

impl Square {
    /// The square of `side` around `centre`.
    pub fn around(centre: ImagePoint, side: f32) -> Self {
        let side = side.max(1.0);
        Self { left: centre.x - side / 2.0, top: centre.y - side / 2.0, side }
    }

    /// The square for a person whose joints fill the box `person`, with the margin that the models expect: a little more space above
    /// than below, for the head is higher than the highest joint.
    pub fn for_person(person: ImageRect) -> Self {
        let centre = person.centre();
        let longest = person.width().max(person.height());
        Self::around(ImagePoint::new(centre.x, centre.y - 0.02 * person.height()), SIDE_PER_PERSON * longest)
    }

    /// The middle.
    pub fn centre(self) -> ImagePoint {
        ImagePoint::new(self.left + self.side / 2.0, self.top + self.side / 2.0)
    }

    /// The point at the fractions `x`, `y` (0..1) of the square, in the frame.
    pub fn at_fraction(self, x: f32, y: f32) -> ImagePoint {
        ImagePoint::new(self.left + x * self.side, self.top + y * self.side)
    }

    /// Whether `point` lies inside.
    pub fn contains(self, point: ImagePoint) -> bool {
        let (x, y) = (point.x - self.left, point.y - self.top);
        (0.0..=self.side).contains(&x) && (0.0..=self.side).contains(&y)
    }

    /// The same square, enlarged to the smallest side that a model can use in this frame.
    #[must_use]
    pub fn at_least_useful(self, frame: &Frame) -> Self {
        let (scale, _) = frame.source_from_carried();
        let smallest = MIN_SIDE_PX * scale;
        if self.side >= smallest { self } else { Self::around(self.centre(), smallest) }
    }
}

/// Bilinear filter tap of one output column or row: the first of two source pixels, and the weight of the second in 1/256.
#[derive(Clone, Copy)]
struct Tap {
    first: i32,
    weight: i32,
}

/// Samples the square into `resolution` x `resolution` RGB values 0..255, bilinear, black outside the frame.
///
/// `out` is resized to `resolution * resolution * 3` and written row by row.
pub fn sample_square(frame: &Frame, square: Square, resolution: usize, out: &mut Vec<i32>) {
    let (scale_x, scale_y) = frame.source_from_carried();
    let columns = taps(square.left / scale_x, square.side / scale_x, resolution);
    let rows = taps(square.top / scale_y, square.side / scale_y, resolution);
    out.clear();
    out.resize(resolution * resolution * 3, 0);
    for (row, target) in rows.iter().zip(out.chunks_exact_mut(resolution * 3)) {
        let above = row_of(frame, row.first);
        let below = row_of(frame, row.first + 1);
        blend_row(above, below, row.weight, &columns, target);
    }
}

/// Filter taps of output pixel centres in the source.
fn taps(start: f32, length: f32, count: usize) -> Vec<Tap> {
    let step = length / count as f32;
    (0..count)
        .map(|i| {
            let at = start + (i as f32 + 0.5) * step - 0.5;
            let first = at.floor();
            Tap { first: first as i32, weight: ((at - first) * 256.0) as i32 }
        })
        .collect()
}

/// One row of the frame; empty (all black) outside the frame.
fn row_of(frame: &Frame, row: i32) -> &[u8] {
    let stride = frame.size.width as usize * 3;
    let Ok(row) = usize::try_from(row) else { return &[] };
    frame.rgb.get(row * stride..(row + 1) * stride).unwrap_or(&[])
}

fn blend_row(above: &[u8], below: &[u8], weight: i32, columns: &[Tap], target: &mut [i32]) {
    if above.is_empty() && below.is_empty() {
        return;
    }
    for (column, out) in columns.iter().zip(target.chunks_exact_mut(3)) {
        let (a0, a1) = (pixel(above, column.first), pixel(above, column.first + 1));
        let (b0, b1) = (pixel(below, column.first), pixel(below, column.first + 1));
        for channel in 0..3 {
            let top = a0[channel] * (256 - column.weight) + a1[channel] * column.weight;
            let bottom = b0[channel] * (256 - column.weight) + b1[channel] * column.weight;
            out[channel] = (top * (256 - weight) + bottom * weight + (1 << 15)) >> 16;
        }
    }
}

fn pixel(row: &[u8], column: i32) -> [i32; 3] {
    let Ok(column) = usize::try_from(column) else { return [0; 3] };
    match row.get(column * 3..column * 3 + 3) {
        Some(&[r, g, b]) => [i32::from(r), i32::from(g), i32::from(b)],
        _ => [0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::FrameSize;
    use fencing::time::{FrameIndex, Timestamp};
    use proptest::prelude::*;

    fn gradient(width: u32, height: u32, zoom: u32) -> Frame {
        let rgb: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7])).collect();
        let source = FrameSize::new(width * zoom, height * zoom);
        Frame::from_rgb(Timestamp::ZERO, FrameIndex(0), FrameSize::new(width, height), source, rgb).unwrap()
    }

    #[test]
    fn a_square_of_the_same_size_copies_the_pixels() {
        let frame = gradient(40, 30, 1);
        let mut out = Vec::new();
        sample_square(&frame, Square { left: 5.0, top: 3.0, side: 16.0 }, 16, &mut out);
        for (i, rgb) in out.chunks_exact(3).enumerate() {
            assert_eq!(rgb, [5 + (i as i32 % 16), 3 + (i as i32 / 16), 7]);
        }
    }

    #[test]
    fn outside_the_picture_is_black_and_scaled_frames_are_read_in_source_pixels() {
        let frame = gradient(40, 30, 2);
        let mut out = Vec::new();
        sample_square(&frame, Square { left: -200.0, top: 0.0, side: 64.0 }, 32, &mut out);
        assert!(out.iter().all(|v| *v == 0));
        sample_square(&frame, Square { left: 20.0, top: 10.0, side: 32.0 }, 16, &mut out);
        assert_eq!(&out[..3], [10, 5, 7]);
    }

    proptest! {
        #[test]
        fn any_square_samples_values_of_a_picture(left in -500f32..500.0, top in -500f32..500.0, side in 0.1f32..900.0) {
            let frame = gradient(40, 30, 1);
            let mut out = Vec::new();
            sample_square(&frame, Square { left, top, side }, 24, &mut out);
            prop_assert_eq!(out.len(), 24 * 24 * 3);
            prop_assert!(out.iter().all(|v| (0..=255).contains(v)));
        }

        #[test]
        fn fractions_of_a_square_are_inside_it(x in 0f32..1.0, y in 0f32..1.0) {
            let square = Square::for_person(ImageRect { left: 10.0, top: 20.0, right: 60.0, bottom: 120.0 });
            prop_assert!((square.side - 140.0).abs() < 1e-3);
            prop_assert!(square.contains(square.at_fraction(x, y)));
        }
    }
}
