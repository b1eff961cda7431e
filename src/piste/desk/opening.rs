//! How often the eyes are opened where the system has no thread left: less and less often, and told once. The desk comes by
//! a hundred times a second, and what is missing does not come back sooner for being asked for.

use fencing::time::Timestamp;
use std::fmt::Display;

/// First pause before the next try; doubled up to [`LONGEST_SECS`].
const FIRST_SECS: f64 = 0.1;
/// A referee who has closed other programs sees the skeletons again within this time.
const LONGEST_SECS: f64 = 10.0;

/// The tries so far.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// When to try again, and how long that was waited for; `None` after a success.
    failed: Option<(Timestamp, f64)>,
}

impl Opening {
    /// Whether it is time for a try.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.failed.is_none_or(|(again, _)| now >= again)
    }

    /// Takes how a try went; what it brought. The first failure in a row goes to the log.
    pub(super) fn tried<T>(&mut self, now: Timestamp, outcome: Result<T, impl Display>) -> Option<T> {
        match outcome {
            Ok(opened) => {
                self.failed = None;
                Some(opened)
            }
            Err(error) => {
                if self.failed.is_none() {
                    tracing::warn!(%error, "no thread for the eyes; tried again now and then");
                }
                let pause = self.failed.map_or(FIRST_SECS, |(_, pause)| (pause * 2.0).min(LONGEST_SECS));
                self.failed = Some((now.plus_secs(pause), pause));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_less_and_less_often() {
        let mut opening = Opening::default();
        let mut tries = Vec::new();
        for tick in 0..6_000 {
            let now = Timestamp::from_secs(f64::from(tick) * 0.01);
            if opening.is_due(now) {
                tries.push(now.secs());
                assert_eq!(opening.tried(now, Err::<(), _>("none left")), None);
            }
        }
        assert!((8..=13).contains(&tries.len()), "{tries:?}");
        let late = Timestamp::from_secs(100.0);
        assert_eq!(opening.tried(late, Ok::<_, &str>(7)), Some(7));
        assert!(opening.is_due(late));
    }
}
