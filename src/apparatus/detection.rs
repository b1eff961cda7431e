//! Protocol detection: all decoders that fit the link listen, the first convincing one is kept; and how well the last seconds
//! fitted, with a hint at what may be wrong with the line.
//!
//! The confidence that is shown is judged by what arrived lately, not by the whole evening. While the protocol is being
//! found out, tallies come from whichever candidate is ahead. Those of two candidates cannot be subtracted from each
//! other, so another guess begins afresh.

use crate::decoder::{Arrival, Command, Decoder, Outbox, Reading, Tally};
use crate::protocol::Protocol;
use crate::settings::{Link, ReaderSettings};
use crate::state::LineHint;
use fencing::time::Timestamp;
use std::collections::VecDeque;

/// Confidence at which a candidate is taken.
pub(crate) const SURE: f64 = 0.85;
/// How far ahead of the second it has to be.
const AHEAD: f64 = 0.2;
/// Readings kept per candidate until the choice is made.
const KEPT: usize = 512;
/// The rates that are tried in turn while nothing is known, commonest boxes first.
pub(crate) const BAUDS: [u32; 5] = [115_200, 2_400, 38_400, 9_600, 57_600];

struct Candidate {
    protocol: Protocol,
    reader: Box<dyn Decoder>,
    said: Vec<Reading>,
}

/// A reader for an unknown protocol.
pub(crate) struct AutoReader {
    candidates: Vec<Candidate>,
    chosen: bool,
}

impl AutoReader {
    /// A reader of everything that can be spoken on this link.
    pub(crate) fn for_link(link: &Link, baud: u32, settings: &ReaderSettings) -> Self {
        let possible = Protocol::ALL.into_iter().filter(|p| can_be(*p, link, baud));
        let candidate =
            |protocol: Protocol| Candidate { protocol, reader: protocol.reader(settings), said: Vec::new() };
        let candidates: Vec<Candidate> = possible.map(candidate).collect();
        // On a link on which only one thing is spoken there is nothing to find out.
        Self { chosen: candidates.len() == 1, candidates }
    }

    /// A reader of one protocol.
    pub(crate) fn of(protocol: Protocol, settings: &ReaderSettings) -> Self {
        let only = Candidate { protocol, reader: protocol.reader(settings), said: Vec::new() };
        Self { candidates: vec![only], chosen: true }
    }

    /// The protocol, once it is known.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.candidates.first().filter(|_| self.chosen).map(|c| c.protocol)
    }

    /// Best guess with its confidence.
    pub(crate) fn best_guess(&self) -> Option<(Protocol, f64)> {
        let guesses = self.candidates.iter().map(|c| (c.protocol, c.protocol.confidence(c.reader.tally())));
        guesses.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Keeps the best candidate when it is convincing; returns what it had heard.
    fn choose(&mut self) -> Option<Vec<Reading>> {
        let (best, sure) = self.best_guess()?;
        let rivals = self.candidates.iter().filter(|c| c.protocol != best);
        let second = rivals.map(|c| c.protocol.confidence(c.reader.tally())).fold(0.0, f64::max);
        if sure < SURE || sure - second < AHEAD {
            return None;
        }
        self.candidates.retain(|c| c.protocol == best);
        self.chosen = true;
        self.candidates.first_mut().map(|c| std::mem::take(&mut c.said))
    }
}

impl Decoder for AutoReader {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        if self.chosen {
            for candidate in &mut self.candidates {
                candidate.reader.feed(arrival, out);
            }
            return;
        }
        for candidate in &mut self.candidates {
            candidate.reader.feed(arrival, &mut candidate.said);
            let excess = candidate.said.len().saturating_sub(KEPT);
            candidate.said.drain(..excess);
        }
        out.extend(self.choose().unwrap_or_default());
    }

    fn poll(&mut self, now: Timestamp, outbox: &mut Outbox) {
        for candidate in &mut self.candidates {
            candidate.reader.poll(now, outbox);
        }
    }

    fn command(&mut self, command: Command, now: Timestamp, outbox: &mut Outbox) {
        if self.chosen {
            for candidate in &mut self.candidates {
                candidate.reader.command(command, now, outbox);
            }
        }
    }

    fn reconnected(&mut self) {
        for candidate in &mut self.candidates {
            candidate.reader.reconnected();
        }
    }

    fn tally(&self) -> Tally {
        let best = self.best_guess().map(|(protocol, _)| protocol);
        self.candidates.iter().find(|c| Some(c.protocol) == best).map_or_else(Tally::default, |c| c.reader.tally())
    }

    fn has_timed_out(&self, now: Timestamp) -> bool {
        self.chosen && self.candidates.iter().any(|c| c.reader.has_timed_out(now))
    }
}

fn can_be(protocol: Protocol, link: &Link, baud: u32) -> bool {
    match link {
        Link::Serial { .. } => protocol.baud() == Some(baud),
        Link::Udp { .. } => protocol.udp_port().is_some(),
        Link::Mqtt { .. } => protocol == Protocol::OpenPiste,
        Link::Unix { .. } => protocol == Protocol::PisteLink,
        Link::Replay { .. } => true,
    }
}

/// The confidence shown is judged by what arrived in this time.
const JUDGED_SECS: f64 = 4.0;

/// Tallies of the last seconds, all of one protocol's reader.
#[derive(Debug, Default)]
pub(crate) struct RecentTally {
    guess: Option<Protocol>,
    tallies: Vec<(Timestamp, Tally)>,
}

impl RecentTally {
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
        let mut recent_tally = RecentTally::default();
        let mut recent =
            |secs, guess, frames| recent_tally.recent(Timestamp::from_secs(secs), Some(guess), tally(frames));
        assert_eq!(recent(0.0, Protocol::Letters, 100), tally(100));
        assert_eq!(recent(3.0, Protocol::Letters, 160), tally(160).since(tally(100)));
        // The one that is ahead now has counted less so far.
        assert_eq!(recent(3.1, Protocol::Favero, 7), tally(7));
        assert_eq!(recent(6.0, Protocol::Favero, 9).good, 2);
        assert_eq!(tally(1).since(tally(5)), Tally::default());
    }
}
