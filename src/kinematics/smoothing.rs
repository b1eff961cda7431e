//! Takes the tremble out of a series without moving its onsets: a short median, then a short weighted mean.
//!
//! Widths are seconds, so the same movement filmed at 15, 30 or 60 frames per second comes out alike.

use crate::geometry::PistePoint;
use crate::time::Timestamp;

/// Half-width of both windows in seconds: five frames in all at 30 per second (the recipe's median of 5), three at 15.
const HALF_WIDTH_SECS: f64 = 0.07;

/// Smooths a series in place.
pub(super) fn smooth(times: &[Timestamp], points: &mut [PistePoint]) {
    filter(times, points, |window| {
        let of = |axis: fn(&(f32, PistePoint)) -> f32| median(window.iter().map(axis).collect()).unwrap_or_default();
        PistePoint { x: of(|(_, p)| p.x), y: of(|(_, p)| p.y) }
    });
    filter(times, points, weighted_mean);
}

/// Replaces each point by what `combine` makes of its window of (weight, point), symmetric in time around it.
fn filter(times: &[Timestamp], points: &mut [PistePoint], combine: impl Fn(&[(f32, PistePoint)]) -> PistePoint) {
    let source = points.to_vec();
    for (i, point) in points.iter_mut().enumerate() {
        *point = combine(&window(times, &source, i));
    }
}

/// Points around `i` with triangular weights; as many before as after, so that an end pulls nothing to one side.
fn window(times: &[Timestamp], points: &[PistePoint], i: usize) -> Vec<(f32, PistePoint)> {
    let near = |k: usize| times[k].secs_since(times[i]).abs() <= HALF_WIDTH_SECS;
    let reach = (1..=i.min(points.len() - 1 - i)).take_while(|d| near(i - d) && near(i + d)).count();
    let weight = |k: usize| (1.0 - times[k].secs_since(times[i]).abs() / HALF_WIDTH_SECS) as f32;
    (i - reach..=i + reach).map(|k| (weight(k), points[k])).collect()
}

fn weighted_mean(window: &[(f32, PistePoint)]) -> PistePoint {
    let total: f32 = window.iter().map(|(w, _)| w).sum();
    let sum = |axis: fn(&PistePoint) -> f32| window.iter().map(|(w, p)| w * axis(p)).sum::<f32>() / total;
    PistePoint { x: sum(|p| p.x), y: sum(|p| p.y) }
}

/// The median; the mean of the two in the middle for an even number. `None` for no values.
pub(super) fn median(mut values: Vec<f32>) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f32::total_cmp);
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    Some(if odd { values[middle] } else { f32::midpoint(values[middle - 1], values[middle]) })
}
