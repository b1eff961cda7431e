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
    /// The lamps.
    pub lamps: PerSide<Lamp>,
    /// The bout's clock.
    pub clock: Option<BoutClock>,
    /// The score.
    pub score: Option<PerSide<u16>>,
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
    /// Events that were dropped because nobody took them.
    pub dropped: u64,
    /// How many times the link was made.
    pub connections: u32,
}

impl ApparatusState {
    /// Seconds since the last word; `None` before the first.
    pub fn age_secs(&self, now: Timestamp) -> Option<f64> {
        self.last_word.map(|last| now.secs_since(last))
    }

    /// Takes over what an event says.
    pub(crate) fn apply(&mut self, event: &ApparatusEvent) {
        match &event.fact {
            Fact::Signal(SignalKind::Lamp { side, lamp }) => self.lamps[*side] = *lamp,
            Fact::Signal(SignalKind::PhraseStart) => self.lamps = PerSide::default(),
            Fact::LampsFound(lamps) | Fact::FinalLamps(lamps) => self.lamps = *lamps,
            Fact::Clock(clock) => self.clock = Some(*clock),
            Fact::Score(score) => self.score = Some(*score),
            Fact::Cards(cards) => self.cards = *cards,
            Fact::Priority(side) => self.priority = *side,
            Fact::Fencer { side, fencer } => self.fencers[*side] = Some(fencer.clone()),
            Fact::Weapon(weapon) => self.weapon = Some(*weapon),
            Fact::Signal(_) | Fact::Corrected(_) | Fact::ReplayWanted => {}
        }
    }
}
