//! The signals of the running phrase, kept on its own clock and kept bounded.

use crate::event::ApparatusEvent;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, SignalEvent, SignalKind, SignalLog};

/// Signals kept per phrase; archived phrases have fewer than 30. Touches are kept beyond it.
const MOST_SIGNALS: usize = 2000;
/// A time that lies this far before its phrase is a clock that ran backwards, in seconds.
const BEFORE_PHRASE_SECS: f64 = 0.5;

/// A phrase that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct CompletedPhrase {
    /// Zero of its clock on the host clock.
    pub zero: Timestamp,
    /// Its first moment that matters, on the host clock: its start where somebody said it, else as far back as a phrase
    /// may last.
    pub from: Timestamp,
    /// Its last moment, post-roll included, on the host clock.
    pub until: Timestamp,
    /// What was signalled, on its own clock.
    pub signals: SignalLog,
    /// Signals that were dropped because there were too many of them.
    pub dropped: u64,
}

/// A phrase in the making.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) zero: Timestamp,
    pub(super) final_lamps: Option<PerSide<Lamp>>,
    signals: Vec<SignalEvent>,
    dropped: u64,
}

impl Phrase {
    pub(super) fn from(zero: Timestamp) -> Self {
        Self { zero, final_lamps: None, signals: Vec::new(), dropped: 0 }
    }

    /// Whether somebody said that it began.
    pub(super) fn was_started(&self) -> bool {
        self.signals.iter().any(|s| s.kind == SignalKind::PhraseStart)
    }

    /// Whether a light has come.
    pub(super) fn was_touched(&self) -> bool {
        let lit = |kind| matches!(kind, SignalKind::Lamp { lamp: Lamp::Valid | Lamp::OffTarget, .. });
        self.signals.iter().any(|signal| lit(signal.kind))
    }

    /// Adds a signal; what was added, on the phrase's clock.
    pub(super) fn record(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let signal = self.placed(event)?;
        if self.signals.len() >= MOST_SIGNALS && !matters(signal.kind) {
            self.dropped += 1;
            return None;
        }
        if self.signals.len() >= 2 * MOST_SIGNALS {
            self.dropped += 1;
            return None;
        }
        self.signals.push(signal);
        Some(signal)
    }

    /// Gives an earlier signal of the same kind its better time.
    pub(super) fn correct(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let signal = self.placed(event)?;
        let known = self.signals.iter_mut().rev().find(|s| s.kind == signal.kind)?;
        *known = signal;
        Some(signal)
    }

    pub(super) fn complete(self, until: Timestamp, longest_secs: f64) -> CompletedPhrase {
        let started = self.was_started();
        let from = if started { self.zero } else { self.zero.max(until.plus_secs(-longest_secs)) };
        // A touch from just before the phrase's zero (a key is put back by the reaction time) is one of this phrase.
        let kept_whole = started || from == self.zero;
        let first_wanted = Timestamp::from_nanos(from.nanos().saturating_sub(self.zero.nanos()));
        let mut signals = SignalLog::default();
        let wanted = self.signals.into_iter().filter(|s| kept_whole || s.at >= first_wanted);
        wanted.for_each(|signal| signals.push(signal));
        if let Some(lamps) = self.final_lamps {
            signals.set_final_lamps(lamps);
        }
        CompletedPhrase { zero: self.zero, from, until, signals, dropped: self.dropped }
    }

    /// The signal on the phrase's clock; an impossible time is replaced by the arrival's, as uncertain as it was wrong.
    fn placed(&self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let early = self.zero.secs_since(event.at);
        let late = event.at.secs_since(event.received);
        if early > BEFORE_PHRASE_SECS || late > 0.0 {
            let uncertainty_secs = event.uncertainty_secs.max(BEFORE_PHRASE_SECS);
            let at_arrival = ApparatusEvent { at: event.received, uncertainty_secs, ..event.clone() };
            return at_arrival.signal(self.zero);
        }
        event.signal(self.zero)
    }
}

fn matters(kind: SignalKind) -> bool {
    matches!(kind, SignalKind::Lamp { .. } | SignalKind::PhraseEnd | SignalKind::Halt)
}
