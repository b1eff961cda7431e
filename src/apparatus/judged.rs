//! How well the last seconds fitted: the confidence that is shown is judged by what arrived lately, not by the whole evening.
//!
//! While the protocol is being found out, tallies come from whichever candidate is ahead. Those of two candidates cannot be
//! subtracted from each other, so another guess begins afresh.

use super::{
    auto::AutoReader,
    decoder::{Arrival, Decoder, Tally},
    protocol::Protocol,
    state::LineHint,
};
use fencing::time::Timestamp;
use std::collections::VecDeque;

/// The confidence shown is judged by what arrived in this time.
const JUDGED_SECS: f64 = 4.0;

/// Tallies of the last seconds, all of one protocol's reader.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    guess: Option<Protocol>,
    tallies: Vec<(Timestamp, Tally)>,
}

impl Judged {
    /// Takes the tally of the reader that is ahead now; what of it arrived in the last seconds.
    pub(crate) fn recent(&mut self, now: Timestamp, guess: Option<Protocol>, tally: Tally) -> Tally {
        if self.guess != guess {
            *self = Self { guess, tallies: Vec::new() };
        }
        if self.tallies.last().is_none_or(|(at, _)| now.secs_since(*at) > JUDGED_SECS / 2.0) {
            self.tallies.push((now, tally));
        }
        while self.tallies.get(1).is_some_and(|(at, _)| now.secs_since(*at) > JUDGED_SECS) {
            self.tallies.remove(0);
        }
        match self.tallies.first() {
            Some((_, first)) if self.tallies.len() > 1 => tally.since(*first),
            _ => tally,
        }
    }
}

/// Bytes that have to arrive before anything is said about the line.
const ENOUGH_BYTES: u64 = 64;
/// Raw bytes that are kept to try them inverted: several frames of any protocol.
const KEPT_BYTES: usize = 512;
/// Share of readable bytes below which a line is called damaged, and below which nothing on it makes sense. One byte in a
/// hundred garbled leaves more than 80 in a hundred readable in every protocol.
const DAMAGED_BELOW: f64 = 0.6;
const SENSELESS_BELOW: f64 = 0.1;

/// The last raw bytes of a serial line, to say what may be wrong with it.
#[derive(Debug, Default)]
pub(crate) struct LineProbe {
    last: VecDeque<u8>,
}

impl LineProbe {
    pub(crate) fn keep(&mut self, bytes: &[u8]) {
        self.last.extend(bytes.iter().skip(bytes.len().saturating_sub(KEPT_BYTES)));
        let excess = self.last.len().saturating_sub(KEPT_BYTES);
        self.last.drain(..excess);
    }

    /// What may be wrong, judged by what arrived lately; `fresh` makes a reader of the kind that is in use.
    pub(crate) fn hint(&self, recent: Tally, fresh: impl FnOnce() -> AutoReader) -> Option<LineHint> {
        let readable = recent.explained as f64 / recent.bytes.max(1) as f64;
        if recent.bytes < ENOUGH_BYTES || readable >= DAMAGED_BELOW {
            return None;
        }
        if readable >= SENSELESS_BELOW {
            return Some(LineHint::BadCable);
        }
        let inverted: Vec<u8> = self.last.iter().map(|byte| !byte).collect();
        let mut reader = fresh();
        reader.feed(Arrival::of(Timestamp::ZERO, &inverted), &mut Vec::new());
        let sure = reader.best_guess().is_some_and(|(_, confidence)| confidence > 0.5);
        Some(if sure { LineHint::InvertedPolarity } else { LineHint::WrongRateOrPolarity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(frames: u64) -> Tally {
        Tally { good: frames, bad: frames / 2, bytes: frames * 10, explained: frames * 9 }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_guessed_from_its_bytes() {
        use crate::settings::ReaderSettings;
        let frame = [0xFFu8, 0x06, 0x12, 0x56, 0x02, 0x14, 0x0A, 0x00, 0x38, 0xC5];
        let hint = |wire: &[u8]| {
            let fresh = || AutoReader::of(Protocol::Favero, &ReaderSettings::default());
            let mut reader = fresh();
            reader.feed(Arrival::of(Timestamp::ZERO, wire), &mut Vec::new());
            let mut probe = LineProbe::default();
            probe.keep(wire);
            probe.hint(reader.tally(), fresh)
        };
        let inverted: Vec<u8> = frame.iter().map(|byte| !byte).collect();
        assert_eq!(hint(&frame.repeat(20)), None);
        assert_eq!(hint(&inverted.repeat(20)), Some(LineHint::InvertedPolarity));
        assert_eq!(hint(&[0x5A; 200]), Some(LineHint::WrongRateOrPolarity));
        assert_eq!(hint(&[frame, [0x11; 10], [0x12; 10]].concat().repeat(8)), Some(LineHint::BadCable));
        assert_eq!(hint(&[0x5A; 20]), None, "too few to say anything");
    }

    #[test]
    fn what_another_candidate_counted_is_not_subtracted() {
        let mut judged = Judged::default();
        let mut recent = |secs, guess, frames| judged.recent(Timestamp::from_secs(secs), Some(guess), tally(frames));
        assert_eq!(recent(0.0, Protocol::Letters, 100), tally(100));
        assert_eq!(recent(3.0, Protocol::Letters, 160), tally(160).since(tally(100)));
        // The one that is ahead now has counted less so far.
        assert_eq!(recent(3.1, Protocol::Favero, 7), tally(7));
        assert_eq!(recent(6.0, Protocol::Favero, 9).good, 2);
        assert_eq!(tally(1).since(tally(5)), Tally::default());
    }
}
