//! When the touch probably fell, from the motion alone: for clips whose scoring apparatus is not known or whose clock is off.
//!
//! Fencers touch while they close, and run on after it: the front feet are nearest about a third of a second *after* the touch.
//! So the estimate walks back from the closest approach to the moment at which the gap of the front feet last became shorter than
//! a lunge. Measured against scoring logs by `tests/it/touch_estimate.rs`.

use super::motion::{Motion, limb};
use crate::time::Timestamp;
use crate::{Side, SignalLog};
use std::borrow::Cow;

/// A touch whose time is known this well is taken as signalled; on sets B and C the estimate is worse than that.
pub const TIMED_SECS: f64 = 0.05;
/// How far the estimate is usually off, in seconds.
const ESTIMATE_SECS: f64 = 0.12;

/// The closest approach is looked for in the last seconds of the motion.
const SEARCH_SECS: f64 = 2.0;
/// Gap of the front feet at which the touch is about to fall, in metres: on sets B and C it is passed 0.08 s before the
/// logged touch (middle half -0.20 .. +0.04 s).
const GAP_METRES: f32 = 1.3;
/// See above.
const AFTER_GAP_SECS: f64 = 0.08;
/// How long before the closest approach the touch falls where the gap never gets that short or never was longer.
const BEFORE_CLOSEST_SECS: f64 = 0.3;

/// The signals with the touch where the motion puts it, if its signalled time is too uncertain for rules that compare moments
/// before it; within that uncertainty, so that a signalled time still bounds the estimate.
pub fn with_touch_placed<'a>(signals: &'a SignalLog, motion: &Motion) -> Cow<'a, SignalLog> {
    let Some(touch) = signals.first_touch().filter(|touch| touch.uncertainty_secs > TIMED_SECS) else {
        return Cow::Borrowed(signals);
    };
    let near = |at: Timestamp| {
        at.clamp(touch.at.plus_secs(-touch.uncertainty_secs), touch.at.plus_secs(touch.uncertainty_secs))
    };
    match motion.touch_estimate() {
        Some(at) => Cow::Owned(signals.with_lamps_at(near(at), touch.uncertainty_secs.min(ESTIMATE_SECS))),
        None => Cow::Borrowed(signals),
    }
}

impl Motion {
    /// The estimated time of the touch; `None` where no front feet were seen. Mirrored motion gives the same time.
    pub fn touch_estimate(&self) -> Option<Timestamp> {
        let times = self.times();
        let front = |side: Side| {
            let (a, b) = (self.forward(side, limb::FRONT_FOOT), self.forward(side, limb::REAR_FOOT));
            match (a, b) {
                (Some(a), Some(b)) => Some(a.iter().zip(&b).map(|(a, b)| a.max(*b)).collect::<Vec<f32>>()),
                (one, other) => one.or(other),
            }
        };
        let (left, right) = (front(Side::Left)?, front(Side::Right)?);
        let gap: Vec<f32> = left.iter().zip(&right).map(|(l, r)| -(l + r)).collect();
        let end = *times.last()?;
        let first = times.partition_point(|at| end.secs_since(*at) > SEARCH_SECS);
        let closest = (first..times.len()).min_by(|a, b| gap[*a].total_cmp(&gap[*b]))?;
        let wide = (0..closest).rev().find(|i| gap[*i] > GAP_METRES).filter(|_| gap[closest] <= GAP_METRES);
        let estimate = match wide {
            Some(i) => crossing(times, &gap, i).plus_secs(AFTER_GAP_SECS),
            None => times[closest].plus_secs(-BEFORE_CLOSEST_SECS),
        };
        Some(estimate.clamp(times[0], end))
    }
}

/// When the gap passed [`GAP_METRES`] between frames `i` and `i + 1`.
fn crossing(times: &[Timestamp], gap: &[f32], i: usize) -> Timestamp {
    let share = f64::from((gap[i] - GAP_METRES) / (gap[i] - gap[i + 1]).max(1e-6)).clamp(0.0, 1.0);
    times[i].plus_secs(share * times[i + 1].secs_since(times[i]))
}
