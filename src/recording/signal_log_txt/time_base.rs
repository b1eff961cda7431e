//! Whether a log's zero is the start of the phrase.

use fencing::time::Timestamp;
use time::PrimitiveDateTime;

/// Tolerance by which the box's phrase may be longer than the wall clock's, in seconds. Wall-clock times are whole seconds, and the
/// host reacts within a second; a real log with a foreign zero was 9 s too long.
const WALL_SLACK_SECS: f64 = 3.0;

/// Zero of a log's times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeBase {
    /// The start of the phrase.
    PhraseStart,
    /// Something else: only order and distances of the events count.
    Broken(BreakReason),
}

/// Why a log's zero is not the start of the phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BreakReason {
    /// The log has no start line.
    NoStartLine,
    /// The box's phrase is much longer than the wall clock's.
    LongerThanWallClock {
        /// Last time of the log, in seconds.
        logged_secs: f64,
        /// Duration by the wall clock, in seconds, to the whole second.
        wall_secs: f64,
    },
}

/// Determines the zero of a log.
pub(super) fn judge(
    has_start: bool,
    end: Option<Timestamp>,
    wall_clock_text: Option<(PrimitiveDateTime, PrimitiveDateTime)>,
) -> TimeBase {
    if let (Some(end), Some((from, to))) = (end, wall_clock_text) {
        let (logged_secs, wall_secs) = (end.secs(), (to - from).as_seconds_f64());
        if wall_secs >= 0.0 && logged_secs > wall_secs + WALL_SLACK_SECS {
            return TimeBase::Broken(BreakReason::LongerThanWallClock { logged_secs, wall_secs });
        }
    }
    if has_start { TimeBase::PhraseStart } else { TimeBase::Broken(BreakReason::NoStartLine) }
}
