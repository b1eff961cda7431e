//! The signals of one phrase, and how they are moved from the clock of whoever reported them to the clock of its frames.
//!
//! A log's zero is the box's start command; a clip's zero is its first frame. They lie tens of milliseconds apart in the
//! recordings that are known, more when a clip was cut. A lamp that is seen lighting up in the picture tells the true
//! offset; without one the two zeros count as one, with the uncertainty that the signals carry. Every way into the engine
//! ends in [`ObservedPhrase::judge`](super::ObservedPhrase::judge), so the same signals and frames are aligned alike everywhere.

use super::{Caution, SourceQuality};
use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalKind, SignalLog};

/// Furthest that a lamp in the picture and the same lamp in the log may lie apart to be taken for one another, in
/// seconds: recorders that start before the box differ by tenths of a second, another touch by more.
const SAME_TOUCH_SECS: f64 = 1.0;

/// Added to every uncertainty when signals are aligned by the end of the clip, in seconds: about 0.2 s of a log have no
/// frame (measured on the reference's recordings).
const END_ALIGNMENT_SECS: f64 = 0.2;

/// From here on it is said that the apparatus and the frames disagree, in seconds: what recorders are known to lose at the
/// beginning or the end of a phrase.
const CLOCKS_DISAGREE_SECS: f64 = 0.2;

/// Whose clock signals are stamped with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SignalClock {
    /// The clock of the frames: a person pointed at a frame. Such signals are never moved.
    Frames,
    /// A scoring apparatus that was started with the recording.
    Apparatus {
        /// How far its clock and that of the frames may lie apart, in seconds: added to every uncertainty unless a lamp in the
        /// picture shows the true offset. 0 for a log whose events carry it already.
        offset_uncertainty_secs: f64,
    },
    /// A scoring apparatus whose zero is not the start of the phrase: only the order and distance of its events count.
    UnknownZero,
}

/// What was signalled in one phrase, on the clock of whoever reported it.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseSignals {
    log: SignalLog,
    clock: SignalClock,
}

impl Default for PhraseSignals {
    /// Nothing was signalled: the lamps in the picture count.
    fn default() -> Self {
        Self::on_frame_clock(SignalLog::default())
    }
}

impl PhraseSignals {
    /// Signals of any source.
    pub fn new(log: SignalLog, clock: SignalClock) -> Self {
        Self { log, clock }
    }

    /// Signals whose times are those of the frames.
    pub fn on_frame_clock(log: SignalLog) -> Self {
        Self::new(log, SignalClock::Frames)
    }

    /// The signals as they were reported.
    pub fn log(&self) -> &SignalLog {
        &self.log
    }

    /// Whose clock they are on.
    pub fn clock(&self) -> SignalClock {
        self.clock
    }

    /// The signals on the clock of the frames, with what to say about that. `seen` are the lamps that the frames show, `end` is
    /// the time of the last frame.
    pub(super) fn aligned(self, seen: &SignalLog, end: Timestamp) -> (SignalLog, Option<Caution>) {
        let (log, offset_uncertainty_secs) = match self.clock {
            SignalClock::Frames => return (self.log, None),
            SignalClock::Apparatus { offset_uncertainty_secs } => (self.log, offset_uncertainty_secs),
            SignalClock::UnknownZero => (aligned_to_clip_end(&self.log, end).unwrap_or(self.log), 0.0),
        };
        let unknown_zero =
            (self.clock == SignalClock::UnknownZero).then_some(Caution { key: "log_clock", value: None });
        let Some((offset_secs, seen_secs)) = lamp_offset(&log, seen) else {
            return (moved(&log, 0.0, |own_secs| own_secs + offset_uncertainty_secs), unknown_zero);
        };
        let disagree = (offset_secs.abs() > CLOCKS_DISAGREE_SECS)
            .then_some(Caution { key: "clock_mismatch", value: Some(offset_secs.abs()) });
        (moved(&log, offset_secs, |own_secs| own_secs.max(seen_secs)), unknown_zero.or(disagree))
    }
}

/// What is known about a phrase once its last frame has been handed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhraseEnding {
    /// What was signalled.
    pub signals: PhraseSignals,
    /// Time of the source's last frame, analysed or not, on the clock of the frames.
    pub end: Timestamp,
    /// Frames that the source had and that were never handed in.
    pub skipped: u64,
    /// What the reader of the verdict should know about the source.
    pub cautions: Vec<Caution>,
    /// What limits the certainty of a call besides what the frames show.
    pub source: SourceQuality,
}

impl PhraseEnding {
    /// The end of a phrase whose frames were all handed in.
    pub fn new(signals: PhraseSignals, end: Timestamp) -> Self {
        Self { signals, end, ..Self::default() }
    }
}

/// Picture time minus log time of the first lamp, with the picture's uncertainty, when both show the same touch.
fn lamp_offset(logged: &SignalLog, seen: &SignalLog) -> Option<(f64, f64)> {
    let (logged, seen) = (logged.first_touch()?, seen.first_touch()?);
    let offset = seen.at.secs_since(logged.at);
    (offset.abs() <= SAME_TOUCH_SECS).then_some((offset, seen.uncertainty_secs))
}

/// The same signals moved so that the phrase's end falls on the clip's end; `None` without an end line to hold on to.
fn aligned_to_clip_end(signals: &SignalLog, clip_end: Timestamp) -> Option<SignalLog> {
    let shift_secs = clip_end.secs_since(signals.first_time_of(SignalKind::PhraseEnd)?);
    Some(moved(signals, shift_secs, |own_secs| own_secs + END_ALIGNMENT_SECS))
}

/// The signals `offset_secs` later, their uncertainties as `uncertain` makes them.
fn moved(signals: &SignalLog, offset_secs: f64, uncertain: impl Fn(f64) -> f64) -> SignalLog {
    let mut moved = SignalLog::default();
    for event in signals.events() {
        let uncertainty_secs = uncertain(event.uncertainty_secs);
        moved.push(SignalEvent { at: event.at.plus_secs(offset_secs), uncertainty_secs, ..*event });
    }
    if let Some(lamps) = signals.final_lamps() {
        moved.set_final_lamps(lamps);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::{Lamp, Side, SignalSource};

    const LOGGED: SignalClock = SignalClock::Apparatus { offset_uncertainty_secs: 0.0 };

    fn event(secs: f64, source: SignalSource, kind: SignalKind) -> SignalEvent {
        SignalEvent { at: Timestamp::from_secs(secs), uncertainty_secs: 0.03, source, kind }
    }

    fn lamp(secs: f64, source: SignalSource) -> SignalLog {
        let mut log = SignalLog::default();
        log.push(event(secs, source, SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid }));
        log
    }

    #[track_caller]
    fn check(clock: SignalClock, seen: Option<f64>, expected: (f64, f64)) {
        let seen = seen.map_or_else(SignalLog::default, |secs| lamp(secs, SignalSource::Picture));
        let signals = PhraseSignals::new(lamp(2.0, SignalSource::Log), clock);
        let (aligned, _) = signals.aligned(&seen, Timestamp::from_secs(5.0));
        let touch = aligned.first_touch().unwrap();
        let expected = (Timestamp::from_secs(expected.0), expected.1);
        assert_eq!((touch.at, touch.uncertainty_secs), expected, "{clock:?}, seen at {seen:?}");
    }

    #[test]
    fn a_lamp_in_the_picture_corrects_the_clock_of_an_apparatus_and_no_other() {
        check(LOGGED, Some(2.3), (2.3, 0.03));
        check(LOGGED, Some(9.0), (2.0, 0.03));
        check(SignalClock::UnknownZero, Some(2.3), (2.3, 0.03));
        check(SignalClock::Frames, Some(2.3), (2.0, 0.03));
    }

    #[test]
    fn an_apparatus_that_disagrees_with_the_picture_is_told() {
        let told = |seen: f64, clock| {
            let signals = PhraseSignals::new(lamp(2.0, SignalSource::Log), clock);
            let (_, caution) = signals.aligned(&lamp(seen, SignalSource::Picture), Timestamp::from_secs(5.0));
            caution.map(|caution| (caution.key, caution.value))
        };
        assert_eq!(told(1.5, LOGGED), Some(("clock_mismatch", Some(0.5))));
        assert_eq!(told(2.5, LOGGED), Some(("clock_mismatch", Some(0.5))));
        assert_eq!(told(2.15, LOGGED), None);
        assert_eq!(told(2.5, SignalClock::Frames), None);
        assert_eq!(told(2.5, SignalClock::UnknownZero), Some(("log_clock", None)));
    }

    #[test]
    fn live_signals_are_as_uncertain_as_the_camera_is_late_until_a_lamp_is_seen() {
        let live = SignalClock::Apparatus { offset_uncertainty_secs: 0.05 };
        check(live, None, (2.0, 0.08));
        check(live, Some(2.04), (2.04, 0.03));
    }

    #[test]
    fn a_log_with_an_unknown_zero_ends_where_the_clip_ends() {
        let mut log = lamp(12.0, SignalSource::Log);
        log.push(event(13.5, SignalSource::Log, SignalKind::PhraseEnd));
        let lamps = fencing::PerSide::new(Lamp::Valid, Lamp::Off);
        log.set_final_lamps(lamps);
        let end = Timestamp::from_secs(6.5);
        let signals = PhraseSignals::new(log, SignalClock::UnknownZero);
        let (aligned, caution) = signals.aligned(&SignalLog::default(), end);
        assert_eq!(caution, Some(Caution { key: "log_clock", value: None }));
        assert_eq!(aligned.first_time_of(SignalKind::PhraseEnd), Some(end));
        assert_eq!(aligned.first_touch().unwrap().at, Timestamp::from_secs(5.0));
        assert_eq!(aligned.final_lamps(), Some(lamps));
    }
}
