//! How fast a series changes, over a span of time that does not depend on the frame rate.

use crate::time::Timestamp;

/// Half-width of the difference in seconds: one frame at 15 per second, two at 30.
const HALF_WIDTH_SECS: f64 = 0.067;

/// Change per second of `values` at each of `times`: the central difference over about 0.13 s, one-sided at the ends.
///
/// Returns zeros for fewer than two values; both slices have the same length, or the shorter one counts.
pub fn slopes(times: &[Timestamp], values: &[f32]) -> Vec<f32> {
    let len = times.len().min(values.len());
    (0..len).map(|i| slope_at(&times[..len], values, i)).collect()
}

fn slope_at(times: &[Timestamp], values: &[f32], i: usize) -> f32 {
    let reach = |at: f64| times[i].plus_secs(at);
    let before = times.partition_point(|t| *t < reach(-HALF_WIDTH_SECS)).min(i.saturating_sub(1));
    let after =
        times.partition_point(|t| *t <= reach(HALF_WIDTH_SECS)).saturating_sub(1).max((i + 1).min(times.len() - 1));
    let span = times[after].secs_since(times[before]) as f32;
    if span > 0.0 { (values[after] - values[before]) / span } else { 0.0 }
}
