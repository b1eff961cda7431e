//! An image that can be painted on: 8-bit RGB with the few blends that drawing needs.

use fencing::geometry::{FrameSize, ImagePoint, ImageRect};

/// Red, green, blue, 0..255.
pub(super) type Rgb = [f32; 3];

/// An 8-bit RGB image, row by row.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    pub(super) size: FrameSize,
    pub(super) rgb: Vec<u8>,
}

impl Canvas {
    /// An image whose every pixel is what `colour` says for the middle of it.
    pub(super) fn from_fn(size: FrameSize, colour: impl Fn(f32, f32) -> Rgb) -> Self {
        let mut rgb = Vec::with_capacity(size.width as usize * size.height as usize * 3);
        for y in 0..size.height {
            for x in 0..size.width {
                rgb.extend(colour(x as f32 + 0.5, y as f32 + 0.5).map(|v| v.clamp(0.0, 255.0) as u8));
            }
        }
        Self { size, rgb }
    }

    /// The part of the image that starts `left` pixels from its left edge (between pixels too), `size` large.
    pub(super) fn window(&self, left: f32, size: FrameSize) -> Self {
        let last = self.size.width as usize - 1;
        let whole = left.floor().max(0.0) as usize;
        let part = ((left - left.floor()) * 256.0) as u32;
        let mut rgb = Vec::with_capacity(size.width as usize * size.height as usize * 3);
        for row in self.rgb.chunks_exact(self.size.width as usize * 3).take(size.height as usize) {
            for x in 0..size.width as usize {
                let (a, b) = ((whole + x).min(last) * 3, (whole + x + 1).min(last) * 3);
                for c in 0..3 {
                    let mixed = u32::from(row[a + c]) * (256 - part) + u32::from(row[b + c]) * part;
                    rgb.push((mixed / 256) as u8);
                }
            }
        }
        Self { size, rgb }
    }

    /// Changes one pixel; places outside the image are left alone.
    pub(super) fn change(&mut self, x: i32, y: i32, new: impl Fn(Rgb) -> Rgb) {
        let inside = (0..self.size.width as i32).contains(&x) && (0..self.size.height as i32).contains(&y);
        if !inside {
            return;
        }
        let at = (y as usize * self.size.width as usize + x as usize) * 3;
        if let Some(pixel) = self.rgb.get_mut(at..at + 3) {
            let painted = new([f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])]);
            for (old, value) in pixel.iter_mut().zip(painted) {
                *old = value.clamp(0.0, 255.0) as u8;
            }
        }
    }

    /// Lays `colour` over one pixel with `cover` 0..1.
    pub(super) fn blend(&mut self, x: i32, y: i32, colour: Rgb, cover: f32) {
        if cover > 0.0 {
            self.change(x, y, |old| std::array::from_fn(|c| old[c] + (colour[c] - old[c]) * cover));
        }
    }

    /// Lays `colour` over a box with rounded corners, edges smoothed.
    pub(super) fn fill_rounded(&mut self, area: ImageRect, radius: f32, colour: Rgb) {
        self.over(area, 1.0, |canvas, x, y, at| {
            let outside = distance_outside(area, radius, at);
            canvas.blend(x, y, colour, (0.5 - outside).clamp(0.0, 1.0));
        });
    }

    /// Draws a straight line of `width` pixels, edges smoothed.
    pub(super) fn line(&mut self, from: ImagePoint, to: ImagePoint, width: f32, colour: Rgb) {
        let Some(area) = ImageRect::around([from, to]) else { return };
        self.over(area, width + 1.0, |canvas, x, y, at| {
            let cover = (width / 2.0 + 0.5 - distance_to_segment(at, from, to)).clamp(0.0, 1.0);
            canvas.blend(x, y, colour, cover.min(width));
        });
    }

    /// Calls `paint` for the pixels of a box and `margin` pixels around it, with the middle of each pixel.
    pub(super) fn over(
        &mut self,
        area: ImageRect,
        margin: f32,
        mut paint: impl FnMut(&mut Self, i32, i32, ImagePoint),
    ) {
        let (width, height) = (self.size.width as f32, self.size.height as f32);
        let columns =
            (area.left - margin).clamp(0.0, width) as i32..(area.right + margin).clamp(0.0, width).ceil() as i32;
        let rows =
            (area.top - margin).clamp(0.0, height) as i32..(area.bottom + margin).clamp(0.0, height).ceil() as i32;
        for y in rows {
            for x in columns.clone() {
                paint(self, x, y, ImagePoint::new(x as f32 + 0.5, y as f32 + 0.5));
            }
        }
    }
}

/// Pixels by which a point lies outside a box with rounded corners; negative inside.
fn distance_outside(area: ImageRect, radius: f32, at: ImagePoint) -> f32 {
    let centre = area.centre();
    let dx = (at.x - centre.x).abs() - (area.width() / 2.0 - radius);
    let dy = (at.y - centre.y).abs() - (area.height() / 2.0 - radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

fn distance_to_segment(at: ImagePoint, from: ImagePoint, to: ImagePoint) -> f32 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / (dx * dx + dy * dy).max(1e-6);
    let along = along.clamp(0.0, 1.0);
    at.distance(ImagePoint::new(from.x + dx * along, from.y + dy * along))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_between_pixels_mixes_neighbours() {
        let striped = Canvas::from_fn(FrameSize::new(8, 1), |x, _| [x.floor() * 10.0, 0.0, 0.0]);
        let shifted = striped.window(2.5, FrameSize::new(3, 1));
        assert_eq!([shifted.rgb[0], shifted.rgb[3], shifted.rgb[6]], [25, 35, 45]);
    }

    #[test]
    fn painting_outside_the_picture_does_nothing() {
        let mut canvas = Canvas::from_fn(FrameSize::new(4, 4), |_, _| [9.0; 3]);
        canvas.line(ImagePoint::new(-90.0, -50.0), ImagePoint::new(-10.0, 900.0), 3.0, [255.0; 3]);
        canvas.blend(4, 0, [255.0; 3], 1.0);
        assert!(canvas.rgb.iter().all(|v| *v == 9));
    }
}
