//! The clock that cameras and apparatus are stamped with: monotonic, never stepped, one per process run.
//!
//! Camera frames that carry an `Instant` are put on the same axis with [`HostClock::at`], which is what makes a lamp and a
//! frame comparable.

use super::Timestamp;
use std::time::Instant;

/// Monotonic time since an origin; cheap to copy, and all copies agree.
#[derive(Clone, Copy, Debug)]
pub struct HostClock {
    origin: Instant,
}

impl HostClock {
    /// A clock whose zero is now.
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// A clock whose zero is `origin`.
    pub const fn with_origin(origin: Instant) -> Self {
        Self { origin }
    }

    /// Now.
    pub fn now(self) -> Timestamp {
        self.at(Instant::now())
    }

    /// A moment that was measured elsewhere; moments before the origin are negative.
    pub fn at(self, moment: Instant) -> Timestamp {
        let nanos = |d: std::time::Duration| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX);
        match moment.checked_duration_since(self.origin) {
            Some(since) => Timestamp::from_nanos(nanos(since)),
            None => Timestamp::from_nanos(-nanos(self.origin.duration_since(moment))),
        }
    }
}
