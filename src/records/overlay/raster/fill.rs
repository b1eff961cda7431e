//! Filled shapes with smooth edges: coverage of each pixel by its distance from the edge.

use fencing::geometry::{FrameSize, ImagePoint, ImageRect};

/// An RGB colour, 0..255, with its opacity.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub(super) rgb: [f32; 3],
    pub(super) alpha: f32,
}

/// Packed RGB rows to paint on.
pub(super) struct Canvas<'a> {
    pub(super) rgb: &'a mut [u8],
    pub(super) size: FrameSize,
}

impl Canvas<'_> {
    /// Mixes a paint into a pixel, `cover` 0..1; does nothing outside the frame.
    pub(super) fn blend(&mut self, x: i64, y: i64, paint: Paint, cover: f32) {
        let (width, height) = (i64::from(self.size.width), i64::from(self.size.height));
        if x < 0 || y < 0 || x >= width || y >= height {
            return;
        }
        let share = paint.alpha * cover.clamp(0.0, 1.0);
        let at = ((y * width + x) * 3) as usize;
        if let Some(pixel) = self.rgb.get_mut(at..at + 3) {
            for (channel, target) in pixel.iter_mut().zip(paint.rgb) {
                let old = f32::from(*channel);
                *channel = (old + (target - old) * share).round() as u8;
            }
        }
    }

    /// Paints every pixel near `bounds` by the signed distance of its centre from the edge (negative inside).
    fn fill(&mut self, bounds: ImageRect, paint: Paint, distance: impl Fn(f32, f32) -> f32) {
        if ![bounds.left, bounds.top, bounds.right, bounds.bottom].iter().all(|v| v.is_finite()) {
            return;
        }
        let clip = |v: f32, end: u32| (v as i64).clamp(0, i64::from(end));
        let (x0, x1) = (clip(bounds.left - 1.0, self.size.width), clip(bounds.right + 2.0, self.size.width));
        let (y0, y1) = (clip(bounds.top - 1.0, self.size.height), clip(bounds.bottom + 2.0, self.size.height));
        for y in y0..y1 {
            for x in x0..x1 {
                let cover = 0.5 - distance(x as f32 + 0.5, y as f32 + 0.5);
                if cover > 0.0 {
                    self.blend(x, y, paint, cover);
                }
            }
        }
    }
}

/// A line with round ends; a dot when both ends are equal.
pub(super) fn line(canvas: &mut Canvas<'_>, from: ImagePoint, to: ImagePoint, width: f32, paint: Paint) {
    let radius = width.max(1.0) / 2.0;
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length2 = dx * dx + dy * dy;
    let bounds = ImageRect {
        left: from.x.min(to.x) - radius,
        top: from.y.min(to.y) - radius,
        right: from.x.max(to.x) + radius,
        bottom: from.y.max(to.y) + radius,
    };
    canvas.fill(bounds, paint, |x, y| {
        let (px, py) = (x - from.x, y - from.y);
        let along = if length2 > 0.0 { ((px * dx + py * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        (px - dx * along).hypot(py - dy * along) - radius
    });
}

/// An axis-aligned rectangle with rounded corners.
pub(super) fn rect(canvas: &mut Canvas<'_>, rect: ImageRect, corner: f32, paint: Paint) {
    let (half_w, half_h) = (rect.width() / 2.0, rect.height() / 2.0);
    if half_w <= 0.0 || half_h <= 0.0 {
        return;
    }
    let (centre, corner) = (rect.centre(), corner.min(half_w).min(half_h).max(0.0));
    canvas.fill(rect, paint, |x, y| {
        let (qx, qy) = ((x - centre.x).abs() - half_w + corner, (y - centre.y).abs() - half_h + corner);
        qx.max(0.0).hypot(qy.max(0.0)) + qx.max(qy).min(0.0) - corner
    });
}

/// A convex polygon with corners in either order.
pub(super) fn polygon(canvas: &mut Canvas<'_>, points: &[ImagePoint], paint: Paint) {
    let Some(bounds) = ImageRect::around(points.iter().copied()) else { return };
    let edges: Vec<_> = points.iter().zip(points.iter().cycle().skip(1)).collect();
    let area: f32 = edges.iter().map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    let turn = area.signum();
    canvas.fill(bounds, paint, |x, y| {
        let outside = |(a, b): &(&ImagePoint, &ImagePoint)| {
            let (ex, ey) = (b.x - a.x, b.y - a.y);
            turn * (ey * (x - a.x) - ex * (y - a.y)) / ex.hypot(ey).max(f32::EPSILON)
        };
        edges.iter().map(outside).fold(f32::NEG_INFINITY, f32::max)
    });
}
