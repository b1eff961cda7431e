//! What the rest of the building hears from a scoring apparatus: one [`ApparatusEvent`] per change.
//!
//! Hides every protocol: whoever reads these does not know whether a cable, a network or a key said it. Times are on the
//! *host clock* (see [`super::HostClock`]); [`ApparatusEvent::signal`] moves them to a phrase's clock for the engine.

use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource, Weapon};

/// One change that the apparatus reported.
#[derive(Clone, Debug, PartialEq)]
pub struct ApparatusEvent {
    /// Best estimate of when it happened, on the host clock.
    pub at: Timestamp,
    /// Half-width of `at`'s uncertainty in seconds; each driver's file says where its figure comes from.
    pub uncertainty_secs: f64,
    /// When its last byte arrived, on the host clock.
    pub received: Timestamp,
    /// Who said it.
    pub source: SignalSource,
    /// What changed.
    pub fact: Fact,
}

impl ApparatusEvent {
    /// The event as the engine takes it, on the clock whose zero is `zero` on the host clock; `None` for facts that are
    /// no signals (score, clock, names).
    pub fn signal(&self, zero: Timestamp) -> Option<SignalEvent> {
        let (Fact::Signal(kind) | Fact::Corrected(kind)) = &self.fact else { return None };
        let at = Timestamp::from_nanos(self.at.nanos().saturating_sub(zero.nanos()));
        Some(SignalEvent { at, uncertainty_secs: self.uncertainty_secs, source: self.source, kind: *kind })
    }
}

/// What an apparatus can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A signal of the phrase: lamp, blade contact, lockout, start, end.
    Signal(SignalKind),
    /// A better time for a signal that was already reported (the reference box logs a touch after its window).
    Corrected(SignalKind),
    /// The lamps as they stood when the first word came: nobody saw them light up, so they are no touch.
    LampsFound(PerSide<Lamp>),
    /// The lamps at the end of the phrase, where the apparatus says so itself.
    FinalLamps(PerSide<Lamp>),
    /// The bout's clock.
    Clock(BoutClock),
    /// The score.
    Score(PerSide<u16>),
    /// The score as the competition's software has set it: a correction, not something that the apparatus counted.
    ScoreCorrected(PerSide<u16>),
    /// How something stood when the link was made (a broker's retained message). Nothing has happened; only score, cards,
    /// priority and clock come this way, lamps as [`Fact::LampsFound`].
    Found(Box<Fact>),
    /// The box tests its lamps and digits: what it shows meanwhile is no lamp, score, clock or card. Said once per test.
    SelfTest,
    /// The box has left its broker (its last will): its lamps are unknown until it comes back.
    BoxGone,
    /// The box is back at its broker.
    BoxBack,
    /// The listening thread ended by an internal error. No more events come; the apparatus has to be opened again.
    ListenerFailed,
    /// The cards of both fencers.
    Cards(PerSide<Cards>),
    /// Who has priority in the extra minute, if anyone.
    Priority(Option<Side>),
    /// Who is fencing on this side.
    Fencer {
        /// Whose name.
        side: Side,
        /// The name.
        fencer: FencerName,
    },
    /// The weapon the apparatus is set to.
    Weapon(Weapon),
    /// The referee's remote asks for the video replay.
    ReplayWanted,
}

/// The bout's clock as the apparatus shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoutClock {
    /// What the display shows, in seconds.
    pub shown_secs: f64,
    /// Whether it runs, and for what.
    pub run: ClockRun,
}

/// What the bout's clock is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockRun {
    /// Fencing time runs.
    Running,
    /// Stopped, or the apparatus does not say.
    #[default]
    Stopped,
    /// Injury time.
    Injury,
    /// The pause between periods.
    Break,
}

/// One fencer's cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cards {
    /// Yellow cards shown (0 or 1).
    pub yellow: u8,
    /// Red cards shown.
    pub red: u8,
}

/// Who a fencer is, as far as the apparatus knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FencerName {
    /// Family and given name as sent.
    pub name: String,
    /// Three-letter nation, or empty.
    pub nation: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(fact: Fact) -> ApparatusEvent {
        ApparatusEvent {
            at: Timestamp::from_secs(12.5),
            uncertainty_secs: 0.02,
            received: Timestamp::from_secs(12.52),
            source: SignalSource::Apparatus,
            fact,
        }
    }

    #[test]
    fn a_signal_moves_to_the_phrase_clock_and_a_score_does_not() {
        let signal = event(Fact::Signal(SignalKind::BladeContact)).signal(Timestamp::from_secs(10.0)).unwrap();
        assert!((signal.at.secs() - 2.5).abs() < 1e-9 && signal.kind == SignalKind::BladeContact);
        assert_eq!(event(Fact::Score(PerSide::new(1, 2))).signal(Timestamp::ZERO), None);
    }
}
