//! Selects the frames to analyse: about 30 per second, fewer while nobody moves or the analysis falls behind.
//!
//! A laptop beside the piste runs on battery. Between phrases, while both fencers stand or nobody is there, some frames per
//! second are enough to notice movement, and no verdict depends on the others: a tenth of a second after the first step
//! every frame is analysed again, long before the touch.
//!
//! The lag of a frame is measured on the host clock when it is about to be decoded and again when its inference would begin,
//! because decoded frames age while they wait. Until an inference time is known, every second frame is skipped from a lag of a
//! quarter of a second on, three of four from twice that, and so on. After that the distance between analysed frames is derived
//! from the time of an inference, so that they are evenly spaced whatever else the machine does.
//!
//! Frames from before the analyzer was opened are late without the machine being slow, so a larger lag is allowed at first,
//! and it shrinks while they are analysed.

use fencing::time::Timestamp;
use vision::engine::Activity;

/// Shortest distance between analysed frames, in seconds: 60 per second become 30, 25 and 30 stay.
const MIN_DISTANCE_SECS: f64 = 0.025;
/// The same while both fencers stand, and while nobody is there.
const MIN_DISTANCE_STILL_SECS: f64 = 0.09;
const MIN_DISTANCE_EMPTY_SECS: f64 = 0.19;
/// Time after the last movement during which every frame is still analysed, in seconds.
const ACTIVE_SECS: f64 = 2.0;
/// Step of lag, in seconds, from which every second frame is skipped, three of four from twice as much, and so on: on a slow
/// machine the live verdict is late by little more than this, and the recording is judged afterwards.
const COARSER_EVERY_SECS: f64 = 0.25;
/// Largest number of halvings.
const MAX_HALVINGS: u32 = 6;
/// Lag at which no frame is skipped once the time of an inference is known, in seconds: a camera's delay and one slow inference.
const FREE_LAG_SECS: f64 = 0.15;
/// Each further step of lag of this length adds the time of one inference to the distance of analysed frames, in seconds: the lag
/// stays below the second within which a first verdict is promised.
const LAG_STEP_SECS: f64 = 0.15;
/// Frames older than this when their inference would begin are skipped, in seconds, ...
const MAX_AGE_SECS: f64 = 0.45;
/// ... unless no frame within this time before was analysed: a phrase is analysed at least three times a second.
const MAX_GAP_SECS: f64 = 0.3;
/// Weight of the newest inference in the mean inference time.
const NEWEST_WEIGHT: f64 = 0.2;

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameDecision {
    /// Analyse it.
    Analyse,
    /// Leave it out: analysed frames are close enough.
    Pass,
    /// Leave it out for lack of time; counts against the thoroughness of the verdict.
    Skip,
}

/// Decides frame by frame.
#[derive(Debug, Default)]
pub(crate) struct FramePacing {
    begun: Option<Timestamp>,
    first_lag_secs: f64,
    last: Option<Timestamp>,
    due: u64,
    /// Time of the last movement or frame of a phrase.
    moved_at: Option<Timestamp>,
    /// The last frame that was to be analysed.
    last_selected: Option<Timestamp>,
    /// Mean time of an inference in seconds; `None` before the first.
    inference_secs: Option<f64>,
    /// The frame of the current or latest inference, and when it began.
    inference: Option<(Timestamp, Timestamp)>,
}

impl FramePacing {
    /// What to do with the frame taken at `at`, at the time `now`, both on the host clock. `activity` is the latest observation, or
    /// [`Activity::Moving`] during a phrase.
    pub(crate) fn decide(&mut self, at: Timestamp, now: Timestamp, activity: Activity) -> FrameDecision {
        if self.last.is_some_and(|last| at.secs_since(last) < self.min_distance_secs(at, activity)) {
            return FrameDecision::Pass;
        }
        let lag = now.secs_since(at);
        let begun = *self.begun.get_or_insert_with(|| {
            self.first_lag_secs = lag.max(0.0);
            now
        });
        let lag = (lag - self.allowed_lag_secs(begun, now)).max(0.0);
        self.due += 1;
        self.last = Some(at);
        let is_looked_at = if let Some(inference) = self.inference_secs {
            self.last_selected.is_none_or(|last_selected| at.secs_since(last_selected) >= distance_secs(lag, inference))
        } else {
            let halvings = (lag / COARSER_EVERY_SECS) as u32;
            self.due.is_multiple_of(1_u64 << halvings.min(MAX_HALVINGS))
        };
        if !is_looked_at {
            return FrameDecision::Skip;
        }
        self.last_selected = Some(at);
        FrameDecision::Analyse
    }

    /// Begins the inference of a decoded frame; false if the frame has become too old.
    pub(crate) fn begin_inference(&mut self, at: Timestamp, now: Timestamp) -> bool {
        let allowed = self.begun.map_or(0.0, |begun| self.allowed_lag_secs(begun, now));
        let is_stale = now.secs_since(at) - allowed > MAX_AGE_SECS;
        let is_covered = self.inference.is_some_and(|(last, _)| at.secs_since(last) < MAX_GAP_SECS);
        if is_stale && is_covered {
            return false;
        }
        self.inference = Some((at, now));
        true
    }

    /// Ends the inference that began last.
    pub(crate) fn end_inference(&mut self, now: Timestamp) {
        let Some((_, begun)) = self.inference else { return };
        let newest = now.secs_since(begun).max(0.0);
        let mean = self.inference_secs.map_or(newest, |mean| mean + NEWEST_WEIGHT * (newest - mean));
        self.inference_secs = Some(mean);
    }

    /// Lag allowed for frames from before the analyzer was opened, which are worked off at least twice as fast as real time.
    fn allowed_lag_secs(&self, begun: Timestamp, now: Timestamp) -> f64 {
        (self.first_lag_secs - 0.5 * now.secs_since(begun)).max(0.0)
    }

    fn min_distance_secs(&mut self, at: Timestamp, activity: Activity) -> f64 {
        if activity == Activity::Moving {
            self.moved_at = Some(at);
        }
        match activity {
            _ if self.moved_at.is_some_and(|moved| at.secs_since(moved) < ACTIVE_SECS) => MIN_DISTANCE_SECS,
            Activity::Moving => MIN_DISTANCE_SECS,
            Activity::Still => MIN_DISTANCE_STILL_SECS,
            Activity::Nobody => MIN_DISTANCE_EMPTY_SECS,
        }
    }
}

/// Distance between analysed frames, in seconds, for a lag beyond the allowed one.
fn distance_secs(lag_secs: f64, inference_secs: f64) -> f64 {
    let beyond = lag_secs - FREE_LAG_SECS;
    if beyond <= 0.0 { 0.0 } else { inference_secs * (1.0 + beyond / LAG_STEP_SECS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulates 30 s at 30 fps on a machine whose inference of a frame at `at` takes `secs(at)`, while one decoded frame waits.
    /// Returns the largest age at the end of an inference after the first three seconds, and the numbers of frames analysed and
    /// skipped.
    fn loaded(secs: impl Fn(f64) -> f64) -> (f64, usize, usize) {
        let at = Timestamp::from_secs;
        let mut pacing = FramePacing::default();
        let (mut waiting, mut free_at, mut oldest) = (None::<f64>, 0.0_f64, 0.0_f64);
        let (mut decoder, mut analysed, mut skipped) = (0.0_f64, 0, 0);
        let mut infer = |pacing: &mut FramePacing, captured: f64, from: f64| {
            if !pacing.begin_inference(at(captured), at(from)) {
                skipped += 1;
                return from;
            }
            let done = from + secs(captured);
            pacing.end_inference(at(done));
            analysed += 1;
            if captured > 3.0 {
                oldest = oldest.max(done - captured);
            }
            done
        };
        let mut passed = 0;
        for captured in (0..900).map(|i| f64::from(i) / 30.0) {
            let now = decoder.max(captured);
            // The waiting frame was taken as soon as the previous inference ended.
            if let Some(earlier) = waiting.filter(|_| free_at <= now) {
                free_at = infer(&mut pacing, earlier, free_at.max(earlier));
                waiting = None;
            }
            decoder = now;
            if pacing.decide(at(captured), at(now), Activity::Moving) != FrameDecision::Analyse {
                passed += 1;
                continue;
            }
            if let Some(earlier) = waiting.replace(captured) {
                // The queue is full: the decoder waits until the inference takes the frame before.
                decoder = decoder.max(free_at);
                free_at = infer(&mut pacing, earlier, free_at.max(earlier));
            }
        }
        (oldest, analysed, skipped + passed)
    }

    #[test]
    fn under_load_analysed_frames_are_never_older_than_the_promised_second() {
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
        // Another program begins and ends.
        let (oldest, ..) = loaded(|at| if (10.0..20.0).contains(&at) { 0.25 } else { 0.02 });
        assert!(oldest < 0.95, "{oldest} s old");
    }

    /// Checks how many of the frames of `secs` at `fps` are analysed and skipped when each is analysed `lag(at)` after it was
    /// taken and `activity(at)` is observed.
    fn check_with_activity(
        activity: impl Fn(f64) -> Activity,
        (fps, secs): (f64, f64),
        lag: impl Fn(f64) -> f64,
        expected: (usize, usize),
    ) {
        let mut pacing = FramePacing::default();
        let decisions: Vec<FrameDecision> = (0..(fps * secs) as u32)
            .map(|i| f64::from(i) / fps)
            .map(|at| pacing.decide(Timestamp::from_secs(at), Timestamp::from_secs(at + lag(at)), activity(at)))
            .collect();
        let count = |decision| decisions.iter().filter(|d| **d == decision).count();
        assert_eq!((count(FrameDecision::Analyse), count(FrameDecision::Skip)), expected);
    }

    fn check(fps: f64, secs: f64, lag: impl Fn(f64) -> f64, expected: (usize, usize)) {
        check_with_activity(|_| Activity::Moving, (fps, secs), lag, expected);
    }

    #[test]
    fn sixty_become_thirty_and_a_slow_machine_analyses_more_coarsely() {
        check(30.0, 2.0, |_| 0.1, (60, 0));
        check(25.0, 2.0, |_| 0.1, (50, 0));
        check(60.0, 2.0, |_| 0.1, (60, 0));
        check(30.0, 4.0, |_| 0.2, (120, 0));
        check(30.0, 2.0, |at| if at < 1.0 { 0.0 } else { 0.3 }, (45, 15));
        check(32.0, 2.0, |at| if at < 1.0 { 0.0 } else { 0.6 }, (40, 24));
    }

    #[test]
    fn a_machine_that_can_analyse_five_frames_a_second_is_never_late_by_much() {
        let (mut pacing, mut done, mut worst) = (FramePacing::default(), 0.0_f64, 0.0_f64);
        for at in (0..900).map(|i| f64::from(i) / 30.0) {
            let now = done.max(at);
            if pacing.decide(Timestamp::from_secs(at), Timestamp::from_secs(now), Activity::Moving)
                == FrameDecision::Analyse
            {
                done = now + 0.2;
            }
            worst = worst.max(now - at);
        }
        assert!(worst < 1.2, "{worst} s late");
    }

    #[test]
    fn frames_from_before_opening_are_all_analysed() {
        // Two seconds of pre-roll, analysed at twice real time.
        check(30.0, 4.0, |at| (2.0 - at).max(0.0), (120, 0));
    }

    #[test]
    fn while_nobody_moves_fewer_are_analysed_and_none_of_them_is_missed() {
        check_with_activity(|_| Activity::Still, (30.0, 10.0), |_| 0.1, (100, 0));
        check_with_activity(|_| Activity::Nobody, (30.0, 10.0), |_| 0.1, (50, 0));
        // Two seconds of standing, one of movement, two in which every frame still counts, and one more of standing.
        let steps = |at: f64| if (2.0..3.0).contains(&at) { Activity::Moving } else { Activity::Still };
        check_with_activity(steps, (30.0, 6.0), |_| 0.1, (20 + 89 + 10, 0));
    }
}
