//! Whether a log's times start where the phrase starts, and what to do when they do not.

use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalKind, SignalLog};
use time::PrimitiveDateTime;

/// How much longer than the wall clock's phrase the box's may be, in seconds. Wall times have whole seconds, and the
/// host reacts within a second; a real log with a foreign zero was 9 s too long.
const WALL_SLACK_SECS: f64 = 3.0;

/// Added to every time that was aligned by the end, in seconds: about 0.2 s of a log have no picture (recorded data).
const ALIGNMENT_SECS: f64 = 0.2;

/// What the zero of a log's times is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeBase {
    /// The start of the phrase, as it should be.
    PhraseStart,
    /// Something else: use [`aligned_to_clip_end`].
    Broken(BreakReason),
}

/// Why a log's zero is not the start of the phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BreakReason {
    /// The box never said that it started.
    NoStartLine,
    /// The box's phrase is much longer than the wall clock's.
    LongerThanWallClock {
        /// Last time of the log, in seconds.
        logged_secs: f64,
        /// Duration by the wall clock, in seconds, to the whole second.
        wall_secs: f64,
    },
}

/// Judges the zero of a log from what it says about itself.
pub(super) fn judge(
    has_start: bool,
    end: Option<Timestamp>,
    wall: Option<(PrimitiveDateTime, PrimitiveDateTime)>,
) -> TimeBase {
    if let (Some(end), Some((from, to))) = (end, wall) {
        let (logged_secs, wall_secs) = (end.secs(), (to - from).as_seconds_f64());
        if wall_secs >= 0.0 && logged_secs > wall_secs + WALL_SLACK_SECS {
            return TimeBase::Broken(BreakReason::LongerThanWallClock { logged_secs, wall_secs });
        }
    }
    if has_start { TimeBase::PhraseStart } else { TimeBase::Broken(BreakReason::NoStartLine) }
}

/// The same signals moved so that the phrase's end falls on the clip's end; for logs with a broken time base.
///
/// `None` when the log has no end line to hold on to. Uncertainties grow by 0.2 s.
pub fn aligned_to_clip_end(signals: &SignalLog, clip_end: Timestamp) -> Option<SignalLog> {
    let shift_secs = clip_end.secs_since(signals.first_time_of(SignalKind::PhraseEnd)?);
    let mut aligned = SignalLog::default();
    for event in signals.events() {
        let at = event.at.plus_secs(shift_secs);
        aligned.push(SignalEvent { at, uncertainty_secs: event.uncertainty_secs + ALIGNMENT_SECS, ..*event });
    }
    if let Some(lamps) = signals.final_lamps() {
        aligned.set_final_lamps(lamps);
    }
    Some(aligned)
}
