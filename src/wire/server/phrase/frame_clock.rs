//! Order and capture times of streamed frames: by the client's timestamps where these are plausible, otherwise by frame number.
//!
//! Clients number the frames they *send* and drop those they cannot send, so numbers hide gaps; they also declare rates that their
//! cameras do not keep. Timestamps are better, unless the client stamps a file as fast as it reads it, sends none, or its clock is set
//! during the phrase. Clients also stamp a frame when they send it: frames that waited while the socket connected, or while the
//! network stalled, come as a burst with late timestamps. So frames are held until their time is known: the first few until their
//! timestamps are steady, and later ones from a gap to the end of a possible burst. The frames of a burst are spaced back from the
//! first steady frame after it, at the steady rate.

use fencing::time::Timestamp;
use std::collections::BTreeMap;

/// Number of steps that show whether timestamps are steady.
const STEADY_STEPS: usize = 7;
/// Smallest ratio of the timestamps' step to the nominal one: cameras exceed their rate a little, files are read many times faster.
const MIN_STEP_RATIO: f64 = 0.6;
/// Largest ratio: the reference's cameras gave 10 fps where 30 were declared.
const MAX_STEP_RATIO: f64 = 4.0;
/// A step below this share of the steady one belongs to a burst, whose frames follow each other within milliseconds.
const SHORT_STEP: f64 = 0.5;
/// A step above this multiple of the steady one is a gap: frames are missing, or they are delayed and come as a burst.
const LONG_STEP: f64 = 2.5;
/// A step this much longer than the numbers imply is a clock that was set, not a pause: sessions end before such a pause.
const JUMP_SECS: f64 = 10.0;
/// Longest burst of a live client: the reference's queues 120 frames and fills up again while it empties. More is a file.
const MAX_BURST: usize = 160;

/// Number and timestamp of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp {
    /// Its number.
    pub(super) number: i64,
    /// The client's timestamp in seconds.
    pub(super) secs: f64,
}

impl Stamp {
    fn numbers_since(self, before: Self) -> f64 {
        self.number.saturating_sub(before.number).max(0) as f64
    }

    /// Seconds per number since an earlier frame; NaN where the numbers do not increase.
    fn step_since(self, before: Self) -> f64 {
        (self.secs - before.secs) / self.numbers_since(before)
    }
}

/// Source of the times.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Basis {
    /// The timestamps, with their step.
    Stamps { step_secs: f64 },
    /// The numbers, at the nominal rate.
    Numbers,
}

/// Converts timestamps, in order of number, to times on the phrase's clock, whose zero is the first frame. Holds the frames (`T`) whose
/// times are not known yet.
#[derive(Debug)]
pub(super) struct FrameClock<T> {
    frame_secs: f64,
    basis: Option<Basis>,
    held: Vec<(Stamp, T)>,
    last: Option<(Stamp, f64)>,
}

impl<T> FrameClock<T> {
    /// A clock for frames of nominally `fps` per second, which is above 0.
    pub(super) fn new(fps: f64) -> Self {
        Self { frame_secs: 1.0 / fps, basis: None, held: Vec::new(), last: None }
    }

    /// Adds the next frame and returns all whose times are known now, in order. Times never decrease.
    pub(super) fn push(&mut self, stamp: Stamp, frame: T) -> Vec<(Timestamp, T)> {
        let Some(basis) = self.basis else {
            self.held.push((stamp, frame));
            return self.decide();
        };
        let is_gap = self.held.is_empty() && self.is_gap(stamp, basis);
        let is_held = !self.held.is_empty();
        self.held.push((stamp, frame));
        match basis {
            Basis::Stamps { step_secs } if is_held => self.end_burst(step_secs),
            _ if is_gap => Vec::new(),
            _ => self.release_all(),
        }
    }

    /// Returns every frame still held: no more will come.
    pub(super) fn flush(&mut self) -> Vec<(Timestamp, T)> {
        if self.basis.is_none() {
            self.basis = Some(self.best_basis());
        }
        self.release_all()
    }

    /// Chooses the basis as soon as the held frames allow it.
    fn decide(&mut self) -> Vec<(Timestamp, T)> {
        if self.held.len() <= STEADY_STEPS {
            return Vec::new();
        }
        let whole = self.best_basis();
        let has_short_steps = match whole {
            Basis::Stamps { step_secs } => self.steps().any(|step| step < step_secs * SHORT_STEP),
            Basis::Numbers => true,
        };
        if !has_short_steps {
            self.basis = Some(whole);
            return self.release_all();
        }
        if let Some((steady, step_secs)) = self.steady_end() {
            self.basis = Some(Basis::Stamps { step_secs });
            return self.release_spaced(steady, step_secs);
        }
        let is_too_fast = self.mean_step().is_some_and(|step| step < self.frame_secs * MAX_STEP_RATIO);
        if is_too_fast && self.held.len() < MAX_BURST {
            return Vec::new();
        }
        self.basis = Some(whole);
        self.release_all()
    }

    /// The basis that fits the held frames.
    fn best_basis(&self) -> Basis {
        let believable = self.frame_secs * MIN_STEP_RATIO..=self.frame_secs * MAX_STEP_RATIO;
        match self.mean_step().filter(|step| believable.contains(step)) {
            Some(step_secs) if self.steps().all(|step| step > 0.0) => Basis::Stamps { step_secs },
            _ => Basis::Numbers,
        }
    }

    fn steps(&self) -> impl Iterator<Item = f64> {
        self.held.windows(2).map(|pair| pair[1].0.step_since(pair[0].0))
    }

    fn mean_step(&self) -> Option<f64> {
        let (first, last) = (self.held.first()?.0, self.held.last()?.0);
        Some(last.step_since(first)).filter(|step| step.is_finite())
    }

    /// Index of the first steady frame after a burst, and the seconds between steady frames; `None` while there are too few.
    fn steady_end(&self) -> Option<(usize, f64)> {
        let end = self.held.get(self.held.len().checked_sub(STEADY_STEPS + 1)?..)?;
        let step_secs = end.last()?.0.step_since(end.first()?.0);
        let is_steady = |step: &f64| (step_secs * SHORT_STEP..=step_secs * LONG_STEP).contains(step);
        let believable = self.frame_secs * MIN_STEP_RATIO..=self.frame_secs * MAX_STEP_RATIO;
        let is_believable = believable.contains(&step_secs);
        let steps: Vec<f64> = self.steps().collect();
        let steady = steps.iter().rev().take_while(|step| is_steady(step)).count();
        if !is_believable || steady < STEADY_STEPS {
            return None;
        }
        // The frame before the first steady step may be the last one of the burst, with a smaller delay.
        let anchor = steps.len() - steady + 1;
        Some((anchor, self.held.last()?.0.step_since(self.held.get(anchor)?.0)))
    }

    /// Whether frames may be missing or delayed before this one.
    fn is_gap(&self, stamp: Stamp, basis: Basis) -> bool {
        match (self.last, basis) {
            (Some((before, _)), Basis::Stamps { step_secs }) => {
                let secs = stamp.secs - before.secs;
                secs > step_secs * LONG_STEP * stamp.numbers_since(before) && secs < JUMP_SECS
            }
            _ => false,
        }
    }

    /// After a gap: a frame at the steady distance ends the burst, or shows that there was none.
    fn end_burst(&mut self, step_secs: f64) -> Vec<(Timestamp, T)> {
        let last = self.held.len() - 1;
        let step = self.held[last].0.step_since(self.held[last - 1].0);
        if (0.0..step_secs * SHORT_STEP).contains(&step) && self.held.len() < MAX_BURST {
            return Vec::new();
        }
        // Two held frames are the one after the gap and this one: no burst.
        if last == 1 { self.release_all() } else { self.release_spaced(last, step_secs) }
    }

    fn release_all(&mut self) -> Vec<(Timestamp, T)> {
        let held = std::mem::take(&mut self.held);
        held.into_iter().map(|(stamp, frame)| (self.time_of(stamp), frame)).collect()
    }

    /// Returns all held frames; those before `steady` are spaced at the steady rate, back from that one.
    fn release_spaced(&mut self, steady: usize, step_secs: f64) -> Vec<(Timestamp, T)> {
        let mut burst = std::mem::take(&mut self.held);
        let Some(anchor) = burst.get(steady).map(|(stamp, _)| *stamp) else { return Vec::new() };
        let after = burst.split_off(steady);
        let at = match (self.last, burst.first()) {
            (Some((before, last)), _) => last + (anchor.secs - before.secs).max(0.0),
            (None, Some((first, _))) => anchor.numbers_since(*first) * step_secs,
            (None, None) => 0.0,
        };
        // Within a phrase there may be less time than the frames of the burst would take.
        let room =
            self.last.map_or(f64::INFINITY, |(before, last)| (at - last) / anchor.numbers_since(before).max(1.0));
        let step = step_secs.min(room).max(0.0);
        let laid = |stamp: Stamp| (at - anchor.numbers_since(stamp) * step).max(0.0);
        let mut given: Vec<_> =
            burst.into_iter().map(|(stamp, frame)| (Timestamp::from_secs(laid(stamp)), frame)).collect();
        self.last = Some((anchor, at));
        let mut steady = after.into_iter();
        given.extend(steady.next().map(|(_, frame)| (Timestamp::from_secs(at), frame)));
        given.extend(steady.map(|(stamp, frame)| (self.time_of(stamp), frame)).collect::<Vec<_>>());
        given
    }

    /// The time of the next frame.
    fn time_of(&mut self, stamp: Stamp) -> Timestamp {
        let at = match self.last {
            None => 0.0,
            Some((before, at)) => at + self.step(before, stamp),
        };
        self.last = Some((stamp, at));
        Timestamp::from_secs(at)
    }

    fn step(&self, before: Stamp, now: Stamp) -> f64 {
        let by_number = now.numbers_since(before) * self.frame_secs;
        let by_stamp = now.secs - before.secs;
        let is_believable = by_stamp > 0.0 && by_stamp < by_number + JUMP_SECS;
        if matches!(self.basis, Some(Basis::Stamps { .. })) && is_believable { by_stamp } else { by_number }
    }
}

/// Frames that may wait for a missing one before it is skipped: about a quarter of a second at 30 fps.
const MAX_WAITING: usize = 8;

/// Reorders numbered items. Items that come too late are dropped and counted.
#[derive(Debug)]
pub(super) struct Sequencer<T> {
    next: Option<i64>,
    waiting: BTreeMap<i64, T>,
    late: u64,
}

impl<T> Default for Sequencer<T> {
    fn default() -> Self {
        Self { next: None, waiting: BTreeMap::new(), late: 0 }
    }
}

impl<T> Sequencer<T> {
    /// Adds an item and returns all that are in order now.
    pub(super) fn push(&mut self, number: i64, item: T) -> Vec<(i64, T)> {
        let next = *self.next.get_or_insert(number);
        if number < next {
            self.late += 1;
            return Vec::new();
        }
        self.waiting.insert(number, item);
        let mut ready = self.take_consecutive();
        if self.waiting.len() > MAX_WAITING {
            self.next = self.waiting.first_key_value().map(|(lowest, _)| *lowest);
            ready.extend(self.take_consecutive());
        }
        ready
    }

    /// Returns everything that still waits, in order: nothing more will come.
    pub(super) fn flush(&mut self) -> Vec<(i64, T)> {
        std::mem::take(&mut self.waiting).into_iter().collect()
    }

    /// Number of items that came too late.
    pub(super) fn late(&self) -> u64 {
        self.late
    }

    fn take_consecutive(&mut self) -> Vec<(i64, T)> {
        let mut ready = Vec::new();
        while let Some(item) = self.next.and_then(|number| self.waiting.remove(&number).map(|item| (number, item))) {
            self.next = item.0.checked_add(1);
            ready.push(item);
        }
        ready
    }
}

/// When frames that came in this order were taken, by number and in its order: what comes after its turn has no time.
pub(super) fn times_of(fps: f64, stamps: impl Iterator<Item = Stamp>) -> Vec<(i64, Timestamp)> {
    let (mut order, mut clock) = (Sequencer::default(), FrameClock::new(fps));
    let mut in_order: Vec<_> = stamps.flat_map(|stamp| order.push(stamp.number, stamp)).collect();
    in_order.extend(order.flush());
    let mut times: Vec<_> = in_order.into_iter().flat_map(|(number, stamp)| clock.push(stamp, number)).collect();
    times.extend(clock.flush());
    times.into_iter().map(|(at, number)| (number, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(fps: f64, stamps: &[(i64, f64)], expected: &[f64]) {
        let times = times(fps, stamps);
        assert_eq!(times.len(), expected.len());
        for ((stamp, at), expected) in stamps.iter().zip(times).zip(expected) {
            assert!((at - expected).abs() < 1e-6, "frame {}: {at} and not {expected}", stamp.0);
        }
    }

    fn times(fps: f64, stamps: &[(i64, f64)]) -> Vec<f64> {
        let mut clock = FrameClock::new(fps);
        let mut times = Vec::new();
        for (place, (number, secs)) in stamps.iter().enumerate() {
            times.extend(clock.push(Stamp { number: *number, secs: *secs }, place));
        }
        times.extend(clock.flush());
        assert!(times.iter().map(|(_, place)| *place).eq(0..stamps.len()), "every frame once and in order");
        times.into_iter().map(|(at, _)| at.secs()).collect()
    }

    /// Timestamps of a camera of `fps`, sent from `connected` on: earlier frames come as a burst.
    fn late_start(fps: f64, connected: f64, frames: i64) -> Vec<(i64, f64)> {
        let taken = |number: i64| number as f64 / fps;
        let sent = |number: i64| taken(number).max(connected + number as f64 * 0.004);
        (0..frames).map(|number| (number, 1e9 + sent(number))).collect()
    }

    #[test]
    fn a_burst_while_the_socket_connected_keeps_the_clock() {
        for (declared, fps) in [(30.0, 20.0), (15.0, 20.0), (30.0, 30.0), (30.0, 12.5), (60.0, 50.0)] {
            for connected in [0.0, 0.15, 0.5, 1.0, 2.0] {
                for (number, at) in times(declared, &late_start(fps, connected, 140)).iter().enumerate() {
                    let off = at - number as f64 / fps;
                    assert!(off.abs() < 0.02, "{declared} declared, {fps} sent from {connected}: frame {number} {off}");
                }
            }
        }
    }

    #[test]
    fn a_burst_after_a_stall_keeps_the_clock_and_a_gap_stays_a_gap() {
        // Frames 50 to 69 wait for a second and come within 80 ms.
        let taken = |number: i64| number as f64 / 20.0;
        let sent =
            |number: i64| if number < 50 { taken(number) } else { taken(number).max(3.5 + taken(number - 50) * 0.08) };
        let stamps: Vec<_> = (0..90).map(|number| (number, 1e9 + sent(number))).collect();
        for (number, at) in times(30.0, &stamps).iter().enumerate() {
            let off = at - taken(number as i64);
            assert!(off.abs() < 0.06, "frame {number}: {off}");
        }
        let gap: Vec<_> = (0..40).map(|n| (n, 1e9 + taken(n) + if n < 20 { 0.0 } else { 0.7 })).collect();
        let times = times(20.0, &gap);
        assert!((times[20] - 1.7).abs() < 1e-5 && (times[39] - 2.65).abs() < 1e-5, "{times:?}");
    }

    #[test]
    fn a_file_longer_than_any_burst_counts_by_number_and_is_not_held_to_its_end() {
        let mut clock = FrameClock::new(30.0);
        let given = (0..300).filter(|n| !clock.push(Stamp { number: *n, secs: *n as f64 * 1e-3 }, ()).is_empty());
        assert_eq!(given.count(), 300 - MAX_BURST + 1);
        assert!((clock.last.unwrap().1 - 299.0 / 30.0).abs() < 1e-9);
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

    #[test]
    fn a_frame_out_of_order_is_put_in_its_place() {
        let mut sequencer = Sequencer::default();
        let mut out = Vec::new();
        for number in [3, 5, 6, 4, 7, 3] {
            out.extend(sequencer.push(number, ()).into_iter().map(|(n, ())| n));
        }
        assert_eq!(out, [3, 4, 5, 6, 7]);
        assert_eq!(sequencer.late(), 1);
    }

    #[test]
    fn a_missing_frame_is_given_up_after_a_while() {
        let mut sequencer = Sequencer::default();
        sequencer.push(0, ());
        let held: usize = (2..10).map(|n| sequencer.push(n, ()).len()).sum();
        assert_eq!(held, 0);
        assert_eq!(sequencer.push(10, ()).len(), 9);
    }

    proptest! {
        #[test]
        fn time_never_goes_back(steps in proptest::collection::vec((1i64..5, any::<f64>()), 1..40)) {
            let mut number = 0;
            let stamps: Vec<_> = steps.iter().map(|(n, secs)| { number += n; (number, *secs) }).collect();
            let times = times(30.0, &stamps);
            prop_assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", times);
        }

        #[test]
        fn nor_with_stamps_of_a_live_client(steps in proptest::collection::vec(0.0f64..0.3, 1..200)) {
            let mut secs = 1e9;
            let stamps: Vec<_> = (0..).zip(&steps).map(|(n, step)| { secs += step * step; (n, secs) }).collect();
            let times = times(30.0, &stamps);
            prop_assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", times);
        }

        #[test]
        fn nothing_is_given_twice_and_order_holds(numbers in proptest::collection::vec(-50i64..50, 0..80)) {
            let mut sequencer = Sequencer::default();
            let mut seen = std::collections::BTreeSet::new();
            let mut out: Vec<i64> = Vec::new();
            for number in numbers.into_iter().filter(|n| seen.insert(*n)) {
                out.extend(sequencer.push(number, ()).into_iter().map(|(n, ())| n));
            }
            out.extend(sequencer.flush().into_iter().map(|(n, ())| n));
            prop_assert!(out.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(out.len() as u64 + sequencer.late(), seen.len() as u64);
        }
    }

    #[test]
    fn frames_that_are_read_back_have_the_times_that_they_were_judged_by() {
        let stamps = [2, 0, 1, 3].map(|number| Stamp { number, secs: 100.0 + number as f64 * 0.05 });
        let times = times_of(30.0, stamps.into_iter());
        // The first frame received starts the phrase; an earlier number arrived too late.
        assert_eq!(times.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 3]);
        assert!((times[1].1.secs() - 0.05).abs() < 1e-6, "{times:?}");
    }
}
