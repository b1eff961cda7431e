//! How many pictures are looked at: about 30 a second, fewer when the analysis falls behind.
//!
//! The pictures from before the phrase began are late by nature and no sign of a slow machine, so more lag is allowed at
//! first and less while they are worked off.

use crate::time::Timestamp;

/// Pictures closer together than this are thinned out: 60 per second become 30, 25 and 30 stay.
const CLOSEST_SECS: f64 = 0.025;
/// Lag from which every second picture is passed over, and from which two of three are, in seconds.
const COARSER_FROM_SECS: [f64; 2] = [1.0, 2.0];

/// What to do with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Analyse it.
    At,
    /// Pass over it: others lie close enough.
    Past,
    /// Pass over it because time is short; counted against the verdict.
    Skip,
}

/// Decides picture by picture.
#[derive(Debug, Default)]
pub(super) struct Pace {
    begun: Option<Timestamp>,
    first_lag_secs: f64,
    last: Option<Timestamp>,
    due: u64,
}

impl Pace {
    /// Whether to look at the picture taken at `at`, now that it is `now`, both on the host clock.
    pub(super) fn decide(&mut self, at: Timestamp, now: Timestamp) -> Look {
        if self.last.is_some_and(|last| at.secs_since(last) < CLOSEST_SECS) {
            return Look::Past;
        }
        let lag = now.secs_since(at);
        let begun = *self.begun.get_or_insert_with(|| {
            self.first_lag_secs = lag.max(0.0);
            now
        });
        // Working off faster than half of real time is enough.
        let allowed = (self.first_lag_secs - 0.5 * now.secs_since(begun)).max(0.0);
        let every = 1 + COARSER_FROM_SECS.iter().filter(|limit| lag > **limit + allowed).count() as u64;
        self.due += 1;
        self.last = Some(at);
        if self.due.is_multiple_of(every) { Look::At } else { Look::Skip }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the pictures of `secs` at `fps` are looked at and skipped, each analysed `lag(at)` after it was taken.
    fn check(fps: f64, secs: f64, lag: impl Fn(f64) -> f64, expected: (usize, usize)) {
        let mut pace = Pace::default();
        let looks: Vec<Look> = (0..(fps * secs) as u32)
            .map(|i| f64::from(i) / fps)
            .map(|at| pace.decide(Timestamp::from_secs(at), Timestamp::from_secs(at + lag(at))))
            .collect();
        let count = |look| looks.iter().filter(|l| **l == look).count();
        assert_eq!((count(Look::At), count(Look::Skip)), expected);
    }

    #[test]
    fn sixty_become_thirty_and_a_slow_machine_looks_more_coarsely() {
        check(30.0, 2.0, |_| 0.1, (60, 0));
        check(25.0, 2.0, |_| 0.1, (50, 0));
        check(60.0, 2.0, |_| 0.1, (60, 0));
        check(30.0, 4.0, |_| 0.9, (120, 0));
        check(30.0, 2.0, |at| if at < 1.0 { 0.0 } else { 1.5 }, (45, 15));
    }

    #[test]
    fn the_pictures_from_before_are_all_looked_at() {
        // Two seconds of pre-roll worked off at twice the pace of time.
        check(30.0, 4.0, |at| (2.0 - at).max(0.0), (120, 0));
    }
}
