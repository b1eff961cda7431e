//! Which frames of a phrase are analysed, how late they are, and what they cost the processor.
//!
//! A live phrase that falls behind is analysed more coarsely before it delays anyone, and its result says so. A file that is
//! sent faster than it was filmed is not late: acknowledgements are withheld to slow it down, and every frame of it is
//! analysed. What one thread of a phrase measures here is read by whoever admits the next phrase.

use fencing::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// One frame counts for so much of a mean: a quarter of a second at 30 fps, so that a single slow frame refuses nobody.
const MEAN_OF: u64 = 8;
/// A gap counts for so much of the share of gaps: about a second at 30 fps.
const SHARE_OF: u64 = 32;
/// What a frame is taken to cost until the first was analysed: 720p on one core of a small machine takes less.
const UNKNOWN_COST: Duration = Duration::from_millis(25);
/// Parts of a whole in which shares are kept.
const WHOLE: u64 = 1_000_000;

/// Moves a mean by one value. One thread writes; nothing is ordered by it, so a reader may see the mean of one value ago.
fn move_mean(mean: &AtomicU64, value: u64, of: u64) {
    let before = mean.load(Ordering::Relaxed);
    let value = value.min(u64::MAX / of / 2);
    mean.store((before * (of - 1) + value) / of, Ordering::Relaxed);
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// How late and how completely the frames of one phrase are analysed.
#[derive(Debug, Default)]
pub(crate) struct Load {
    lag_micros: AtomicU64,
    /// Time on a processor per analysed frame; 0 until the first.
    cost_micros: AtomicU64,
    decode_micros: AtomicU64,
    /// Share of the last frames that were not analysed, in millionths.
    skipped: AtomicU64,
    /// Frames per 1000 seconds on the phrase's own clock; 0 while unknown.
    rate: AtomicU64,
    is_file: AtomicBool,
}

impl Load {
    /// Adds the lag of a frame.
    pub(super) fn observe_lag(&self, lag: Duration) {
        move_mean(&self.lag_micros, micros(lag), MEAN_OF);
    }

    /// Notes whether a frame of a live phrase was analysed.
    pub(in crate::server) fn took(&self, is_skipped: bool) {
        move_mean(&self.skipped, if is_skipped { WHOLE } else { 0 }, SHARE_OF);
    }

    /// Notes what the decoding of the frame that is analysed next cost.
    pub(super) fn set_decode_cost(&self, cost: Duration) {
        self.decode_micros.store(micros(cost), Ordering::Relaxed);
    }

    /// Notes what an analysed frame cost after it was decoded.
    pub(super) fn observe_cost(&self, cost: Duration) {
        let cost = (micros(cost) + self.decode_micros.load(Ordering::Relaxed)).max(1);
        // The first frame sets the mean; every other moves it.
        if self.cost_micros.compare_exchange(0, cost, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            move_mean(&self.cost_micros, cost, MEAN_OF);
        }
    }

    /// Notes the rate of the frames, in frames per second on the phrase's own clock.
    pub(super) fn observe_rate(&self, per_sec: f64) {
        self.rate.store((per_sec * 1e3) as u64, Ordering::Relaxed);
    }

    /// Notes that the phrase is a file.
    pub(super) fn set_file(&self) {
        self.is_file.store(true, Ordering::Relaxed);
    }

    /// Whether the phrase is a file, which can be slowed down.
    pub(super) fn is_file(&self) -> bool {
        self.is_file.load(Ordering::Relaxed)
    }

    /// The mean lag of the last frames.
    pub(crate) fn lag(&self) -> Duration {
        Duration::from_micros(self.lag_micros.load(Ordering::Relaxed))
    }

    /// Share of the last frames that were not analysed, 0..1.
    pub(crate) fn skipped_share(&self) -> f64 {
        self.skipped.load(Ordering::Relaxed) as f64 / WHOLE as f64
    }

    /// What a frame costs, in seconds on a processor, once one was analysed.
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

/// What a frame costs, learned from all phrases of the server: known before the next one has sent a frame. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct FrameCost(Arc<AtomicU64>);

impl Default for FrameCost {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(micros(UNKNOWN_COST))))
    }
}

impl FrameCost {
    /// Learns from one phrase.
    pub(super) fn learn(&self, load: &Load) {
        if let Some(secs) = load.cost_secs() {
            self.set_secs(secs);
        }
    }

    /// Seconds on a processor.
    pub(crate) fn secs(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64 * 1e-6
    }

    /// Sets it.
    pub(in crate::server) fn set_secs(&self, secs: f64) {
        self.0.store((secs * 1e6) as u64, Ordering::Relaxed);
    }
}

/// A frame that has waited for one, two, three of these is followed by every second, third, fourth frame, and so on: what
/// waits when the signal comes is then looked at within the time that the verdict may take.
const COARSER_PER: Duration = Duration::from_millis(80);
/// What a phrase may lag behind at its beginning: it takes long looks at the whole picture until it has found its two
/// fencers, and cannot end yet.
const BEGINNING_MAY_LAG: Duration = Duration::from_millis(240);
/// How long that is: from standing still to the lamp no phrase is shorter than about a second.
const BEGINNING_SECS: f64 = 1.0;
/// A phrase that arrives this much faster than its own clock runs is a file.
const EAGER: f64 = 1.5;
/// Shorter than this on the wall clock, a burst proves nothing.
const ENOUGH_SECS: f64 = 0.2;

/// Decides frame by frame whether to analyse it.
#[derive(Debug, Default)]
pub(super) struct Pace {
    is_eager: bool,
    has_begun: bool,
    /// Frames skipped since the last that was analysed; none before the first.
    since_taken: Option<u64>,
    skipped: u64,
}

impl Pace {
    /// Learns from a frame taken at `at` on the phrase's clock that came `since_first` after the first one.
    pub(super) fn observe(&mut self, at: Timestamp, since_first: Duration) {
        let filmed = at.secs();
        self.has_begun = filmed > BEGINNING_SECS;
        if filmed > ENOUGH_SECS * EAGER && filmed > since_first.as_secs_f64() * EAGER {
            self.is_eager = true;
        }
    }

    /// Whether to analyse the next frame, which has waited for `lag`.
    pub(super) fn takes(&mut self, lag: Duration) -> bool {
        let allowed = if self.has_begun { Duration::ZERO } else { BEGINNING_MAY_LAG };
        let to_skip = (lag.saturating_sub(allowed).as_millis() / COARSER_PER.as_millis()) as u64;
        let takes = self.is_eager || self.since_taken.is_none_or(|skipped| skipped >= to_skip);
        self.since_taken = Some(if takes { 0 } else { self.since_taken.unwrap_or(0) + 1 });
        self.skipped += u64::from(!takes);
        takes
    }

    /// The part of a lag that tells how busy the processor is; `None` for a file, and while a phrase begins.
    pub(super) fn telling(&self, lag: Duration) -> Option<Duration> {
        (self.has_begun && !self.is_eager).then_some(lag)
    }

    /// Whether the phrase is a file: it came faster than it was filmed.
    pub(super) fn is_file(&self) -> bool {
        self.is_eager
    }

    /// Frames that were not analysed.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken_of_12(pace: &mut Pace, lag_millis: u64) -> usize {
        (0..12).filter(|_| pace.takes(Duration::from_millis(lag_millis))).count()
    }

    #[test]
    fn the_later_a_live_phrase_the_coarser_it_is_seen() {
        let begun = || {
            let mut pace = Pace::default();
            pace.observe(Timestamp::from_secs(1.1), Duration::from_millis(1100));
            pace
        };
        let taken = |lag| taken_of_12(&mut begun(), lag);
        assert_eq!([0, 70, 90, 170, 330, 5000].map(taken), [12, 12, 6, 4, 3, 1]);
        let mut pace = begun();
        taken_of_12(&mut pace, 170);
        assert_eq!(pace.skipped(), 8);
    }

    #[test]
    fn the_beginning_may_lag() {
        let taken = |lag| taken_of_12(&mut Pace::default(), lag);
        assert_eq!([200, 300, 330].map(taken), [12, 12, 6]);
    }

    #[test]
    fn every_frame_of_a_file_is_seen() {
        let mut pace = Pace::default();
        pace.observe(Timestamp::from_secs(2.0), Duration::from_millis(300));
        assert_eq!(taken_of_12(&mut pace, 5000), 12);
        assert_eq!(pace.telling(Duration::from_secs(5)), None, "a file that waits tells nothing about the processor");
    }

    #[test]
    fn one_slow_frame_is_not_a_lag_and_many_are() {
        let load = Load::default();
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
        let (load, cost) = (Load::default(), FrameCost::default());
        cost.learn(&load);
        // The cost is kept in whole nanoseconds.
        assert_eq!(load.cost_secs(), None);
        assert!((cost.secs() - UNKNOWN_COST.as_secs_f64()).abs() < 1e-9, "{}", cost.secs());
        load.observe_cost(Duration::from_millis(10));
        cost.learn(&load);
        assert_eq!(load.cost_secs(), Some(0.01));
        assert!((cost.secs() - 0.01).abs() < 1e-9, "{}", cost.secs());
    }

    #[test]
    fn gaps_are_a_share_of_the_last_frames() {
        let load = Load::default();
        (0..200).for_each(|number| load.took(number % 4 != 0));
        assert!((0.6..0.9).contains(&load.skipped_share()), "{}", load.skipped_share());
        (0..200).for_each(|_| load.took(false));
        assert!(load.skipped_share() < 0.01);
    }
}
