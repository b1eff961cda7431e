//! Activity detection: whether the fencers move, which decides how many frames a second a live analysis takes.

use crate::pose::{Pose, joint};
use crate::tracking::TrackSample;
use fencing::Side;
use fencing::geometry::{ImagePoint, ImageRect};

/// Length of the window in which movement is measured, in seconds.
const WINDOW_SECS: f64 = 0.35;
/// Displacement of the trunk in that time when a fencer steps, in body heights: a step of half a metre takes about as long.
/// Keypoints are estimated anew in every frame; the trunk of a drawn fencer who stands for six seconds jitters by at most 0.013.
const TRUNK_MOTION: f32 = 0.035;
/// The same for an extending hand. While both trunks rest (less than 0.02) a pair of hands jitters by at most 0.038 on the drawn
/// phrase and by 0.049 on a broadcast of a start from the lines.
const HAND_MOTION: f32 = 0.09;
/// Keypoint score from which a hand counts as detected, 0..1.
const MIN_KEYPOINT_SCORE: f32 = 0.35;

/// Activity of both fencers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// No two fencers in the frame.
    Nobody,
    /// Both stand still.
    Still,
    /// At least one moves.
    Moving,
}

/// Activity in the latest samples.
pub(super) fn activity_of(samples: &[TrackSample]) -> Activity {
    let Some(last) = samples.last() else { return Activity::Nobody };
    if Side::BOTH.into_iter().all(|side| last.poses[side].is_none()) {
        return Activity::Nobody;
    }
    let recent = samples.iter().rev().take_while(|sample| last.at.secs_since(sample.at) <= WINDOW_SECS);
    if recent.clone().any(|sample| has_moved(sample, last)) {
        return Activity::Moving;
    }
    let both = |sample: &TrackSample| Side::BOTH.into_iter().all(|side| sample.poses[side].is_some());
    if recent.clone().any(both) { Activity::Still } else { Activity::Nobody }
}

/// Whether a fencer has moved between two samples.
fn has_moved(then: &TrackSample, now: &TrackSample) -> bool {
    Side::BOTH.into_iter().any(|side| match (&then.poses[side], &now.poses[side]) {
        (Some(before), Some(after)) => shifted(before, after),
        _ => false,
    })
}

fn shifted(before: &Pose, after: &Pose) -> bool {
    let Some(height) = after.bounds(MIN_KEYPOINT_SCORE).map(ImageRect::height).filter(|height| *height > 1.0) else {
        return false;
    };
    let trunk = trunk_centre(before).distance(trunk_centre(after)) > TRUNK_MOTION * height;
    let hand = hands(before).zip(hands(after)).is_some_and(|(a, b)| hand_displacement(a, b) > HAND_MOTION * height);
    trunk || hand
}

/// Both hands, if both are detected.
fn hands(pose: &Pose) -> Option<[ImagePoint; 2]> {
    let seen = |wrist: usize| Some(pose.keypoints[wrist]).filter(|k| k.score >= MIN_KEYPOINT_SCORE).map(|k| k.point);
    Some([seen(joint::LEFT_WRIST)?, seen(joint::RIGHT_WRIST)?])
}

/// Displacement of the farther of two hands. They are matched by position: from the side, models confuse left and right in every
/// sixth frame of a standing fencer, which by name would be a jump of 0.6 heights.
fn hand_displacement(before: [ImagePoint; 2], after: [ImagePoint; 2]) -> f32 {
    let [a, b] = before;
    let farther = |[c, d]: [ImagePoint; 2]| a.distance(c).max(b.distance(d));
    farther(after).min(farther([after[1], after[0]]))
}

/// Centre of the trunk: the mean of four joints jitters least.
fn trunk_centre(pose: &Pose) -> ImagePoint {
    let corners = [joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER, joint::LEFT_HIP, joint::RIGHT_HIP];
    let points = corners.map(|corner| pose.keypoints[corner].point);
    ImagePoint::new(points.iter().map(|p| p.x).sum::<f32>() / 4.0, points.iter().map(|p| p.y).sum::<f32>() / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::Keypoint;
    use fencing::PerSide;
    use fencing::time::{FrameIndex, Timestamp};

    /// A fencer 200 pixels high at `x`, with hands at the given offsets.
    fn fencer(x: f32, hands: [f32; 2]) -> Pose {
        let at = |dx: f32, y: f32| Keypoint { point: ImagePoint::new(x + dx, y), score: 0.9 };
        let mut pose = Pose { keypoints: [at(0.0, 200.0); crate::pose::KEYPOINTS], score: 0.9 };
        for (place, dx, y) in [
            (joint::NOSE, 0.0, 0.0),
            (joint::LEFT_SHOULDER, -10.0, 40.0),
            (joint::RIGHT_SHOULDER, 10.0, 40.0),
            (joint::LEFT_HIP, -10.0, 100.0),
            (joint::RIGHT_HIP, 10.0, 100.0),
            (joint::LEFT_WRIST, hands[0], 80.0),
            (joint::RIGHT_WRIST, hands[1], 80.0),
        ] {
            pose.keypoints[place] = at(dx, y);
        }
        pose
    }

    fn check(lefts: &[Pose; 4], expected: Activity) {
        let right = fencer(600.0, [-60.0, 50.0]);
        let samples = lefts.iter().zip(0_u32..).map(|(left, number)| TrackSample {
            at: Timestamp::from_secs(f64::from(number) * 0.1),
            frame: FrameIndex(number.into()),
            poses: PerSide::new(Some(*left), Some(right)),
            camera_shift: ImagePoint::default(),
        });
        assert_eq!(activity_of(&samples.collect::<Vec<_>>()), expected);
    }

    #[test]
    fn hands_that_change_their_names_rest_and_one_that_is_stretched_out_moves() {
        let still = fencer(100.0, [-50.0, 60.0]);
        check(&[still; 4], Activity::Still);
        check(&[still, fencer(100.0, [60.0, -50.0]), still, fencer(101.0, [62.0, -52.0])], Activity::Still);
        check(&[still, still, still, fencer(100.0, [-50.0, 90.0])], Activity::Moving);
        check(&[still, still, still, fencer(100.0, [90.0, -50.0])], Activity::Moving);
        check(&[still, still, still, fencer(110.0, [-50.0, 60.0])], Activity::Moving);
    }

    #[test]
    fn a_hand_that_is_not_seen_is_no_movement() {
        let still = fencer(100.0, [-50.0, 60.0]);
        let mut hidden = fencer(100.0, [60.0, 60.0]);
        hidden.keypoints[joint::RIGHT_WRIST].score = 0.1;
        check(&[still, hidden, still, hidden], Activity::Still);
    }
}
