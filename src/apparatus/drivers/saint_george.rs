//! Saint-George SG12/SG21 class: 9600 8-N-1, ASCII between SOH (`01`) and EOT (`04`).
//!
//! | message | bytes |
//! |---|---|
//! | lamps | `01 13 'L' 'R' r 'G' g 'W' w 'w' w 04`; `W` is the red side's white, `w` the green side's |
//! | score | `01 13 'S' 'T' 02 RRR ':' LLL 02 ...cards... 04`; older: `01 13 'S' RR ':' LL 04` |
//! | clock | `01 13 'R' '_' 'F' '$' 02 ...M:SS. 04` or `01 13 'T' MM ':' SS 04` |
//! | priority | `01 12 'P' ... 04`: published readers disagree, read and left alone |
//!
//! No checksum: every fixed byte is checked, and a message that does not match exactly is dropped. The layout of the cards
//! behind the score is not published in a form that agrees with itself, so they are not read.

use super::soh_frames::{self, DC3, STX, SohFrames, clock_secs, flag, number};
use crate::{
    decoder::{Arrival, Decoder, Stamp, Tally},
    event::{BoutClock, ClockRun},
    reading::{LampBits, Reading, Word},
};
use fencing::PerSide;

/// The lamp message has 12 bytes: 12.5 ms on the wire.
const AGE_SECS: f64 = 0.015;
const UNCERTAINTY_SECS: f64 = 0.010;
const DC2: u8 = 0x12;

/// Reader of Saint-George messages.
#[derive(Debug, Default)]
pub struct SaintGeorge {
    frames: SohFrames,
    tally: Tally,
}

impl Decoder for SaintGeorge {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        soh_frames::feed((&mut self.frames, &mut self.tally), arrival, &stamp, message, out);
    }

    fn reconnected(&mut self) {
        self.frames.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

/// What a message says, possibly nothing to us; `None` when it is no message of this box.
fn message(body: &[u8]) -> Option<Vec<Word>> {
    let word = match body {
        [DC3, b'L', b'R', r, b'G', g, b'W', left_white, b'w', right_white] => Word::Lamps(PerSide::new(
            LampBits { coloured: flag(*r)?, white: flag(*left_white)?, yellow: false },
            LampBits { coloured: flag(*g)?, white: flag(*right_white)?, yellow: false },
        )),
        [DC3, b'S', b'T', STX, rest @ ..] => score(rest.split(|b| *b == STX).next()?)?,
        [DC3, b'S', rest @ ..] => score(rest)?,
        [DC3, b'R', b'_', b'F', b'$', STX, rest @ ..] => clock(rest, ClockRun::Running)?,
        [DC3, b'T', rest @ ..] => clock(rest, ClockRun::Stopped)?,
        [DC2, b'P', ..] => return Some(Vec::new()),
        _ => return None,
    };
    Some(vec![word])
}

fn score(field: &[u8]) -> Option<Word> {
    let colon = field.iter().position(|b| *b == b':')?;
    Some(Word::Score(PerSide::new(number(&field[colon + 1..])?, number(&field[..colon])?)))
}

/// The clock stands at the end of its field, behind filler that differs between models.
fn clock(field: &[u8], run: ClockRun) -> Option<Word> {
    let colon = field.iter().position(|b| *b == b':')?;
    let digits = field[..colon].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let shown_secs = clock_secs(&field[colon - digits..])?;
    Some(Word::Clock(BoutClock { shown_secs, run }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::words;

    fn read(wire: &[u8]) -> Vec<Word> {
        words(&mut SaintGeorge::default(), wire)
    }

    #[test]
    fn golden_vector_green_only() {
        let wire = [0x01, 0x13, 0x4C, 0x52, 0x30, 0x47, 0x31, 0x57, 0x30, 0x77, 0x30, 0x04];
        assert_eq!(read(&wire), [Word::Lamps(PerSide::new(LampBits::default(), LampBits::COLOURED))]);
    }

    #[test]
    fn scores_and_clocks_of_both_ages() {
        let score = [Word::Score(PerSide::new(12, 4))];
        assert_eq!(read(b"\x01\x13ST\x02004:012\x02000\x02\x04"), score);
        assert_eq!(read(b"\x01\x13S04:12\x04"), score);
        let clock = |shown_secs, run| [Word::Clock(BoutClock { shown_secs, run })];
        assert_eq!(read(b"\x01\x13R_F$\x02  2:56.\x04"), clock(176.0, ClockRun::Running));
        assert_eq!(read(b"\x01\x13T02:56\x04"), clock(176.0, ClockRun::Stopped));
    }

    #[test]
    fn what_is_not_understood_is_counted_and_skipped() {
        let mut sg = SaintGeorge::default();
        assert_eq!(words(&mut sg, b"\x01\x13Lxx\x04\x01\x12P1\x04\x01\x13S:\x04"), []);
        assert_eq!((sg.tally().good, sg.tally().bad), (1, 2));
    }
}
