//! How often to look: a live phrase that falls behind is analysed more coarsely before it delays anyone, and says so.
//!
//! A file that is sent faster than it was filmed is not late, only eager: it is slowed down by withheld acknowledgements
//! instead, and every frame of it is analysed.

use fencing::time::Timestamp;
use std::time::Duration;

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
}
