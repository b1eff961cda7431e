//! The background of the drawn hall: wall, boards, wooden floor, the piste with its lines.

use super::camera::Camera;
use super::canvas::{Canvas, Rgb};
use fencing::geometry::FrameSize;

/// Metres above the middle of the piste in the image: where wall and floor meet, top of the boards, foot of the windows.
const WALL_FOOT: f32 = 0.52;
const BOARDS_TOP: f32 = 1.12;
const WINDOWS_FOOT: f32 = 2.78;
/// Half the piste's width as seen, metres.
const PISTE_HALF: f32 = 0.17;
/// Lines across the piste, metres from the middle: guard lines at 2, warning lines at 5, ends at 7 (FIE Technical Rules).
const LINES: [f32; 7] = [0.0, 2.0, -2.0, 5.0, -5.0, 7.0, -7.0];

/// The empty hall as a camera sees it.
pub(super) fn paint_hall(size: FrameSize, camera: &Camera) -> Canvas {
    let view = *camera;
    Canvas::from_fn(size, move |x, y| {
        let place = Place {
            along: (x - view.origin.x) / view.pixels_per_metre,
            above: (view.origin.y - y) / view.pixels_per_metre,
            scale: view.pixels_per_metre,
        };
        place.colour()
    })
}

/// A place of the hall in metres of the image.
struct Place {
    along: f32,
    above: f32,
    scale: f32,
}

impl Place {
    fn colour(&self) -> Rgb {
        match self.above {
            a if a > WALL_FOOT => self.wall(),
            a if a.abs() < PISTE_HALF => self.piste(),
            _ => self.floor(),
        }
    }

    fn wall(&self) -> Rgb {
        let base = if self.above > WINDOWS_FOOT {
            self.window()
        } else if self.above > BOARDS_TOP {
            let rise = (self.above - BOARDS_TOP) / (WINDOWS_FOOT - BOARDS_TOP);
            grey_mix([82.0, 94.0, 108.0], [112.0, 124.0, 138.0], rise)
        } else {
            self.board()
        };
        let stain = 1.0 + 0.018 * (self.along * 1.7).sin() + 0.012 * (self.along * 4.3 + self.above * 2.3).sin();
        let seam = self.line(self.above - BOARDS_TOP, 0.02).max(self.line(self.above - WALL_FOOT, 0.025));
        grey_mix(base.map(|v| v * stain), [36.0, 40.0, 46.0], seam * 0.8)
    }

    fn board(&self) -> Rgb {
        let number = (self.along / 2.2).floor();
        let within = (self.along / 2.2 - number - 0.5).abs() * 2.2;
        let base = if number as i32 % 2 == 0 { [34.0, 58.0, 92.0] } else { [28.0, 82.0, 92.0] };
        let stripe = self.line(self.above - 0.98, 0.05) * 0.35;
        grey_mix(grey_mix(base, [225.0; 3], stripe), [22.0, 26.0, 32.0], self.line(within - 1.1, 0.03))
    }

    fn window(&self) -> Rgb {
        let within = (self.along.rem_euclid(1.5) - 0.75).abs();
        let sky = grey_mix([168.0, 188.0, 204.0], [206.0, 220.0, 230.0], (self.above - WINDOWS_FOOT).min(1.0));
        let frame = self.line(within - 0.75, 0.14).max(self.line(self.above - WINDOWS_FOOT, 0.08));
        grey_mix(sky, [92.0, 100.0, 110.0], frame)
    }

    fn floor(&self) -> Rgb {
        let plank = self.above / 0.045;
        let shade = 0.94 + 0.09 * hash(plank.floor(), (self.along / 1.4 + hash(plank.floor(), 0.0) * 3.0).floor());
        let joint = self.line((plank - plank.floor()) * 0.045, 0.006) * 0.22;
        let depth = 1.0 - 0.10 * (self.above + 0.5).clamp(0.0, 1.0);
        grey_mix([170.0, 136.0, 98.0].map(|v| v * shade * depth), [96.0, 72.0, 50.0], joint)
    }

    fn piste(&self) -> Rgb {
        let brushed = 1.0 + 0.03 * (hash((self.above * 90.0).floor(), (self.along * 0.8).floor()) - 0.5);
        let base = [138.0, 144.0, 152.0].map(|v| v * brushed);
        let across = LINES.iter().map(|line| self.line(self.along - line, 0.055)).fold(0.0, f32::max);
        let edge = self.line(self.above.abs() - PISTE_HALF, 0.03);
        grey_mix(base, [228.0, 230.0, 232.0], across.max(edge))
    }

    /// Cover 0..1 of a line of `width` metres at a distance of `metres`, its edges smoothed over a pixel.
    fn line(&self, metres: f32, width: f32) -> f32 {
        ((width / 2.0 - metres.abs()) * self.scale + 0.5).clamp(0.0, 1.0)
    }
}

fn grey_mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|c| from[c] + (to[c] - from[c]) * share.clamp(0.0, 1.0))
}

/// A number 0..1 that belongs to two whole numbers.
fn hash(a: f32, b: f32) -> f32 {
    let mixed = (a as i32 as u32).wrapping_mul(0x85EB_CA6B) ^ (b as i32 as u32).wrapping_mul(0xC2B2_AE35);
    let stirred = (mixed ^ (mixed >> 15)).wrapping_mul(0x27D4_EB2F);
    ((stirred >> 8) & 0xFFFF) as f32 / 65_535.0
}
