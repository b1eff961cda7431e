//! Solid bodies of tapered capsules: a depth buffer decides what hides what, one lamp from above shades them.
//!
//! Silhouettes are drawn at twice the image's resolution; light is worked out at the image's own, on normals blurred
//! over a centimetre, so that neighbouring capsules grow together into one body.

use super::blur::blur;
use super::camera::Projected;
use super::canvas::{Canvas, Rgb};

/// Sub-pixels per pixel, along x and along y.
const FINE: usize = 2;
/// Direction to the lamp, image axes (x right, y down, z towards the viewer), length 1.
const LAMP: [f32; 3] = [-0.252, -0.755, 0.605];

/// A limb in the image: two round ends and the skin between them, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capsule {
    pub(super) from: Projected,
    pub(super) to: Projected,
    pub(super) from_radius: f32,
    pub(super) to_radius: f32,
    pub(super) colour: Rgb,
}

/// Paints a body over the image. `smoothing` is the reach of the normals' blur in pixels.
pub(super) fn paint_body(canvas: &mut Canvas, capsules: &[Capsule], smoothing: f32) {
    let Some(mut layer) = Layer::around(canvas, capsules, (4.0 * smoothing).ceil()) else { return };
    for capsule in capsules {
        layer.carve(capsule);
    }
    layer.resolve(smoothing).lay_over(canvas);
}

/// What is seen of the body at one sub-pixel.
#[derive(Clone, Copy)]
struct Surface {
    near: f32,
    normal: [f32; 3],
    colour: Rgb,
}

/// The part of the image that a body covers, at sub-pixel resolution.
struct Layer {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    surface: Vec<Option<Surface>>,
}

impl Layer {
    /// The layer around all capsules, clipped to the image; `None` when nothing of the body is in it.
    fn around(canvas: &Canvas, capsules: &[Capsule], margin: f32) -> Option<Self> {
        let ends = || capsules.iter().flat_map(|c| [(c.from, c.from_radius), (c.to, c.to_radius)]);
        let lowest = |value: &dyn Fn(Projected) -> f32| {
            ends().map(|(p, r)| value(p) - r - margin).fold(f32::INFINITY, f32::min).max(0.0) as usize
        };
        let highest = |value: &dyn Fn(Projected) -> f32, limit: u32| {
            ends().map(|(p, r)| value(p) + r + margin).fold(0.0, f32::max).min(limit as f32).ceil() as usize
        };
        let (left, top) = (lowest(&|p| p.x), lowest(&|p| p.y));
        let width = highest(&|p| p.x, canvas.size.width).checked_sub(left).filter(|w| *w > 0)?;
        let height = highest(&|p| p.y, canvas.size.height).checked_sub(top).filter(|h| *h > 0)?;
        Some(Self { left, top, width, height, surface: vec![None; width * height * FINE * FINE] })
    }

    /// Adds a capsule wherever it is nearer than what is there.
    fn carve(&mut self, capsule: &Capsule) {
        let fine = capsule.in_layer(self.left as f32, self.top as f32);
        let (columns, rows) = (self.width * FINE, self.height * FINE);
        let reach = fine.from_radius.max(fine.to_radius) + 1.0;
        let clip = |v: f32, limit: usize| v.clamp(0.0, limit as f32) as usize;
        let across =
            clip(fine.from.x.min(fine.to.x) - reach, columns)..clip(fine.from.x.max(fine.to.x) + reach, columns);
        for y in clip(fine.from.y.min(fine.to.y) - reach, rows)..clip(fine.from.y.max(fine.to.y) + reach, rows) {
            for x in across.clone() {
                let place = &mut self.surface[y * columns + x];
                let Some(found) = fine.surface_at(x as f32 + 0.5, y as f32 + 0.5) else { continue };
                if place.is_none_or(|seen| found.near > seen.near) {
                    *place = Some(found);
                }
            }
        }
    }

    /// From sub-pixels to pixels with light on them.
    fn resolve(&self, smoothing: f32) -> LitLayer {
        let mut normals = vec![[0.0; 4]; self.width * self.height];
        let mut depths = vec![[0.0; 2]; self.width * self.height];
        let mut colours = vec![[0.0; 4]; self.width * self.height];
        for (at, seen) in self.surface.iter().enumerate().filter_map(|(at, s)| s.map(|s| (at, s))) {
            let columns = self.width * FINE;
            let pixel = at / columns / FINE * self.width + at % columns / FINE;
            let [nx, ny, nz] = seen.normal;
            let [r, g, b] = seen.colour;
            accumulate(&mut normals[pixel], [nx, ny, nz, 1.0]);
            accumulate(&mut depths[pixel], [seen.near, 1.0]);
            accumulate(&mut colours[pixel], [r, g, b, 1.0]);
        }
        let own_depths = depths.clone();
        blur(&mut normals, self.width, smoothing);
        blur(&mut depths, self.width, 2.0 * smoothing);
        let hollow = smoothing * 20.0;
        let lit = colours.iter().zip(&normals).zip(own_depths.iter().zip(&depths)).map(
            |((colour, normal), (own, around))| {
                let light = light(normal) * (1.0 - 0.45 * hidden(*own, *around, hollow));
                let [r, g, b, cover] = *colour;
                [r * light, g * light, b * light, cover]
            },
        );
        LitLayer { left: self.left, top: self.top, width: self.width, pixels: lit.collect() }
    }
}

fn accumulate<const N: usize>(sum: &mut [f32; N], value: [f32; N]) {
    let share = 1.0 / (FINE * FINE) as f32;
    sum.iter_mut().zip(value).for_each(|(s, v)| *s += v * share);
}

/// Brightness of a surface with a (not yet unit) normal.
fn light(normal: &[f32; 4]) -> f32 {
    let [x, y, z, _] = *normal;
    let length = (x * x + y * y + z * z).sqrt().max(1e-6);
    let facing = (x * LAMP[0] + y * LAMP[1] + z * LAMP[2]) / length;
    0.50 + 0.55 * facing.max(0.0)
}

/// How deep a pixel lies below its neighbourhood, 0..1 of `hollow` pixels: the dark seam beside a limb in front of a body.
fn hidden(own: [f32; 2], around: [f32; 2], hollow: f32) -> f32 {
    if own[1] <= 0.0 || around[1] <= 0.0 {
        return 0.0;
    }
    ((around[0] / around[1] - own[0] / own[1]) / hollow.max(1e-3)).clamp(0.0, 1.0)
}

/// A shaded body, colour already multiplied by cover.
struct LitLayer {
    left: usize,
    top: usize,
    width: usize,
    pixels: Vec<[f32; 4]>,
}

impl LitLayer {
    fn lay_over(&self, canvas: &mut Canvas) {
        for (at, &[r, g, b, cover]) in self.pixels.iter().enumerate().filter(|(_, p)| p[3] > 0.0) {
            let (x, y) = ((self.left + at % self.width) as i32, (self.top + at / self.width) as i32);
            canvas.change(x, y, |old| {
                let keep = 1.0 - cover;
                [old[0] * keep + r, old[1] * keep + g, old[2] * keep + b]
            });
        }
    }
}

impl Capsule {
    /// The capsule in sub-pixels of a layer.
    fn in_layer(&self, left: f32, top: f32) -> Self {
        let fine = FINE as f32;
        let place = |p: Projected| Projected { x: (p.x - left) * fine, y: (p.y - top) * fine, near: p.near * fine };
        Self {
            from: place(self.from),
            to: place(self.to),
            from_radius: self.from_radius * fine,
            to_radius: self.to_radius * fine,
            ..*self
        }
    }

    /// What is seen of the capsule at a place; `None` beside it.
    fn surface_at(&self, x: f32, y: f32) -> Option<Surface> {
        let (px, py) = (x - self.from.x, y - self.from.y);
        let (ax, ay) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let length2 = ax * ax + ay * ay;
        let end_on = if self.to.near > self.from.near { 1.0 } else { 0.0 };
        let along = if length2 > 1.0 { ((px * ax + py * ay) / length2).clamp(0.0, 1.0) } else { end_on };
        let radius = self.from_radius + (self.to_radius - self.from_radius) * along;
        let (dx, dy) = (px - ax * along, py - ay * along);
        let inside = 1.0 - (dx * dx + dy * dy) / (radius * radius);
        (inside > 0.0).then(|| {
            let bulge = inside.sqrt();
            Surface {
                near: self.from.near + (self.to.near - self.from.near) * along + bulge * radius,
                normal: [dx / radius, dy / radius, bulge],
                colour: self.colour,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::FrameSize;

    fn ball(x: f32, near: f32, colour: Rgb) -> Capsule {
        let centre = Projected { x, y: 20.0, near };
        Capsule { from: centre, to: centre, from_radius: 8.0, to_radius: 8.0, colour }
    }

    #[test]
    fn the_nearer_body_hides_the_farther_whatever_the_order() {
        let paint = |capsules: &[Capsule]| {
            let mut canvas = Canvas::from_fn(FrameSize::new(40, 40), |_, _| [0.0; 3]);
            paint_body(&mut canvas, capsules, 1.0);
            let at = (20 * 40 + 20) * 3;
            [canvas.rgb[at], canvas.rgb[at + 2]]
        };
        let (red, blue) = (ball(20.0, 5.0, [250.0, 0.0, 0.0]), ball(20.0, 90.0, [0.0, 0.0, 250.0]));
        for order in [[red, blue], [blue, red]] {
            let [r, b] = paint(&order);
            assert!(r == 0 && b > 100, "red {r}, blue {b}");
        }
    }

    #[test]
    fn light_comes_from_above() {
        let mut canvas = Canvas::from_fn(FrameSize::new(40, 40), |_, _| [0.0; 3]);
        paint_body(&mut canvas, &[ball(20.0, 0.0, [200.0; 3])], 0.5);
        let grey = |y: usize| canvas.rgb[(y * 40 + 20) * 3];
        assert!(grey(15) > grey(25) + 30);
    }

    #[test]
    fn a_body_outside_the_picture_is_no_trouble() {
        let mut canvas = Canvas::from_fn(FrameSize::new(10, 10), |_, _| [7.0; 3]);
        paint_body(&mut canvas, &[ball(-500.0, 0.0, [255.0; 3])], 1.0);
        assert!(canvas.rgb.iter().all(|v| *v == 7));
    }
}
