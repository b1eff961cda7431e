//! Home-made boxes that print their variables: 57600 8-N-1, a block of `name : 0|1` lines, over and over.
//!
//! | line | meaning |
//! |---|---|
//! | `hitOnTargA : 1` | red lamp (left) |
//! | `hitOffTargA : 1` | red side's off-target lamp |
//! | `hitOffTargB : 1` | green side's off-target lamp |
//! | `hitOnTargB : 1` | green lamp (right) |
//! | `Locked Out : 1` | the window for the second light is over, end of the block |
//!
//! No checksum: names have to match exactly, blanks aside. The block repeats the whole state, so damage heals itself.

use crate::{
    decoder::{Arrival, Decoder, Stamp, Tally},
    lines::{Line, Lines},
    reading::{LampBits, Reading, Word},
};
use fencing::{PerSide, SignalKind};

/// A block of about 80 bytes takes 14 ms at 57600; a change waits for its own line to come round.
const AGE_SECS: f64 = 0.010;
const UNCERTAINTY_SECS: f64 = 0.012;
const LONGEST_LINE: usize = 64;

/// Reader of named lines.
#[derive(Debug)]
pub struct NamedLines {
    tally: Tally,
    lines: Lines,
    lamps: PerSide<LampBits>,
    locked_out: bool,
}

impl Default for NamedLines {
    fn default() -> Self {
        Self {
            tally: Tally::default(),
            lines: Lines::up_to(LONGEST_LINE),
            lamps: PerSide::default(),
            locked_out: false,
        }
    }
}

impl NamedLines {
    /// What a line says; `None` when it is no line of this box, an empty list when it says nothing new.
    fn line(&mut self, line: &[u8]) -> Option<Vec<Word>> {
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
        Some(vec![Word::Lamps(self.lamps)])
    }

    /// The box locks out *after* the window; seen from the phrase that is its end.
    fn lockout(&mut self, on: bool) -> Vec<Word> {
        let began = on && !self.locked_out;
        self.locked_out = on;
        if began { vec![Word::Signal(SignalKind::PhraseEnd)] } else { Vec::new() }
    }
}

impl Decoder for NamedLines {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        for byte in arrival.bytes {
            let Some(line) = self.lines.push(*byte) else { continue };
            let Line::Whole(line, length) = line else {
                self.tally.bad += 1;
                continue;
            };
            match self.line(&line) {
                Some(words) => {
                    self.tally.good_frame(length);
                    out.extend(words.into_iter().map(|word| stamp.reading(word)));
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
    use crate::drivers::testing::words;

    #[test]
    fn a_block_with_a_left_touch() {
        let block = b"hitOnTargA : 1\r\nhitOffTargA : 0\r\nhitOffTargB : 0\r\nhitOnTargB : 0\r\nLocked Out : 1\r\n";
        let said = words(&mut NamedLines::default(), block);
        let left = Word::Lamps(PerSide::new(LampBits::COLOURED, LampBits::default()));
        assert_eq!(said.len(), 5);
        assert!(said[..4].iter().all(|w| *w == left));
        assert_eq!(said[4], Word::Signal(SignalKind::PhraseEnd));
    }

    #[test]
    fn a_damaged_line_costs_only_itself() {
        let mut box_ = NamedLines::default();
        let said = words(&mut box_, b"hitOnTa\xFFgA : 1\nhitOnTargB : 1\nhitOnTargB : 7\n");
        assert_eq!(said, [Word::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED))]);
        assert_eq!(box_.tally().bad, 2);
    }
}
