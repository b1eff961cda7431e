//! Whether anything goes on before the eyes that is worth looking at closely.

use crate::fencing::Side;
use crate::geometry::{ImagePoint, ImageRect};
use crate::pose::{Pose, joint};
use crate::tracking::TrackSample;

/// How far back movement is looked for, in seconds.
const SPAN_SECS: f64 = 0.35;
/// How far a trunk moves in that time when somebody steps, in heights of the body: a step of half a metre takes about as long.
/// Joints that are read anew in every picture jitter by a tenth of that.
const TRUNK: f32 = 0.035;
/// The same for a hand that is stretched out.
const HAND: f32 = 0.09;
/// Score from which a hand counts as seen.
const SEEN: f32 = 0.35;

/// What goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bustle {
    /// No two fencers are in sight.
    Nobody,
    /// Both stand.
    Still,
    /// Somebody moves.
    Moving,
}

/// What the latest samples show.
pub(super) fn bustle(samples: &[TrackSample]) -> Bustle {
    let Some(last) = samples.last() else { return Bustle::Nobody };
    if Side::BOTH.into_iter().all(|side| last.poses[side].is_none()) {
        return Bustle::Nobody;
    }
    let recent = samples.iter().rev().take_while(|sample| last.at.secs_since(sample.at) <= SPAN_SECS);
    if recent.clone().any(|sample| has_moved(sample, last)) {
        return Bustle::Moving;
    }
    let both = |sample: &TrackSample| Side::BOTH.into_iter().all(|side| sample.poses[side].is_some());
    if recent.clone().any(both) { Bustle::Still } else { Bustle::Nobody }
}

/// Whether anybody is elsewhere in `now` than in `then`.
fn has_moved(then: &TrackSample, now: &TrackSample) -> bool {
    Side::BOTH.into_iter().any(|side| match (&then.poses[side], &now.poses[side]) {
        (Some(before), Some(after)) => moved(before, after),
        _ => false,
    })
}

fn moved(before: &Pose, after: &Pose) -> bool {
    let Some(height) = after.bounds(SEEN).map(ImageRect::height).filter(|height| *height > 1.0) else {
        return false;
    };
    let trunk = middle(before).distance(middle(after)) > TRUNK * height;
    let hand = [joint::LEFT_WRIST, joint::RIGHT_WRIST].into_iter().any(|wrist| {
        let (a, b) = (before.keypoints[wrist], after.keypoints[wrist]);
        a.score.min(b.score) >= SEEN && a.point.distance(b.point) > HAND * height
    });
    trunk || hand
}

/// The middle of the trunk: four joints together jitter least.
fn middle(pose: &Pose) -> ImagePoint {
    let corners = [joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER, joint::LEFT_HIP, joint::RIGHT_HIP];
    let points = corners.map(|corner| pose.keypoints[corner].point);
    ImagePoint::new(points.iter().map(|p| p.x).sum::<f32>() / 4.0, points.iter().map(|p| p.y).sum::<f32>() / 4.0)
}
