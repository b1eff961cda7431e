//! Finds out which protocol is spoken: all that could be are listened with, the first convincing one is kept.

use super::{
    decoder::{Arrival, Command, Decoder, Outbox, Tally},
    protocol::Protocol,
    reading::Reading,
    settings::{Link, ReaderSettings},
};
use fencing::time::Timestamp;

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

    fn attend(&mut self, now: Timestamp, outbox: &mut Outbox) {
        for candidate in &mut self.candidates {
            candidate.reader.attend(now, outbox);
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

    fn gave_up(&self, now: Timestamp) -> bool {
        self.chosen && self.candidates.iter().any(|c| c.reader.gave_up(now))
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
