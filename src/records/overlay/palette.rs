//! Colours by meaning, and the one set of numbers for them (the house's dark theme).

use super::scene::Colour;

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
