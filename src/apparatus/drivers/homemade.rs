//! Home-made boxes of the `wnew/fencing_scoring_box` family: one letter per lamp, or `name : 0|1` lines.
//!
//! [`Letters`], 9600 8-N-1. Sent once, without check or repetition: a lost letter is a lost lamp. Blanks and line ends are
//! allowed.
//!
//! | letter | meaning |
//! |---|---|
//! | `A` | red lamp (left) |
//! | `B` | green lamp (right) |
//! | `C` | red side's off-target lamp |
//! | `D` | green side's off-target lamp |
//! | `R` | reset: all dark |
//!
//! [`NamedLines`], 57600 8-N-1, a block of lines over and over. No checksum: names have to match exactly, blanks aside. The
//! block repeats the whole state, so damage heals itself.
//!
//! | line | meaning |
//! |---|---|
//! | `hitOnTargA : 1` | red lamp (left) |
//! | `hitOffTargA : 1` | red side's off-target lamp |
//! | `hitOffTargB : 1` | green side's off-target lamp |
//! | `hitOnTargB : 1` | green lamp (right) |
//! | `Locked Out : 1` | the window for the second light is over, end of the block |

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::framing::{Line, Lines};
use fencing::{PerSide, SignalKind};

/// One byte takes 1 ms; the box's own loop is not documented.
const LETTER_AGE_SECS: f64 = 0.002;
const LETTER_UNCERTAINTY_SECS: f64 = 0.005;

/// Decoder of letters.
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
        let stamp = Stamp::aged(arrival.at, LETTER_AGE_SECS, LETTER_UNCERTAINTY_SECS);
        for byte in arrival.bytes {
            if self.letter(*byte) {
                self.tally.good_frame(1);
                out.push(stamp.reading(Report::Lamps(self.lamps)));
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

/// A block of about 80 bytes takes 14 ms at 57600; a change waits for its own line in the block.
const BLOCK_AGE_SECS: f64 = 0.010;
const BLOCK_UNCERTAINTY_SECS: f64 = 0.012;
const MAX_LINE: usize = 64;

/// Decoder of named lines.
#[derive(Debug)]
pub struct NamedLines {
    tally: Tally,
    lines: Lines,
    lamps: PerSide<LampBits>,
    locked_out: bool,
}

impl Default for NamedLines {
    fn default() -> Self {
        Self { tally: Tally::default(), lines: Lines::up_to(MAX_LINE), lamps: PerSide::default(), locked_out: false }
    }
}

impl NamedLines {
    /// Reports of a line; `None` when it is not a line of this box, empty when nothing changed.
    fn line(&mut self, line: &[u8]) -> Option<Vec<Report>> {
        let text = std::str::from_utf8(line).ok()?;
        let (name, value) = text.split_once(':')?;
        let on = match value.trim() {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        match name.trim() {
            "hitOnTargA" => self.lamps.left.coloured = on,
            "hitOffTargA" => self.lamps.left.white = on,
            "hitOffTargB" => self.lamps.right.white = on,
            "hitOnTargB" => self.lamps.right.coloured = on,
            "Locked Out" => return Some(self.lockout(on)),
            _ => return None,
        }
        Some(vec![Report::Lamps(self.lamps)])
    }

    /// The box locks out *after* the window; for the phrase that is its end.
    fn lockout(&mut self, on: bool) -> Vec<Report> {
        let began = on && !self.locked_out;
        self.locked_out = on;
        if began { vec![Report::Signal(SignalKind::PhraseEnd)] } else { Vec::new() }
    }
}

impl Decoder for NamedLines {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        let stamp = Stamp::aged(arrival.at, BLOCK_AGE_SECS, BLOCK_UNCERTAINTY_SECS);
        for byte in arrival.bytes {
            let Some(line) = self.lines.push(*byte) else { continue };
            let Line::Whole(line, length) = line else {
                self.tally.bad += 1;
                continue;
            };
            match self.line(&line) {
                Some(reports) => {
                    self.tally.good_frame(length);
                    out.extend(reports.into_iter().map(|report| stamp.reading(report)));
                }
                None => self.tally.bad += 1,
            }
        }
    }

    fn reconnected(&mut self) {
        self.lines.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::reports;

    #[test]
    fn letters_add_up_until_the_reset() {
        let output = reports(&mut Letters::default(), b"A\r\nD?R");
        let dark = LampBits::default();
        assert_eq!(
            output,
            [
                Report::Lamps(PerSide::new(LampBits::COLOURED, dark)),
                Report::Lamps(PerSide::new(LampBits::COLOURED, LampBits::WHITE)),
                Report::Lamps(PerSide::new(dark, dark)),
            ]
        );
    }

    #[test]
    fn a_block_with_a_left_touch() {
        let block = b"hitOnTargA : 1\r\nhitOffTargA : 0\r\nhitOffTargB : 0\r\nhitOnTargB : 0\r\nLocked Out : 1\r\n";
        let output = reports(&mut NamedLines::default(), block);
        let left = Report::Lamps(PerSide::new(LampBits::COLOURED, LampBits::default()));
        assert_eq!(output.len(), 5);
        assert!(output[..4].iter().all(|w| *w == left));
        assert_eq!(output[4], Report::Signal(SignalKind::PhraseEnd));
    }

    #[test]
    fn a_damaged_line_costs_only_itself() {
        let mut box_ = NamedLines::default();
        let output = reports(&mut box_, b"hitOnTa\xFFgA : 1\nhitOnTargB : 1\nhitOnTargB : 7\n");
        assert_eq!(output, [Report::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED))]);
        assert_eq!(box_.tally().bad, 2);
    }
}
