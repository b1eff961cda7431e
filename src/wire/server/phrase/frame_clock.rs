//! When a streamed frame was taken: from the client's time stamps when they can be believed, else from its number.
//!
//! Clients number the frames they *send* and drop what they cannot, so numbers squeeze gaps; they also declare rates their
//! cameras do not keep. Time stamps know better, unless the client stamps a file as fast as it reads it, stamps nothing
//! at all, or its clock is set while it fences. So: the first few frames decide whom to believe for the whole phrase,
//! and a stamp that jumps is replaced by the step that its number means.

use fencing::time::Timestamp;

/// Frames looked at before deciding.
pub(super) const FRAMES_TO_DECIDE: usize = 8;
/// Stamps may run this much faster than the nominal rate: cameras exceed it a little, files are read many times faster.
const FASTEST: f64 = 0.6;
/// Stamps may run this much slower: the reference's cameras gave 10 fps where 30 were declared.
const SLOWEST: f64 = 4.0;
/// A step this much longer than the number means is a clock that was set, not a pause: sessions end before such a pause.
const JUMP_SECS: f64 = 10.0;

/// What a frame says about its own time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp {
    /// Its number.
    pub(super) number: i64,
    /// The client's clock in seconds.
    pub(super) secs: f64,
}

/// Turns stamps, in order of number, into times on the phrase's clock; the first is zero.
#[derive(Clone, Debug)]
pub(super) struct FrameClock {
    frame_secs: f64,
    believes_stamps: bool,
    last: Option<(Stamp, f64)>,
}

impl FrameClock {
    /// A clock that has looked at the first stamps of a phrase of nominally `fps` frames per second.
    pub(super) fn decide(fps: f64, first: &[Stamp]) -> Self {
        let frame_secs = 1.0 / fps;
        let believes_stamps = match (first.first(), first.last()) {
            (Some(a), Some(b)) if b.number > a.number => {
                let slowness = (b.secs - a.secs) / ((b.number - a.number) as f64 * frame_secs);
                let advances = first.windows(2).all(|pair| pair[1].secs > pair[0].secs);
                advances && (FASTEST..=SLOWEST).contains(&slowness)
            }
            _ => false,
        };
        Self { frame_secs, believes_stamps, last: None }
    }

    /// The time of the next frame. Never goes back.
    pub(super) fn time_of(&mut self, stamp: Stamp) -> Timestamp {
        let at = match self.last {
            None => 0.0,
            Some((before, at)) => at + self.step(before, stamp),
        };
        self.last = Some((stamp, at));
        Timestamp::from_secs(at)
    }

    fn step(&self, before: Stamp, now: Stamp) -> f64 {
        let by_number = now.number.saturating_sub(before.number).max(0) as f64 * self.frame_secs;
        let by_stamp = now.secs - before.secs;
        let is_believable = by_stamp > 0.0 && by_stamp < by_number + JUMP_SECS;
        if self.believes_stamps && is_believable { by_stamp } else { by_number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(fps: f64, stamps: &[(i64, f64)], expected: &[f64]) {
        let stamps: Vec<_> = stamps.iter().map(|(number, secs)| Stamp { number: *number, secs: *secs }).collect();
        let mut clock = FrameClock::decide(fps, &stamps[..stamps.len().min(FRAMES_TO_DECIDE)]);
        for (stamp, expected) in stamps.iter().zip(expected) {
            let at = clock.time_of(*stamp).secs();
            assert!((at - expected).abs() < 1e-6, "frame {}: {at} and not {expected}", stamp.number);
        }
    }

    #[test]
    fn true_stamps_beat_a_rate_that_lies() {
        check(30.0, &[(0, 100.0), (1, 100.066), (2, 100.133), (3, 100.2)], &[0.0, 0.066, 0.133, 0.2]);
    }

    #[test]
    fn frames_dropped_before_they_were_numbered_keep_their_time() {
        check(10.0, &[(0, 5.0), (1, 5.1), (2, 5.2), (3, 5.6), (4, 5.7)], &[0.0, 0.1, 0.2, 0.6, 0.7]);
    }

    #[test]
    fn a_file_read_at_full_speed_counts_by_number() {
        check(10.0, &[(0, 1.0), (1, 1.001), (2, 1.002), (5, 1.003)], &[0.0, 0.1, 0.2, 0.5]);
        check(10.0, &[(0, 0.0), (1, 0.0), (2, 0.0)], &[0.0, 0.1, 0.2]);
        check(10.0, &[(0, 0.0), (1, 1.0), (2, 2.0)], &[0.0, 0.1, 0.2]);
    }

    #[test]
    fn a_clock_that_is_set_while_fencing_does_not_move_the_phrase() {
        check(
            10.0,
            &[
                (0, 50.0),
                (1, 50.1),
                (2, 50.2),
                (3, 50.3),
                (4, 50.4),
                (5, 50.5),
                (6, 50.6),
                (7, 50.7),
                (8, 3600.0),
                (9, 2.0),
            ],
            &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        );
    }

    proptest! {
        #[test]
        fn time_never_goes_back(steps in proptest::collection::vec((1i64..5, any::<f64>()), 1..40)) {
            let mut number = 0;
            let stamps: Vec<_> = steps.iter().map(|(n, secs)| { number += n; Stamp { number, secs: *secs } }).collect();
            let mut clock = FrameClock::decide(30.0, &stamps[..stamps.len().min(FRAMES_TO_DECIDE)]);
            let times: Vec<_> = stamps.iter().map(|s| clock.time_of(*s)).collect();
            prop_assert!(times.windows(2).all(|w| w[0] <= w[1]));
        }
    }
}
