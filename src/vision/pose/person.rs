//! A detected person, and the trait of everything that detects people: the tracker knows only these.

use super::{Pose, PoseError, Square};
use crate::video::Frame;
use fencing::geometry::ImageRect;

/// A person detected in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Joints, as well as the finder saw them.
    pub pose: Pose,
    /// Box around the person in pixels of the full-size frame.
    pub bounds: ImageRect,
}

impl Person {
    /// Joints below this score say nothing about where the person is.
    const SEEN_JOINT: f32 = 0.2;

    /// The square for the single-person model: around the joints that were seen, else around the box.
    pub fn square(&self) -> Square {
        Square::for_person(self.pose.bounds(Self::SEEN_JOINT).unwrap_or(self.bounds))
    }
}

/// Detects people and estimates poses in one frame: the loaded models, or a fake in tests.
pub trait PoseSource {
    /// Everybody in the frame, highest score first. Costly: for the first detection and for finding a lost fencer again.
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError>;

    /// The pose of the person in each square, in the squares' order. A square with nobody in it gives a pose with a low score.
    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError>;
}
