//! The track of one fencer: last position, motion model, appearance, and the gate that accepts or rejects a new pose.

use super::appearance::Appearance;
use super::pair::SEEN_JOINT;
use crate::pose::{Pose, Square};
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;

/// Mean score of the body joints below which a crop counts as empty.
pub(super) const MIN_SCORE: f32 = 0.18;

/// Highest speed of a fencer's centre, in own heights per second (a flèche is about 4 m/s at 1.7 m), with some margin.
const MAX_SPEED: f32 = 4.5;

/// Largest ratio of a body's height from one inference to the next.
const MAX_GROWTH: f32 = 1.6;

/// One fencer's track.
#[derive(Clone, Debug)]
pub(super) struct FencerTrack {
    pub(super) body: ImageRect,
    pub(super) last_seen: Timestamp,
    pub(super) appearance: Option<Appearance>,
    pub(super) pose: Pose,
    /// Pixels per second.
    velocity: ImagePoint,
    /// Smoothed height of the figure: one folded pose must not shrink the next crop.
    height: f32,
}

impl FencerTrack {
    /// A track that starts with this detection.
    pub(super) fn start(pose: Pose, body: ImageRect, appearance: Option<Appearance>, at: Timestamp) -> Self {
        Self { body, last_seen: at, appearance, pose, velocity: ImagePoint::default(), height: body.height() }
    }

    /// Predicted centre at `at`: the last speed, damped, for at most a quarter of a second.
    pub(super) fn expected(&self, at: Timestamp) -> ImagePoint {
        let secs = at.secs_since(self.last_seen).clamp(0.0, 0.25) as f32;
        let centre = self.body.centre();
        ImagePoint::new(centre.x + self.velocity.x * secs, centre.y + self.velocity.y * secs)
    }

    /// The crop for the next inference.
    pub(super) fn square(&self, at: Timestamp) -> Square {
        let (now, then) = (self.expected(at), self.body.centre());
        let (dx, dy) = (now.x - then.x, now.y - then.y);
        let body = self.body;
        let grown = (self.height * 0.8 - body.height()).max(0.0) / 2.0;
        Square::for_person(ImageRect {
            left: body.left + dx,
            right: body.right + dx,
            top: body.top + dy - grown,
            bottom: body.bottom + dy + grown,
        })
    }

    /// The body's box in a new pose, if that pose is plausible for this track.
    pub(super) fn plausible(&self, pose: &Pose, at: Timestamp) -> Option<ImageRect> {
        let body = pose.bounds(SEEN_JOINT).filter(|_| pose.score >= MIN_SCORE)?;
        let secs = at.secs_since(self.last_seen).clamp(0.0, 2.0) as f32;
        let reach = self.height * (0.35 + MAX_SPEED * secs);
        let near = body.centre().distance(self.body.centre()) <= reach;
        let size = body.height().max(body.width()) / self.body.height().max(self.body.width()).max(1.0);
        let alike = (1.0 / (MAX_GROWTH + secs)..=MAX_GROWTH + secs).contains(&size);
        (near && alike).then_some(body)
    }

    /// Updates the track with a new pose.
    pub(super) fn advance(&mut self, pose: Pose, body: ImageRect, at: Timestamp) {
        let secs = at.secs_since(self.last_seen) as f32;
        if secs > 0.0 {
            let (now, then) = (body.centre(), self.body.centre());
            let speed = |now: f32, then: f32, old: f32| {
                let limit = MAX_SPEED * self.height;
                0.5 * old + 0.5 * ((now - then) / secs).clamp(-limit, limit)
            };
            self.velocity =
                ImagePoint::new(speed(now.x, then.x, self.velocity.x), speed(now.y, then.y, self.velocity.y));
        }
        self.height += 0.1 * (body.height() - self.height);
        (self.pose, self.body, self.last_seen) = (pose, body, at);
    }

    /// Distance of a pose from the prediction, in own heights.
    pub(super) fn deviation(&self, body: ImageRect, at: Timestamp) -> f32 {
        body.centre().distance(self.expected(at)) / self.height.max(1.0)
    }

    /// Moves the track along with the camera.
    pub(super) fn pan(&mut self, by: ImagePoint) {
        let body = &mut self.body;
        (body.left, body.right) = (body.left + by.x, body.right + by.x);
        (body.top, body.bottom) = (body.top + by.y, body.bottom + by.y);
    }
}

/// Whether two poses are of the same person: their joints coincide.
pub(super) fn is_same_person(a: &Pose, b: &Pose, height: f32) -> bool {
    let pairs = a.keypoints.iter().zip(&b.keypoints).skip(5);
    let mean = pairs.map(|(a, b)| a.point.distance(b.point)).sum::<f32>() / 12.0;
    mean < 0.14 * height
}
