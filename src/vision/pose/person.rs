//! A detected person, and the trait of person detectors, which is all that the tracker uses.

use super::{Pose, PoseError, Square};
use crate::video::Frame;
use fencing::geometry::ImageRect;

/// A person detected in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Joints, as precise as the detector gave them.
    pub pose: Pose,
    /// Box around the person in pixels of the full-size frame.
    pub bounds: ImageRect,
}

impl Person {
    /// Joints below this score do not locate the person.
    const SEEN_JOINT: f32 = 0.2;

    /// The crop for the single-person model: around the detected joints, otherwise around the box.
    pub fn square(&self) -> Square {
        Square::for_person(self.pose.bounds(Self::SEEN_JOINT).unwrap_or(self.bounds))
    }
}

/// Detects people and estimates poses in one frame: the loaded models, or a fake in tests.
pub trait PoseSource {
    /// All people in the frame, highest score first. Slow: for the first detection and for finding a lost fencer again.
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError>;

    /// The pose of the person in each square, in the squares' order. An empty square gives a pose with a low score.
    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError>;
}
