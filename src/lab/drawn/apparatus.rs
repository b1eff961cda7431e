//! The scoring apparatus on its stand behind the piste, and its lamps: red left, green right, white below each.

use super::camera::Camera;
use super::canvas::{Canvas, Rgb};
use super::vector::vec3;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::{Lamp, PerSide, Side};

/// Where the middle of the box hangs, metres: above the heads, so that no fencer hides it.
const HEIGHT: f32 = 2.02;
const BEHIND: f32 = 2.6;
/// Half the box, metres.
const BOX: (f32, f32) = (0.66, 0.23);
/// Metres from the middle of the box to the middle of a lamp.
const ASIDE: f32 = 0.33;

const RED: Rgb = [255.0, 42.0, 34.0];
const GREEN: Rgb = [40.0, 240.0, 74.0];
const WHITE: Rgb = [252.0, 252.0, 244.0];
const YELLOW: Rgb = [255.0, 214.0, 50.0];

/// Where a side's coloured lamp is in the image.
pub(super) fn touch_lamp(camera: &Camera, side: Side) -> ImageRect {
    around(camera, -ASIDE * side.forward_sign(), -0.04, (0.27, 0.125))
}

/// Where a side's white lamp is in the image.
fn white_lamp(camera: &Camera, side: Side) -> ImageRect {
    around(camera, -ASIDE * side.forward_sign(), 0.155, (0.27, 0.038))
}

/// Paints box and stand.
pub(super) fn paint_apparatus(canvas: &mut Canvas, camera: &Camera) {
    let foot = camera.project(vec3(0.0, 0.0, -BEHIND)).point();
    let middle = centre(camera);
    canvas.line(foot, middle, camera.pixels(0.045), [38.0, 40.0, 44.0]);
    for reach in [-0.32, 0.32] {
        let toe = camera.project(vec3(reach, 0.0, -BEHIND + 0.15)).point();
        let hub = ImagePoint::new(foot.x, foot.y - camera.pixels(0.22));
        canvas.line(hub, toe, camera.pixels(0.03), [38.0, 40.0, 44.0]);
    }
    canvas.fill_rounded(around(camera, 0.0, 0.0, BOX), camera.pixels(0.05), [26.0, 28.0, 32.0]);
    for side in Side::BOTH {
        canvas.fill_rounded(touch_lamp(camera, side), camera.pixels(0.03), colour_of(side).map(|v| 14.0 + v * 0.17));
        canvas.fill_rounded(white_lamp(camera, side), camera.pixels(0.015), [62.0, 63.0, 62.0]);
    }
}

/// Paints the lamps that burn, and the light they throw around.
pub(super) fn paint_lamps(canvas: &mut Canvas, camera: &Camera, lamps: PerSide<Lamp>) {
    for (side, lamp) in lamps.iter() {
        let lit = match lamp {
            Lamp::Off => continue,
            Lamp::Valid => (touch_lamp(camera, side), colour_of(side)),
            Lamp::OffTarget => (white_lamp(camera, side), WHITE),
            Lamp::Fault => (white_lamp(camera, side), YELLOW),
        };
        paint_lit(canvas, camera, lit);
    }
}

fn paint_lit(canvas: &mut Canvas, camera: &Camera, (area, colour): (ImageRect, Rgb)) {
    let (middle, reach) = (area.centre(), camera.pixels(0.30));
    canvas.over(area, 2.0 * reach, |canvas, x, y, at| {
        let away = at.distance(middle) / reach;
        let glow = 0.32 * (-away * away).exp();
        canvas.change(x, y, |old| std::array::from_fn(|c| old[c] + colour[c] * glow));
    });
    canvas.fill_rounded(area, camera.pixels(0.03), colour);
    let core = ImageRect {
        left: area.left + area.width() * 0.2,
        top: area.top + area.height() * 0.25,
        right: area.right - area.width() * 0.2,
        bottom: area.bottom - area.height() * 0.25,
    };
    canvas.fill_rounded(core, core.height() * 0.4, colour.map(|v| v + (255.0 - v) * 0.18));
}

const fn colour_of(side: Side) -> Rgb {
    match side {
        Side::Left => RED,
        Side::Right => GREEN,
    }
}

fn centre(camera: &Camera) -> ImagePoint {
    camera.project(vec3(0.0, HEIGHT, -BEHIND)).point()
}

/// A box in the image from metres right of and below the middle of the apparatus, and half its size in metres.
fn around(camera: &Camera, right: f32, below: f32, half: (f32, f32)) -> ImageRect {
    let middle = centre(camera);
    let (x, y) = (middle.x + camera.pixels(right), middle.y + camera.pixels(below));
    let (across, down) = (camera.pixels(half.0), camera.pixels(half.1));
    ImageRect { left: x - across, top: y - down, right: x + across, bottom: y + down }
}
