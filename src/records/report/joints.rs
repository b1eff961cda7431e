//! Joints in the numbering of the reference's workbook: odd is rear, even is front, empty if missing.

use fencing::Side;
use fencing::geometry::ImagePoint;
use vision::pose::{KEYPOINTS, Pose};
use vision::tracking::TrackSample;

/// One fencer's joints in one frame, sorted into front and rear; `None` for a joint that was not seen.
pub(super) type FrontRear = [Option<ImagePoint>; KEYPOINTS];

/// Joint numbers by position instead of anatomy: the even one of a pair is nearer to the opponent.
pub(super) mod place {
    pub(crate) const FRONT_SHOULDER: usize = 6;
    pub(crate) const FRONT_ELBOW: usize = 8;
    pub(crate) const FRONT_WRIST: usize = 10;
    pub(crate) const FRONT_HIP: usize = 12;
    pub(crate) const FRONT_FOOT: usize = 16;
}

/// Sorts the pairs of a pose by x, so that the even number is the one nearer to the opponent.
pub(super) fn front_rear(pose: &Pose, side: Side) -> FrontRear {
    let seen = pose.keypoints.map(|k| (k.point.is_finite() && k.score > 0.0).then_some(k.point));
    let mut sorted = seen;
    for rear in (1..KEYPOINTS).step_by(2) {
        if let (Some(a), Some(b)) = (seen[rear], seen[rear + 1])
            && (b.x - a.x) * side.forward_sign() < 0.0
        {
            sorted.swap(rear, rear + 1);
        }
    }
    sorted
}

/// The joints of one side in a sample; all missing when the fencer was not seen.
pub(super) fn joints_of(sample: &TrackSample, side: Side) -> FrontRear {
    sample.poses[side].as_ref().map_or([None; KEYPOINTS], |pose| front_rear(pose, side))
}

/// Angle at `at` between `from` and `to` in degrees, 0..180; `None` when two points coincide.
pub(super) fn angle_degrees(from: ImagePoint, at: ImagePoint, to: ImagePoint) -> Option<f64> {
    let (u, v) = ((from.x - at.x, from.y - at.y), (to.x - at.x, to.y - at.y));
    let lengths = u.0.hypot(u.1) * v.0.hypot(v.1);
    let cosine = (u.0 * v.0 + u.1 * v.1) / lengths;
    (lengths > 0.0).then(|| f64::from(cosine.clamp(-1.0, 1.0)).acos().to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vision::pose::Keypoint;

    #[test]
    fn the_even_joint_is_the_one_nearer_to_the_opponent() {
        let mut pose = Pose { keypoints: [Keypoint::default(); KEYPOINTS], score: 1.0 };
        pose.keypoints[15] = Keypoint { point: ImagePoint::new(300.0, 9.0), score: 0.9 };
        pose.keypoints[16] = Keypoint { point: ImagePoint::new(100.0, 9.0), score: 0.9 };
        assert_eq!(front_rear(&pose, Side::Left)[16].unwrap().x, 300.0);
        assert_eq!(front_rear(&pose, Side::Right)[16].unwrap().x, 100.0);
        assert_eq!(front_rear(&pose, Side::Left)[0], None);
    }

    #[test]
    fn a_straight_arm_has_180_degrees() {
        let p = |x, y| ImagePoint::new(x, y);
        assert!((angle_degrees(p(0.0, 0.0), p(1.0, 0.0), p(2.0, 0.0)).unwrap() - 180.0).abs() < 1e-3);
        assert!((angle_degrees(p(0.0, 1.0), p(0.0, 0.0), p(1.0, 0.0)).unwrap() - 90.0).abs() < 1e-3);
        assert_eq!(angle_degrees(p(0.0, 0.0), p(0.0, 0.0), p(2.0, 0.0)), None);
    }
}
