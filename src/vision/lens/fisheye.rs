//! The fisheye model: angle from the optical axis to distance from the image centre.
//!
//! A ray at angle `t` from the axis meets the raw image at distance `f t (1 + k t^2)` from its centre and the corrected one at
//! `g tan t`. `f` is the longer side of the image (a guess: a club's phone is not calibrated), `k` the strength, and `g` is
//! chosen so that the corrected image is filled (balance 0) or that nothing is lost (balance 1).

use fencing::geometry::{FrameSize, ImagePoint};

/// The user's lens settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LensSettings {
    /// Whether to correct at all.
    pub enabled: bool,
    /// `k`, the cubic term of the model; the reference's -0.18 by default.
    pub strength: f64,
    /// 0 crops until no border shows, 1 keeps every pixel and shows black borders.
    pub balance: f64,
}

impl Default for LensSettings {
    /// The reference's defaults: on, strength -0.18, balance 0.
    fn default() -> Self {
        Self { enabled: true, strength: -0.18, balance: 0.0 }
    }
}

/// Invalid lens settings.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LensError {
    /// The image has no area.
    #[error("a frame of {}x{} has no centre to correct around", .0.width, .0.height)]
    EmptyFrame(FrameSize),
    /// Not a number, or outside 0..=1.
    #[error("the lens balance must lie between 0 and 1, not {0}")]
    Balance(f64),
    /// Not a number, or so strong that the mapping is not invertible.
    #[error(
        "a lens strength of {0} folds the corners of the frame over; use a value between -0.5 and 2, such as -0.18"
    )]
    Strength(f64),
}

/// A lens for images of one size; maps points in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lens {
    size: FrameSize,
    model: Option<FisheyeModel>,
}

/// Parameters of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
struct FisheyeModel {
    strength: f64,
    /// Focal length of the raw image in pixels.
    raw_focal: f64,
    /// Focal length of the corrected image in pixels.
    focal: f64,
    /// Centre of the raw image.
    raw_centre: (f64, f64),
    /// Intersection of the optical axis with the corrected image.
    centre: (f64, f64),
    /// Largest angle at which the model is monotonic.
    max_angle: f64,
}

/// Rays beyond this angle (86 degrees) cannot be mapped to a rectilinear image.
const MAX_RAY_ANGLE: f64 = 1.5;

impl Lens {
    /// A lens for images of `size`; the identity when correction is not enabled.
    pub fn new(settings: LensSettings, size: FrameSize) -> Result<Self, LensError> {
        if size.width == 0 || size.height == 0 {
            return Err(LensError::EmptyFrame(size));
        }
        if !(0.0..=1.0).contains(&settings.balance) {
            return Err(LensError::Balance(settings.balance));
        }
        let model = if settings.enabled { Some(FisheyeModel::new(settings, size)?) } else { None };
        Ok(Self { size, model })
    }

    /// The identity mapping.
    pub const fn identity(size: FrameSize) -> Self {
        Self { size, model: None }
    }

    /// Size of the images.
    pub const fn size(&self) -> FrameSize {
        self.size
    }

    /// Whether it is the identity.
    pub const fn is_identity(&self) -> bool {
        self.model.is_none()
    }

    /// Maps a point of the raw image to the corrected one. Keeps values that are not numbers.
    pub fn correct(&self, raw: ImagePoint) -> ImagePoint {
        let Some(model) = self.model else { return raw };
        let (x, y) = offset(raw, model.raw_centre, model.raw_focal);
        let distortion = x.hypot(y);
        let stretch = if distortion > 1e-12 { model.angle(distortion).tan() / distortion } else { 1.0 };
        point_at((x * stretch, y * stretch), model.centre, model.focal)
    }

    /// Maps a point of the corrected image to the raw one: the inverse of [`correct`](Self::correct).
    pub fn distort(&self, corrected: ImagePoint) -> ImagePoint {
        let Some(model) = self.model else { return corrected };
        let (x, y) = offset(corrected, model.centre, model.focal);
        let straight = x.hypot(y);
        let squeeze =
            if straight > 1e-12 { model.distortion(straight.atan().min(model.max_angle)) / straight } else { 1.0 };
        point_at((x * squeeze, y * squeeze), model.raw_centre, model.raw_focal)
    }
}

impl FisheyeModel {
    fn new(settings: LensSettings, size: FrameSize) -> Result<Self, LensError> {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let strength = settings.strength;
        let raw_focal = width.max(height);
        let raw_centre = (width / 2.0, height / 2.0);
        let folding = if strength < 0.0 { (-1.0 / (3.0 * strength)).sqrt() } else { f64::INFINITY };
        let max_angle = MAX_RAY_ANGLE.min(folding * 0.999);
        let mut model = Self { strength, raw_focal, focal: raw_focal, raw_centre, centre: raw_centre, max_angle };
        let corner = (width / 2.0).hypot(height / 2.0) / raw_focal;
        if !strength.is_finite() || model.distortion(max_angle) <= corner {
            return Err(LensError::Strength(strength));
        }
        // The image is symmetric about its centre, so the mean of the corrected edge mid-points is the axis itself and opposite edges
        // need the same focal length: the four candidates of the reference are two.
        let across = (width / 2.0) / model.angle(width / 2.0 / raw_focal).tan();
        let down = (height / 2.0) / model.angle(height / 2.0 / raw_focal).tan();
        model.focal = settings.balance * across.min(down) + (1.0 - settings.balance) * across.max(down);
        Ok(model)
    }

    /// Distance from the centre of the raw image, in focal lengths, of a ray at `angle`.
    fn distortion(&self, angle: f64) -> f64 {
        angle * (1.0 + self.strength * angle * angle)
    }

    /// Inverse of that: Newton's method on a function that is monotonic up to `max_angle`.
    fn angle(&self, distortion: f64) -> f64 {
        let distortion = distortion.min(self.distortion(self.max_angle));
        let mut angle = distortion.min(self.max_angle);
        for _ in 0..12 {
            let slope = 1.0 + 3.0 * self.strength * angle * angle;
            let step = (self.distortion(angle) - distortion) / slope.max(1e-3);
            angle = (angle - step).clamp(0.0, self.max_angle);
            if step.abs() < 1e-12 {
                break;
            }
        }
        angle
    }
}

fn offset(point: ImagePoint, centre: (f64, f64), focal: f64) -> (f64, f64) {
    ((f64::from(point.x) - centre.0) / focal, (f64::from(point.y) - centre.1) / focal)
}

fn point_at((x, y): (f64, f64), centre: (f64, f64), focal: f64) -> ImagePoint {
    ImagePoint::new((x * focal + centre.0) as f32, (y * focal + centre.1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lens(strength: f64, balance: f64, width: u32, height: u32) -> Result<Lens, LensError> {
        Lens::new(LensSettings { enabled: true, strength, balance }, FrameSize::new(width, height))
    }

    #[test]
    fn the_reference_s_check_values_come_out() {
        for (balance, focal) in [(0.0, 1226.79), (1.0, 1101.80)] {
            let model = lens(-0.18, balance, 1280, 720).unwrap().model.unwrap();
            assert!((model.focal - focal).abs() < 0.01, "{}", model.focal);
            assert_eq!(model.centre, (640.0, 360.0));
        }
    }

    #[test]
    fn settings_that_describe_no_lens_are_refused() {
        assert!(matches!(lens(-5.0, 0.0, 1280, 720), Err(LensError::Strength(_))));
        assert!(matches!(lens(f64::NAN, 0.0, 1280, 720), Err(LensError::Strength(_))));
        assert!(matches!(lens(-0.18, 1.5, 1280, 720), Err(LensError::Balance(_))));
        assert!(matches!(lens(-0.18, f64::NAN, 1280, 720), Err(LensError::Balance(_))));
        assert!(matches!(lens(-0.18, 0.0, 0, 720), Err(LensError::EmptyFrame(_))));
    }

    #[test]
    fn a_lens_that_is_off_changes_nothing() {
        let off = LensSettings { enabled: false, ..LensSettings::default() };
        let lens = Lens::new(off, FrameSize::new(640, 360)).unwrap();
        assert_eq!(lens.correct(ImagePoint::new(3.0, 4.0)), ImagePoint::new(3.0, 4.0));
        assert!(lens.is_identity() && lens == Lens::identity(lens.size()));
    }

    #[test]
    fn with_balance_zero_the_picture_is_filled() {
        let lens = lens(-0.18, 0.0, 1280, 720).unwrap();
        for (x, y) in [(0.0, 0.0), (1280.0, 0.0), (640.0, 720.0), (0.0, 360.0), (1280.0, 720.0)] {
            let raw = lens.distort(ImagePoint::new(x, y));
            assert!((-0.01..=1280.01).contains(&raw.x) && (-0.01..=720.01).contains(&raw.y), "{raw:?}");
        }
    }

    fn lenses() -> impl Strategy<Value = Lens> {
        let odd_sizes = || prop_oneof![Just(1u32), 2u32..64, 64u32..4000];
        (-0.25f64..1.0, 0.0f64..=1.0, odd_sizes(), odd_sizes())
            .prop_filter_map("folds", |(k, b, w, h)| lens(k, b, w, h).ok())
    }

    proptest! {
        #[test]
        fn correcting_and_distorting_are_inverse(lens in lenses(), x in 0.0f32..1.0, y in 0.0f32..1.0) {
            let raw = ImagePoint::new(x * lens.size().width as f32, y * lens.size().height as f32);
            let back = lens.distort(lens.correct(raw));
            prop_assert!(back.distance(raw) < 0.01, "{raw:?} came back as {back:?}");
        }

        #[test]
        fn the_middle_stays(lens in lenses()) {
            let middle = ImagePoint::new(lens.size().width as f32 / 2.0, lens.size().height as f32 / 2.0);
            prop_assert!(lens.correct(middle).distance(middle) < 1e-3);
        }

        #[test]
        fn farther_out_stays_farther_out(lens in lenses(), a in 0.0f32..0.5, b in 0.0f32..0.5) {
            let (w, h) = (lens.size().width as f32, lens.size().height as f32);
            let along = |t: f32| lens.correct(ImagePoint::new(w / 2.0 + t * w, h / 2.0 + t * h));
            let middle = along(0.0);
            let (near, far) = (along(a.min(b)).distance(middle), along(a.max(b)).distance(middle));
            prop_assert!(near <= far + 1e-3);
        }

        #[test]
        fn points_far_outside_stay_numbers(lens in lenses(), x in -1e6f32..1e6, y in -1e6f32..1e6) {
            prop_assert!(lens.correct(ImagePoint::new(x, y)).is_finite());
            prop_assert!(lens.distort(ImagePoint::new(x, y)).is_finite());
        }
    }
}
