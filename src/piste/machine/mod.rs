//! When a phrase begins and ends: commands and the apparatus' events in, things to do out. Synchronous, no thread, no clock.
//!
//! ```text
//! Ready --start, or a lamp--> Recording --touch, halt--> Ending --lockout and post-roll over--> Ready
//! ```
//!
//! When the lockout is over no light can come any more: a verdict can be had while the post-roll is still being recorded.
//! Judging is no stage here: while one phrase is judged the next may begin. The timing of a touch is
//! [`Trigger`]'s; this adds when pictures are wanted from, what a person may ask for, and an end to phrases that nobody
//! ends.

use apparatus::{ApparatusEvent, CompletedPhrase, Fact, Trigger, TriggerEvent, TriggerSettings};
use fencing::time::Timestamp;
use fencing::{Side, SignalEvent, SignalKind, SignalSource, Weapon};

/// How far before its first lamp a phrase that nobody started is looked at, in seconds. Longer ones exist; their last
/// seconds are what is judged.
pub(super) const UNSTARTED_SECS: f64 = 6.0;
/// A phrase that nobody ends is ended after this, in seconds; of 485 archived phrases the longest lasted 20.7 s.
pub(super) const LONGEST_SECS: f64 = 60.0;
/// How far a person who calls "Allez!" or "Halt!" and presses a key may be off, in seconds.
const CALL_UNCERTAINTY_SECS: f64 = 0.2;

/// The timings that a person may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rolls {
    pub(super) weapon: Weapon,
    pub(super) pre_roll_secs: f64,
    pub(super) post_roll_secs: f64,
}

impl Rolls {
    fn trigger(self) -> TriggerSettings {
        let weapon = TriggerSettings::for_weapon(self.weapon);
        let post_roll_secs = finite(self.post_roll_secs);
        let longest_phrase_secs = UNSTARTED_SECS + weapon.lockout_secs + post_roll_secs;
        TriggerSettings { post_roll_secs, longest_phrase_secs, ..weapon }
    }
}

/// Something to do. All times on the host clock.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// A phrase begins: pictures from `from` on belong to it.
    Begin { from: Timestamp },
    /// A signal of the running phrase.
    Signal(SignalEvent),
    /// A better time for an earlier signal of the same kind.
    Corrected(SignalEvent),
    /// The first lamp of the phrase.
    Touch(Side),
    /// No light can come any more since `at`: a verdict can be had.
    Decided { at: Timestamp },
    /// The phrase is over: its pictures end at its `until`.
    Finish(Box<CompletedPhrase>),
    /// The phrase was called off.
    Drop,
    /// A lamp stays lit; its side is passed over until it is dark.
    StuckLamp(Side),
    /// Nobody ended the phrase; it was ended.
    TooLong,
}

/// Where a phrase stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Stage {
    #[default]
    Ready,
    Recording {
        since: Timestamp,
    },
    Ending,
}

/// The machine.
#[derive(Debug)]
pub(super) struct Machine {
    rolls: Rolls,
    trigger: Trigger,
    stage: Stage,
    /// Nothing earlier belongs to the next phrase.
    free_from: Timestamp,
}

impl Machine {
    /// Ready at `now`; pictures from before belong to nobody yet and may be used.
    pub(super) fn new(rolls: Rolls, now: Timestamp) -> Self {
        let trigger = Trigger::armed(rolls.trigger(), now);
        Self { rolls, trigger, stage: Stage::Ready, free_from: Timestamp::from_nanos(i64::MIN) }
    }

    /// Where the phrase stands.
    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// Other timings, from the next touch on.
    pub(super) fn set(&mut self, rolls: Rolls) {
        self.rolls = rolls;
        self.trigger.set(rolls.trigger());
    }

    /// "Allez!"
    pub(super) fn start(&mut self, now: Timestamp) -> Vec<Act> {
        if self.stage == Stage::Ready { self.take(&called(SignalKind::PhraseStart, now, now)) } else { Vec::new() }
    }

    /// "Halt!" Without a running phrase the last seconds become one.
    pub(super) fn halt(&mut self, now: Timestamp) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.stage == Stage::Ready {
            let begun = now.plus_secs(-UNSTARTED_SECS).max(self.free_from);
            acts.extend(self.take(&called(SignalKind::PhraseStart, begun, now)));
        }
        acts.extend(self.take(&called(SignalKind::Halt, now, now)));
        acts
    }

    /// The running phrase is called off.
    pub(super) fn cancel(&mut self, now: Timestamp) -> Vec<Act> {
        if self.stage == Stage::Ready { Vec::new() } else { self.take(&called(SignalKind::Cancelled, now, now)) }
    }

    /// An event of the apparatus.
    pub(super) fn take(&mut self, event: &ApparatusEvent) -> Vec<Act> {
        let said = self.trigger.take(event);
        let mut acts = self.follow(said, event.received);
        let ends = matches!(event.fact, Fact::Signal(SignalKind::Halt | SignalKind::PhraseEnd));
        if ends && matches!(self.stage, Stage::Recording { .. }) {
            self.stage = Stage::Ending;
        }
        acts.extend(self.end_if_endless(event.received));
        acts
    }

    /// What is due at `now`; to be called every few hundredths of a second.
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<Act> {
        let said = self.trigger.tick(now);
        let mut acts = self.follow(said, now);
        acts.extend(self.end_if_endless(now));
        acts
    }

    fn end_if_endless(&mut self, now: Timestamp) -> Vec<Act> {
        match self.stage {
            Stage::Recording { since } if now.secs_since(since) > LONGEST_SECS => {
                let mut acts = vec![Act::TooLong];
                let said = self.trigger.take(&called(SignalKind::Halt, now, now));
                acts.extend(self.follow(said, now));
                self.stage = Stage::Ending;
                acts
            }
            _ => Vec::new(),
        }
    }

    /// A signal comes before the word that it began or touched; whoever acts on it needs them the other way round.
    fn follow(&mut self, said: Vec<TriggerEvent>, now: Timestamp) -> Vec<Act> {
        let mut acts = Vec::new();
        let touch = said.iter().find_map(|e| if let TriggerEvent::Touch { side, .. } = e { Some(*side) } else { None });
        if let Some(side) = touch {
            self.touched(side, first_lamp(&said), now, &mut acts);
        }
        for event in said {
            self.follow_one(event, now, &mut acts);
        }
        acts
    }

    fn touched(&mut self, side: Side, lamp: Option<SignalEvent>, now: Timestamp, acts: &mut Vec<Act>) {
        let at = lamp.map_or(now, |lamp| self.on_host_clock(lamp).at);
        self.begin(at.plus_secs(-UNSTARTED_SECS), now, acts);
        self.stage = Stage::Ending;
        acts.push(Act::Touch(side));
    }

    fn follow_one(&mut self, event: TriggerEvent, now: Timestamp, acts: &mut Vec<Act>) {
        match event {
            TriggerEvent::PhraseStarted { zero } => {
                self.begin(zero.plus_secs(-finite(self.rolls.pre_roll_secs)), now, acts);
            }
            TriggerEvent::Signal(signal) if self.stage != Stage::Ready => {
                acts.push(Act::Signal(self.on_host_clock(signal)));
            }
            TriggerEvent::Corrected(signal) if self.stage != Stage::Ready => {
                acts.push(Act::Corrected(self.on_host_clock(signal)));
            }
            TriggerEvent::Decided { at } if self.stage != Stage::Ready => acts.push(Act::Decided { at }),
            TriggerEvent::PhraseComplete(phrase) => {
                self.free_from = phrase.until;
                self.stage = Stage::Ready;
                acts.push(Act::Finish(phrase));
            }
            TriggerEvent::Cancelled if self.stage != Stage::Ready => {
                self.free_from = now;
                self.stage = Stage::Ready;
                acts.push(Act::Drop);
            }
            TriggerEvent::StuckLamp(side) => acts.push(Act::StuckLamp(side)),
            _ => {}
        }
    }

    /// Begins a phrase unless one is running; the same moment is never part of two.
    fn begin(&mut self, from: Timestamp, now: Timestamp, acts: &mut Vec<Act>) {
        if self.stage == Stage::Ready {
            self.stage = Stage::Recording { since: now };
            acts.push(Act::Begin { from: from.max(self.free_from) });
        }
    }

    fn on_host_clock(&self, signal: SignalEvent) -> SignalEvent {
        let at = Timestamp::from_nanos(signal.at.nanos().saturating_add(self.trigger.zero().nanos()));
        SignalEvent { at, ..signal }
    }
}

fn first_lamp(said: &[TriggerEvent]) -> Option<SignalEvent> {
    said.iter().find_map(|event| match event {
        TriggerEvent::Signal(signal) if matches!(signal.kind, SignalKind::Lamp { .. }) => Some(*signal),
        _ => None,
    })
}

/// What a person called, as an event like any other.
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
    if secs.is_finite() { secs.clamp(0.0, LONGEST_SECS) } else { 0.0 }
}

#[cfg(test)]
mod tests;
