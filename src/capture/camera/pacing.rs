//! Releases played-back frames when they are due, as a camera would.

use super::Pace;
use fencing::time::{HostClock, Timestamp};
use std::time::Duration;
use vision::video::Cancel;

/// When playback is late by more than this, its zero is moved instead of catching up.
const MAX_LAG_SECS: f64 = 0.5;
/// Longest sleep between two looks at the cancel token.
const SLEEP_SECS: f64 = 0.05;

/// Host time of each played-back frame.
pub(super) struct Pacing {
    pace: Pace,
    clock: HostClock,
    /// Host time of the clip's zero.
    zero: Option<Timestamp>,
}

impl Pacing {
    pub(super) fn new(pace: Pace, clock: HostClock) -> Self {
        Self { pace, clock, zero: None }
    }

    /// Waits until the frame at `secs` is due and returns that time; returns early when `cancel` is raised.
    pub(super) fn wait_for(&mut self, secs: f64, cancel: &Cancel) -> Timestamp {
        let now = self.clock.now();
        let zero = *self.zero.get_or_insert(now.plus_secs(-secs));
        let due = zero.plus_secs(secs);
        if self.pace == Pace::AtOnce {
            return due;
        }
        let behind = now.secs_since(due);
        if behind > MAX_LAG_SECS {
            self.zero = Some(zero.plus_secs(behind));
            return now;
        }
        loop {
            let early = due.secs_since(self.clock.now());
            if early <= 0.0 || cancel.is_cancelled() {
                return due;
            }
            std::thread::sleep(Duration::from_secs_f64(early.min(SLEEP_SECS)));
        }
    }
}
