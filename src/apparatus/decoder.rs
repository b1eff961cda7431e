//! The decoder trait and its output: bytes in, [`Reading`]s out, without port, thread or clock.
//!
//! A decoder gets the time with the bytes, so the same one runs live, on a capture, in a property test and in the fuzzer. A decoder
//! that has to send (clock request, heartbeat) puts bytes into an [`Outbox`]; the session sends them. Most protocols repeat their
//! whole state, so readings are states, and `changes` finds what changed. Sides are already the protocol's default mapping to
//! the frame. [`Translator`] does both in memory.

use crate::changes::{ChangeDetector, OnChangeOnly};
use crate::event::{ApparatusEvent, BoutClock, Cards, FencerName};
use crate::protocol::Protocol;
use crate::settings::{DecoderSettings, SideOrder};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalKind, Weapon};

/// Bytes that arrived together.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Arrival of the last of them, on the host clock.
    pub at: Timestamp,
    /// MQTT topic; empty on other transports.
    pub topic: &'a str,
    /// Address and port of a datagram's sender; empty on transports without one.
    pub sender: &'a str,
    /// Whether a broker had retained it: it describes a state, nothing has just happened.
    pub retained: bool,
    /// The bytes; a whole datagram or message on transports that have such.
    pub bytes: &'a [u8],
}

impl<'a> Arrival<'a> {
    /// Bytes of a line without topics and senders.
    pub fn of(at: Timestamp, bytes: &'a [u8]) -> Self {
        Self { at, topic: "", sender: "", retained: false, bytes }
    }

    /// Bytes with their origin as in a capture: an MQTT topic, `@address:port` of a datagram's sender, or nothing.
    pub fn from_origin(at: Timestamp, origin: &'a str, bytes: &'a [u8]) -> Self {
        match origin.strip_prefix('@') {
            Some(sender) => Self { sender, ..Self::of(at, bytes) },
            None => Self { topic: origin, ..Self::of(at, bytes) },
        }
    }
}

/// Bytes to be sent to the apparatus, message by message.
pub type Outbox = Vec<Vec<u8>>;

/// Requests to an apparatus. Boxes without the function ignore them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begin a phrase.
    StartPhrase,
    /// Cancel the phrase.
    CancelPhrase,
}

/// Statistics of how well the bytes fit the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames that passed every check.
    pub good: u64,
    /// Frames that failed a check.
    pub bad: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Bytes in good frames.
    pub explained: u64,
}

impl Tally {
    /// Difference to an earlier tally; zero where `before` counts more because it is another decoder's.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            good: self.good.saturating_sub(before.good),
            bad: self.bad.saturating_sub(before.bad),
            bytes: self.bytes.saturating_sub(before.bytes),
            explained: self.explained.saturating_sub(before.explained),
        }
    }

    /// Bytes that could not be decoded so far, including those of an unfinished frame.
    pub fn unreadable(self) -> u64 {
        self.bytes.saturating_sub(self.explained)
    }

    pub(crate) fn good_frame(&mut self, bytes: usize) {
        self.good += 1;
        self.explained += bytes as u64;
    }
}

/// A protocol decoder.
pub trait Decoder: Send {
    /// Decodes bytes and appends readings. Accepts any bytes; undecodable ones only raise [`Tally::bad`].
    fn feed(&mut self, arrival: Arrival<'_>, out: &mut Vec<Reading>);

    /// Called at least every 100 ms; appends what has to be sent by now.
    fn poll(&mut self, _now: Timestamp, _outbox: &mut Outbox) {}

    /// Appends the bytes of a request, where the apparatus supports it.
    fn command(&mut self, _command: Command, _now: Timestamp, _outbox: &mut Outbox) {}

    /// The link was lost and reopened: discards a partial frame.
    fn reconnected(&mut self);

    /// Statistics so far.
    fn tally(&self) -> Tally;

    /// Whether the decoder ends the link because of silence (PisteLink's heartbeat).
    fn has_timed_out(&self, _now: Timestamp) -> bool {
        false
    }
}

/// Time of a report: it became true `age_secs` before the frame was complete, within `uncertainty_secs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) at: Timestamp,
    pub(crate) uncertainty_secs: f64,
}

impl Stamp {
    pub(crate) fn aged(received: Timestamp, age_secs: f64, uncertainty_secs: f64) -> Self {
        Self { at: received.plus_secs(-age_secs), uncertainty_secs }
    }

    pub(crate) fn reading(self, report: Report) -> Reading {
        Reading { at: self.at, uncertainty_secs: self.uncertainty_secs, standing: false, report }
    }

    /// A state at the time the link was opened: no event.
    pub(crate) fn standing(self, report: Report) -> Reading {
        Reading { standing: true, ..self.reading(report) }
    }
}

/// One report with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Best estimate on the host clock.
    pub at: Timestamp,
    /// Half-width of the uncertainty, in seconds.
    pub uncertainty_secs: f64,
    /// Whether it only describes the state when the link was opened (a retained message): never an event.
    pub standing: bool,
    /// The report.
    pub report: Report,
}

/// Reports of all protocols.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The state of all lamps.
    Lamps(PerSide<LampBits>),
    /// A signal, sent once.
    Signal(SignalKind),
    /// A more precise time of an earlier signal.
    Corrected(SignalKind),
    /// The lamps that counted at the end of the phrase.
    FinalLamps(PerSide<LampBits>),
    /// The bout's clock.
    Clock(BoutClock),
    /// The score.
    Score(PerSide<u16>),
    /// The score as set by the competition's software, not by the apparatus.
    ScoreCorrected(PerSide<u16>),
    /// The cards.
    Cards(PerSide<Cards>),
    /// Priority.
    Priority(Option<Side>),
    /// A fencer's name.
    Fencer(Side, FencerName),
    /// Weapon setting of the apparatus.
    Weapon(Weapon),
    /// The box tests its lamps and digits: nothing that it shows counts.
    SelfTest,
    /// Whether the box is connected to its broker (its last will reports the loss).
    Online(bool),
    /// The remote's replay button was pressed.
    ReplayWanted,
    /// A frame of another piste, which was ignored.
    OtherPiste(String),
    /// The piste whose messages are used.
    Piste(String),
}

/// One fencer's lamps as wired. The meaning of white depends on the weapon and is decided later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LampBits {
    /// Red (left) or green (right).
    pub coloured: bool,
    /// White.
    pub white: bool,
    /// Yellow: own weapon on own conductive clothing.
    pub yellow: bool,
}

/// Whether all coloured and all white lamps are lit at once: the box tests its lamps. No phrase can do that (after an off-target
/// signal no valid touch is signalled until the lamps are reset; FIE Material Rules, Annex B).
pub(crate) fn is_lamp_test(lamps: PerSide<LampBits>) -> bool {
    lamps.left.coloured && lamps.left.white && lamps.right.coloured && lamps.right.white
}

/// Whether the score is that of a display test: no bout has 88 touches on both sides.
pub(crate) fn is_segment_test(score: PerSide<u16>) -> bool {
    score.left == 88 && score.right == 88
}

impl LampBits {
    /// Only the coloured lamp.
    pub(crate) const COLOURED: Self = Self { coloured: true, white: false, yellow: false };
    /// Only the white lamp.
    pub(crate) const WHITE: Self = Self { coloured: false, white: true, yellow: false };
}

/// Decoder and change detection in one: bytes of a known protocol in, events out.
pub struct Translator {
    decoder: Box<dyn Decoder>,
    changes: ChangeDetector,
}

impl Translator {
    /// A translator without any input yet.
    pub fn new(protocol: Protocol, settings: &DecoderSettings) -> Self {
        let decoder = protocol.decoder(settings);
        Self { decoder, changes: changes_of(protocol, settings, SideOrder::AsWired) }
    }

    /// Decodes bytes that arrived at `at` from `topic` (an MQTT topic, `@address:port` of a datagram's sender, or nothing); returns the changes.
    pub fn feed(&mut self, at: Timestamp, topic: &str, bytes: &[u8]) -> Vec<ApparatusEvent> {
        let mut readings = Vec::new();
        self.decoder.feed(Arrival::from_origin(at, topic, bytes), &mut readings);
        let mut events = Vec::new();
        for reading in readings {
            self.changes.take(reading, at, &mut events);
        }
        events
    }

    /// Statistics so far.
    pub fn tally(&self) -> Tally {
        self.decoder.tally()
    }
}

/// Change detection for a box of this protocol, before its first message.
pub(crate) fn changes_of(protocol: Protocol, settings: &DecoderSettings, sides: SideOrder) -> ChangeDetector {
    let on_change = if protocol.speaks_on_change() { OnChangeOnly::Yes } else { OnChangeOnly::No };
    ChangeDetector::new(sides, settings.weapon, on_change)
}
