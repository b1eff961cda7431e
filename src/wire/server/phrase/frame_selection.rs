//! Selection of frames for analysis, their lag, and their processor cost.
//!
//! Nothing is shown while a phrase streams, so a frame that is late need not be skipped: it waits. What waits when the signal log comes is
//! analysed before the verdict, as long as that keeps the verdict within [`MAX_CATCH_UP`] of a live phrase or
//! [`MAX_CATCH_UP_OF_A_RECORDING`]. Only beyond that a phrase is analysed more coarsely, evenly, and its result reports that. On a
//! machine that keeps up nothing waits, and the verdict is as prompt as without this rule. A recording is what its client announces with a
//! number of frames, or sends faster than it was filmed; acknowledgements of the latter are withheld to slow it down.
//! Admission of the next phrase uses the figures measured here.

use fencing::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Weight of one frame in a moving average: a quarter of a second at 30 fps, so that a single slow frame refuses no phrase.
const LAG_WEIGHT: u64 = 8;
/// Weight of a gap in the share of gaps: about a second at 30 fps.
const SKIP_WEIGHT: u64 = 32;
/// Assumed cost of a frame until the first was analysed: 720p on one core of a small machine takes less.
const DEFAULT_COST: Duration = Duration::from_millis(25);
/// Denominator of stored shares.
const WHOLE: u64 = 1_000_000;

/// Updates a moving average. One thread writes; with relaxed ordering a reader may see the previous value.
fn update_average(mean: &AtomicU64, value: u64, of: u64) {
    let before = mean.load(Ordering::Relaxed);
    let value = value.min(u64::MAX / of / 2);
    mean.store((before * (of - 1) + value) / of, Ordering::Relaxed);
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Lag, completeness and cost of one phrase's analysis.
#[derive(Debug, Default)]
pub(crate) struct PhraseLoad {
    lag_micros: AtomicU64,
    /// Processor time per analysed frame; 0 until the first.
    cost_micros: AtomicU64,
    decode_micros: AtomicU64,
    /// Share of the last frames that were not analysed, in millionths.
    skipped: AtomicU64,
    /// Frames per 1000 seconds on the phrase's own clock; 0 while unknown.
    rate: AtomicU64,
    is_file: AtomicBool,
}

impl PhraseLoad {
    /// Adds the lag of a frame.
    pub(super) fn observe_lag(&self, lag: Duration) {
        update_average(&self.lag_micros, micros(lag), LAG_WEIGHT);
    }

    /// Adds whether a frame of a live phrase was skipped.
    pub(in crate::server) fn observe_skipped(&self, is_skipped: bool) {
        update_average(&self.skipped, if is_skipped { WHOLE } else { 0 }, SKIP_WEIGHT);
    }

    /// Sets the decoding cost of the next analysed frame.
    pub(super) fn set_decode_cost(&self, cost: Duration) {
        self.decode_micros.store(micros(cost), Ordering::Relaxed);
    }

    /// Adds the cost of an analysed frame after decoding.
    pub(super) fn observe_cost(&self, cost: Duration) {
        let cost = (micros(cost) + self.decode_micros.load(Ordering::Relaxed)).max(1);
        // The first frame sets the average; every other moves it.
        if self.cost_micros.compare_exchange(0, cost, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            update_average(&self.cost_micros, cost, LAG_WEIGHT);
        }
    }

    /// Sets the frame rate, in frames per second on the phrase's own clock.
    pub(super) fn observe_rate(&self, per_sec: f64) {
        self.rate.store((per_sec * 1e3) as u64, Ordering::Relaxed);
    }

    /// Marks the phrase as a file.
    pub(super) fn set_file(&self) {
        self.is_file.store(true, Ordering::Relaxed);
    }

    /// Whether the phrase is a file, which can be slowed down.
    pub(super) fn is_file(&self) -> bool {
        self.is_file.load(Ordering::Relaxed)
    }

    /// Average lag of the last frames.
    pub(crate) fn lag(&self) -> Duration {
        Duration::from_micros(self.lag_micros.load(Ordering::Relaxed))
    }

    /// Share of the last frames that were not analysed, 0..1.
    pub(crate) fn skipped_share(&self) -> f64 {
        self.skipped.load(Ordering::Relaxed) as f64 / WHOLE as f64
    }

    /// Processor seconds per frame, once one was analysed.
    pub(crate) fn cost_secs(&self) -> Option<f64> {
        let micros = self.cost_micros.load(Ordering::Relaxed);
        (micros > 0).then_some(micros as f64 * 1e-6)
    }

    /// Frames per second, once known.
    pub(crate) fn rate_per_sec(&self) -> Option<f64> {
        let rate = self.rate.load(Ordering::Relaxed);
        (rate > 0).then_some(rate as f64 * 1e-3)
    }
}

/// Cost of a frame, learned from all phrases of the server, so that it is known before the next phrase begins. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct FrameCost(Arc<AtomicU64>);

impl Default for FrameCost {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(micros(DEFAULT_COST))))
    }
}

impl FrameCost {
    /// Updates it from one phrase.
    pub(super) fn learn(&self, load: &PhraseLoad) {
        if let Some(secs) = load.cost_secs() {
            self.set_secs(secs);
        }
    }

    /// Processor seconds.
    pub(crate) fn secs(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64 * 1e-6
    }

    /// Sets it.
    pub(in crate::server) fn set_secs(&self, secs: f64) {
        self.0.store((secs * 1e6) as u64, Ordering::Relaxed);
    }
}

/// Longest time that frames of a live phrase may take after its signal: a referee's own call takes 3 s at the fastest tenth
/// (reference recordings, 483 phrases).
const MAX_CATCH_UP: Duration = Duration::from_secs(2);
/// The same for a recording, for which no referee waits at the piste: well below the 300 s that the reference's clients wait.
const MAX_CATCH_UP_OF_A_RECORDING: Duration = Duration::from_mins(2);
/// Before the signal, the share of analysed frames falls from 1 to 0 while the waiting work grows by this share beyond the limit: so it
/// settles near the limit at any load.
const OVERRUN: f64 = 0.25;
/// Length of the beginning of a phrase, in seconds. Its lag says nothing about the processor: the whole frame is searched until both
/// fencers are found.
const START_SECS: f64 = 1.0;
/// A phrase that arrives this much faster than its own clock is a file.
const FILE_RATE: f64 = 1.5;
/// Shorter bursts, on the wall clock, prove nothing.
const MIN_BURST_SECS: f64 = 0.2;

/// Decides for each frame whether to analyse it.
#[derive(Debug)]
pub(super) struct FrameSelection {
    is_recording: bool,
    is_file: bool,
    has_begun: bool,
    /// Sum of the shares since the last analysed frame, which spaces the analysed ones evenly: from 1 on the next is analysed. `None`
    /// before the first frame, which always is.
    due: Option<f64>,
    skipped: u64,
}

impl FrameSelection {
    /// For a phrase without a frame. `is_recording`: its client announced how many come.
    pub(super) fn new(is_recording: bool) -> Self {
        Self { is_recording, is_file: false, has_begun: false, due: None, skipped: 0 }
    }

    /// Adds a frame taken at `at` on the phrase's clock that arrived `since_first` after the first one.
    pub(super) fn observe(&mut self, at: Timestamp, since_first: Duration) {
        let filmed = at.secs();
        self.has_begun = filmed > START_SECS;
        if filmed > MIN_BURST_SECS * FILE_RATE && filmed > since_first.as_secs_f64() * FILE_RATE {
            self.is_file = true;
        }
    }

    /// Whether to analyse the next frame. To analyse all that wait would take `work_secs`; the signal came `since_signal` ago, if it did.
    pub(super) fn accepts(&mut self, work_secs: f64, since_signal: Option<Duration>) -> bool {
        let limit = if self.is_recording || self.is_file { MAX_CATCH_UP_OF_A_RECORDING } else { MAX_CATCH_UP };
        let share = match since_signal {
            Some(since) => limit.saturating_sub(since).as_secs_f64() / work_secs.max(f64::EPSILON),
            None => 1.0 - (work_secs / limit.as_secs_f64() - 1.0) / OVERRUN,
        };
        let due = self.due.map_or(1.0, |due| due + share.clamp(0.0, 1.0));
        let accepts = due >= 1.0;
        self.due = Some(due - f64::from(u8::from(accepts)));
        self.skipped += u64::from(!accepts);
        accepts
    }

    /// The part of a lag that reflects processor load; `None` for a file, and at the beginning of a phrase.
    pub(super) fn load_lag(&self, lag: Duration) -> Option<Duration> {
        (self.has_begun && !self.is_file).then_some(lag)
    }

    /// Whether the phrase is a file: it arrived faster than it was filmed.
    pub(super) fn is_file(&self) -> bool {
        self.is_file
    }

    /// Frames not analysed.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of 100 frames are analysed.
    fn taken(selection: &mut FrameSelection, work_secs: f64, since_signal: Option<f64>) -> usize {
        (0..100).filter(|_| selection.accepts(work_secs, since_signal.map(Duration::from_secs_f64))).count()
    }

    #[test]
    fn frames_of_a_live_phrase_wait_as_long_as_the_verdict_may() {
        let before = |work_secs| taken(&mut FrameSelection::new(false), work_secs, None);
        for (work_secs, expected) in [(0.0, 100), (1.9, 100), (2.0, 100), (2.25, 50), (2.4, 20), (9.0, 1)] {
            assert!(before(work_secs).abs_diff(expected) <= 1, "{work_secs} s of work: {}", before(work_secs));
        }
        let after = |work_secs, since| taken(&mut FrameSelection::new(false), work_secs, Some(since));
        let late = [(0.1, 2.0, 1), (10.0, 5.0, 1)];
        for (work_secs, since, expected) in
            [(0.0, 0.0, 100), (1.9, 0.0, 100), (2.5, 0.0, 80), (4.0, 0.0, 50), (1.0, 1.5, 50)].into_iter().chain(late)
        {
            let taken = after(work_secs, since);
            assert!(taken.abs_diff(expected) <= 1, "{work_secs} s of work, {since} s after the signal: {taken}");
        }
    }

    #[test]
    fn skipped_frames_are_counted_and_spread_evenly() {
        let mut selection = FrameSelection::new(false);
        let taken: Vec<bool> = (0..9).map(|_| selection.accepts(2.25, None)).collect();
        assert_eq!(taken, [true, false, true, false, true, false, true, false, true]);
        assert_eq!(selection.skipped(), 4);
    }

    #[test]
    fn every_frame_of_a_recording_is_analysed_whether_announced_or_seen_by_its_pace() {
        let mut fast = FrameSelection::new(false);
        fast.observe(Timestamp::from_secs(2.0), Duration::from_millis(300));
        for selection in [&mut fast, &mut FrameSelection::new(true)] {
            assert_eq!(taken(selection, 60.0, None), 100);
            assert_eq!(taken(selection, 60.0, Some(50.0)), 100);
            assert!(taken(selection, 60.0, Some(110.0)) < 20, "a limit remains");
        }
        assert_eq!(fast.load_lag(Duration::from_secs(5)), None, "a file that waits tells nothing about the processor");
    }

    #[test]
    fn one_slow_frame_is_not_a_lag_and_many_are() {
        let load = PhraseLoad::default();
        load.observe_lag(Duration::from_millis(400));
        assert_eq!(load.lag(), Duration::from_millis(50));
        (0..60).for_each(|_| load.observe_lag(Duration::from_millis(400)));
        assert!(load.lag() > Duration::from_millis(390), "{:?}", load.lag());
        load.observe_lag(Duration::MAX);
        (0..400).for_each(|_| load.observe_lag(Duration::ZERO));
        assert!(load.lag() < Duration::from_millis(1), "{:?}", load.lag());
    }

    #[test]
    fn the_cost_of_a_frame_is_known_from_the_first_and_learned_by_the_server() {
        let (load, cost) = (PhraseLoad::default(), FrameCost::default());
        cost.learn(&load);
        // The cost is kept in whole nanoseconds.
        assert_eq!(load.cost_secs(), None);
        assert!((cost.secs() - DEFAULT_COST.as_secs_f64()).abs() < 1e-9, "{}", cost.secs());
        load.observe_cost(Duration::from_millis(10));
        cost.learn(&load);
        assert_eq!(load.cost_secs(), Some(0.01));
        assert!((cost.secs() - 0.01).abs() < 1e-9, "{}", cost.secs());
    }

    #[test]
    fn gaps_are_a_share_of_the_last_frames() {
        let load = PhraseLoad::default();
        (0..200).for_each(|number| load.observe_skipped(number % 4 != 0));
        assert!((0.6..0.9).contains(&load.skipped_share()), "{}", load.skipped_share());
        (0..200).for_each(|_| load.observe_skipped(false));
        assert!(load.skipped_share() < 0.01);
    }
}
