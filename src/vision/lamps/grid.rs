//! A frame reduced to a coarse grid of cells: share of lamp-red and lamp-green pixels, and brightness.

use crate::video::Frame;

/// Cells across a frame: about four pixels each at the engine's width, so that a lamp of a wide shot is a few cells.
const COLUMNS: u32 = 240;

/// Lamp colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Red,
    Green,
}

impl Colour {
    pub(super) const BOTH: [Self; 2] = [Self::Red, Self::Green];

    /// Index in a pair of values, red first.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Red => 0,
            Self::Green => 1,
        }
    }
}

/// The cells of one frame, row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Pixels per side of a cell, in the scaled frame.
    pub(super) cell: usize,
    /// Share of lamp-red and lamp-green pixels, 0..=255.
    pub(super) lit: Vec<[u8; 2]>,
    /// Mean brightness, 0..=255.
    pub(super) luma: Vec<u8>,
}

impl Grid {
    pub(super) fn of(frame: &Frame) -> Self {
        let cell = (frame.size.width / COLUMNS).max(2) as usize;
        let (width, height) = (frame.size.width as usize, frame.size.height as usize);
        let (columns, rows) = (width / cell, height / cell);
        let mut grid = Self { columns, rows, cell, lit: Vec::new(), luma: Vec::new() };
        grid.lit.reserve(columns * rows);
        grid.luma.reserve(columns * rows);
        let mut sums = vec![[0u32; 3]; columns];
        for band in frame.rgb.chunks_exact(width * cell * 3) {
            sums.fill([0; 3]);
            for line in band.chunks_exact(width * 3) {
                for (sum, pixels) in sums.iter_mut().zip(line.chunks_exact(cell * 3)) {
                    add_pixels(sum, pixels);
                }
            }
            grid.push_row(&sums);
        }
        grid
    }

    fn push_row(&mut self, sums: &[[u32; 3]]) {
        let pixels = (self.cell * self.cell) as u32;
        for [red, green, luma] in sums {
            self.lit.push([(red * 255 / pixels) as u8, (green * 255 / pixels) as u8]);
            self.luma.push((luma / pixels).min(255) as u8);
        }
    }
}

fn add_pixels(sum: &mut [u32; 3], pixels: &[u8]) {
    for pixel in pixels.chunks_exact(3) {
        let (r, g, b) = (i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2]));
        sum[0] += u32::from(is_lamp_red(r, g, b));
        sum[1] += u32::from(is_lamp_green(r, g, b));
        sum[2] += ((2 * r + 5 * g + b) / 8) as u32;
    }
}

/// Bright and clearly red; the overexposed centre of a lamp may be pink, an épée lamp orange.
fn is_lamp_red(r: i32, g: i32, b: i32) -> bool {
    r >= 165 && r - g.max(b) >= 75
}

/// Bright and clearly green; green LEDs lean towards cyan in many cameras.
fn is_lamp_green(r: i32, g: i32, b: i32) -> bool {
    g >= 135 && g - r >= 65 && g - b >= 25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_lamps_are_distinguished_from_clothes_and_floors() {
        for (name, (r, g, b), red, green) in [
            ("bar", (214, 30, 60), true, false),
            ("overexposed lamp", (255, 150, 170), true, false),
            ("green bar", (60, 230, 70), false, true),
            ("cyan-green lamp", (70, 255, 190), false, true),
            ("white", (250, 250, 250), false, false),
            ("yellow bag", (230, 200, 20), false, false),
            ("green piste", (110, 150, 130), false, false),
            ("dark red", (110, 20, 20), false, false),
            ("turquoise", (30, 190, 190), false, false),
        ] {
            assert_eq!((is_lamp_red(r, g, b), is_lamp_green(r, g, b)), (red, green), "{name}");
        }
    }
}
