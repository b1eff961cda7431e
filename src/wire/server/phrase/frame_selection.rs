//! Selection of frames for analysis, their lag, and their processor cost.
//!
//! A live phrase that falls behind is analysed more coarsely before it delays others, and its result reports that. A file that is sent
//! faster than it was filmed is not late: acknowledgements are withheld to slow it down, and every frame of it is analysed.
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

/// For each multiple of this lag one more frame is skipped (every second, third, fourth frame is analysed, and so on), so that the
/// frames waiting at the signal can be analysed within the time that the verdict may take.
const LAG_PER_SKIP: Duration = Duration::from_millis(80);
/// Lag that is tolerated at the beginning of a phrase: the whole frame is searched until both fencers are found, and the phrase cannot
/// end yet.
const START_LAG: Duration = Duration::from_millis(240);
/// Length of that beginning: from standing still to the lamp no phrase is shorter than about a second.
const START_SECS: f64 = 1.0;
/// A phrase that arrives this much faster than its own clock is a file.
const FILE_RATE: f64 = 1.5;
/// Shorter bursts, on the wall clock, prove nothing.
const MIN_BURST_SECS: f64 = 0.2;

/// Decides for each frame whether to analyse it.
#[derive(Debug, Default)]
pub(super) struct FrameSelection {
    is_file: bool,
    has_begun: bool,
    /// Frames skipped since the last analysed one; `None` before the first.
    since_taken: Option<u64>,
    skipped: u64,
}

impl FrameSelection {
    /// Adds a frame taken at `at` on the phrase's clock that arrived `since_first` after the first one.
    pub(super) fn observe(&mut self, at: Timestamp, since_first: Duration) {
        let filmed = at.secs();
        self.has_begun = filmed > START_SECS;
        if filmed > MIN_BURST_SECS * FILE_RATE && filmed > since_first.as_secs_f64() * FILE_RATE {
            self.is_file = true;
        }
    }

    /// Whether to analyse the next frame, which has waited for `lag`.
    pub(super) fn accepts(&mut self, lag: Duration) -> bool {
        let allowed = if self.has_begun { Duration::ZERO } else { START_LAG };
        let to_skip = (lag.saturating_sub(allowed).as_millis() / LAG_PER_SKIP.as_millis()) as u64;
        let accepts = self.is_file || self.since_taken.is_none_or(|skipped| skipped >= to_skip);
        self.since_taken = Some(if accepts { 0 } else { self.since_taken.unwrap_or(0) + 1 });
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

    fn taken_of_12(selection: &mut FrameSelection, lag_millis: u64) -> usize {
        (0..12).filter(|_| selection.accepts(Duration::from_millis(lag_millis))).count()
    }

    #[test]
    fn the_later_a_live_phrase_the_coarser_it_is_seen() {
        let begun = || {
            let mut selection = FrameSelection::default();
            selection.observe(Timestamp::from_secs(1.1), Duration::from_millis(1100));
            selection
        };
        let taken = |lag| taken_of_12(&mut begun(), lag);
        assert_eq!([0, 70, 90, 170, 330, 5000].map(taken), [12, 12, 6, 4, 3, 1]);
        let mut selection = begun();
        taken_of_12(&mut selection, 170);
        assert_eq!(selection.skipped(), 8);
    }

    #[test]
    fn the_beginning_may_lag() {
        let taken = |lag| taken_of_12(&mut FrameSelection::default(), lag);
        assert_eq!([200, 300, 330].map(taken), [12, 12, 6]);
    }

    #[test]
    fn every_frame_of_a_file_is_seen() {
        let mut selection = FrameSelection::default();
        selection.observe(Timestamp::from_secs(2.0), Duration::from_millis(300));
        assert_eq!(taken_of_12(&mut selection, 5000), 12);
        assert_eq!(
            selection.load_lag(Duration::from_secs(5)),
            None,
            "a file that waits tells nothing about the processor"
        );
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
