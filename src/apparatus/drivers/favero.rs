//! Favero Full-Arm-01, FA-05 and FA-07: 2400 8-N-1, ten bytes, over and over.
//!
//! Output only, 20 mA current loop behind an opto-coupler. One frame lasts 41.7 ms and they follow each other without a
//! pause, so the lamps are one to two frames old on arrival: good as a trigger, useless for the order of two hits.
//!
//! | byte | meaning | coding |
//! |---|---|---|
//! | 0 | start | `FF` |
//! | 1 | right score | BCD |
//! | 2 | left score | BCD |
//! | 3 | seconds | BCD |
//! | 4 | minutes | BCD |
//! | 5 | lamps | b0 left white, b1 right white, b2 left red, b3 right green, b4 right yellow, b5 left yellow, b6-7 zero |
//! | 6 | match | b0-1 match count, b2 right priority, b3 left priority |
//! | 7 | reserved | b0 chronometer runs; never `FF` |
//! | 8 | cards | b0 right red, b1 left red, b2 right yellow, b3 left yellow; b6-7 zero |
//! | 9 | check | sum of bytes 0..=8, modulo 256 |
//!
//! *Framing.* A frame of zeros ends in `FF`, so `FF` alone proves nothing. HUNT searches for a start whose ten bytes pass every
//! check; LOCK then takes ten at a time and never looks inside a frame. A bad frame in LOCK is kept until the next ten are
//! here: if those are good the cadence held (bytes were garbled), otherwise bytes were lost and HUNT scans all twenty.
//!
//! *Self test.* A real FA-05 alternates between all six lamps with 8 in all digits and blank digits (`FF`), with good sums
//! (captured; between the two come mixed frames). A frame with all lamps or such digits is a test: nothing is read from it.
//!
//! *Noise.* An additive sum lets one in 256 double errors pass. BCD and the zero bits catch most of those; the rest is caught by
//! requiring a lamp change twice when the line was bad within the last second.
//!
//! *Disputed:* one published reader takes the left score first; Favero's own text says right first. [`OrderSetting::Learn`]
//! votes when exactly one coloured lamp stands and exactly one score then rises by one.

use crate::decoder::{Arrival, Decoder, LampBits, Reading, Report, Stamp, Tally};
use crate::event::{BoutClock, Cards, ClockRun};
use crate::settings::{LearnedOrder, OrderSetting};
use fencing::time::Timestamp;
use fencing::{PerSide, Side};

const FRAME: usize = 10;
const ALL_LAMPS: u8 = 0x3F;
/// A lamp that lit just before the frame began is one frame old at its end, one that just missed it two.
const AGE_SECS: f64 = 0.0625;
const UNCERTAINTY_SECS: f64 = 0.021;
/// How long after a bad frame a lamp change has to be received twice, in seconds.
const SUSPECT_SECS: f64 = 1.0;

/// Decoder of Favero frames.
#[derive(Debug)]
pub struct Favero {
    pending: Vec<u8>,
    locked: bool,
    tally: Tally,
    score_order: LearnedOrder,
    last_bad: Option<Timestamp>,
    lamps: Option<PerSide<LampBits>>,
    unconfirmed: Option<PerSide<LampBits>>,
    scores: Option<(u16, u16)>,
}

impl Favero {
    /// A decoder without any input yet.
    pub fn new(score_order: OrderSetting) -> Self {
        Self {
            pending: Vec::new(),
            locked: false,
            tally: Tally::default(),
            score_order: LearnedOrder::new(score_order),
            last_bad: None,
            lamps: None,
            unconfirmed: None,
            scores: None,
        }
    }

    /// Takes frames off the front of the pending bytes until more are needed.
    fn drain(&mut self, at: Timestamp, out: &mut Vec<Reading>) {
        while let Some(head) = self.pending.first_chunk::<FRAME>().copied() {
            if is_good(&head) {
                self.pending.drain(..FRAME);
                self.locked = true;
                self.tally.good_frame(FRAME);
                self.read(&head, at, out);
            } else if !self.skip_bad(at) {
                return;
            }
        }
    }

    /// Skips a bad frame; `false` when more bytes are needed to decide how far.
    fn skip_bad(&mut self, at: Timestamp) -> bool {
        if !self.locked {
            self.pending.drain(..1);
            return true;
        }
        if self.pending.len() < 2 * FRAME {
            return false;
        }
        self.tally.bad += 1;
        self.last_bad = Some(at);
        let cadence_held = self.pending[FRAME..].first_chunk::<FRAME>().is_some_and(is_good);
        self.locked = cadence_held;
        self.pending.drain(..if cadence_held { FRAME } else { 1 });
        true
    }

    fn read(&mut self, frame: &[u8; FRAME], received: Timestamp, out: &mut Vec<Reading>) {
        let stamp = Stamp::aged(received, AGE_SECS, UNCERTAINTY_SECS);
        if is_self_test(frame) {
            // Before and after it, frames are half test and half display: lamps have to be received twice.
            self.last_bad = Some(received);
            out.push(stamp.reading(Report::SelfTest));
            return;
        }
        let [_, first, second, secs, mins, lamps, priority, reserved, cards, _] = *frame;
        let lamps = lamp_bits(lamps);
        if self.is_confirmed(lamps, received) {
            out.push(stamp.reading(Report::Lamps(lamps)));
        }
        let scores = (bcd(first), bcd(second));
        self.learn_order(scores);
        let score = PerSide::new(scores.1, scores.0);
        let score = if self.score_order.is_reversed() { score.swapped() } else { score };
        let shown_secs = f64::from(bcd(mins)) * 60.0 + f64::from(bcd(secs));
        let run = if reserved & 1 == 1 { ClockRun::Running } else { ClockRun::Stopped };
        out.push(stamp.reading(Report::Score(score)));
        out.push(stamp.reading(Report::Clock(BoutClock { shown_secs, run })));
        out.push(stamp.reading(Report::Priority(priority_of(priority))));
        out.push(stamp.reading(Report::Cards(cards_of(cards))));
    }

    /// Whether the lamps may be passed on: unchanged, on a clean line, or received twice.
    fn is_confirmed(&mut self, lamps: PerSide<LampBits>, received: Timestamp) -> bool {
        let wary = self.last_bad.is_some_and(|bad| received.secs_since(bad) < SUSPECT_SECS);
        if wary && self.lamps != Some(lamps) && self.unconfirmed != Some(lamps) {
            self.unconfirmed = Some(lamps);
            return false;
        }
        self.unconfirmed = None;
        self.lamps = Some(lamps);
        true
    }

    /// One coloured lamp is lit and one score rises by one: the risen score is that fencer's.
    fn learn_order(&mut self, scores: (u16, u16)) {
        let before = self.scores.replace(scores);
        let Some((first, second)) = before else { return };
        let rises = (scores.0 == first + 1, scores.1 == second + 1);
        let others_still = (scores.0 == first, scores.1 == second);
        let risen_first = rises.0 && others_still.1;
        let risen_second = rises.1 && others_still.0;
        let lamps = self.lamps.unwrap_or_default();
        match (lamps.left.coloured, lamps.right.coloured) {
            (true, false) if risen_second => self.score_order.saw_documented(),
            (true, false) if risen_first => self.score_order.saw_reversed(),
            (false, true) if risen_first => self.score_order.saw_documented(),
            (false, true) if risen_second => self.score_order.saw_reversed(),
            _ => {}
        }
    }
}

impl Decoder for Favero {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        self.tally.bytes += arrival.bytes.len() as u64;
        for piece in arrival.bytes.chunks(FRAME) {
            self.pending.extend_from_slice(piece);
            self.drain(arrival.at, out);
        }
    }

    fn reconnected(&mut self) {
        self.pending.clear();
        self.locked = false;
        self.unconfirmed = None;
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}

fn is_good(frame: &[u8; FRAME]) -> bool {
    let sum = frame[..FRAME - 1].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    let digits = frame[1..5].iter().all(|byte| byte >> 4 <= 9 && byte & 15 <= 9) || is_self_test(frame);
    frame[0] == 0xFF && frame[9] == sum && digits && frame[5] < 0x40 && frame[7] != 0xFF && frame[8] < 0x40
}

/// All six lamps, or digits that no bout shows: 88 or blank seconds, a blank score, 88 on both sides.
fn is_self_test(frame: &[u8; FRAME]) -> bool {
    let [_, first, second, secs, _, lamps, ..] = *frame;
    let segments = |byte: u8| matches!(byte, 0x88 | 0xFF);
    lamps == ALL_LAMPS || segments(secs) || first == 0xFF || second == 0xFF || segments(first) && segments(second)
}

fn bcd(byte: u8) -> u16 {
    u16::from(byte >> 4) * 10 + u16::from(byte & 15)
}

fn bit(byte: u8, index: u8) -> bool {
    byte >> index & 1 == 1
}

fn lamp_bits(b: u8) -> PerSide<LampBits> {
    PerSide::new(
        LampBits { coloured: bit(b, 2), white: bit(b, 0), yellow: bit(b, 5) },
        LampBits { coloured: bit(b, 3), white: bit(b, 1), yellow: bit(b, 4) },
    )
}

fn priority_of(b: u8) -> Option<Side> {
    match (bit(b, 3), bit(b, 2)) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    }
}

fn cards_of(b: u8) -> PerSide<Cards> {
    let cards = |red, yellow| Cards { yellow: u8::from(bit(b, yellow)), red: u8::from(bit(b, red)) };
    PerSide::new(cards(1, 3), cards(0, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::testing::{feed_all, reports};

    /// Favero's own example; the text prints 56 as the last byte, the sum says C5.
    const GOLDEN: [u8; 10] = [0xFF, 0x06, 0x12, 0x56, 0x02, 0x14, 0x0A, 0x00, 0x38, 0xC5];

    fn framed(mut frame: [u8; 10]) -> [u8; 10] {
        frame[9] = frame[..9].iter().fold(0u8, |s, b| s.wrapping_add(*b));
        frame
    }

    #[test]
    fn golden_vector() {
        let output = reports(&mut Favero::new(OrderSetting::Learn), &GOLDEN);
        let right = LampBits { yellow: true, ..LampBits::default() };
        assert_eq!(
            output,
            [
                Report::Lamps(PerSide::new(LampBits::COLOURED, right)),
                Report::Score(PerSide::new(12, 6)),
                Report::Clock(BoutClock { shown_secs: 176.0, run: ClockRun::Stopped }),
                Report::Priority(Some(Side::Left)),
                Report::Cards(PerSide::new(Cards { yellow: 1, red: 0 }, Cards::default())),
            ]
        );
    }

    #[test]
    fn the_printed_checksum_is_refused() {
        let mut typo = GOLDEN;
        typo[9] = 0x56;
        assert_eq!(reports(&mut Favero::new(OrderSetting::Learn), &typo), []);
    }

    #[test]
    fn a_frame_of_zeros_followed_by_another_keeps_the_cadence() {
        let zeros = framed([0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(zeros[9], 0xFF, "this is the trap: two FF in a row");
        let mut favero = Favero::new(OrderSetting::Learn);
        feed_all(&mut favero, &zeros.repeat(5));
        assert_eq!((favero.tally().good, favero.tally().bad), (5, 0));
    }

    #[test]
    fn a_lost_byte_costs_at_most_two_frames() {
        for lost in 0..10 {
            let mut wire = GOLDEN.repeat(6);
            wire.remove(20 + lost);
            let mut favero = Favero::new(OrderSetting::Learn);
            feed_all(&mut favero, &wire);
            assert!(favero.tally().good >= 4, "byte {lost} lost: {:?}", favero.tally());
        }
    }

    #[test]
    fn the_stream_corrects_the_order_of_the_scores() {
        let frame = |first: u8, second: u8, lamps: u8| framed([0xFF, first, second, 0, 3, lamps, 0, 0, 0, 0]);
        let mut favero = Favero::new(OrderSetting::Learn);
        let mut wire = Vec::new();
        for score in 0..3u8 {
            wire.extend(frame(score, 0, 0));
            wire.extend(frame(score, 0, 4)); // red lamp: left touched
            wire.extend(frame(score + 1, 0, 4)); // and the first score rose
        }
        let last = reports(&mut favero, &wire).into_iter().rfind(|w| matches!(w, Report::Score(_)));
        assert_eq!(last, Some(Report::Score(PerSide::new(3, 0))));
    }

    /// Frames that a real FA-05 sent while it tested itself, the mixed ones between the two displays included.
    #[test]
    fn the_self_test_of_a_real_box_is_a_test_and_nothing_else() {
        let bout = framed([0xFF, 0, 0, 0, 0, 0, 3, 0, 0x38, 0]);
        let tests = [
            [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x3F, 0x00, 0x00, 0x30, 0x7A],
            [0xFF, 0xFF, 0x88, 0x88, 0x88, 0x00, 0x0F, 0x00, 0x3C, 0xE1],
            [0xFF, 0x88, 0x88, 0x88, 0x88, 0x00, 0x0F, 0x00, 0x3C, 0x6A],
            [0xFF, 0x88, 0x88, 0xFF, 0x0F, 0x3F, 0x00, 0x00, 0x30, 0x8C],
            [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00, 0x0F, 0x00, 0x3C, 0x56],
            [0xFF, 0x88, 0x88, 0x88, 0x88, 0x00, 0x00, 0x00, 0x30, 0x4F],
        ];
        let mut favero = Favero::new(OrderSetting::Learn);
        let before = reports(&mut favero, &bout);
        assert_eq!(reports(&mut favero, &tests.concat()), [const { Report::SelfTest }; 6]);
        assert_eq!((favero.tally().bad, favero.tally().unreadable()), (0, 0));
        assert_eq!(reports(&mut favero, &bout), before, "and after it the box shows what it showed before");
    }

    #[test]
    fn after_noise_a_lamp_has_to_be_said_twice() {
        let dark = framed([0xFF, 0, 0, 0, 3, 0, 0, 0, 0, 0]);
        let lit = framed([0xFF, 0, 0, 0, 3, 4, 0, 0, 0, 0]);
        let mut favero = Favero::new(OrderSetting::Learn);
        let mut garbled = dark;
        garbled[3] = 0x77;
        let lamps = |output: Vec<Report>| {
            output.into_iter().filter(|w| matches!(w, Report::Lamps(l) if l.left.coloured)).count()
        };
        reports(&mut favero, &[dark, garbled, dark].concat());
        assert_eq!(lamps(reports(&mut favero, &lit)), 0);
        assert_eq!(lamps(reports(&mut favero, &lit)), 1);
    }
}
