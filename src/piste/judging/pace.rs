//! How many pictures are looked at: about 30 a second, fewer while nobody moves or the analysis falls behind.
//!
//! A laptop beside the piste runs on its battery: between phrases, while both fencers stand or nobody is there, a picture now
//! and then is enough to see that somebody moves. That costs nothing that is judged by: a tenth of a second after the first
//! step every picture is looked at again, long before the touch.
//!
//! How late a frame is counts from the host clock at the moment of decoding, and again at the moment of inference: frames that
//! wait between the two grow old as well. As long as nothing was measured every second frame is skipped from a quarter of a
//! second on, and so on; then frames are looked at as far apart as one inference takes, so that what is analysed is spread
//! evenly, whatever else the machine does.
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
/// Lag that costs no frame once the time of an inference is known, in seconds: a camera's own delay and one slow inference.
const FREE_LAG_SECS: f64 = 0.15;
/// Each further lag of this length adds the time of one inference to the distance of the frames that are looked at, in
/// seconds: the lag is worked off before it has grown to the second within which a first verdict is promised.
const LAG_STEP_SECS: f64 = 0.15;
/// A frame that is older than this when its inference would begin is passed over, in seconds.
const STALE_SECS: f64 = 0.45;
/// Unless no frame so close before it was analysed, in seconds: a phrase that is seen at all is seen three times a second.
const COVERED_SECS: f64 = 0.3;
/// Weight of the newest inference in the mean of their times.
const NEWEST_WEIGHT: f64 = 0.2;

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
    /// The last frame that was to be looked at.
    looked: Option<Timestamp>,
    /// Mean time of an inference in seconds, once one was measured.
    inference_secs: Option<f64>,
    /// The frame of the inference that runs, or ran last, and when it began.
    inference: Option<(Timestamp, Timestamp)>,
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
        let lag = (lag - self.allowed_secs(begun, now)).max(0.0);
        self.due += 1;
        self.last = Some(at);
        let is_looked_at = if let Some(inference) = self.inference_secs {
            self.looked.is_none_or(|looked| at.secs_since(looked) >= distance_secs(lag, inference))
        } else {
            let halvings = (lag / COARSER_EVERY_SECS) as u32;
            self.due.is_multiple_of(1_u64 << halvings.min(HALVINGS))
        };
        if !is_looked_at {
            return Look::Skip;
        }
        self.looked = Some(at);
        Look::At
    }

    /// The inference of a decoded frame would begin now; false when the frame has grown too old while it waited.
    pub(super) fn begin_inference(&mut self, at: Timestamp, now: Timestamp) -> bool {
        let allowed = self.begun.map_or(0.0, |begun| self.allowed_secs(begun, now));
        let is_stale = now.secs_since(at) - allowed > STALE_SECS;
        let is_covered = self.inference.is_some_and(|(last, _)| at.secs_since(last) < COVERED_SECS);
        if is_stale && is_covered {
            return false;
        }
        self.inference = Some((at, now));
        true
    }

    /// The inference that began last is done.
    pub(super) fn end_inference(&mut self, now: Timestamp) {
        let Some((_, begun)) = self.inference else { return };
        let newest = now.secs_since(begun).max(0.0);
        let mean = self.inference_secs.map_or(newest, |mean| mean + NEWEST_WEIGHT * (newest - mean));
        self.inference_secs = Some(mean);
    }

    /// How late frames may be that were there before the eyes were opened. Working off faster than half of real time is enough.
    fn allowed_secs(&self, begun: Timestamp, now: Timestamp) -> f64 {
        (self.first_lag_secs - 0.5 * now.secs_since(begun)).max(0.0)
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

/// How far apart frames are looked at, in seconds, at a lag beyond what is allowed.
fn distance_secs(lag_secs: f64, inference_secs: f64) -> f64 {
    let beyond = lag_secs - FREE_LAG_SECS;
    if beyond <= 0.0 { 0.0 } else { inference_secs * (1.0 + beyond / LAG_STEP_SECS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty seconds of 30 frames per second on a machine whose inference of a frame at `at` takes `secs(at)`, while one frame
    /// waits decoded: the oldest age at which an inference ended after the first three seconds, and how many frames were analysed
    /// and skipped.
    fn loaded(secs: impl Fn(f64) -> f64) -> (f64, usize, usize) {
        let at = Timestamp::from_secs;
        let mut pace = Pace::default();
        let (mut waiting, mut free_at, mut oldest) = (None::<f64>, 0.0_f64, 0.0_f64);
        let (mut decoder, mut analysed, mut skipped) = (0.0_f64, 0, 0);
        let mut infer = |pace: &mut Pace, taken: f64, from: f64| {
            if !pace.begin_inference(at(taken), at(from)) {
                skipped += 1;
                return from;
            }
            let done = from + secs(taken);
            pace.end_inference(at(done));
            analysed += 1;
            if taken > 3.0 {
                oldest = oldest.max(done - taken);
            }
            done
        };
        let mut passed_over = 0;
        for taken in (0..900).map(|i| f64::from(i) / 30.0) {
            let now = decoder.max(taken);
            // What waited decoded has gone on as soon as the inference before it was done.
            if let Some(earlier) = waiting.filter(|_| free_at <= now) {
                free_at = infer(&mut pace, earlier, free_at.max(earlier));
                waiting = None;
            }
            decoder = now;
            if pace.decide(at(taken), at(now), Activity::Moving) != Look::At {
                passed_over += 1;
                continue;
            }
            if let Some(earlier) = waiting.replace(taken) {
                // Full: the decoder waits until the inference takes the frame before.
                decoder = decoder.max(free_at);
                free_at = infer(&mut pace, earlier, free_at.max(earlier));
            }
        }
        (oldest, analysed, skipped + passed_over)
    }

    #[test]
    fn under_load_what_is_looked_at_is_never_older_than_the_promised_second() {
        for secs in [0.02, 0.05, 0.1, 0.2, 0.3] {
            let (oldest, analysed, skipped) = loaded(|_| secs);
            assert!(oldest < 0.95, "{secs} s for an inference: {oldest} s old");
            assert!((899..=900).contains(&(analysed + skipped)), "every frame is counted, but for the last that waits");
            assert_eq!(skipped == 0, secs < 0.03, "{secs} s for an inference: {skipped} skipped of {analysed}");
            // Within a third of what the machine can do.
            assert!(
                analysed as f64 > 0.66 * (30.0 / secs).min(900.0),
                "{secs} s for an inference: {analysed} analysed"
            );
        }
        // Another program that begins and ends.
        let (oldest, ..) = loaded(|at| if (10.0..20.0).contains(&at) { 0.25 } else { 0.02 });
        assert!(oldest < 0.95, "{oldest} s old");
    }

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
