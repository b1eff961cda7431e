//! Signals of one phrase, and their alignment from the clock of their source to the clock of the frames.
//!
//! A log's zero is the box's start command; a clip's zero is its first frame. They differ by tens of milliseconds in the known
//! recordings, and by more when a clip was cut. A lamp that lights up in the frames gives the true offset; without one the two
//! zeros count as one, with the uncertainty that the signals carry. Every entry into the engine ends in
//! [`ObservedPhrase::judge`](super::ObservedPhrase::judge), so equal signals and frames are aligned equally everywhere.

use super::{Caution, SourceQuality};
use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalKind, SignalLog};

/// Largest distance between a lamp in the frames and the same lamp in the log, in seconds: recorders that start before the box
/// differ by tenths of a second, another touch by more.
const MAX_OFFSET_SECS: f64 = 1.0;

/// Added to every uncertainty when signals are aligned by the end of the clip, in seconds: about 0.2 s of a log have no
/// frame (measured on the reference's recordings).
const END_ALIGNMENT_SECS: f64 = 0.2;

/// Distance from which the disagreement of apparatus and frames is a caution, in seconds: what recorders are known to lose at the
/// beginning or the end of a phrase.
const CLOCKS_DISAGREE_SECS: f64 = 0.2;

/// The clock of a phrase's signals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SignalClock {
    /// The clock of the frames: a person selected a frame. Such signals are never moved.
    Frames,
    /// A scoring apparatus that was started with the recording.
    Apparatus {
        /// Uncertainty of the offset between its clock and that of the frames, in seconds: added to every uncertainty unless a lamp in
        /// the frames gives the true offset. 0 for a log whose events include it already.
        offset_uncertainty_secs: f64,
    },
    /// A scoring apparatus whose zero is not the start of the phrase: only the order and distance of its events count.
    UnknownZero,
}

/// Signals of one phrase, on the clock of their source.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseSignals {
    log: SignalLog,
    clock: SignalClock,
}

impl Default for PhraseSignals {
    /// No signals: the lamps in the frames count.
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

    /// The signals as reported.
    pub fn log(&self) -> &SignalLog {
        &self.log
    }

    /// Their clock.
    pub fn clock(&self) -> SignalClock {
        self.clock
    }

    /// The signals on the clock of the frames, with a caution where they disagree. `seen` are the lamps detected in the frames, `end` is
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
            return (shifted(&log, 0.0, |own_secs| own_secs + offset_uncertainty_secs), unknown_zero);
        };
        let disagree = (offset_secs.abs() > CLOCKS_DISAGREE_SECS)
            .then_some(Caution { key: "clock_mismatch", value: Some(offset_secs.abs()) });
        (shifted(&log, offset_secs, |own_secs| own_secs.max(seen_secs)), unknown_zero.or(disagree))
    }
}

/// What is known about a phrase after its last frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhraseEnding {
    /// Its signals.
    pub signals: PhraseSignals,
    /// Time of the source's last frame, analysed or not, on the clock of the frames.
    pub end: Timestamp,
    /// Frames of the source that were never pushed.
    pub skipped: u64,
    /// Cautions about the source.
    pub cautions: Vec<Caution>,
    /// Limits on the certainty of a call besides what the frames show.
    pub source: SourceQuality,
}

impl PhraseEnding {
    /// The end of a phrase whose frames were all pushed.
    pub fn new(signals: PhraseSignals, end: Timestamp) -> Self {
        Self { signals, end, ..Self::default() }
    }
}

/// Frame time minus log time of the first lamp, with the uncertainty of the frame time, when both show the same touch.
fn lamp_offset(logged: &SignalLog, seen: &SignalLog) -> Option<(f64, f64)> {
    let (logged, seen) = (logged.first_touch()?, seen.first_touch()?);
    let offset = seen.at.secs_since(logged.at);
    (offset.abs() <= MAX_OFFSET_SECS).then_some((offset, seen.uncertainty_secs))
}

/// The signals moved so that the phrase's end falls on the clip's end; `None` without an end line.
fn aligned_to_clip_end(signals: &SignalLog, clip_end: Timestamp) -> Option<SignalLog> {
    let shift_secs = clip_end.secs_since(signals.first_time_of(SignalKind::PhraseEnd)?);
    Some(shifted(signals, shift_secs, |own_secs| own_secs + END_ALIGNMENT_SECS))
}

/// The signals `offset_secs` later, with uncertainties mapped by `uncertain`.
fn shifted(signals: &SignalLog, offset_secs: f64, uncertain: impl Fn(f64) -> f64) -> SignalLog {
    let mut shifted = SignalLog::default();
    for event in signals.events() {
        let uncertainty_secs = uncertain(event.uncertainty_secs);
        shifted.push(SignalEvent { at: event.at.plus_secs(offset_secs), uncertainty_secs, ..*event });
    }
    if let Some(lamps) = signals.final_lamps() {
        shifted.set_final_lamps(lamps);
    }
    shifted
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
    fn a_lamp_in_the_video_corrects_the_clock_of_an_apparatus_and_no_other() {
        check(LOGGED, Some(2.3), (2.3, 0.03));
        check(LOGGED, Some(9.0), (2.0, 0.03));
        check(SignalClock::UnknownZero, Some(2.3), (2.3, 0.03));
        check(SignalClock::Frames, Some(2.3), (2.0, 0.03));
    }

    #[test]
    fn an_apparatus_that_disagrees_with_the_picture_is_reported() {
        let cautions = |seen: f64, clock| {
            let signals = PhraseSignals::new(lamp(2.0, SignalSource::Log), clock);
            let (_, caution) = signals.aligned(&lamp(seen, SignalSource::Picture), Timestamp::from_secs(5.0));
            caution.map(|caution| (caution.key, caution.value))
        };
        assert_eq!(cautions(1.5, LOGGED), Some(("clock_mismatch", Some(0.5))));
        assert_eq!(cautions(2.5, LOGGED), Some(("clock_mismatch", Some(0.5))));
        assert_eq!(cautions(2.15, LOGGED), None);
        assert_eq!(cautions(2.5, SignalClock::Frames), None);
        assert_eq!(cautions(2.5, SignalClock::UnknownZero), Some(("log_clock", None)));
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
