//! The few shapes and meanings of colour that a scene is made of.

use fencing::geometry::{ImagePoint, ImageRect};

/// A colour by what it means; [`rgb`] gives its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The left fencer.
    Left,
    /// The right fencer.
    Right,
    /// A white lamp.
    White,
    /// Something to take with care; a blade contact.
    Warning,
    /// Text on a surface.
    Text,
    /// Less important text; neither side.
    Muted,
    /// Panels.
    Surface,
    /// What must be dark: outlines behind marks, text on a lit lamp.
    Shade,
    /// Hairlines and lamps that are off.
    Line,
    /// The playhead.
    Accent,
}

/// Red, green and blue of a meaning, 0..255 each.
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

/// A colour and how much of it, 0 (nothing) to 1 (opaque).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Which.
    pub colour: Colour,
    /// How much.
    pub alpha: f32,
}

impl Colour {
    /// Opaque.
    pub const fn ink(self) -> Ink {
        Ink { colour: self, alpha: 1.0 }
    }

    /// See-through.
    pub const fn at(self, alpha: f32) -> Ink {
        Ink { colour: self, alpha }
    }
}

/// What is painted first and what over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// On the floor.
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

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// Weight of the typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For words that are seen from afar.
    Bold,
}

/// One shape in pixels of the full-size picture.
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
    /// A filled upright box with round corners.
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
        /// Its corners, either way round.
        points: Vec<ImagePoint>,
        /// Colour.
        ink: Ink,
    },
    /// One line of text.
    Text {
        /// The point that `anchor` speaks of, on the middle of the line's height.
        at: ImagePoint,
        /// Which end stands there.
        anchor: Anchor,
        /// Size of the typeface (its em).
        size: f32,
        /// Its weight.
        weight: Weight,
        /// The widest that it may get: longer text is drawn smaller, then cut with an ellipsis.
        max_width: f32,
        /// The words.
        text: String,
        /// Colour.
        ink: Ink,
    },
}
