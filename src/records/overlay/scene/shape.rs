//! Shapes and colours of a scene.

use fencing::geometry::{ImagePoint, ImageRect};

/// A colour by meaning; [`rgb`] gives its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The left fencer.
    Left,
    /// The right fencer.
    Right,
    /// A white lamp.
    White,
    /// A caution; a blade contact.
    Warning,
    /// Text on a panel.
    Text,
    /// Less important text; neither side.
    Muted,
    /// Panels.
    Surface,
    /// Always dark: outlines behind marks, text on a lit lamp.
    Shade,
    /// Thin lines and lamps that are off.
    Line,
    /// The playhead.
    Accent,
}

/// Red, green and blue of a colour, 0..255.
pub const fn rgb(colour: Colour) -> [u8; 3] {
    match colour {
        Colour::Left => [0xE5, 0x38, 0x3B],
        Colour::Right => [0x2F, 0xB3, 0x44],
        Colour::White => [0xF4, 0xF6, 0xF8],
        Colour::Warning => [0xF2, 0xA9, 0x3B],
        Colour::Text => [0xE8, 0xEC, 0xF1],
        Colour::Muted => [0x98, 0xA2, 0xAE],
        Colour::Surface => [0x18, 0x1C, 0x22],
        Colour::Shade => [0x10, 0x13, 0x17],
        Colour::Line => [0x2A, 0x30, 0x38],
        Colour::Accent => [0x4C, 0x8D, 0xFF],
    }
}

/// A colour with its opacity, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Colour.
    pub colour: Colour,
    /// Opacity.
    pub alpha: f32,
}

impl Colour {
    /// Opaque.
    pub const fn ink(self) -> Ink {
        Ink { colour: self, alpha: 1.0 }
    }

    /// Translucent.
    pub const fn at(self, alpha: f32) -> Ink {
        Ink { colour: self, alpha }
    }
}

/// Order of painting, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The floor.
    Piste,
    /// Dark outlines behind skeletons.
    Outline,
    /// Skeletons.
    Skeleton,
    /// Tags on the fencers.
    Tag,
    /// Panels behind marks and text.
    Panel,
    /// Bars, lamps, edges.
    Mark,
    /// Words.
    Label,
}

/// Alignment of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The text begins at the point.
    Start,
    /// The text is centred on the point.
    Middle,
    /// The text ends at the point.
    End,
}

/// Font weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For text to be seen from afar.
    Bold,
}

/// A shape in pixels of the full-size frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line with round ends.
    Line {
        /// One end.
        from: ImagePoint,
        /// The other end.
        to: ImagePoint,
        /// Thickness.
        width: f32,
        /// Colour.
        ink: Ink,
    },
    /// A filled circle.
    Circle {
        /// Middle.
        centre: ImagePoint,
        /// Radius.
        radius: f32,
        /// Colour.
        ink: Ink,
    },
    /// A filled axis-aligned rectangle with rounded corners.
    Rect {
        /// The box.
        rect: ImageRect,
        /// Radius of the corners.
        corner: f32,
        /// Colour.
        ink: Ink,
    },
    /// A filled convex polygon.
    Polygon {
        /// Its corners in either order.
        points: Vec<ImagePoint>,
        /// Colour.
        ink: Ink,
    },
    /// One line of text.
    Text {
        /// The anchored point, at half the line's height.
        at: ImagePoint,
        /// Alignment.
        anchor: Anchor,
        /// Font size (em height) in pixels.
        size: f32,
        /// Font weight.
        weight: Weight,
        /// Maximum width: longer text is drawn smaller, then truncated with an ellipsis.
        max_width: f32,
        /// The text.
        text: String,
        /// Colour.
        ink: Ink,
    },
}
