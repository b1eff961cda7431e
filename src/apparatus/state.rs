//! Snapshot of an apparatus for display: complete, cheap to copy, available without waiting.

use super::{
    decoder::Tally,
    event::{ApparatusEvent, BoutClock, Cards, Fact, FencerName},
    protocol::Protocol,
};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};

/// State of the link.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connection {
    /// Being opened.
    #[default]
    Connecting,
    /// Open.
    Open,
    /// Broken or not available; it will be retried.
    Waiting {
        /// Why, as text for the user.
        reason: String,
        /// Time of the next attempt, on the host clock.
        retry_at: Timestamp,
    },
    /// Closed on purpose, or the capture has ended.
    Closed,
    /// The listening thread ended by an internal error; the apparatus must be opened again.
    Failed {
        /// The error.
        reason: String,
    },
}

/// Likely fault of a line whose bytes cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineHint {
    /// The bytes make sense with every bit inverted.
    InvertedPolarity,
    /// The bytes make no sense at all.
    WrongRateOrPolarity,
    /// Some frames are good and many are damaged.
    BadCable,
}

impl LineHint {
    /// What to do about it, in English.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::InvertedPolarity => {
                "the bytes are inverted: exchange the two wires of the pair (A and B, + and -) or invert the adapter's polarity"
            }
            Self::WrongRateOrPolarity => {
                "bytes arrive and none can be read: check the rate (bits per second), the polarity of the adapter and the cable"
            }
            Self::BadCable => "many bytes are damaged: check the cable, its plugs and its ground",
        }
    }
}

/// Snapshot of one apparatus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApparatusState {
    /// Address of the apparatus.
    pub link: String,
    /// State of the link.
    pub connection: Connection,
    /// Its protocol, as far as known.
    pub protocol: Option<Protocol>,
    /// Confidence in the protocol, 0 to 1, from what arrived in the last seconds.
    pub confidence: f64,
    /// The lamps; dark while unknown (see `gone`).
    pub lamps: PerSide<Lamp>,
    /// The bout's clock.
    pub clock: Option<BoutClock>,
    /// The score.
    pub score: Option<PerSide<u16>>,
    /// Whether the competition's software set that score instead of the apparatus counting it.
    pub score_corrected: bool,
    /// The cards.
    pub cards: PerSide<Cards>,
    /// The fencer with priority.
    pub priority: Option<Side>,
    /// Names of the fencers.
    pub fencers: PerSide<Option<FencerName>>,
    /// Weapon setting of the apparatus.
    pub weapon: Option<Weapon>,
    /// The piste whose messages are used.
    pub piste: Option<String>,
    /// Another piste on the same network, if any.
    pub other_piste: Option<String>,
    /// Arrival of the last bytes, on the host clock.
    pub last_received: Option<Timestamp>,
    /// Frames and bytes received so far.
    pub tally: Tally,
    /// Likely fault of the line, while its bytes cannot be decoded.
    pub hint: Option<LineHint>,
    /// Whether the box has left its broker: its lamps are unknown.
    pub gone: bool,
    /// Whether the box's last message was of a self test.
    pub tested_itself: bool,
    /// Events dropped because the queue was full.
    pub dropped: u64,
    /// How often the link was opened.
    pub connections: u32,
}

/// Confidence in the protocol below which the link does not count as understood: another protocol would be as likely.
const MIN_CONFIDENCE: f64 = 0.5;

impl ApparatusState {
    /// Whether the link is open, the box is there, and its messages are decoded. An open link with undecodable bytes is not a
    /// connected box and must not be shown as one.
    pub fn is_understood(&self) -> bool {
        self.connection == Connection::Open && self.confidence >= MIN_CONFIDENCE && !self.gone
    }

    /// Seconds since the last bytes; `None` before the first.
    pub fn age_secs(&self, now: Timestamp) -> Option<f64> {
        self.last_received.map(|last| now.secs_since(last))
    }

    /// Updates the snapshot with an event.
    pub(crate) fn apply(&mut self, event: &ApparatusEvent) {
        self.apply_fact(&event.fact);
    }

    fn apply_fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Signal(SignalKind::Lamp { side, lamp }) => self.lamps[*side] = *lamp,
            Fact::Signal(SignalKind::PhraseStart) => {
                (self.lamps, self.tested_itself) = (PerSide::default(), false);
            }
            Fact::LampsFound(lamps) | Fact::FinalLamps(lamps) => self.lamps = *lamps,
            Fact::Clock(clock) => self.clock = Some(*clock),
            Fact::Score(score) => (self.score, self.score_corrected) = (Some(*score), false),
            Fact::ScoreCorrected(score) => (self.score, self.score_corrected) = (Some(*score), true),
            Fact::Found(fact) => self.apply_fact(fact),
            Fact::SelfTest => self.tested_itself = true,
            Fact::BoxGone => (self.gone, self.lamps) = (true, PerSide::default()),
            Fact::BoxBack => self.gone = false,
            Fact::Cards(cards) => self.cards = *cards,
            Fact::Priority(side) => self.priority = *side,
            Fact::Fencer { side, fencer } => self.fencers[*side] = Some(fencer.clone()),
            Fact::Weapon(weapon) => self.weapon = Some(*weapon),
            Fact::Signal(_) | Fact::Corrected(_) | Fact::ReplayWanted | Fact::ListenerFailed => {}
        }
    }
}
