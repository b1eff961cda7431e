//! The same motion on an even grid of time, so that what is built on it does not depend on the camera's frame rate.

use super::motion::{Body, JointSeries, Motion};
use crate::fencing::PerSide;
use crate::geometry::PistePoint;
use crate::time::Timestamp;

/// No phrase is longer than this many grid points (20 minutes at 60 per second): bounds memory for absurd times.
const MAX_POINTS: usize = 72_000;

impl Motion {
    /// The motion at `fps` points per second from the first frame on, straight lines between frames.
    ///
    /// A grid point counts as seen when the frame nearest to it was. Rates outside 1..=240 are brought into it.
    #[must_use]
    pub fn resampled(&self, fps: f64) -> Self {
        let step = 1.0 / if fps.is_finite() { fps.clamp(1.0, 240.0) } else { 30.0 };
        let span = self.span();
        let count = ((span.secs() / step + 1e-6).floor() as usize + 1).min(MAX_POINTS);
        let times: Vec<Timestamp> = (0..count).map(|i| span.start.plus_secs(i as f64 * step)).collect();
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
