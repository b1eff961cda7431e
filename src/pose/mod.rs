//! People in one picture: pose models, their input and output formats. Knows neither time nor side.

mod keypoint;

pub use keypoint::{KEYPOINTS, Keypoint, Pose, joint};
