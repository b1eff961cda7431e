//! Keypoints of one person in one frame, as any pose model gives them. The models themselves are in `vision`.

mod keypoint;

pub use keypoint::{KEYPOINTS, Keypoint, Pose, joint};
