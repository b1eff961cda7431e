//! Protocol detection: all decoders that fit the link run in parallel until one is convincing. Also measures how well the last
//! seconds fitted, with a hint at likely faults of the line.
//!
//! The displayed confidence covers recent bytes, not the whole evening. During detection the tally comes from whichever candidate
//! is ahead. Tallies of two candidates cannot be subtracted from each other, so a new guess starts afresh.

use crate::decoder::{Arrival, Command, Decoder, Outbox, Reading, Tally};
use crate::protocol::Protocol;
use crate::settings::{DecoderSettings, Link};
use crate::state::LineHint;
use fencing::time::Timestamp;
use std::collections::VecDeque;

/// Confidence at which a candidate is chosen.
pub(crate) const MIN_CONFIDENCE: f64 = 0.85;
/// Necessary lead over the second best.
const MIN_LEAD: f64 = 0.2;
/// Readings kept per candidate until one is chosen.
const MAX_READINGS: usize = 512;
/// Baud rates tried in turn while the protocol is unknown, commonest boxes first.
pub(crate) const BAUDS: [u32; 5] = [115_200, 2_400, 38_400, 9_600, 57_600];

struct Candidate {
    protocol: Protocol,
    decoder: Box<dyn Decoder>,
    readings: Vec<Reading>,
}

/// A decoder for an unknown protocol.
pub(crate) struct AutoDetector {
    candidates: Vec<Candidate>,
    chosen: bool,
}

impl AutoDetector {
    /// A decoder of every protocol that is possible on this link.
    pub(crate) fn for_link(link: &Link, baud: u32, settings: &DecoderSettings) -> Self {
        let possible = Protocol::ALL.into_iter().filter(|p| can_be(*p, link, baud));
        let candidate =
            |protocol: Protocol| Candidate { protocol, decoder: protocol.decoder(settings), readings: Vec::new() };
        let candidates: Vec<Candidate> = possible.map(candidate).collect();
        // Nothing to detect on a link with one possible protocol.
        Self { chosen: candidates.len() == 1, candidates }
    }

    /// A decoder of one protocol.
    pub(crate) fn of(protocol: Protocol, settings: &DecoderSettings) -> Self {
        let only = Candidate { protocol, decoder: protocol.decoder(settings), readings: Vec::new() };
        Self { candidates: vec![only], chosen: true }
    }

    /// The protocol, once it is known.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.candidates.first().filter(|_| self.chosen).map(|c| c.protocol)
    }

    /// Best candidate with its confidence.
    pub(crate) fn best_guess(&self) -> Option<(Protocol, f64)> {
        let guesses = self.candidates.iter().map(|c| (c.protocol, c.protocol.confidence(c.decoder.tally())));
        guesses.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Keeps the best candidate when it is convincing; returns its readings so far.
    fn choose(&mut self) -> Option<Vec<Reading>> {
        let (best, sure) = self.best_guess()?;
        let rivals = self.candidates.iter().filter(|c| c.protocol != best);
        let second = rivals.map(|c| c.protocol.confidence(c.decoder.tally())).fold(0.0, f64::max);
        if sure < MIN_CONFIDENCE || sure - second < MIN_LEAD {
            return None;
        }
        self.candidates.retain(|c| c.protocol == best);
        self.chosen = true;
        self.candidates.first_mut().map(|c| std::mem::take(&mut c.readings))
    }
}

impl Decoder for AutoDetector {
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>) {
        if self.chosen {
            for candidate in &mut self.candidates {
                candidate.decoder.feed(arrival, out);
            }
            return;
        }
        for candidate in &mut self.candidates {
            candidate.decoder.feed(arrival, &mut candidate.readings);
            let excess = candidate.readings.len().saturating_sub(MAX_READINGS);
            candidate.readings.drain(..excess);
        }
        out.extend(self.choose().unwrap_or_default());
    }

    fn poll(&mut self, now: Timestamp, outbox: &mut Outbox) {
        for candidate in &mut self.candidates {
            candidate.decoder.poll(now, outbox);
        }
    }

    fn command(&mut self, command: Command, now: Timestamp, outbox: &mut Outbox) {
        if self.chosen {
            for candidate in &mut self.candidates {
                candidate.decoder.command(command, now, outbox);
            }
        }
    }

    fn reconnected(&mut self) {
        for candidate in &mut self.candidates {
            candidate.decoder.reconnected();
        }
    }

    fn tally(&self) -> Tally {
        let best = self.best_guess().map(|(protocol, _)| protocol);
        self.candidates.iter().find(|c| Some(c.protocol) == best).map_or_else(Tally::default, |c| c.decoder.tally())
    }

    fn has_timed_out(&self, now: Timestamp) -> bool {
        self.chosen && self.candidates.iter().any(|c| c.decoder.has_timed_out(now))
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

/// Time span of the displayed confidence.
const CONFIDENCE_SPAN_SECS: f64 = 4.0;

/// Tallies of the last seconds, all of one protocol's decoder.
#[derive(Debug, Default)]
pub(crate) struct RecentTally {
    guess: Option<Protocol>,
    tallies: Vec<(Timestamp, Tally)>,
}

impl RecentTally {
    /// Takes the tally of the candidate that is ahead; returns its part of the last seconds.
    pub(crate) fn recent(&mut self, now: Timestamp, guess: Option<Protocol>, tally: Tally) -> Tally {
        if self.guess != guess {
            *self = Self { guess, tallies: Vec::new() };
        }
        if self.tallies.last().is_none_or(|(at, _)| now.secs_since(*at) > CONFIDENCE_SPAN_SECS / 2.0) {
            self.tallies.push((now, tally));
        }
        while self.tallies.get(1).is_some_and(|(at, _)| now.secs_since(*at) > CONFIDENCE_SPAN_SECS) {
            self.tallies.remove(0);
        }
        match self.tallies.first() {
            Some((_, first)) if self.tallies.len() > 1 => tally.since(*first),
            _ => tally,
        }
    }
}

/// Bytes needed before a hint is given.
const MIN_BYTES: u64 = 64;
/// Raw bytes kept for decoding them inverted: several frames of any protocol.
const KEPT_BYTES: usize = 512;
/// Share of decodable bytes below which a line counts as damaged, and below which its bytes make no sense. One garbled byte in a
/// hundred leaves more than 80 in a hundred decodable in every protocol.
const DAMAGED_SHARE: f64 = 0.6;
const UNDECODABLE_SHARE: f64 = 0.1;

/// The last raw bytes of a serial line, to find likely faults.
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

    /// The likely fault, from recent bytes; `new_detector` makes a decoder of the kind in use.
    pub(crate) fn hint(&self, recent: Tally, new_detector: impl FnOnce() -> AutoDetector) -> Option<LineHint> {
        let readable = recent.explained as f64 / recent.bytes.max(1) as f64;
        if recent.bytes < MIN_BYTES || readable >= DAMAGED_SHARE {
            return None;
        }
        if readable >= UNDECODABLE_SHARE {
            return Some(LineHint::BadCable);
        }
        let inverted: Vec<u8> = self.last.iter().map(|byte| !byte).collect();
        let mut decoder = new_detector();
        decoder.feed(Arrival::of(Timestamp::ZERO, &inverted), &mut Vec::new());
        let sure = decoder.best_guess().is_some_and(|(_, confidence)| confidence > 0.5);
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
        use crate::settings::DecoderSettings;
        let frame = [0xFFu8, 0x06, 0x12, 0x56, 0x02, 0x14, 0x0A, 0x00, 0x38, 0xC5];
        let hint = |wire: &[u8]| {
            let new_detector = || AutoDetector::of(Protocol::Favero, &DecoderSettings::default());
            let mut decoder = new_detector();
            decoder.feed(Arrival::of(Timestamp::ZERO, wire), &mut Vec::new());
            let mut probe = LineProbe::default();
            probe.keep(wire);
            probe.hint(decoder.tally(), new_detector)
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
        // The candidate that is ahead now has counted less so far.
        assert_eq!(recent(3.1, Protocol::Favero, 7), tally(7));
        assert_eq!(recent(6.0, Protocol::Favero, 9).good, 2);
        assert_eq!(tally(1).since(tally(5)), Tally::default());
    }
}
