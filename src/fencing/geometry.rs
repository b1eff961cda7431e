//! Points and boxes, with the space they live in kept in the name.
//!
//! Two spaces exist. *Image*: pixels of the full-size frame, x to the right, y **down**. *Piste*: metres along the piste,
//! x to the right of the picture, y **up**. A value without a space in its name or its type's doc is a bug.

/// A point in pixels of the full-size frame: x to the right, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImagePoint {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

impl ImagePoint {
    /// A point at `x`, `y` pixels.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Distance in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Whether both coordinates are finite numbers.
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

/// A point in metres on the plane of the piste: x along it to the right of the picture, y up from the floor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PistePoint {
    /// Metres to the right.
    pub x: f32,
    /// Metres up.
    pub y: f32,
}

/// Width and height of a frame in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FrameSize {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl FrameSize {
    /// A size of `width` x `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Length of the diagonal in pixels.
    pub fn diagonal(self) -> f32 {
        (self.width as f32).hypot(self.height as f32)
    }
}

/// An upright box in pixels of the full-size frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImageRect {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Bottom edge.
    pub bottom: f32,
}

impl ImageRect {
    /// The smallest box around finite points; `None` when there is none.
    pub fn around(points: impl IntoIterator<Item = ImagePoint>) -> Option<Self> {
        points.into_iter().filter(|p| p.is_finite()).fold(None, |found: Option<Self>, p| {
            let b = found.unwrap_or(Self { left: p.x, top: p.y, right: p.x, bottom: p.y });
            Some(Self {
                left: b.left.min(p.x),
                top: b.top.min(p.y),
                right: b.right.max(p.x),
                bottom: b.bottom.max(p.y),
            })
        })
    }

    /// Width in pixels, never negative.
    pub fn width(self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    /// Height in pixels, never negative.
    pub fn height(self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    /// The middle of the box.
    pub fn centre(self) -> ImagePoint {
        ImagePoint::new(f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom))
    }

    /// Area in square pixels.
    pub fn area(self) -> f32 {
        self.width() * self.height()
    }

    /// Intersection over union with `other`, 0..1.
    pub fn iou(self, other: Self) -> f32 {
        let shared = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
        .area();
        let either = self.area() + other.area() - shared;
        if either > 0.0 { shared / either } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn box_around_skips_what_is_not_a_number() {
        let points = [ImagePoint::new(1.0, 5.0), ImagePoint::new(f32::NAN, 0.0), ImagePoint::new(3.0, 2.0)];
        let b = ImageRect::around(points).unwrap();
        assert_eq!(b, ImageRect { left: 1.0, top: 2.0, right: 3.0, bottom: 5.0 });
        assert_eq!(ImageRect::around([]), None);
    }

    #[test]
    fn iou_of_half_shifted_squares_is_a_third() {
        let a = ImageRect { left: 0.0, top: 0.0, right: 2.0, bottom: 2.0 };
        let b = ImageRect { left: 1.0, top: 0.0, right: 3.0, bottom: 2.0 };
        assert!((a.iou(b) - 1.0 / 3.0).abs() < 1e-6);
        assert!(a.iou(ImageRect::default()) == 0.0);
    }
}
