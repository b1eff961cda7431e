//! Timestamps of frames on the host clock, whatever clock their source uses.
//!
//! Uses the device's own time as long as it is plausible; one that jumps, repeats or lies in the future is replaced by the time
//! of arrival. Timestamps always increase.

use super::Taken;
use fencing::time::{HostClock, Timestamp};

/// Largest plausible age of a device's frame when it is delivered; four buffers at 5 per second are 0.8 s.
const MAX_AGE_SECS: f64 = 1.0;
/// A source clock that moves this much against the host clock between two frames has jumped.
const JUMP_SECS: f64 = 1.0;
/// Largest drift rate of a source clock: quartz is ten times better.
const MAX_DRIFT: f64 = 5e-4;
/// Distance between frames whose true times are unknown.
const MIN_STEP_SECS: f64 = 1e-3;

/// How far ahead a device's clock may be: the resolution of drivers' timestamps.
const MAX_AHEAD_SECS: f64 = 5e-3;

/// Assigns the timestamps of one camera.
#[derive(Debug)]
pub(super) struct Stamper {
    clock: HostClock,
    last: Option<Timestamp>,
    source: Option<SourceClock>,
    repaired: u64,
}

/// Relation of a source clock to the host clock.
#[derive(Clone, Copy, Debug)]
struct SourceClock {
    /// Host time minus source time of a frame that arrived without delay.
    offset_secs: f64,
    last_source_secs: f64,
    last_arrived: Timestamp,
}

impl Stamper {
    pub(super) fn new(clock: HostClock) -> Self {
        Self { clock, last: None, source: None, repaired: 0 }
    }

    /// The timestamp of a frame that arrived at `arrived`: later than all before.
    pub(super) fn stamp(&mut self, taken: Taken, arrived: Timestamp) -> Timestamp {
        let wanted = match taken {
            Taken::At(at) => at,
            Taken::Device(moment) => self.by_device(self.clock.at(moment), arrived),
            Taken::OnSourceClock(nanos) => self.by_source_clock(nanos as f64 * 1e-9, arrived),
            Taken::Unknown => arrived,
        };
        let at = match self.last {
            Some(last) if wanted <= last => self.repair(arrived.max(last.plus_secs(MIN_STEP_SECS))),
            _ => wanted,
        };
        self.last = Some(at);
        at
    }

    /// Number of implausible times replaced.
    pub(super) fn repaired(&self) -> u64 {
        self.repaired
    }

    /// Call after reopening: a reopened camera has a new clock.
    pub(super) fn forget_source_clock(&mut self) {
        self.source = None;
    }

    fn repair(&mut self, better: Timestamp) -> Timestamp {
        self.repaired += 1;
        better
    }

    fn by_device(&mut self, at: Timestamp, arrived: Timestamp) -> Timestamp {
        let age_secs = arrived.secs_since(at);
        if (-MAX_AHEAD_SECS..=MAX_AGE_SECS).contains(&age_secs) { at } else { self.repair(arrived) }
    }

    /// Takes the smallest delay seen so far as zero delay, so that transport jitter does not reach the timestamps.
    fn by_source_clock(&mut self, source_secs: f64, arrived: Timestamp) -> Timestamp {
        let delay = arrived.secs() - source_secs;
        let Some(clock) = self.source else {
            self.anchor(delay, source_secs, arrived);
            return arrived;
        };
        let step = source_secs - clock.last_source_secs;
        let waited = arrived.secs_since(clock.last_arrived);
        if step <= 0.0 || step - waited > JUMP_SECS || waited - step > JUMP_SECS {
            self.anchor(delay, source_secs, arrived);
            return self.repair(arrived);
        }
        let offset = delay.min(clock.offset_secs + step * MAX_DRIFT);
        self.anchor(offset, source_secs, arrived);
        Timestamp::from_secs(source_secs + offset)
    }

    fn anchor(&mut self, offset_secs: f64, last_source_secs: f64, last_arrived: Timestamp) {
        self.source = Some(SourceClock { offset_secs, last_source_secs, last_arrived });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn secs(secs: f64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    /// `frames`: the source's time, and the time of arrival.
    fn check(frames: &[(SourceTime, f64)], wanted: &[f64], repaired: u64) {
        let origin = Instant::now();
        let mut stamper = Stamper::new(HostClock::with_origin(origin));
        let mut stamp = |(source_time, arrived): &(SourceTime, f64)| {
            stamper.stamp(source_time.taken(origin), secs(*arrived)).secs()
        };
        let got: Vec<f64> = frames.iter().map(&mut stamp).collect();
        let near = got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-4);
        assert!(near && got.len() == wanted.len(), "{got:?} is not {wanted:?}");
        assert_eq!(stamper.repaired(), repaired, "{frames:?}");
    }

    /// A source's time, in seconds.
    #[derive(Clone, Copy, Debug)]
    enum SourceTime {
        PlaybackPosition(f64),
        Device(f64),
        Source(f64),
        Nothing,
    }
    use SourceTime::{Device, PlaybackPosition, Source};

    impl SourceTime {
        fn taken(self, origin: Instant) -> Taken {
            match self {
                Self::PlaybackPosition(at) => Taken::At(secs(at)),
                Self::Device(at) => Taken::Device(origin + Duration::from_secs_f64(at)),
                Self::Source(at) => Taken::OnSourceClock((at * 1e9) as i64),
                Self::Nothing => Taken::Unknown,
            }
        }
    }

    #[test]
    fn a_device_is_believed_within_reason() {
        check(&[(Device(0.98), 1.0), (Device(1.05), 1.1), (Device(0.1), 1.2)], &[0.98, 1.05, 1.2], 1);
        check(&[(Device(0.98), 1.0), (Device(1.5), 1.1)], &[0.98, 1.1], 1);
    }

    #[test]
    fn repeated_times_move_on() {
        check(&[(Device(1.0), 1.0), (Device(1.0), 1.1), (Device(0.9), 1.2)], &[1.0, 1.1, 1.2], 2);
        check(
            &[(PlaybackPosition(5.0), 1.0), (PlaybackPosition(5.0), 1.0), (PlaybackPosition(5.1), 1.0)],
            &[5.0, 5.001, 5.1],
            1,
        );
    }

    #[test]
    fn jitter_of_the_way_does_not_reach_the_times() {
        let jittered = [(Source(70.0), 1.0), (Source(70.1), 1.14), (Source(70.2), 1.2), (Source(70.3), 1.45)];
        check(&jittered, &[1.0, 1.1, 1.2, 1.3], 0);
    }

    #[test]
    fn a_source_clock_that_jumps_is_tied_anew() {
        check(&[(Source(5.0), 1.0), (Source(900.0), 1.1), (Source(900.1), 1.2)], &[1.0, 1.1, 1.2], 1);
        check(&[(Source(5.0), 1.0), (Source(0.0), 1.1), (Source(0.1), 1.2)], &[1.0, 1.1, 1.2], 1);
        check(&[(Source(5.0), 1.0), (Source(5.0), 1.1), (Source(5.0), 1.2)], &[1.0, 1.1, 1.2], 2);
    }

    proptest! {
        #[test]
        fn times_always_advance(frames in proptest::collection::vec((0u8..4, 0.0f64..1e4, 0.0f64..0.2), 1..60)) {
            let origin = Instant::now();
            let mut stamper = Stamper::new(HostClock::with_origin(origin));
            let (mut arrived, mut last) = (0.0, f64::NEG_INFINITY);
            for (kind, value, wait) in frames {
                arrived += wait;
                let source_time = match kind {
                    0 => SourceTime::Nothing,
                    1 => Device(value / 1e3),
                    2 => Source(value),
                    _ => PlaybackPosition(value / 1e4),
                };
                let at = stamper.stamp(source_time.taken(origin), secs(arrived)).secs();
                prop_assert!(at > last);
                last = at;
            }
        }
    }
}
