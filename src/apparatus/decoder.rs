//! The shape of every driver: bytes in, readings out, no port, no thread, no clock of its own.
//!
//! Because a decoder is told the time with the bytes, the same one runs live, on a recording, in a property test and in
//! the fuzzer. A decoder that has to speak (clock query, heartbeat) puts bytes into an [`Outbox`]; who carries them is not
//! its business.

use super::reading::{Reading, Word};
use fencing::time::Timestamp;

/// Bytes that arrived together.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// When the last of them arrived, on the host clock.
    pub at: Timestamp,
    /// MQTT topic; empty on other transports.
    pub topic: &'a str,
    /// Who sent it, for transports that say so (address and port of a datagram); empty otherwise.
    pub sender: &'a str,
    /// Whether a broker kept it from earlier: it tells how things stand, nothing has just happened.
    pub retained: bool,
    /// The bytes; a whole datagram or message where the transport has such.
    pub bytes: &'a [u8],
}

impl<'a> Arrival<'a> {
    /// Bytes of a line on which neither topics nor senders are known.
    pub fn of(at: Timestamp, bytes: &'a [u8]) -> Self {
        Self { at, topic: "", sender: "", retained: false, bytes }
    }

    /// Bytes with their origin as captures write it: an MQTT topic, `@address:port` of a datagram's sender, or nothing.
    pub fn from_origin(at: Timestamp, origin: &'a str, bytes: &'a [u8]) -> Self {
        match origin.strip_prefix('@') {
            Some(sender) => Self { sender, ..Self::of(at, bytes) },
            None => Self { topic: origin, ..Self::of(at, bytes) },
        }
    }
}

/// Bytes to be sent to the apparatus, message by message.
pub type Outbox = Vec<Vec<u8>>;

/// What the application may ask of an apparatus. Boxes that cannot do it ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begin a phrase.
    StartPhrase,
    /// Call the phrase off.
    CancelPhrase,
}

/// How well the bytes fit the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames that passed every check.
    pub good: u64,
    /// Frames that looked like one and failed.
    pub bad: u64,
    /// Bytes seen.
    pub bytes: u64,
    /// Bytes that lay in good frames.
    pub explained: u64,
}

impl Tally {
    /// What came after `before`; nothing where `before` is another reader's and counts more.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            good: self.good.saturating_sub(before.good),
            bad: self.bad.saturating_sub(before.bad),
            bytes: self.bytes.saturating_sub(before.bytes),
            explained: self.explained.saturating_sub(before.explained),
        }
    }

    /// Bytes that could not be read so far. A frame whose end has not arrived yet is among them.
    pub fn unreadable(self) -> u64 {
        self.bytes.saturating_sub(self.explained)
    }

    pub(crate) fn good_frame(&mut self, bytes: usize) {
        self.good += 1;
        self.explained += bytes as u64;
    }
}

/// A protocol's reader.
pub trait Decoder: Send {
    /// Takes bytes, appends what they said. Any bytes are allowed; nonsense only raises [`Tally::bad`].
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>);

    /// Called now and then (at least every 100 ms): what has to be sent by now.
    fn attend(&mut self, _now: Timestamp, _outbox: &mut Outbox) {}

    /// Does what the application asks, where the apparatus can.
    fn command(&mut self, _command: Command, _now: Timestamp, _outbox: &mut Outbox) {}

    /// The link was lost and made again: half a frame from before means nothing now.
    fn reconnected(&mut self);

    /// How well it went so far.
    fn tally(&self) -> Tally;

    /// Whether silence of this decoder's own making ended the link (PisteLink's heartbeat).
    fn gave_up(&self, _now: Timestamp) -> bool {
        false
    }
}

/// Stamps what a frame said: it became true `age_secs` before the frame was complete, give or take `uncertainty_secs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) at: Timestamp,
    pub(crate) uncertainty_secs: f64,
}

impl Stamp {
    pub(crate) fn aged(received: Timestamp, age_secs: f64, uncertainty_secs: f64) -> Self {
        Self { at: received.plus_secs(-age_secs), uncertainty_secs }
    }

    pub(crate) fn reading(self, word: Word) -> Reading {
        Reading { at: self.at, uncertainty_secs: self.uncertainty_secs, standing: false, word }
    }

    /// How things stood when the link was made: no event.
    pub(crate) fn standing(self, word: Word) -> Reading {
        Reading { standing: true, ..self.reading(word) }
    }
}
