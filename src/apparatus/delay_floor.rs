//! Puts a sender's time stamps on the host clock when it cannot be asked: the quickest message decides.
//!
//! Arrival minus stamp is the clocks' distance plus the delay on the way; the smallest of the recent ones has the least
//! delay in it. Works alike for stamps in UTC and for stamps since boot, and needs no synchronised clocks.

use fencing::time::Timestamp;
use std::collections::VecDeque;

/// Messages remembered: long enough for one quick one, short enough to follow a drifting clock.
const KEPT: usize = 64;
/// A stamp that falls back by more than this means a restarted sender, in seconds.
const RESTART_SECS: f64 = 1.0;
/// What remains unknown even of the quickest message, in seconds: the delay that all of them had.
const FLOOR_UNCERTAINTY_SECS: f64 = 0.005;
/// A stamp that would put the event further back than this is not of now (a retained message), in seconds.
const STALE_SECS: f64 = 2.0;

/// The distance between a sender's clock and the host's.
#[derive(Clone, Debug, Default)]
pub(crate) struct DelayFloor {
    distances: VecDeque<f64>,
    last_sent_secs: Option<f64>,
}

impl DelayFloor {
    /// Takes a message sent at `sent_secs` on the sender's clock; when that was on the host clock, and how sure.
    ///
    /// A stamp that is older than [`STALE_SECS`] cannot be believed as a moment of now: the arrival is returned.
    pub(crate) fn place(&mut self, sent_secs: f64, received: Timestamp) -> (Timestamp, f64) {
        if !sent_secs.is_finite() {
            return (received, STALE_SECS);
        }
        if self.last_sent_secs.is_some_and(|last| sent_secs < last - RESTART_SECS) {
            self.distances.clear();
        }
        self.last_sent_secs = Some(sent_secs);
        if self.distances.len() == KEPT {
            self.distances.pop_front();
        }
        self.distances.push_back(received.secs() - sent_secs);
        self.host_time(sent_secs, received)
    }

    /// A moment of the sender on the host clock, without learning from it.
    pub(crate) fn host_time(&self, sender_secs: f64, received: Timestamp) -> (Timestamp, f64) {
        let floor = self.distances.iter().copied().fold(f64::INFINITY, f64::min);
        let at = Timestamp::from_secs(sender_secs + floor);
        let believable = floor.is_finite() && (0.0..STALE_SECS).contains(&received.secs_since(at).max(0.0));
        if believable && at <= received { (at, FLOOR_UNCERTAINTY_SECS) } else { (received, STALE_SECS.min(0.1)) }
    }

    /// What the sender's clock shows now.
    pub(crate) fn sender_secs(&self, now: Timestamp) -> Option<f64> {
        self.distances.iter().copied().reduce(f64::min).map(|floor| now.secs() - floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: f64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_slow_message_is_put_back_to_where_it_belongs() {
        let mut floor = DelayFloor::default();
        floor.place(1000.0, at(5.001));
        let (when, uncertainty) = floor.place(1001.0, at(6.101));
        assert!((when.secs() - 6.001).abs() < 1e-6 && uncertainty < 0.01);
    }

    #[test]
    fn an_old_stamp_is_not_taken_for_now() {
        let mut floor = DelayFloor::default();
        floor.place(1000.0, at(5.0));
        let (when, uncertainty) = floor.host_time(900.0, at(6.0));
        assert!(when == at(6.0) && uncertainty > 0.05);
    }

    #[test]
    fn a_restarted_sender_starts_a_new_mapping() {
        let mut floor = DelayFloor::default();
        floor.place(1000.0, at(5.0));
        let (when, _) = floor.place(0.2, at(6.0));
        assert_eq!(when, at(6.0));
    }
}
