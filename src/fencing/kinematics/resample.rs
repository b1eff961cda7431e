//! The same motion on an even grid of time, so that what is built on it does not depend on the camera's frame rate.
//!
//! The grid hangs on a moment of the phrase that the caller names, such as its touch: what a clock says moves no point of it.

use super::motion::{Body, JointSeries, Motion};
use crate::PerSide;
use crate::geometry::PistePoint;
use crate::time::Timestamp;

/// No phrase is longer than this many grid points (20 minutes at 60 per second): bounds memory for absurd times.
const MAX_POINTS: usize = 72_000;

impl Motion {
    /// The motion at `fps` points per second, all of them whole steps from `anchor`, straight lines between frames.
    ///
    /// A grid point counts as seen when the frame nearest to it was. Rates outside 1..=240 are brought into it. A motion
    /// that is shorter than a step keeps one point, its last.
    #[must_use]
    pub fn resampled(&self, fps: f64, anchor: Timestamp) -> Self {
        let rate = if fps.is_finite() { fps.clamp(1.0, 240.0) } else { 30.0 };
        let times = self.grid(rate, anchor);
        let bodies = PerSide::from_fn(|side| {
            let mut body = Body::default();
            for (to, from) in body.joints.iter_mut().zip(&self.bodies[side].joints) {
                *to = from.as_ref().map(|series| on_grid(&self.times, series, &times));
            }
            body
        });
        Self { times, bodies, scale: self.scale, raw: PerSide::default() }
    }
}

impl Motion {
    /// Whole steps from the anchor between the first and the last frame; a microsecond of grace for rounded times.
    fn grid(&self, rate: f64, anchor: Timestamp) -> Vec<Timestamp> {
        let span = self.span();
        let steps = |at: Timestamp| at.secs_since(anchor) * rate;
        let last = (steps(span.end) + 1e-6 * rate).floor() as i64;
        let first = ((steps(span.start) - 1e-6 * rate).ceil() as i64).max(last.saturating_sub(MAX_POINTS as i64 - 1));
        if first > last {
            return vec![span.end];
        }
        (first..=last).map(|k| anchor.plus_secs(k as f64 / rate)).collect()
    }
}

fn on_grid(times: &[Timestamp], series: &JointSeries, grid: &[Timestamp]) -> JointSeries {
    let mut out = JointSeries::default();
    for at in grid {
        let after = times.partition_point(|t| t < at).min(times.len() - 1);
        let before = after.saturating_sub(1);
        let whole = times[after].secs_since(times[before]);
        let share = if whole > 0.0 { (at.secs_since(times[before]) / whole).clamp(0.0, 1.0) as f32 } else { 1.0 };
        let (a, b) = (series.points[before], series.points[after]);
        out.points.push(PistePoint { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });
        out.seen.push(series.seen[if share < 0.5 { before } else { after }]);
    }
    out
}
