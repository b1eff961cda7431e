//! Takes the tremble out of a series without moving its onsets: a short median, then a short weighted mean.
//!
//! Widths are seconds, so the same movement filmed at 15, 30 or 60 frames per second comes out alike.

use crate::geometry::PistePoint;
use crate::time::Timestamp;
use std::ops::Range;

/// Half-width of both windows in seconds: five frames in all at 30 per second (the recipe's median of 5), three at 15.
const HALF_WIDTH_SECS: f64 = 0.07;

/// Which frames lie around each frame, and how much each of them weighs; the same for every joint.
pub(super) struct Windows {
    around: Vec<Range<usize>>,
    weights: Vec<Vec<f32>>,
}

impl Windows {
    /// Windows symmetric in time with triangular weights; as many frames before as after, so that an end pulls nothing to
    /// one side.
    pub(super) fn of(times: &[Timestamp]) -> Self {
        let near = |i: usize, k: usize| times[k].secs_since(times[i]).abs() <= HALF_WIDTH_SECS;
        let around: Vec<Range<usize>> = (0..times.len())
            .map(|i| {
                let most = i.min(times.len() - 1 - i);
                let reach = (1..=most).take_while(|d| near(i, i - d) && near(i, i + d)).count();
                i - reach..i + reach + 1
            })
            .collect();
        let weight = |i: usize, k: usize| (1.0 - times[k].secs_since(times[i]).abs() / HALF_WIDTH_SECS) as f32;
        let weights = around.iter().enumerate().map(|(i, window)| window.clone().map(|k| weight(i, k)).collect());
        Self { weights: weights.collect(), around }
    }

    /// Smooths a series with one point for each time in place.
    pub(super) fn smooth(&self, points: &mut [PistePoint]) {
        let mut sorted = Vec::new();
        let mut middle = |window: &[PistePoint], axis: fn(&PistePoint) -> f32| {
            median_of(window.iter().map(axis), &mut sorted).unwrap_or_default()
        };
        let windows = self.around.iter().map(|around| &points[around.clone()]);
        let medians: Vec<PistePoint> =
            windows.map(|window| PistePoint { x: middle(window, |p| p.x), y: middle(window, |p| p.y) }).collect();
        for (point, (around, weights)) in points.iter_mut().zip(self.around.iter().zip(&self.weights)) {
            *point = weighted_mean(weights, &medians[around.clone()]);
        }
    }
}

fn weighted_mean(weights: &[f32], window: &[PistePoint]) -> PistePoint {
    let total: f32 = weights.iter().sum();
    let sum = |axis: fn(&PistePoint) -> f32| weights.iter().zip(window).map(|(w, p)| w * axis(p)).sum::<f32>() / total;
    PistePoint { x: sum(|p| p.x), y: sum(|p| p.y) }
}

/// The median; the mean of the two in the middle for an even number. `None` for no values.
pub(super) fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_unstable_by(f32::total_cmp);
    middle_of(&values)
}

/// As [`median`], with room that is used again: the small windows of a phrase are many.
pub(super) fn median_of(values: impl Iterator<Item = f32>, room: &mut Vec<f32>) -> Option<f32> {
    room.clear();
    room.extend(values);
    room.sort_unstable_by(f32::total_cmp);
    middle_of(room)
}

fn middle_of(sorted: &[f32]) -> Option<f32> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { f32::midpoint(sorted[middle - 1], upper) })
}
