//! Home-made boxes that send one letter per lamp: 9600 8-N-1.
//!
//! | letter | meaning |
//! |---|---|
//! | `A` | red lamp (left) |
//! | `B` | green lamp (right) |
//! | `C` | red side's off-target lamp |
//! | `D` | green side's off-target lamp |
//! | `R` | reset: all dark |
//!
//! Letters are sent once, without check or repetition: a lost letter is a lost lamp. Blanks and line ends are allowed.

use crate::{
    decoder::{Arrival, Decoder, Stamp, Tally},
    reading::{LampBits, Reading, Word},
};
use fencing::PerSide;

/// One byte takes 1 ms; the box's own loop is not documented.
const AGE_SECS: f64 = 0.002;
const UNCERTAINTY_SECS: f64 = 0.005;

/// Reader of letters.
#[derive(Debug, Default)]
pub struct Letters {
    tally: Tally,
    lamps: PerSide<LampBits>,
}

impl Letters {
    fn letter(&mut self, byte: u8) -> bool {
        match byte {
            b'A' => self.lamps.left.coloured = true,
            b'B' => self.lamps.right.coloured = true,
            b'C' => self.lamps.left.white = true,
            b'D' => self.lamps.right.white = true,
            b'R' => self.lamps = PerSide::default(),
            _ => return false,
        }
        true
    }
}

impl Decoder for Letters {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        for byte in arrival.bytes {
            if self.letter(*byte) {
                self.tally.good_frame(1);
                out.push(stamp.reading(Word::Lamps(self.lamps)));
            } else if byte.is_ascii_whitespace() {
                self.tally.explained += 1;
            } else {
                self.tally.bad += 1;
            }
        }
    }

    fn reconnected(&mut self) {}

    fn tally(&self) -> Tally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::words;

    #[test]
    fn letters_add_up_until_the_reset() {
        let said = words(&mut Letters::default(), b"A\r\nD?R");
        let dark = LampBits::default();
        assert_eq!(
            said,
            [
                Word::Lamps(PerSide::new(LampBits::COLOURED, dark)),
                Word::Lamps(PerSide::new(LampBits::COLOURED, LampBits::WHITE)),
                Word::Lamps(PerSide::new(dark, dark)),
            ]
        );
    }
}
