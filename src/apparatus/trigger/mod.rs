//! The lamps trigger: a touch ends the phrase after the lockout and the post-roll, and the next phrase is armed.
//!
//! ```text
//! Armed --touch--> Lockout --window over--> decided, PostRoll --over--> phrase complete, Held --lamps dark--> Armed
//! ```
//!
//! Plain and synchronous: it is told events and the time, and answers with [`TriggerEvent`]s. What a real box may do to it
//! and what it does then: a lamp that stays lit is put aside after [`TriggerSettings::stuck_secs`] and counts again once it
//! was dark; lamps that were lit at the start are no touch; a time that lies before its phrase or after its arrival (a
//! clock that ran backwards) is replaced by the arrival's; a flood keeps the touches and drops the rest.

mod phrase;

pub use phrase::CompletedPhrase;

use super::event::{ApparatusEvent, Fact};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, Weapon};
use phrase::Phrase;

/// When a phrase ends, per weapon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriggerSettings {
    /// How long after the first touch a second light can still come, in seconds.
    pub lockout_secs: f64,
    /// How long pictures are still wanted after that, in seconds.
    pub post_roll_secs: f64,
    /// A lamp that is lit for longer than this after the phrase is stuck, in seconds.
    pub stuck_secs: f64,
    /// The most that is taken for one phrase when nobody said when it began, in seconds. Of 485 archived phrases the longest
    /// lasted 20.7 s.
    pub longest_phrase_secs: f64,
}

impl TriggerSettings {
    /// The rules' window with its tolerance, and what is usual for the rest.
    pub fn for_weapon(weapon: Weapon) -> Self {
        let timings = weapon.timings();
        Self {
            lockout_secs: timings.lockout_secs + timings.lockout_tolerance_secs,
            post_roll_secs: 0.3,
            stuck_secs: 8.0,
            longest_phrase_secs: 21.0,
        }
    }
}

/// What the trigger has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerEvent {
    /// A phrase's clock begins: at the box's start, else when the trigger was armed.
    PhraseStarted {
        /// Zero of the phrase's clock on the host clock.
        zero: Timestamp,
    },
    /// A signal on the phrase's clock, for the engine.
    Signal(SignalEvent),
    /// A better time for an earlier signal of this phrase.
    Corrected(SignalEvent),
    /// The first touch: pictures are wanted until `until` (host clock), unless a box says its end earlier.
    Touch {
        /// Who touched.
        side: Side,
        /// Expected end of the phrase's pictures.
        until: Timestamp,
    },
    /// No light can come any more: what decides the phrase has happened. Pictures are still wanted for the post-roll.
    Decided {
        /// Since when, on the host clock.
        at: Timestamp,
    },
    /// The phrase is over with its post-roll.
    PhraseComplete(Box<CompletedPhrase>),
    /// The phrase was called off.
    Cancelled,
    /// Ready for the next touch.
    Armed,
    /// A lamp stays lit; its side is ignored until it is dark.
    StuckLamp(Side),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Armed,
    Lockout { until: Timestamp },
    PostRoll { until: Timestamp },
    Held { since: Timestamp },
}

/// The machine.
#[derive(Debug)]
pub struct Trigger {
    settings: TriggerSettings,
    stage: Stage,
    /// From when on no light can come any more, until that is said.
    decides_at: Option<Timestamp>,
    phrase: Phrase,
    lit: PerSide<bool>,
    stuck: PerSide<bool>,
}

impl Trigger {
    /// Armed at `now`, all lamps supposed dark.
    pub fn armed(settings: TriggerSettings, now: Timestamp) -> Self {
        Self {
            settings,
            stage: Stage::Armed,
            decides_at: None,
            phrase: Phrase::from(now),
            lit: PerSide::default(),
            stuck: PerSide::default(),
        }
    }

    /// Other timings, from the next touch on.
    pub fn set(&mut self, settings: TriggerSettings) {
        self.settings = settings;
    }

    /// Whether a touch would start the lockout now.
    pub fn is_armed(&self) -> bool {
        self.stage == Stage::Armed
    }

    /// Zero of the running phrase's clock on the host clock.
    pub fn zero(&self) -> Timestamp {
        self.phrase.zero
    }

    /// Takes an event.
    pub fn take(&mut self, event: &ApparatusEvent) -> Vec<TriggerEvent> {
        let mut out = self.tick(event.received);
        match &event.fact {
            Fact::LampsFound(lamps) => {
                self.lit = lamps.map(is_touch);
                self.stuck = self.lit;
            }
            Fact::FinalLamps(lamps) if !matches!(self.stage, Stage::Held { .. }) => {
                self.phrase.final_lamps = Some(*lamps);
            }
            Fact::Corrected(_) => self.correct(event, &mut out),
            Fact::Signal(kind) => self.signal(*kind, event, &mut out),
            _ => {}
        }
        out
    }

    /// Says what is due at `now`. Call it at least every few hundredths of a second.
    pub fn tick(&mut self, now: Timestamp) -> Vec<TriggerEvent> {
        let mut out = Vec::new();
        if let Stage::Lockout { until } = self.stage
            && now >= until
        {
            self.stage = Stage::PostRoll { until: until.plus_secs(self.settings.post_roll_secs) };
        }
        if let Some(at) = self.decides_at.take_if(|at| now >= *at) {
            out.push(TriggerEvent::Decided { at });
        }
        if let Stage::PostRoll { until } = self.stage
            && now >= until
        {
            self.complete(until, &mut out);
        }
        if let Stage::Held { since } = self.stage {
            self.release(since, now, &mut out);
        }
        out
    }

    fn signal(&mut self, kind: SignalKind, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        match kind {
            SignalKind::PhraseStart => self.start(event, out),
            SignalKind::Cancelled => self.cancel(event.received, out),
            SignalKind::Lamp { side, lamp } => self.lamp(side, lamp, event, out),
            SignalKind::PhraseEnd | SignalKind::Halt => {
                self.record(event, out);
                self.box_ended(event.received);
            }
            _ => self.record(event, out),
        }
    }

    /// A start between phrases begins a new clock; during one it is an echo.
    fn start(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.stage, Stage::Armed | Stage::Held { .. }) {
            return;
        }
        if !self.is_armed() {
            self.stage = Stage::Armed;
            out.push(TriggerEvent::Armed);
        }
        let zero = event.at.min(event.received);
        self.phrase = Phrase::from(zero);
        out.push(TriggerEvent::PhraseStarted { zero });
        self.record(event, out);
    }

    fn lamp(&mut self, side: Side, lamp: Lamp, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        let touch = is_touch(lamp);
        self.lit[side] = touch;
        self.stuck[side] &= touch;
        if self.stuck[side] {
            return;
        }
        let is_first = touch && !self.phrase.was_touched();
        self.record(event, out);
        let delay = event.received.secs_since(event.at).max(0.0) + event.uncertainty_secs;
        let until = event.at.min(event.received).plus_secs(self.settings.lockout_secs + delay);
        if is_first && self.decides_at.is_some() {
            // The box stopped its clock just before it said which light was lit.
            self.decides_at = Some(until);
        }
        if touch && self.is_armed() {
            self.stage = Stage::Lockout { until };
            self.decides_at = Some(until);
            out.push(TriggerEvent::Touch { side, until: until.plus_secs(self.settings.post_roll_secs) });
        }
    }

    fn record(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.stage, Stage::Held { .. }) {
            out.extend(self.phrase.record(event).map(TriggerEvent::Signal));
        }
    }

    fn correct(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.stage, Stage::Held { .. }) {
            out.extend(self.phrase.correct(event).map(TriggerEvent::Corrected));
        }
    }

    /// The box or the referee closed the phrase: no second light will come.
    fn box_ended(&mut self, received: Timestamp) {
        if matches!(self.stage, Stage::Lockout { .. }) || (self.is_armed() && self.phrase.was_started()) {
            self.stage = Stage::PostRoll { until: received.plus_secs(self.settings.post_roll_secs) };
            // A box that stops its clock at the first light may yet say which it was, and light the second one.
            self.decides_at.get_or_insert(received.plus_secs(self.settings.lockout_secs));
        }
    }

    fn cancel(&mut self, now: Timestamp, out: &mut Vec<TriggerEvent>) {
        out.push(TriggerEvent::Cancelled);
        self.arm(now, out);
    }

    fn complete(&mut self, end: Timestamp, out: &mut Vec<TriggerEvent>) {
        let phrase = std::mem::replace(&mut self.phrase, Phrase::from(end));
        let complete = phrase.complete(end, self.settings.longest_phrase_secs);
        out.push(TriggerEvent::PhraseComplete(Box::new(complete)));
        self.stage = Stage::Held { since: end };
        self.decides_at = None;
    }

    /// Arms again when the lamps are dark, or without those that stay lit.
    fn release(&mut self, since: Timestamp, now: Timestamp, out: &mut Vec<TriggerEvent>) {
        let patience_over = now.secs_since(since) > self.settings.stuck_secs;
        for side in Side::BOTH {
            if patience_over && self.lit[side] && !self.stuck[side] {
                self.stuck[side] = true;
                out.push(TriggerEvent::StuckLamp(side));
            }
        }
        if Side::BOTH.into_iter().all(|side| !self.lit[side] || self.stuck[side]) {
            self.arm(now, out);
        }
    }

    fn arm(&mut self, now: Timestamp, out: &mut Vec<TriggerEvent>) {
        self.stage = Stage::Armed;
        self.decides_at = None;
        self.phrase = Phrase::from(now);
        out.push(TriggerEvent::Armed);
    }
}

fn is_touch(lamp: Lamp) -> bool {
    matches!(lamp, Lamp::Valid | Lamp::OffTarget)
}

#[cfg(test)]
mod tests;
