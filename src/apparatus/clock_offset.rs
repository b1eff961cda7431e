//! Clock offset estimation: converts a box's own timestamps to the host clock.
//!
//! [`BoxClock`] asks the box for its time (round trips, as NTP does). When the box read `box_secs`, the host clock stood between
//! request and answer. The shortest round trip is the most precise, so the best of the recent ones is used; half of it is the
//! uncertainty. A ceramic resonator (the usual Arduino) may be off by half a per cent, 5 ms each second, so the rate is measured
//! too as soon as the samples span long enough.
//!
//! [`DelayFloor`] is for senders that cannot be asked (minimum one-way delay). Arrival minus timestamp is the clocks' offset plus
//! the transport delay; the smallest of the recent ones contains the least delay. Works for timestamps in UTC and since boot
//! alike, and needs no synchronised clocks.

use fencing::time::Timestamp;
use std::collections::VecDeque;

/// Round trips kept; the reference host asks 8 times as well.
const KEPT_TRIPS: usize = 16;
/// Shortest time span over which a rate is measured, in seconds.
const RATE_SPAN_SECS: f64 = 10.0;
/// Largest rate error of one clock; a larger one means another clock.
const MAX_RATE_ERROR: f64 = 0.02;
/// A box clock that goes back by more than this was reset, in seconds.
const REBOOT_SECS: f64 = 1.0;

#[derive(Clone, Copy, Debug)]
struct Trip {
    host: Timestamp,
    box_secs: f64,
    rtt_secs: f64,
}

/// Mapping from the box clock to the host clock, with the round trips behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoxClock {
    trips: VecDeque<Trip>,
}

impl BoxClock {
    /// Adds a request sent at `asked` and its answer `box_secs` received at `answered`. A clock that went back resets the mapping.
    pub(crate) fn round_trip(&mut self, asked: Timestamp, answered: Timestamp, box_secs: f64) {
        let rtt_secs = answered.secs_since(asked);
        if !box_secs.is_finite() || rtt_secs < 0.0 {
            return;
        }
        if self.trips.back().is_some_and(|last| box_secs < last.box_secs - REBOOT_SECS) {
            self.trips.clear();
        }
        if self.trips.len() == KEPT_TRIPS {
            self.trips.pop_front();
        }
        self.trips.push_back(Trip { host: asked.plus_secs(rtt_secs / 2.0), box_secs, rtt_secs });
    }

    /// Host time of a time of the box, with half the best round trip as uncertainty; `None` before the first answer.
    pub(crate) fn host_time(&self, box_secs: f64) -> Option<(Timestamp, f64)> {
        let best = best_of(self.trips.iter())?;
        let at = best.host.plus_secs((box_secs - best.box_secs) * self.host_secs_per_box_sec());
        Some((at, best.rtt_secs / 2.0))
    }

    /// Seconds of the host clock per second of the box clock.
    pub(crate) fn host_secs_per_box_sec(&self) -> f64 {
        let half = self.trips.len() / 2;
        let (Some(old), Some(new)) = (best_of(self.trips.iter().take(half)), best_of(self.trips.iter().skip(half)))
        else {
            return 1.0;
        };
        let span = new.box_secs - old.box_secs;
        let rate = new.host.secs_since(old.host) / span;
        if span < RATE_SPAN_SECS || (rate - 1.0).abs() > MAX_RATE_ERROR { 1.0 } else { rate }
    }
}

fn best_of<'a>(trips: impl Iterator<Item = &'a Trip>) -> Option<Trip> {
    trips.copied().min_by(|a, b| a.rtt_secs.total_cmp(&b.rtt_secs))
}

/// Messages kept: long enough to contain one with little delay, short enough to follow a drifting clock.
const KEPT_MESSAGES: usize = 64;
/// A timestamp that goes back by more than this means a restarted sender, in seconds.
const RESTART_SECS: f64 = 1.0;
/// Uncertainty even of the fastest message, in seconds: the delay that all messages share.
const FLOOR_UNCERTAINTY_SECS: f64 = 0.005;
/// Resolution of seconds since 1970 as `f64` is a quarter of a microsecond.
const ROUNDING_SECS: f64 = 1e-5;
/// A timestamp that would put the event further back than this is an old one (a retained message), in seconds.
const STALE_SECS: f64 = 2.0;

/// Offset between a sender's clock and the host clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct DelayFloor {
    distances: VecDeque<f64>,
    last_sent_secs: Option<f64>,
}

impl DelayFloor {
    /// Adds a message sent at `sent_secs` on the sender's clock; returns its host time and uncertainty.
    ///
    /// A timestamp older than [`STALE_SECS`] is not of now: returns the time of arrival.
    pub(crate) fn place(&mut self, sent_secs: f64, received: Timestamp) -> (Timestamp, f64) {
        if !sent_secs.is_finite() {
            return (received, STALE_SECS);
        }
        if self.last_sent_secs.is_some_and(|last| sent_secs < last - RESTART_SECS) {
            self.distances.clear();
        }
        self.last_sent_secs = Some(sent_secs);
        if self.distances.len() == KEPT_MESSAGES {
            self.distances.pop_front();
        }
        self.distances.push_back(received.secs() - sent_secs);
        self.host_time(sent_secs, received)
    }

    /// Host time of a sender time, without adding a sample.
    pub(crate) fn host_time(&self, sender_secs: f64, received: Timestamp) -> (Timestamp, f64) {
        let floor = self.distances.iter().copied().fold(f64::INFINITY, f64::min);
        let at = Timestamp::from_secs(sender_secs + floor);
        let believable = floor.is_finite() && (0.0..STALE_SECS).contains(&received.secs_since(at).max(0.0));
        // The fastest message itself maps to its arrival, within the resolution of seconds since 1970.
        if believable && at.secs_since(received) < ROUNDING_SECS {
            (at.min(received), FLOOR_UNCERTAINTY_SECS)
        } else {
            (received, STALE_SECS.min(0.1))
        }
    }

    /// Current time of the sender's clock.
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
    fn the_shortest_trip_decides() {
        let mut clock = BoxClock::default();
        clock.round_trip(at(10.0), at(10.2), 5.0);
        clock.round_trip(at(11.0), at(11.004), 6.002);
        let (host, uncertainty) = clock.host_time(7.0).unwrap();
        assert!((host.secs() - 12.0).abs() < 1e-9 && (uncertainty - 0.002).abs() < 1e-9);
    }

    #[test]
    fn a_slow_resonator_is_measured() {
        let mut clock = BoxClock::default();
        for i in 0..16 {
            let host = f64::from(i) * 2.0;
            clock.round_trip(at(host), at(host), host * 0.995);
        }
        assert!((clock.host_secs_per_box_sec() - 1.0 / 0.995).abs() < 1e-9);
        let (mapped, _) = clock.host_time(40.0 * 0.995).unwrap();
        assert!((mapped.secs() - 40.0).abs() < 1e-6);
    }

    #[test]
    fn a_rebooted_box_starts_a_new_mapping() {
        let mut clock = BoxClock::default();
        clock.round_trip(at(100.0), at(100.001), 90.0);
        clock.round_trip(at(110.0), at(110.050), 0.5);
        let (host, _) = clock.host_time(0.5).unwrap();
        assert!((host.secs() - 110.025).abs() < 1e-9);
    }

    #[test]
    fn an_answer_before_its_question_is_ignored() {
        let mut clock = BoxClock::default();
        clock.round_trip(at(2.0), at(1.0), 5.0);
        assert!(clock.host_time(5.0).is_none());
    }

    #[test]
    fn a_slow_message_is_put_back_to_where_it_belongs() {
        let mut floor = DelayFloor::default();
        floor.place(1000.0, at(5.001));
        let (when, uncertainty) = floor.place(1001.0, at(6.101));
        assert!((when.secs() - 6.001).abs() < 1e-6 && uncertainty < 0.01);
    }

    #[test]
    fn the_quickest_message_is_as_certain_as_the_others() {
        let mut floor = DelayFloor::default();
        for secs in 0..50 {
            let (_, uncertainty) = floor.place(1_715_539_200.123 + f64::from(secs), at(0.017 + f64::from(secs)));
            assert!(uncertainty < 0.01, "message {secs}");
        }
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
