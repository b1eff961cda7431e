//! How many pictures are looked at: about 30 a second, fewer while nobody moves or the analysis falls behind.
//!
//! A laptop beside the piste runs on its battery: between phrases, while both fencers stand or nobody is there, a picture now
//! and then is enough to see that somebody moves. That costs nothing that is judged by: a tenth of a second after the first
//! step every picture is looked at again, long before the touch.
//!
//! The pictures from before the eyes were opened are late by nature and no sign of a slow machine, so more lag is allowed at
//! first and less while they are worked off.

use fencing::time::Timestamp;
use vision::engine::Activity;

/// Pictures closer together than this are thinned out: 60 per second become 30, 25 and 30 stay.
const CLOSEST_SECS: f64 = 0.025;
/// The same while both fencers stand, and while nobody is there.
const CLOSEST_STILL_SECS: f64 = 0.09;
const CLOSEST_NOBODY_SECS: f64 = 0.19;
/// How long after the last movement every picture is still looked at, in seconds.
const AWAKE_SECS: f64 = 2.0;
/// Every second picture is passed over from this lag on, three of four from twice as much, and so on, in seconds: however slow
/// the machine, its verdict is late by little more, and judged again from the recording.
const COARSER_EVERY_SECS: f64 = 0.25;
/// How often that is halved at most.
const HALVINGS: u32 = 6;

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
    /// When somebody moved last, or a phrase was fenced.
    moved_at: Option<Timestamp>,
}

impl Pace {
    /// Whether to look at the picture taken at `at`, now that it is `now`, both on the host clock, and `bustle` is what was
    /// seen last; [`Activity::Moving`] while a phrase is fenced, whatever is seen.
    pub(super) fn decide(&mut self, at: Timestamp, now: Timestamp, bustle: Activity) -> Look {
        if self.last.is_some_and(|last| at.secs_since(last) < self.closest_secs(at, bustle)) {
            return Look::Past;
        }
        let lag = now.secs_since(at);
        let begun = *self.begun.get_or_insert_with(|| {
            self.first_lag_secs = lag.max(0.0);
            now
        });
        // Working off faster than half of real time is enough.
        let allowed = (self.first_lag_secs - 0.5 * now.secs_since(begun)).max(0.0);
        let halvings = ((lag - allowed).max(0.0) / COARSER_EVERY_SECS) as u32;
        let every = 1_u64 << halvings.min(HALVINGS);
        self.due += 1;
        self.last = Some(at);
        if self.due.is_multiple_of(every) { Look::At } else { Look::Skip }
    }

    fn closest_secs(&mut self, at: Timestamp, bustle: Activity) -> f64 {
        if bustle == Activity::Moving {
            self.moved_at = Some(at);
        }
        match bustle {
            _ if self.moved_at.is_some_and(|moved| at.secs_since(moved) < AWAKE_SECS) => CLOSEST_SECS,
            Activity::Moving => CLOSEST_SECS,
            Activity::Still => CLOSEST_STILL_SECS,
            Activity::Nobody => CLOSEST_NOBODY_SECS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the pictures of `secs` at `fps` are looked at and skipped, each analysed `lag(at)` after it was taken,
    /// while `bustle(at)` is seen.
    fn check_seeing(
        bustle: impl Fn(f64) -> Activity,
        (fps, secs): (f64, f64),
        lag: impl Fn(f64) -> f64,
        expected: (usize, usize),
    ) {
        let mut pace = Pace::default();
        let looks: Vec<Look> = (0..(fps * secs) as u32)
            .map(|i| f64::from(i) / fps)
            .map(|at| pace.decide(Timestamp::from_secs(at), Timestamp::from_secs(at + lag(at)), bustle(at)))
            .collect();
        let count = |look| looks.iter().filter(|l| **l == look).count();
        assert_eq!((count(Look::At), count(Look::Skip)), expected);
    }

    fn check(fps: f64, secs: f64, lag: impl Fn(f64) -> f64, expected: (usize, usize)) {
        check_seeing(|_| Activity::Moving, (fps, secs), lag, expected);
    }

    #[test]
    fn sixty_become_thirty_and_a_slow_machine_looks_more_coarsely() {
        check(30.0, 2.0, |_| 0.1, (60, 0));
        check(25.0, 2.0, |_| 0.1, (50, 0));
        check(60.0, 2.0, |_| 0.1, (60, 0));
        check(30.0, 4.0, |_| 0.2, (120, 0));
        check(30.0, 2.0, |at| if at < 1.0 { 0.0 } else { 0.3 }, (45, 15));
        check(32.0, 2.0, |at| if at < 1.0 { 0.0 } else { 0.6 }, (40, 24));
    }

    #[test]
    fn a_machine_that_can_look_five_times_a_second_is_never_late_by_much() {
        let (mut pace, mut done, mut worst) = (Pace::default(), 0.0_f64, 0.0_f64);
        for at in (0..900).map(|i| f64::from(i) / 30.0) {
            let now = done.max(at);
            if pace.decide(Timestamp::from_secs(at), Timestamp::from_secs(now), Activity::Moving) == Look::At {
                done = now + 0.2;
            }
            worst = worst.max(now - at);
        }
        assert!(worst < 1.2, "{worst} s late");
    }

    #[test]
    fn the_pictures_from_before_are_all_looked_at() {
        // Two seconds of pre-roll worked off at twice the pace of time.
        check(30.0, 4.0, |at| (2.0 - at).max(0.0), (120, 0));
    }

    #[test]
    fn while_nobody_moves_fewer_are_looked_at_and_none_of_them_is_missed() {
        check_seeing(|_| Activity::Still, (30.0, 10.0), |_| 0.1, (100, 0));
        check_seeing(|_| Activity::Nobody, (30.0, 10.0), |_| 0.1, (50, 0));
        // Two seconds of it, one of movement, two after that in which every picture counts, and one more.
        let steps = |at: f64| if (2.0..3.0).contains(&at) { Activity::Moving } else { Activity::Still };
        check_seeing(steps, (30.0, 6.0), |_| 0.1, (20 + 89 + 10, 0));
    }
}
