//! Phrase trigger: a touch ends the phrase after the lockout and the post-roll, then the next phrase is armed.
//!
//! ```text
//! Armed --touch--> Lockout --window over--> decided, PostRoll --over--> phrase complete, Held --lamps dark--> Armed
//! ```
//!
//! A synchronous state machine: it takes events and the time, and returns [`TriggerEvent`]s. Faults of real boxes and what it does
//! about them: a lamp that stays lit is ignored after [`TriggerSettings::stuck_secs`] until it was dark; lamps that were lit at the
//! start are no touch; a time before its phrase or after its arrival (a clock that ran backwards) is replaced by the arrival's; in a
//! flood touches are kept and the rest is dropped.

use crate::event::{ApparatusEvent, Fact};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, Weapon};

/// Timing of a phrase, per weapon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriggerSettings {
    /// Lockout after the first touch in which a second light can come, in seconds.
    pub lockout_secs: f64,
    /// How long recording continues after that, in seconds.
    pub post_roll_secs: f64,
    /// A lamp that stays lit for longer than this after the phrase counts as stuck, in seconds.
    pub stuck_secs: f64,
    /// Longest phrase when its start was not signalled, in seconds. Of 485 archived phrases the longest lasted 20.7 s.
    pub longest_phrase_secs: f64,
}

impl TriggerSettings {
    /// The rules' lockout with its tolerance, and defaults for the rest.
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

/// Output of the trigger.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerEvent {
    /// A phrase's clock begins: at the box's start signal, otherwise when the trigger was armed.
    PhraseStarted {
        /// Zero of the phrase's clock on the host clock.
        zero: Timestamp,
    },
    /// A signal on the phrase's clock, for the engine.
    Signal(SignalEvent),
    /// A more precise time of an earlier signal of this phrase.
    Corrected(SignalEvent),
    /// The first touch: recording continues until `until` (host clock), unless the box signals its end earlier.
    Touch {
        /// The fencer who touched.
        side: Side,
        /// Expected end of the phrase's frames.
        until: Timestamp,
    },
    /// No light can come any more: what decides the phrase has happened. Recording continues for the post-roll.
    Decided {
        /// End of the lockout, on the host clock.
        at: Timestamp,
    },
    /// The phrase is over, including its post-roll.
    PhraseComplete(Box<CompletedPhrase>),
    /// The phrase was cancelled.
    Cancelled,
    /// Ready for the next touch.
    Armed,
    /// A lamp stays lit; its side is ignored until it is dark.
    StuckLamp(Side),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum TriggerState {
    Armed,
    Lockout { until: Timestamp },
    PostRoll { until: Timestamp },
    Held { since: Timestamp },
}

/// The state machine.
#[derive(Debug)]
pub struct Trigger {
    settings: TriggerSettings,
    state: TriggerState,
    /// End of the lockout, until [`TriggerEvent::Decided`] is returned.
    decides_at: Option<Timestamp>,
    phrase: Phrase,
    lit: PerSide<bool>,
    stuck: PerSide<bool>,
}

impl Trigger {
    /// Armed at `now`, with all lamps dark.
    pub fn armed(settings: TriggerSettings, now: Timestamp) -> Self {
        Self {
            settings,
            state: TriggerState::Armed,
            decides_at: None,
            phrase: Phrase::from(now),
            lit: PerSide::default(),
            stuck: PerSide::default(),
        }
    }

    /// Changes the timing, from the next touch on.
    pub fn set(&mut self, settings: TriggerSettings) {
        self.settings = settings;
    }

    /// Whether a touch would start the lockout now.
    pub fn is_armed(&self) -> bool {
        self.state == TriggerState::Armed
    }

    /// Zero of the running phrase's clock on the host clock.
    pub fn zero(&self) -> Timestamp {
        self.phrase.zero
    }

    /// Handles an event.
    pub fn take(&mut self, event: &ApparatusEvent) -> Vec<TriggerEvent> {
        let mut out = self.tick(event.received);
        match &event.fact {
            Fact::LampsFound(lamps) => {
                self.lit = lamps.map(Lamp::is_touch);
                self.stuck = self.lit;
            }
            Fact::FinalLamps(lamps) if !matches!(self.state, TriggerState::Held { .. }) => {
                self.phrase.final_lamps = Some(*lamps);
            }
            Fact::Corrected(_) => self.correct(event, &mut out),
            Fact::Signal(kind) => self.signal(*kind, event, &mut out),
            _ => {}
        }
        out
    }

    /// Returns what is due at `now`. Call it every few hundredths of a second.
    pub fn tick(&mut self, now: Timestamp) -> Vec<TriggerEvent> {
        let mut out = Vec::new();
        if let TriggerState::Lockout { until } = self.state
            && now >= until
        {
            self.state = TriggerState::PostRoll { until: until.plus_secs(self.settings.post_roll_secs) };
        }
        if let Some(at) = self.decides_at.take_if(|at| now >= *at) {
            out.push(TriggerEvent::Decided { at });
        }
        if let TriggerState::PostRoll { until } = self.state
            && now >= until
        {
            self.complete(until, &mut out);
        }
        if let TriggerState::Held { since } = self.state {
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

    /// A start between phrases begins a new clock; during one it is ignored.
    fn start(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.state, TriggerState::Armed | TriggerState::Held { .. }) {
            return;
        }
        if !self.is_armed() {
            self.state = TriggerState::Armed;
            out.push(TriggerEvent::Armed);
        }
        let zero = event.at.min(event.received);
        self.phrase = Phrase::from(zero);
        out.push(TriggerEvent::PhraseStarted { zero });
        self.record(event, out);
    }

    fn lamp(&mut self, side: Side, lamp: Lamp, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        let touch = lamp.is_touch();
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
            // The box stopped its clock just before it reported which light was lit.
            self.decides_at = Some(until);
        }
        if touch && self.is_armed() {
            self.state = TriggerState::Lockout { until };
            self.decides_at = Some(until);
            out.push(TriggerEvent::Touch { side, until: until.plus_secs(self.settings.post_roll_secs) });
        }
    }

    fn record(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.state, TriggerState::Held { .. }) {
            out.extend(self.phrase.record(event).map(TriggerEvent::Signal));
        }
    }

    fn correct(&mut self, event: &ApparatusEvent, out: &mut Vec<TriggerEvent>) {
        if !matches!(self.state, TriggerState::Held { .. }) {
            out.extend(self.phrase.correct(event).map(TriggerEvent::Corrected));
        }
    }

    /// The box or the referee ended the phrase: no second light will come.
    fn box_ended(&mut self, received: Timestamp) {
        if matches!(self.state, TriggerState::Lockout { .. }) || (self.is_armed() && self.phrase.was_started()) {
            self.state = TriggerState::PostRoll { until: received.plus_secs(self.settings.post_roll_secs) };
            // A box that stops its clock at the first light may still report which one it was, and light the second one.
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
        self.state = TriggerState::Held { since: end };
        self.decides_at = None;
    }

    /// Arms again when the lamps are dark, or ignoring those that stay lit.
    fn release(&mut self, since: Timestamp, now: Timestamp, out: &mut Vec<TriggerEvent>) {
        let is_due = now.secs_since(since) > self.settings.stuck_secs;
        for side in Side::BOTH {
            if is_due && self.lit[side] && !self.stuck[side] {
                self.stuck[side] = true;
                out.push(TriggerEvent::StuckLamp(side));
            }
        }
        if Side::BOTH.into_iter().all(|side| !self.lit[side] || self.stuck[side]) {
            self.arm(now, out);
        }
    }

    fn arm(&mut self, now: Timestamp, out: &mut Vec<TriggerEvent>) {
        self.state = TriggerState::Armed;
        self.decides_at = None;
        self.phrase = Phrase::from(now);
        out.push(TriggerEvent::Armed);
    }
}

/// Most signals kept per phrase; archived phrases have fewer than 30. Touches are kept beyond it.
const MAX_SIGNALS: usize = 2000;
/// A time this far before its phrase comes from a clock that ran backwards, in seconds.
const BEFORE_PHRASE_SECS: f64 = 0.5;

/// A finished phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct CompletedPhrase {
    /// Zero of its clock on the host clock.
    pub zero: Timestamp,
    /// Its beginning on the host clock: the start signal if there was one, otherwise as far back as a phrase may last.
    pub from: Timestamp,
    /// Its end, post-roll included, on the host clock.
    pub until: Timestamp,
    /// Its signals, on its own clock.
    pub signals: SignalLog,
    /// Signals dropped because there were too many.
    pub dropped: u64,
}

/// The phrase in progress.
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

    /// Whether its start was signalled.
    fn was_started(&self) -> bool {
        self.signals.iter().any(|s| s.kind == SignalKind::PhraseStart)
    }

    /// Whether a light has come.
    fn was_touched(&self) -> bool {
        let lit = |kind| matches!(kind, SignalKind::Lamp { lamp, .. } if lamp.is_touch());
        self.signals.iter().any(|signal| lit(signal.kind))
    }

    /// Adds a signal; returns it on the phrase's clock.
    fn record(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let signal = self.on_phrase_clock(event)?;
        if self.signals.len() >= MAX_SIGNALS && !matters(signal.kind) {
            self.dropped += 1;
            return None;
        }
        if self.signals.len() >= 2 * MAX_SIGNALS {
            self.dropped += 1;
            return None;
        }
        self.signals.push(signal);
        Some(signal)
    }

    /// Corrects the time of an earlier signal of the same kind.
    fn correct(&mut self, event: &ApparatusEvent) -> Option<SignalEvent> {
        let signal = self.on_phrase_clock(event)?;
        let known = self.signals.iter_mut().rev().find(|s| s.kind == signal.kind)?;
        *known = signal;
        Some(signal)
    }

    fn complete(self, until: Timestamp, longest_secs: f64) -> CompletedPhrase {
        let started = self.was_started();
        let from = if started { self.zero } else { self.zero.max(until.plus_secs(-longest_secs)) };
        // A touch from just before the phrase's zero (key presses are moved back by the reaction time) belongs to this phrase.
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

    /// The signal on the phrase's clock; an impossible time is replaced by the arrival's, with the error as its uncertainty.
    fn on_phrase_clock(&self, event: &ApparatusEvent) -> Option<SignalEvent> {
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

    fn event_at(secs: f64, fact: Fact) -> ApparatusEvent {
        let source = SignalSource::Apparatus;
        ApparatusEvent { at: at(secs), uncertainty_secs: 0.0, received: at(secs), source, fact }
    }

    fn lamp(secs: f64, side: Side, lamp: Lamp) -> ApparatusEvent {
        event_at(secs, Fact::Signal(SignalKind::Lamp { side, lamp }))
    }

    fn start(secs: f64) -> ApparatusEvent {
        event_at(secs, Fact::Signal(SignalKind::PhraseStart))
    }

    fn sabre() -> Trigger {
        Trigger::armed(TriggerSettings::for_weapon(Weapon::Sabre), at(0.0))
    }

    /// Plays events and the clock in steps of 10 ms until `until_secs`; returns the completed phrases and all output.
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
        let (phrases, output) = play(&mut trigger, &events, 6.0);
        assert_eq!(phrases.len(), 1);
        assert_eq!(phrases[0].zero, at(1.0));
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
        assert!((phrases[0].signals.first_touch().unwrap().at.secs() - 2.0).abs() < 1e-9, "on the phrase's own clock");
        assert!((phrases[0].until.secs() - (3.0 + 0.18 + 0.3)).abs() < 1e-9);
        assert!(trigger.is_armed() && output.last() == Some(&TriggerEvent::Armed));
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
        let (phrases, _) = play(&mut trigger, &[event_at(0.5, both)], 2.0);
        assert!(phrases.is_empty() && trigger.is_armed());
        let events = [lamp(2.1, Side::Left, Lamp::Off), lamp(2.5, Side::Left, Lamp::Valid)];
        assert_eq!(play(&mut trigger, &events, 4.0).0.len(), 1);
    }

    #[test]
    fn a_stuck_lamp_does_not_stop_the_other_side() {
        let mut trigger = sabre();
        let events = [lamp(1.0, Side::Left, Lamp::Valid), lamp(12.0, Side::Right, Lamp::Valid)];
        let (phrases, output) = play(&mut trigger, &events, 14.0);
        assert_eq!(phrases.len(), 2);
        assert_eq!(phrases[1].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
        assert!(output.contains(&TriggerEvent::StuckLamp(Side::Left)));
    }

    #[test]
    fn a_clock_that_ran_backwards_is_replaced_by_the_arrival() {
        let mut trigger = sabre();
        let mut contact = event_at(5.0, Fact::Signal(SignalKind::BladeContact));
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
        let mut corrected = event_at(3.15, Fact::Corrected(touch));
        corrected.at = at(2.95);
        let (phrases, _) = play(&mut trigger, &[start(1.0), lamp(3.0, Side::Left, Lamp::Valid), corrected], 5.0);
        assert_eq!(phrases[0].signals.first_touch().unwrap().at, at(1.95));
        assert_eq!(phrases[0].signals.events().len(), 2);
    }

    #[test]
    fn a_cancelled_phrase_is_not_judged() {
        let mut trigger = sabre();
        let events = [start(1.0), event_at(2.0, Fact::Signal(SignalKind::Cancelled))];
        let (phrases, output) = play(&mut trigger, &events, 4.0);
        assert!(phrases.is_empty() && output.contains(&TriggerEvent::Cancelled) && trigger.is_armed());
    }

    #[test]
    fn a_halt_without_a_touch_ends_a_started_phrase() {
        let mut trigger = sabre();
        let events = [start(1.0), event_at(4.0, Fact::Signal(SignalKind::Halt))];
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
            event_at(2.05, Fact::FinalLamps(PerSide::new(Lamp::Valid, Lamp::Valid))),
            event_at(2.05, Fact::Signal(SignalKind::PhraseEnd)),
        ];
        let (phrases, _) = play(&mut trigger, &events, 4.0);
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
        assert!((phrases[0].until.secs() - 2.35).abs() < 1e-9);
    }

    #[test]
    fn a_flood_of_contacts_leaves_the_touch() {
        let mut trigger = sabre();
        let mut events = vec![start(0.1)];
        events.extend((0..20_000).map(|i| event_at(1.0 + f64::from(i) * 1e-5, Fact::Signal(SignalKind::BladeContact))));
        events.push(lamp(2.0, Side::Right, Lamp::Valid));
        let (phrases, _) = play(&mut trigger, &events, 4.0);
        assert!(phrases[0].dropped > 10_000 && phrases[0].signals.events().len() < 5_000);
        assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    }

    #[test]
    fn without_a_start_the_phrase_reaches_back_only_so_far() {
        let mut trigger = sabre();
        let early = event_at(5.0, Fact::Signal(SignalKind::BladeContact));
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
