//! PisteLink's microcontroller, read directly: 115200 8-N-1.
//!
//! | main frame | meaning |
//! |---|---|
//! | 0 | `8E` |
//! | 1 | `02` |
//! | 2-7 | serial number, ASCII |
//! | 8 | version |
//! | 9 | sequence; each frame is sent three times with the same one |
//! | 12 | command: `50` start, `51` cancel, `52` end |
//! | 13.. | data; for `52` one byte for A and one for B: 0 lit, 1 guard, 2 invalid, 3 none |
//! | last 5 | length (2), CRC-16/XMODEM of everything before it, `8E` included (2, high byte first), `8E` |
//!
//! Hit frames are five ASCII bytes `AT<digit>YZ`, sent once; the digit is the `fight` number. The byte order of the CRC and
//! the meaning of bytes 10 and 11 are not published; neither was verified on a real box.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::drivers::pistelink::signal_of;
use crc::{CRC_16_XMODEM, Crc, Table};
use fencing::{PerSide, Side, SignalKind};

const MARK: u8 = 0x8E;
const HIT: usize = 5;
/// Head (13 bytes), length, CRC and closing mark.
const MIN_LENGTH: usize = 18;
const MAX_LENGTH: usize = 64;
/// A hit frame takes 0.4 ms; the microcontroller's own scan is not documented.
const AGE_SECS: f64 = 0.002;
const UNCERTAINTY_SECS: f64 = 0.005;

/// Decoder of the microcontroller's frames.
pub struct PisteLinkMcu {
    pending: Vec<u8>,
    tally: Tally,
    crc: Crc<u16, Table<1>>,
    last: Option<(u8, u8)>,
}

impl Default for PisteLinkMcu {
    fn default() -> Self {
        Self {
            pending: Vec::new(),
            tally: Tally::default(),
            crc: Crc::<u16, Table<1>>::new(&CRC_16_XMODEM),
            last: None,
        }
    }
}

/// Kind of the first pending bytes.
enum Head {
    /// A frame of this many bytes.
    Frame(usize),
    /// Undecided: more bytes are needed.
    Wait,
    /// No frame begins here.
    Nothing,
}

impl PisteLinkMcu {
    fn head(&self) -> Head {
        match self.pending.as_slice() {
            [b'A', b'T', digit, b'Y', b'Z', ..] if digit.is_ascii_digit() => Head::Frame(HIT),
            [b'A', rest @ ..] if rest.len() < HIT - 1 && could_be_hit(rest) => Head::Wait,
            [] | [MARK] => Head::Wait,
            [MARK, 0x02, ..] => self.main_frame(),
            _ => Head::Nothing,
        }
    }

    /// The closing mark may also occur inside: every mark far enough in is tried with its CRC.
    fn main_frame(&self) -> Head {
        let ends = self.pending.iter().enumerate().skip(MIN_LENGTH - 1).take(MAX_LENGTH).filter(|(_, b)| **b == MARK);
        for (end, _) in ends {
            let covered = &self.pending[..end - 2];
            let expected_crc = u16::from_be_bytes([self.pending[end - 2], self.pending[end - 1]]);
            if self.crc.checksum(covered) == expected_crc {
                return Head::Frame(end + 1);
            }
        }
        if self.pending.len() < MIN_LENGTH - 1 + MAX_LENGTH && !self.next_frame_waits() {
            Head::Wait
        } else {
            Head::Nothing
        }
    }

    /// Whether another frame begins behind the head: then the head is broken.
    fn next_frame_waits(&self) -> bool {
        let is_hit = |w: &[u8]| matches!(w, [b'A', b'T', digit, b'Y', b'Z'] if digit.is_ascii_digit());
        self.pending.windows(HIT).any(is_hit) || self.pending.windows(2).skip(1).any(|w| w == [MARK, 0x02])
    }

    fn drain(&mut self, stamp: Stamp, out: &mut Vec<Reading>) {
        loop {
            match self.head() {
                Head::Wait => return,
                Head::Nothing => {
                    self.tally.bad += u64::from(self.pending.first() == Some(&MARK));
                    self.pending.drain(..1);
                }
                Head::Frame(length) => {
                    let frame: Vec<u8> = self.pending.drain(..length).collect();
                    self.tally.good_frame(length);
                    out.extend(self.reports(&frame).into_iter().map(|report| stamp.reading(report)));
                }
            }
        }
    }

    fn reports(&mut self, frame: &[u8]) -> Vec<Report> {
        match frame {
            [b'A', b'T', digit, ..] => {
                signal_of(u64::from(digit - b'0'), Side::Left).map(Report::Signal).into_iter().collect()
            }
            [_, _, _, _, _, _, _, _, _, sequence, _, _, command, data @ ..] => {
                if self.last.replace((*sequence, *command)) == Some((*sequence, *command)) {
                    return Vec::new();
                }
                command_reports(*command, data)
            }
            _ => Vec::new(),
        }
    }
}

fn could_be_hit(rest: &[u8]) -> bool {
    match rest {
        [] | [b'T'] => true,
        [b'T', digit] | [b'T', digit, b'Y'] => digit.is_ascii_digit(),
        _ => false,
    }
}

fn command_reports(command: u8, data: &[u8]) -> Vec<Report> {
    match (command, data) {
        (0x50, _) => vec![Report::Signal(SignalKind::PhraseStart)],
        (0x51, _) => vec![Report::Signal(SignalKind::Cancelled)],
        (0x52, [a, b, ..]) => {
            let bits = |code: u8| LampBits { coloured: code == 0, white: code == 2, yellow: false };
            vec![Report::FinalLamps(PerSide::new(bits(*a), bits(*b))), Report::Signal(SignalKind::PhraseEnd)]
        }
        _ => Vec::new(),
    }
}

impl Decoder for PisteLinkMcu {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        let stamp = Stamp::aged(arrival.at, AGE_SECS, UNCERTAINTY_SECS);
        for piece in arrival.bytes.chunks(MIN_LENGTH) {
            self.pending.extend_from_slice(piece);
            self.drain(stamp, out);
        }
    }

    fn reconnected(&mut self) {
        self.pending.clear();
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::{feed_all, reports};
    use fencing::Lamp;

    fn main(sequence: u8, command: u8, data: &[u8]) -> Vec<u8> {
        let mut frame = vec![MARK, 0x02];
        frame.extend(b"SN0001");
        frame.extend([1, sequence, 0, 0, command]);
        frame.extend(data);
        frame.extend((data.len() as u16).to_be_bytes());
        let crc = Crc::<u16, Table<1>>::new(&CRC_16_XMODEM).checksum(&frame);
        frame.extend(crc.to_be_bytes());
        frame.push(MARK);
        frame
    }

    #[test]
    fn a_phrase_in_which_each_frame_comes_three_times() {
        let mut wire = main(1, 0x50, &[]).repeat(3);
        wire.extend(b"AT3YZAT8YZ");
        wire.extend(main(2, 0x52, &[0, 3]).repeat(3));
        assert_eq!(
            reports(&mut PisteLinkMcu::default(), &wire),
            [
                Report::Signal(SignalKind::PhraseStart),
                Report::Signal(SignalKind::BladeContact),
                Report::Signal(SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid }),
                Report::FinalLamps(PerSide::new(LampBits::COLOURED, LampBits::default())),
                Report::Signal(SignalKind::PhraseEnd),
            ]
        );
    }

    #[test]
    fn of_three_copies_two_may_be_damaged() {
        for broken in 0..18 {
            let mut mcu = PisteLinkMcu::default();
            let mut wire = main(9, 0x50, &[]).repeat(2);
            wire[broken] ^= 0x55;
            wire[18 + broken] ^= 0x11;
            wire.extend(main(9, 0x50, &[]));
            feed_all(&mut mcu, &wire);
            assert_eq!(mcu.tally().good, 1, "byte {broken}");
        }
    }
}
