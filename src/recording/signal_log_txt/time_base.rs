//! Whether a log's times start where the phrase starts.

use fencing::time::Timestamp;
use time::PrimitiveDateTime;

/// How much longer than the wall clock's phrase the box's may be, in seconds. Wall times have whole seconds, and the
/// host reacts within a second; a real log with a foreign zero was 9 s too long.
const WALL_SLACK_SECS: f64 = 3.0;

/// What the zero of a log's times is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeBase {
    /// The start of the phrase, as it should be.
    PhraseStart,
    /// Something else: only the order and distance of the events count.
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
