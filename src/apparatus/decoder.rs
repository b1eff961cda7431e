//! The decoder trait and what decoders produce: bytes in, [`Reading`]s out, no port, no thread, no clock of their own.
//!
//! Because a decoder gets the time with the bytes, the same one runs live, on a recording, in a property test and in the
//! fuzzer. A decoder that has to speak (clock query, heartbeat) puts bytes into an [`Outbox`]; the session sends them.
//! Most protocols repeat their whole state, so readings are states, and `changes` works out what changed. Sides here are
//! already the protocol's default mapping to the picture. [`Translator`] does both in memory.

use crate::changes::{ChangeDetector, OnChangeOnly};
use crate::event::{ApparatusEvent, BoutClock, Cards, FencerName};
use crate::protocol::Protocol;
use crate::settings::{ReaderSettings, SideOrder};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalKind, Weapon};

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
    fn poll(&mut self, _now: Timestamp, _outbox: &mut Outbox) {}

    /// Does what the application asks, where the apparatus can.
    fn command(&mut self, _command: Command, _now: Timestamp, _outbox: &mut Outbox) {}

    /// The link was lost and made again: half a frame from before means nothing now.
    fn reconnected(&mut self);

    /// How well it went so far.
    fn tally(&self) -> Tally;

    /// Whether silence of this decoder's own making ended the link (PisteLink's heartbeat).
    fn has_timed_out(&self, _now: Timestamp) -> bool {
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

    pub(crate) fn reading(self, report: Report) -> Reading {
        Reading { at: self.at, uncertainty_secs: self.uncertainty_secs, standing: false, report }
    }

    /// How things stood when the link was made: no event.
    pub(crate) fn standing(self, report: Report) -> Reading {
        Reading { standing: true, ..self.reading(report) }
    }
}

/// One thing said, and when it became true.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Best estimate on the host clock.
    pub at: Timestamp,
    /// Half-width of the uncertainty, in seconds.
    pub uncertainty_secs: f64,
    /// Whether it only tells how things stood when the link was made (a retained message): no event, whatever it says.
    pub standing: bool,
    /// What was said.
    pub report: Report,
}

/// The vocabulary that all protocols are translated into.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The state of all lamps.
    Lamps(PerSide<LampBits>),
    /// Something that happened, said once.
    Signal(SignalKind),
    /// A better time for something already said.
    Corrected(SignalKind),
    /// The lamps that counted at the end of the phrase.
    FinalLamps(PerSide<LampBits>),
    /// The bout's clock.
    Clock(BoutClock),
    /// The score.
    Score(PerSide<u16>),
    /// The score as the competition's software set it, not the apparatus.
    ScoreCorrected(PerSide<u16>),
    /// The cards.
    Cards(PerSide<Cards>),
    /// Priority.
    Priority(Option<Side>),
    /// A fencer's name.
    Fencer(Side, FencerName),
    /// The weapon set on the apparatus.
    Weapon(Weapon),
    /// The box tests its lamps and digits: nothing that it shows counts.
    SelfTest,
    /// Whether the box is connected to its broker (its last will says that it is not).
    Online(bool),
    /// The remote's replay button.
    ReplayWanted,
    /// A frame of another piste, which was not listened to.
    OtherPiste(String),
    /// The piste that is listened to.
    Piste(String),
}

/// One fencer's lamps as wired. What white means depends on the weapon and is decided later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LampBits {
    /// Red (left) or green (right).
    pub coloured: bool,
    /// White.
    pub white: bool,
    /// Yellow: own weapon on own conductive clothing.
    pub yellow: bool,
}

/// Whether all coloured and all white lamps are lit at once. No phrase can do that (who was signalled off target cannot
/// be signalled on target before the lamps are dark again; Material Rules, Annex B): the box tests its lamps.
pub(crate) fn is_lamp_test(lamps: PerSide<LampBits>) -> bool {
    lamps.left.coloured && lamps.left.white && lamps.right.coloured && lamps.right.white
}

/// A score that only a test of all segments shows: no bout has 88 touches on either side.
pub(crate) fn is_segment_test(score: PerSide<u16>) -> bool {
    score.left == 88 && score.right == 88
}

impl LampBits {
    /// Only the coloured lamp.
    pub(crate) const COLOURED: Self = Self { coloured: true, white: false, yellow: false };
    /// Only the white lamp.
    pub(crate) const WHITE: Self = Self { coloured: false, white: true, yellow: false };
}

/// Bytes of a known protocol to events.
pub struct Translator {
    reader: Box<dyn Decoder>,
    changes: ChangeDetector,
}

impl Translator {
    /// A translator that has heard nothing yet.
    pub fn new(protocol: Protocol, settings: &ReaderSettings) -> Self {
        let reader = protocol.reader(settings);
        Self { reader, changes: changes_of(protocol, settings, SideOrder::AsWired) }
    }

    /// Takes bytes that arrived at `at` from `topic` (an MQTT topic, `@address:port` of a datagram's sender, or nothing); what changed by them.
    pub fn feed(&mut self, at: Timestamp, topic: &str, bytes: &[u8]) -> Vec<ApparatusEvent> {
        let mut readings = Vec::new();
        self.reader.feed(Arrival::from_origin(at, topic, bytes), &mut readings);
        let mut events = Vec::new();
        for reading in readings {
            self.changes.take(reading, at, &mut events);
        }
        events
    }

    /// How well the bytes fitted so far.
    pub fn tally(&self) -> Tally {
        self.reader.tally()
    }
}

/// What is known of a box of this protocol before it has said anything.
pub(crate) fn changes_of(protocol: Protocol, settings: &ReaderSettings, sides: SideOrder) -> ChangeDetector {
    let on_change = if protocol.speaks_on_change() { OnChangeOnly::Yes } else { OnChangeOnly::No };
    ChangeDetector::new(sides, settings.weapon, on_change)
}
