//! Decides when a phrase begins and ends: takes commands and apparatus events, returns actions. Synchronous; has neither
//! thread nor clock.
//!
//! ```text
//! Ready --start, or a lamp--> Recording --touch, halt--> Ending --lockout and post-roll over--> Ready
//! ```
//!
//! When the lockout is over no further light can come, so a verdict can be given while the post-roll is still being recorded.
//! Judging is not a stage here, because the next phrase may begin during it. [`Trigger`] times the touches; this adds the
//! start of the recording, the referee's commands, and an end for phrases that nobody ends.

use apparatus::{ApparatusEvent, CompletedPhrase, Fact, Trigger, TriggerEvent, TriggerSettings};
use fencing::time::Timestamp;
use fencing::{Side, SignalEvent, SignalKind, SignalSource, Weapon};

/// Length of a phrase before its first lamp if nobody started it, in seconds. Longer phrases exist; then their last
/// seconds are judged.
pub(crate) const UNSTARTED_SECS: f64 = 6.0;
/// A phrase that nobody ends is ended after this time, in seconds; the longest of 485 archived phrases lasted 20.7 s.
pub(crate) const MAX_PHRASE_SECS: f64 = 60.0;
/// Uncertainty of "Allez!" and "Halt!" by key press, in seconds.
const CALL_UNCERTAINTY_SECS: f64 = 0.2;

/// Settings of the state machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PhraseTimings {
    pub(crate) weapon: Weapon,
    pub(crate) pre_roll_secs: f64,
    pub(crate) post_roll_secs: f64,
}

impl PhraseTimings {
    fn trigger(self) -> TriggerSettings {
        let weapon = TriggerSettings::for_weapon(self.weapon);
        let post_roll_secs = finite(self.post_roll_secs);
        let longest_phrase_secs = UNSTARTED_SECS + weapon.lockout_secs + post_roll_secs;
        TriggerSettings { post_roll_secs, longest_phrase_secs, ..weapon }
    }
}

/// An action for the session loop. All times are on the host clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PhraseAction {
    /// A phrase begins: it contains the frames from `from` on.
    Begin { from: Timestamp },
    /// A signal of the running phrase.
    Signal(SignalEvent),
    /// A better time for an earlier signal of the same kind.
    Corrected(SignalEvent),
    /// The first lamp of the phrase was lit.
    Touch(Side),
    /// No further light can come after `at`: a verdict can be given.
    Decided { at: Timestamp },
    /// The phrase is over: it ends at its `until`.
    Finish(Box<CompletedPhrase>),
    /// The phrase was cancelled.
    Drop,
    /// A lamp stays lit; its side is ignored until it goes out.
    StuckLamp(Side),
    /// The phrase was ended because nobody ended it.
    TooLong,
}

/// Stage of the phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Stage {
    #[default]
    Ready,
    Recording {
        since: Timestamp,
    },
    Ending,
}

/// The state machine of phrases.
#[derive(Debug)]
pub(crate) struct PhraseStateMachine {
    timings: PhraseTimings,
    trigger: Trigger,
    stage: Stage,
    /// End of the previous phrase: nothing earlier belongs to the next one.
    free_from: Timestamp,
}

impl PhraseStateMachine {
    /// Ready at `now`; earlier frames may belong to the next phrase.
    pub(crate) fn new(timings: PhraseTimings, now: Timestamp) -> Self {
        let trigger = Trigger::armed(timings.trigger(), now);
        Self { timings, trigger, stage: Stage::Ready, free_from: Timestamp::from_nanos(i64::MIN) }
    }

    /// Stage of the phrase.
    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Applies new settings, from the next touch on.
    pub(crate) fn set(&mut self, timings: PhraseTimings) {
        self.timings = timings;
        self.trigger.set(timings.trigger());
    }

    /// "Allez!"
    pub(crate) fn start(&mut self, now: Timestamp) -> Vec<PhraseAction> {
        if self.stage == Stage::Ready { self.take(&called(SignalKind::PhraseStart, now, now)) } else { Vec::new() }
    }

    /// "Halt!" If no phrase is running, the last seconds become one.
    pub(crate) fn halt(&mut self, now: Timestamp) -> Vec<PhraseAction> {
        let mut actions = Vec::new();
        if self.stage == Stage::Ready {
            let begun = now.plus_secs(-UNSTARTED_SECS).max(self.free_from);
            actions.extend(self.take(&called(SignalKind::PhraseStart, begun, now)));
        }
        actions.extend(self.take(&called(SignalKind::Halt, now, now)));
        actions
    }

    /// Cancels the running phrase.
    pub(crate) fn cancel(&mut self, now: Timestamp) -> Vec<PhraseAction> {
        if self.stage == Stage::Ready { Vec::new() } else { self.take(&called(SignalKind::Cancelled, now, now)) }
    }

    /// Handles an event of the apparatus.
    pub(crate) fn take(&mut self, event: &ApparatusEvent) -> Vec<PhraseAction> {
        let events = self.trigger.take(event);
        let mut actions = self.follow(events, event.received);
        let ends = matches!(event.fact, Fact::Signal(SignalKind::Halt | SignalKind::PhraseEnd));
        if ends && matches!(self.stage, Stage::Recording { .. }) {
            self.stage = Stage::Ending;
        }
        actions.extend(self.end_if_endless(event.received));
        actions
    }

    /// Does what is due at `now`; to be called every few hundredths of a second.
    pub(crate) fn tick(&mut self, now: Timestamp) -> Vec<PhraseAction> {
        let events = self.trigger.tick(now);
        let mut actions = self.follow(events, now);
        actions.extend(self.end_if_endless(now));
        actions
    }

    fn end_if_endless(&mut self, now: Timestamp) -> Vec<PhraseAction> {
        match self.stage {
            Stage::Recording { since } if now.secs_since(since) > MAX_PHRASE_SECS => {
                let mut actions = vec![PhraseAction::TooLong];
                let events = self.trigger.take(&called(SignalKind::Halt, now, now));
                actions.extend(self.follow(events, now));
                self.stage = Stage::Ending;
                actions
            }
            _ => Vec::new(),
        }
    }

    /// The trigger reports a signal before the start or touch that it causes; the actions need the opposite order.
    fn follow(&mut self, events: Vec<TriggerEvent>, now: Timestamp) -> Vec<PhraseAction> {
        let mut actions = Vec::new();
        let touch =
            events.iter().find_map(|e| if let TriggerEvent::Touch { side, .. } = e { Some(*side) } else { None });
        if let Some(side) = touch {
            self.touched(side, first_lamp(&events), now, &mut actions);
        }
        for event in events {
            self.follow_one(event, now, &mut actions);
        }
        actions
    }

    fn touched(&mut self, side: Side, lamp: Option<SignalEvent>, now: Timestamp, actions: &mut Vec<PhraseAction>) {
        let at = lamp.map_or(now, |lamp| self.on_host_clock(lamp).at);
        self.begin(at.plus_secs(-UNSTARTED_SECS), now, actions);
        self.stage = Stage::Ending;
        actions.push(PhraseAction::Touch(side));
    }

    fn follow_one(&mut self, event: TriggerEvent, now: Timestamp, actions: &mut Vec<PhraseAction>) {
        match event {
            TriggerEvent::PhraseStarted { zero } => {
                self.begin(zero.plus_secs(-finite(self.timings.pre_roll_secs)), now, actions);
            }
            TriggerEvent::Signal(signal) if self.stage != Stage::Ready => {
                actions.push(PhraseAction::Signal(self.on_host_clock(signal)));
            }
            TriggerEvent::Corrected(signal) if self.stage != Stage::Ready => {
                actions.push(PhraseAction::Corrected(self.on_host_clock(signal)));
            }
            TriggerEvent::Decided { at } if self.stage != Stage::Ready => actions.push(PhraseAction::Decided { at }),
            TriggerEvent::PhraseComplete(phrase) => {
                self.free_from = phrase.until;
                self.stage = Stage::Ready;
                actions.push(PhraseAction::Finish(phrase));
            }
            TriggerEvent::Cancelled if self.stage != Stage::Ready => {
                self.free_from = now;
                self.stage = Stage::Ready;
                actions.push(PhraseAction::Drop);
            }
            TriggerEvent::StuckLamp(side) => actions.push(PhraseAction::StuckLamp(side)),
            _ => {}
        }
    }

    /// Begins a phrase unless one is running; phrases never overlap.
    fn begin(&mut self, from: Timestamp, now: Timestamp, actions: &mut Vec<PhraseAction>) {
        if self.stage == Stage::Ready {
            self.stage = Stage::Recording { since: now };
            actions.push(PhraseAction::Begin { from: from.max(self.free_from) });
        }
    }

    fn on_host_clock(&self, signal: SignalEvent) -> SignalEvent {
        let at = Timestamp::from_nanos(signal.at.nanos().saturating_add(self.trigger.zero().nanos()));
        SignalEvent { at, ..signal }
    }
}

fn first_lamp(events: &[TriggerEvent]) -> Option<SignalEvent> {
    events.iter().find_map(|event| match event {
        TriggerEvent::Signal(signal) if matches!(signal.kind, SignalKind::Lamp { .. }) => Some(*signal),
        _ => None,
    })
}

/// A referee's call as an apparatus event.
fn called(kind: SignalKind, at: Timestamp, now: Timestamp) -> ApparatusEvent {
    ApparatusEvent {
        at,
        uncertainty_secs: CALL_UNCERTAINTY_SECS,
        received: now,
        source: SignalSource::Manual,
        fact: Fact::Signal(kind),
    }
}

fn finite(secs: f64) -> f64 {
    if secs.is_finite() { secs.clamp(0.0, MAX_PHRASE_SECS) } else { 0.0 }
}

#[cfg(test)]
mod tests;
