//! COCO-17 keypoints: what a pose model says about one person in one frame.
//!
//! A pose has no side yet and no history. Joint numbers are COCO's and *anatomical* (left wrist is the person's own left).

use crate::geometry::{ImagePoint, ImageRect};

/// Number of keypoints of a COCO pose.
pub const KEYPOINTS: usize = 17;

/// COCO joint numbers.
pub mod joint {
    #![allow(missing_docs, reason = "the names are the joints")]
    pub const NOSE: usize = 0;
    pub const LEFT_EYE: usize = 1;
    pub const RIGHT_EYE: usize = 2;
    pub const LEFT_EAR: usize = 3;
    pub const RIGHT_EAR: usize = 4;
    pub const LEFT_SHOULDER: usize = 5;
    pub const RIGHT_SHOULDER: usize = 6;
    pub const LEFT_ELBOW: usize = 7;
    pub const RIGHT_ELBOW: usize = 8;
    pub const LEFT_WRIST: usize = 9;
    pub const RIGHT_WRIST: usize = 10;
    pub const LEFT_HIP: usize = 11;
    pub const RIGHT_HIP: usize = 12;
    pub const LEFT_KNEE: usize = 13;
    pub const RIGHT_KNEE: usize = 14;
    pub const LEFT_ANKLE: usize = 15;
    pub const RIGHT_ANKLE: usize = 16;
}

/// One joint in pixels of the full-size frame, with the model's score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Keypoint {
    /// Where, in pixels of the full-size frame.
    pub point: ImagePoint,
    /// The model's score, 0..1.
    pub score: f32,
}

/// One person in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Joints by COCO number.
    pub keypoints: [Keypoint; KEYPOINTS],
    /// The model's score for the person, 0..1.
    pub score: f32,
}

impl Pose {
    /// Box around the joints whose score is at least `min_score`.
    pub fn bounds(&self, min_score: f32) -> Option<ImageRect> {
        ImageRect::around(self.keypoints.iter().filter(|k| k.score >= min_score).map(|k| k.point))
    }
}
