//! What the window shows of an apparatus: a snapshot that is complete, cheap to copy and never waited for.

use super::{
    decoder::Tally,
    event::{ApparatusEvent, BoutClock, Cards, Fact, FencerName},
    protocol::Protocol,
};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};

/// How the link to the apparatus stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connection {
    /// Being made.
    #[default]
    Connecting,
    /// Made.
    Open,
    /// Broken or not to be made; it will be tried again.
    Waiting {
        /// Why, in words for the person at the window.
        reason: String,
        /// When it is tried again, on the host clock.
        retry_at: Timestamp,
    },
    /// Closed on purpose, or the capture is at its end.
    Closed,
    /// The listening thread ended by an internal error; open the apparatus again.
    Failed {
        /// What it was.
        reason: String,
    },
}

/// What may be wrong with a line on which bytes arrive that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineHint {
    /// The bytes make sense with every bit turned round.
    InvertedPolarity,
    /// Nothing makes sense at all.
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

/// Everything known of one apparatus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApparatusState {
    /// Where it is, in words.
    pub link: String,
    /// How the link stands.
    pub connection: Connection,
    /// What it speaks, as far as known.
    pub protocol: Option<Protocol>,
    /// How sure that is, 0 to 1, judged by what arrived in the last seconds.
    pub confidence: f64,
    /// The lamps; dark where they are unknown (see `gone`).
    pub lamps: PerSide<Lamp>,
    /// The bout's clock.
    pub clock: Option<BoutClock>,
    /// The score.
    pub score: Option<PerSide<u16>>,
    /// Whether that score was set by the competition's software and not counted by the apparatus.
    pub score_corrected: bool,
    /// The cards.
    pub cards: PerSide<Cards>,
    /// Who has priority.
    pub priority: Option<Side>,
    /// Who is fencing.
    pub fencers: PerSide<Option<FencerName>>,
    /// The weapon set on the apparatus.
    pub weapon: Option<Weapon>,
    /// The piste that is listened to.
    pub piste: Option<String>,
    /// Another piste heard on the same network, if any.
    pub other_piste: Option<String>,
    /// When the last bytes arrived, on the host clock.
    pub last_word: Option<Timestamp>,
    /// Frames and bytes so far.
    pub tally: Tally,
    /// What may be wrong with the line, while bytes arrive that cannot be read.
    pub hint: Option<LineHint>,
    /// Whether the box has left its broker: its lamps are unknown.
    pub gone: bool,
    /// Whether the box tests its lamps and digits, or did so last.
    pub tested_itself: bool,
    /// Events that were dropped because nobody took them.
    pub dropped: u64,
    /// How many times the link was made.
    pub connections: u32,
}

/// Below this certainty of the protocol a link is not called understood: the other reading would be as likely.
const UNDERSTOOD: f64 = 0.5;

impl ApparatusState {
    /// Whether the link is open, the box is there and what arrives is understood. An open link on which nothing makes sense
    /// is not a connected box and must not be shown as one.
    pub fn is_understood(&self) -> bool {
        self.connection == Connection::Open && self.confidence >= UNDERSTOOD && !self.gone
    }

    /// Seconds since the last word; `None` before the first.
    pub fn age_secs(&self, now: Timestamp) -> Option<f64> {
        self.last_word.map(|last| now.secs_since(last))
    }

    /// Takes over what an event says.
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
