//! Events of a scoring apparatus: one [`ApparatusEvent`] per change.
//!
//! Hides every protocol: an event does not tell whether a cable, a network or a key reported it. Times are on the
//! *host clock* (see [`super::HostClock`]); [`ApparatusEvent::signal`] converts them to a phrase's clock for the engine.

use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource, Weapon};

/// One change reported by the apparatus.
#[derive(Clone, Debug, PartialEq)]
pub struct ApparatusEvent {
    /// Best estimate of when it happened, on the host clock.
    pub at: Timestamp,
    /// Half-width of the uncertainty of `at` in seconds; each driver's file gives the source of its figure.
    pub uncertainty_secs: f64,
    /// Arrival of its last byte, on the host clock.
    pub received: Timestamp,
    /// Kind of source.
    pub source: SignalSource,
    /// What changed.
    pub fact: Fact,
}

impl ApparatusEvent {
    /// The event for the engine, on the clock whose zero is `zero` on the host clock; `None` for facts that are no signals (score,
    /// clock, names).
    pub fn signal(&self, zero: Timestamp) -> Option<SignalEvent> {
        let (Fact::Signal(kind) | Fact::Corrected(kind)) = &self.fact else { return None };
        let at = Timestamp::from_nanos(self.at.nanos().saturating_sub(zero.nanos()));
        Some(SignalEvent { at, uncertainty_secs: self.uncertainty_secs, source: self.source, kind: *kind })
    }
}

/// Content of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A signal of the phrase: lamp, blade contact, lockout, start, end.
    Signal(SignalKind),
    /// A more precise time of an earlier signal (the reference box logs a touch after its window).
    Corrected(SignalKind),
    /// The lamps in the first message: their lighting was not observed, so they are no touch.
    LampsFound(PerSide<Lamp>),
    /// The lamps at the end of the phrase, where the apparatus reports them.
    FinalLamps(PerSide<Lamp>),
    /// The bout's clock.
    Clock(BoutClock),
    /// The score.
    Score(PerSide<u16>),
    /// The score as set by the competition's software: a correction, not counted by the apparatus.
    ScoreCorrected(PerSide<u16>),
    /// A state at the time the link was opened (a broker's retained message). Nothing has happened; only score, cards, priority and
    /// clock arrive this way, lamps as [`Fact::LampsFound`].
    Found(Box<Fact>),
    /// The box tests its lamps and digits: what it shows meanwhile is no lamp, score, clock or card. Sent once per test.
    SelfTest,
    /// The box has left its broker (its last will): its lamps are unknown until it comes back.
    BoxGone,
    /// The box is back at its broker.
    BoxBack,
    /// The listening thread ended by an internal error. No more events come; the apparatus must be opened again.
    ListenerFailed,
    /// The cards of both fencers.
    Cards(PerSide<Cards>),
    /// The fencer with priority in the extra minute, if any.
    Priority(Option<Side>),
    /// The name of a fencer.
    Fencer {
        /// The fencer's side.
        side: Side,
        /// The name.
        fencer: FencerName,
    },
    /// Weapon setting of the apparatus.
    Weapon(Weapon),
    /// The video replay was requested on the referee's remote.
    ReplayWanted,
}

/// The bout's clock as the apparatus shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoutClock {
    /// Displayed time, in seconds.
    pub shown_secs: f64,
    /// Whether it runs, and for what.
    pub run: ClockRun,
}

/// State of the bout's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockRun {
    /// Fencing time runs.
    Running,
    /// Stopped, or not reported.
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

/// Identity of a fencer, as far as the apparatus knows it.
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
