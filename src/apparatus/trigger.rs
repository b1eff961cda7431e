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

use crate::event::{ApparatusEvent, Fact};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, Weapon};

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
struct Phrase {
    zero: Timestamp,
    final_lamps: Option<PerSide<Lamp>>,
    signals: Vec<SignalEvent>,
    dropped: u64,
}

impl Phrase {
    fn from(zero: Timestamp) -> Self {
        Self { zero, final_lamps: None, signals: Vec::new(), dropped: 0 }
    }

    /// Whether somebody said that it began.
    fn was_started(&self) -> bool {
        self.signals.iter().any(|s| s.kind == SignalKind::PhraseStart)
    }

    /// Whether a light has come.
    fn was_touched(&self) -> bool {
        let lit = |kind| matches!(kind, SignalKind::Lamp { lamp: Lamp::Valid | Lamp::OffTarget, .. });
        self.signals.iter().any(|signal| lit(signal.kind))
    }

    /// Adds a signal; what was added, on the phrase's clock.
    fn record(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
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
    fn correct(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let signal = self.placed(event)?;
        let known = self.signals.iter_mut().rev().find(|s| s.kind == signal.kind)?;
        *known = signal;
        Some(signal)
    }

    fn complete(self, until: Timestamp, longest_secs: f64) -> CompletedPhrase {
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

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::SignalSource;

    fn at(secs: f64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn said(secs: f64, fact: Fact) -> ApparatusEvent {
        let source = SignalSource::Apparatus;
        ApparatusEvent { at: at(secs), uncertainty_secs: 0.0, received: at(secs), source, fact }
    }

    fn lamp(secs: f64, side: Side, lamp: Lamp) -> ApparatusEvent {
        said(secs, Fact::Signal(SignalKind::Lamp { side, lamp }))
    }

    fn start(secs: f64) -> ApparatusEvent {
        said(secs, Fact::Signal(SignalKind::PhraseStart))
    }

    fn sabre() -> Trigger {
        Trigger::armed(TriggerSettings::for_weapon(Weapon::Sabre), at(0.0))
    }

    /// Plays events and the clock in steps of 10 ms until `until_secs`; returns what was completed and everything said.
    fn play(
        trigger: &mut Trigger,
        events: &[ApparatusEvent],
        until_secs: f64,
    ) -> (Vec<CompletedPhrase>, Vec<TriggerEvent>) {
        let mut out = Vec::new();
        let mut left = events.iter().peekable();
        for step in 0..=(until_secs * 100.0) as i64 {
            let now = Timestamp::from_nanos(step * 10_000_000);
            while let Some(event) = left.next_if(|e| e.received <= now) {
                out.extend(trigger.take(event));
            }
            out.extend(trigger.tick(now));
        }
        let phrases =
            |e: &TriggerEvent| if let TriggerEvent::PhraseComplete(p) = e { Some((**p).clone()) } else { None };
        (out.iter().filter_map(phrases).collect(), out)
    }

    #[test]
    fn a_double_within_the_window_is_one_phrase_and_the_next_one_is_armed() {
        let mut trigger = sabre();
        let events = [
            start(1.0),
            lamp(3.0, Side::Left, Lamp::Valid),
            lamp(3.1, Side::Right, Lamp::Valid),
            lamp(5.0, Side::Left, Lamp::Off),
            lamp(5.0, Side::Right, Lamp::Off),
        ];
        let (phrases, said) = play(&mut trigger, &events, 6.0);
        assert_eq!(phrases.len(), 1);
        assert_eq!(phrases[0].zero, at(1.0));
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
        assert!((phrases[0].signals.first_touch().unwrap().at.secs() - 2.0).abs() < 1e-9, "on the phrase's own clock");
        assert!((phrases[0].until.secs() - (3.0 + 0.18 + 0.3)).abs() < 1e-9);
        assert!(trigger.is_armed() && said.last() == Some(&TriggerEvent::Armed));
    }

    #[test]
    fn the_window_is_the_weapons() {
        for weapon in Weapon::ALL {
            let mut trigger = Trigger::armed(TriggerSettings::for_weapon(weapon), at(0.0));
            let (phrases, _) = play(&mut trigger, &[lamp(1.0, Side::Left, Lamp::Valid)], 3.0);
            let timings = weapon.timings();
            let expected = 1.0 + timings.lockout_secs + timings.lockout_tolerance_secs + 0.3;
            assert!((phrases[0].until.secs() - expected).abs() < 1e-9, "{weapon:?}");
        }
    }

    #[test]
    fn lamps_lit_at_the_start_are_no_touch_until_they_were_dark() {
        let mut trigger = sabre();
        let both = Fact::LampsFound(PerSide::new(Lamp::Valid, Lamp::Valid));
        let (phrases, _) = play(&mut trigger, &[said(0.5, both)], 2.0);
        assert!(phrases.is_empty() && trigger.is_armed());
        let events = [lamp(2.1, Side::Left, Lamp::Off), lamp(2.5, Side::Left, Lamp::Valid)];
        assert_eq!(play(&mut trigger, &events, 4.0).0.len(), 1);
    }

    #[test]
    fn a_stuck_lamp_does_not_stop_the_other_side() {
        let mut trigger = sabre();
        let events = [lamp(1.0, Side::Left, Lamp::Valid), lamp(12.0, Side::Right, Lamp::Valid)];
        let (phrases, said) = play(&mut trigger, &events, 14.0);
        assert_eq!(phrases.len(), 2);
        assert_eq!(phrases[1].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
        assert!(said.contains(&TriggerEvent::StuckLamp(Side::Left)));
    }

    #[test]
    fn a_clock_that_ran_backwards_is_replaced_by_the_arrival() {
        let mut trigger = sabre();
        let mut contact = said(5.0, Fact::Signal(SignalKind::BladeContact));
        contact.at = at(-40.0);
        let (phrases, _) = play(&mut trigger, &[start(4.0), contact, lamp(6.0, Side::Left, Lamp::Valid)], 8.0);
        let contacts: Vec<_> = phrases[0].signals.blade_contacts().collect();
        assert_eq!(contacts, [at(1.0)]);
        assert!(phrases[0].signals.events().iter().any(|e| e.uncertainty_secs >= 0.5));
    }

    #[test]
    fn a_correction_moves_the_touch() {
        let mut trigger = sabre();
        let touch = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
        let mut corrected = said(3.15, Fact::Corrected(touch));
        corrected.at = at(2.95);
        let (phrases, _) = play(&mut trigger, &[start(1.0), lamp(3.0, Side::Left, Lamp::Valid), corrected], 5.0);
        assert_eq!(phrases[0].signals.first_touch().unwrap().at, at(1.95));
        assert_eq!(phrases[0].signals.events().len(), 2);
    }

    #[test]
    fn a_cancelled_phrase_is_not_judged() {
        let mut trigger = sabre();
        let events = [start(1.0), said(2.0, Fact::Signal(SignalKind::Cancelled))];
        let (phrases, said) = play(&mut trigger, &events, 4.0);
        assert!(phrases.is_empty() && said.contains(&TriggerEvent::Cancelled) && trigger.is_armed());
    }

    #[test]
    fn a_halt_without_a_touch_ends_a_started_phrase() {
        let mut trigger = sabre();
        let events = [start(1.0), said(4.0, Fact::Signal(SignalKind::Halt))];
        let (phrases, _) = play(&mut trigger, &events, 6.0);
        assert_eq!(phrases.len(), 1);
        assert_eq!(phrases[0].signals.lamps(), PerSide::default());
    }

    #[test]
    fn the_boxs_own_end_and_final_lamps_count() {
        let mut trigger = sabre();
        let events = [
            start(1.0),
            lamp(2.0, Side::Left, Lamp::Valid),
            said(2.05, Fact::FinalLamps(PerSide::new(Lamp::Valid, Lamp::Valid))),
            said(2.05, Fact::Signal(SignalKind::PhraseEnd)),
        ];
        let (phrases, _) = play(&mut trigger, &events, 4.0);
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
        assert!((phrases[0].until.secs() - 2.35).abs() < 1e-9);
    }

    #[test]
    fn a_flood_of_contacts_leaves_the_touch() {
        let mut trigger = sabre();
        let mut events = vec![start(0.1)];
        events.extend((0..20_000).map(|i| said(1.0 + f64::from(i) * 1e-5, Fact::Signal(SignalKind::BladeContact))));
        events.push(lamp(2.0, Side::Right, Lamp::Valid));
        let (phrases, _) = play(&mut trigger, &events, 4.0);
        assert!(phrases[0].dropped > 10_000 && phrases[0].signals.events().len() < 5_000);
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    }

    #[test]
    fn without_a_start_the_phrase_reaches_back_only_so_far() {
        let mut trigger = sabre();
        let early = said(5.0, Fact::Signal(SignalKind::BladeContact));
        let (phrases, _) = play(&mut trigger, &[early, lamp(60.0, Side::Left, Lamp::Valid)], 62.0);
        assert!((phrases[0].until.secs_since(phrases[0].from) - 21.0).abs() < 1e-9);
        assert_eq!(phrases[0].signals.blade_contacts().count(), 0, "the contact of a minute ago is not of this phrase");
    }

    #[test]
    fn a_key_put_back_to_before_the_trigger_was_armed_is_still_a_touch_of_its_phrase() {
        let mut trigger = sabre();
        let pressed = ApparatusEvent { at: at(-0.2), ..lamp(0.1, Side::Right, Lamp::Valid) };
        let (phrases, _) = play(&mut trigger, &[pressed], 2.0);
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid), "{phrases:?}");
    }
}
