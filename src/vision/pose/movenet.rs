//! MoveNet's single-person model: one square crop in, 17 joints out. Lightning and Thunder differ in resolution only.

use super::{KEYPOINTS, Keypoint, Pose, PoseError, Square, sample_square};
use crate::inference::{ElementKind, Input, Runtime, Session, Values};
use crate::video::Frame;
use std::path::Path;

const EXPECTED: &str = "MoveNet single-person: int32 input [1,S,S,3], float output [1,1,17,3]";

/// A single-person model with its own session and crop buffer.
#[derive(Debug)]
pub(super) struct SinglePerson {
    session: Session,
    resolution: usize,
    crop: Vec<i32>,
}

impl SinglePerson {
    pub(super) fn load(runtime: &Runtime, bytes: &[u8], path: &Path, threads: usize) -> Result<Self, PoseError> {
        let session = Session::from_bytes(runtime, bytes, path, threads)?;
        let resolution = match session.inputs() {
            [only] if only.kind == ElementKind::Int32 => match only.dims[..] {
                [_, height, width, 3] if height == width && height > 0 => Some(height as usize),
                _ => None,
            },
            _ => None,
        };
        let resolution = resolution.ok_or_else(|| super::error::unknown(path, EXPECTED, &session))?;
        Ok(Self { session, resolution, crop: Vec::new() })
    }

    /// The pose of the person in `square`. Its score is the mean score of the twelve body joints.
    pub(super) fn pose_in(&mut self, frame: &Frame, square: Square) -> Result<Pose, PoseError> {
        let square = square.at_least_useful(frame);
        sample_square(frame, square, self.resolution, &mut self.crop);
        let side = self.resolution as i64;
        let values = self.session.run(Input::Int32(&[1, side, side, 3], &self.crop))?;
        Ok(decode(&values, square))
    }
}

/// Decodes rows of (y, x, score) as fractions of the square. A row that is missing or not a number gets the score 0.
fn decode(values: &Values, square: Square) -> Pose {
    let mut keypoints = [Keypoint::default(); KEYPOINTS];
    for (keypoint, row) in keypoints.iter_mut().zip(values.data.chunks_exact(3)) {
        let (y, x, score) = (row[0], row[1], row[2]);
        if x.is_finite() && y.is_finite() && score.is_finite() {
            *keypoint = Keypoint { point: square.at_fraction(x, y), score };
        }
    }
    Pose { keypoints, score: body_score(&keypoints) }
}

/// Mean score of shoulders, elbows, wrists, hips, knees and ankles.
pub(super) fn body_score(keypoints: &[Keypoint; KEYPOINTS]) -> f32 {
    let body = &keypoints[super::joint::LEFT_SHOULDER..];
    body.iter().map(|k| k.score).sum::<f32>() / body.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::ImagePoint;

    #[test]
    fn joints_come_back_in_frame_pixels() {
        let data = (0..KEYPOINTS).flat_map(|i| [0.5, 0.25, i as f32 / 16.0]).collect();
        let pose = decode(&Values { dims: vec![1, 1, 17, 3], data }, Square { left: 100.0, top: 50.0, side: 80.0 });
        assert_eq!(pose.keypoints[3].point, ImagePoint::new(120.0, 90.0));
        assert!((pose.score - (5..17).sum::<i32>() as f32 / 16.0 / 12.0).abs() < 1e-6);
    }

    #[test]
    fn a_short_or_broken_answer_is_a_pose_without_confidence() {
        let check = |data: Vec<f32>| {
            let pose = decode(&Values { dims: vec![], data }, Square { left: 0.0, top: 0.0, side: 1.0 });
            assert_eq!(pose.score, 0.0);
            assert!(pose.keypoints.iter().all(|k| k.point.is_finite()));
        };
        check(vec![]);
        check(vec![f32::NAN; KEYPOINTS * 3]);
    }
}
