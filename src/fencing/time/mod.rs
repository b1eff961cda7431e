//! Moments and spans on a phrase's own clock.
//!
//! Everything that is judged carries a [`Timestamp`]: nanoseconds since the zero of *one* phrase's clock (for a clip the
//! first container time, for a live phrase the box's start). Frame numbers never stand in for time: cameras lie about
//! their rate, so this is the only place that turns one into the other. Lengths of time are plain `f64` seconds, named
//! `..._secs`. What happens live is stamped by a [`HostClock`] first and moved to its phrase's clock later.

mod backoff;
mod host_clock;

pub use backoff::Backoff;
pub use host_clock::HostClock;

/// A moment on the clock of one phrase, in nanoseconds from its zero. May be negative (pre-roll).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    nanos: i64,
}

impl Timestamp {
    /// The zero of the phrase's clock.
    pub const ZERO: Self = Self { nanos: 0 };

    /// A moment `nanos` nanoseconds after zero.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self { nanos }
    }

    /// A moment `secs` seconds after zero. Not-a-number counts as zero; the ends of the range saturate.
    pub fn from_secs(secs: f64) -> Self {
        Self { nanos: (secs * 1e9).round() as i64 }
    }

    /// Nanoseconds since zero.
    pub const fn nanos(self) -> i64 {
        self.nanos
    }

    /// Seconds since zero.
    pub fn secs(self) -> f64 {
        self.nanos as f64 * 1e-9
    }

    /// Seconds from `earlier` to `self`; negative when `earlier` is in fact later.
    pub fn secs_since(self, earlier: Self) -> f64 {
        self.nanos.saturating_sub(earlier.nanos) as f64 * 1e-9
    }

    /// The moment `secs` seconds later (earlier when negative).
    #[must_use]
    pub fn plus_secs(self, secs: f64) -> Self {
        Self { nanos: self.nanos.saturating_add(Self::from_secs(secs).nanos) }
    }
}

/// A stretch of time, `start <= end`. Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First moment.
    pub start: Timestamp,
    /// Last moment.
    pub end: Timestamp,
}

impl Span {
    /// The span between two moments, whichever comes first.
    pub fn between(a: Timestamp, b: Timestamp) -> Self {
        Self { start: a.min(b), end: a.max(b) }
    }

    /// Length in seconds.
    pub fn secs(self) -> f64 {
        self.end.secs_since(self.start)
    }

    /// Whether `at` lies in the span, ends included.
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at <= self.end
    }

    /// Seconds that both spans share; 0 when they are apart.
    pub fn overlap_secs(self, other: Self) -> f64 {
        self.end.min(other.end).secs_since(self.start.max(other.start)).max(0.0)
    }
}

/// Position of a frame in its source, counted from 0 in the order of presentation. A name for a frame, never a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameIndex(pub u64);

/// Median distance between neighbouring times, in seconds: the honest frame interval of a source with gaps.
///
/// `None` for fewer than two times or when they do not advance.
pub fn median_interval_secs(times: &[Timestamp]) -> Option<f64> {
    let mut steps: Vec<f64> = times.windows(2).map(|w| w[1].secs_since(w[0])).filter(|s| *s > 0.0).collect();
    if steps.is_empty() {
        return None;
    }
    let middle = steps.len() / 2;
    let (_, median, _) = steps.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}

/// Index of the time nearest to `at` in ascending `times`; `None` when there are none.
pub fn nearest_index(times: &[Timestamp], at: Timestamp) -> Option<usize> {
    let after = times.partition_point(|t| *t < at);
    let candidates = [after.checked_sub(1), (after < times.len()).then_some(after)];
    candidates.into_iter().flatten().min_by_key(|i| times[*i].nanos.abs_diff(at.nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_survive_the_round_trip() {
        assert_eq!(Timestamp::from_secs(20.448).nanos(), 20_448_000_000);
        assert!((Timestamp::from_secs(-0.25).secs() + 0.25).abs() < 1e-12);
        assert_eq!(Timestamp::from_secs(f64::NAN), Timestamp::ZERO);
    }

    #[test]
    fn median_interval_ignores_a_gap_and_a_repeat() {
        let times = [0.0, 0.1, 0.1, 0.2, 1.2, 1.3].map(Timestamp::from_secs);
        assert!((median_interval_secs(&times).unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(median_interval_secs(&times[..1]), None);
    }

    #[test]
    fn nearest_is_nearest_on_both_sides() {
        let times = [0.0, 0.1, 0.3].map(Timestamp::from_secs);
        let nearest = |s| nearest_index(&times, Timestamp::from_secs(s)).unwrap();
        assert_eq!(
            [nearest(-1.0), nearest(0.04), nearest(0.06), nearest(0.19), nearest(0.21), nearest(9.0)],
            [0, 0, 1, 1, 2, 2]
        );
    }

    #[test]
    fn spans_order_their_ends_and_overlap() {
        let s = Span::between(Timestamp::from_secs(2.0), Timestamp::from_secs(1.0));
        assert!((s.secs() - 1.0).abs() < 1e-9 && s.contains(Timestamp::from_secs(1.5)));
        let far = Span::between(Timestamp::from_secs(3.0), Timestamp::from_secs(4.0));
        assert!(s.overlap_secs(far) == 0.0);
    }
}
