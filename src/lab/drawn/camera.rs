//! From the hall to the image: a long lens a little above the piste, panning along it.

use super::vector::Vec3;
use fencing::geometry::ImagePoint;

/// How far the camera looks down, in degrees.
const TILT_DEGREES: f32 = 9.0;

/// A parallel projection: sizes do not shrink with distance, as with a long lens from far away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Camera {
    /// Pixels per metre along the piste.
    pub(super) pixels_per_metre: f32,
    /// Where the middle of the piste's floor is in the image.
    pub(super) origin: ImagePoint,
}

/// A point of the hall in the image, with its nearness in pixels (larger is nearer).
#[derive(Clone, Copy, Debug)]
pub(super) struct Projected {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) near: f32,
}

impl Projected {
    pub(super) const fn point(self) -> ImagePoint {
        ImagePoint::new(self.x, self.y)
    }
}

impl Camera {
    /// The image of a point.
    pub(super) fn project(&self, p: Vec3) -> Projected {
        let (sin, cos) = TILT_DEGREES.to_radians().sin_cos();
        let scale = self.pixels_per_metre;
        Projected {
            x: self.origin.x + p.x * scale,
            y: self.origin.y - (p.y * cos - p.z * sin) * scale,
            near: (p.z * cos + p.y * sin) * scale,
        }
    }

    /// A length of the hall in pixels.
    pub(super) fn pixels(&self, metres: f32) -> f32 {
        metres * self.pixels_per_metre
    }

    /// The same camera with its image shifted by `pixels` to the right.
    pub(super) fn shifted(self, pixels: f32) -> Self {
        Self { origin: ImagePoint::new(self.origin.x + pixels, self.origin.y), ..self }
    }
}
