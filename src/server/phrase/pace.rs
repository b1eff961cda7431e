//! How often to look: a live phrase that falls behind is analysed more coarsely before it delays anyone, and says so.
//!
//! A file that is sent faster than it was filmed is not late, only eager: it is slowed down by withheld acknowledgements
//! instead, and every frame of it is analysed.

use crate::time::Timestamp;
use std::time::Duration;

/// Lag from which every second, third and fourth frame is analysed. Below the first, nobody notices.
const COARSER_FROM: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_millis(1500)];
/// A phrase that arrives this much faster than its own clock runs is a file.
const EAGER: f64 = 1.5;
/// Shorter than this on the wall clock, a burst proves nothing.
const ENOUGH_SECS: f64 = 0.2;

/// Decides frame by frame whether to analyse it.
#[derive(Debug, Default)]
pub(super) struct Pace {
    is_eager: bool,
    frames: u64,
    skipped: u64,
}

impl Pace {
    /// Learns from a frame taken at `at` on the phrase's clock that came `since_first` after the first one.
    pub(super) fn observe(&mut self, at: Timestamp, since_first: Duration) {
        let filmed = at.secs();
        if filmed > ENOUGH_SECS * EAGER && filmed > since_first.as_secs_f64() * EAGER {
            self.is_eager = true;
        }
    }

    /// Whether to analyse the next frame, which has waited for `lag`.
    pub(super) fn takes(&mut self, lag: Duration) -> bool {
        let every = 1 + COARSER_FROM.iter().filter(|limit| lag > **limit).count() as u64;
        let takes = self.is_eager || self.frames.is_multiple_of(every);
        self.frames += 1;
        self.skipped += u64::from(!takes);
        takes
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
        let taken = |lag| taken_of_12(&mut Pace::default(), lag);
        assert_eq!([0, 400, 700, 1200, 5000].map(taken), [12, 12, 6, 4, 3]);
        let mut pace = Pace::default();
        taken_of_12(&mut pace, 700);
        assert_eq!(pace.skipped(), 6);
    }

    #[test]
    fn every_frame_of_a_file_is_seen() {
        let mut pace = Pace::default();
        pace.observe(Timestamp::from_secs(2.0), Duration::from_millis(300));
        assert_eq!(taken_of_12(&mut pace, 5000), 12);
    }
}
