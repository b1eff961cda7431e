//! How far behind its client a phrase is looked at: written by the thread that decodes, read by whoever admits the next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One frame counts for so much of the mean: a quarter of a second at 30 fps, so that a single slow look refuses nobody.
const SHARE: u64 = 8;

/// The mean lag of one phrase's last frames.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    micros: AtomicU64,
}

impl Lag {
    /// Adds a frame. One thread writes; nothing is ordered by it, so a reader may see the mean of one frame ago.
    pub(super) fn observe(&self, lag: Duration) {
        let mean = self.micros.load(Ordering::Relaxed);
        let now = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX / SHARE).min(u64::MAX / SHARE);
        self.micros.store((mean * (SHARE - 1) + now) / SHARE, Ordering::Relaxed);
    }

    /// The mean.
    pub(crate) fn mean(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_look_is_not_a_lag_and_many_are() {
        let lag = Lag::default();
        lag.observe(Duration::from_millis(400));
        assert_eq!(lag.mean(), Duration::from_millis(50));
        (0..60).for_each(|_| lag.observe(Duration::from_millis(400)));
        assert!(lag.mean() > Duration::from_millis(390), "{:?}", lag.mean());
        lag.observe(Duration::MAX);
        (0..400).for_each(|_| lag.observe(Duration::ZERO));
        assert!(lag.mean() < Duration::from_millis(1), "{:?}", lag.mean());
    }
}
