//! Pair selection: which two people in a frame are the fencers, and not referees, coaches, spectators or on the next piste.
//!
//! Two fencers are alike: equally tall, on one line of the floor, in a low stance, in white, near the centre, nearest to the camera.
//! No single feature is reliable, so every pair is scored and the best wins.

use super::appearance::Appearance;
use crate::pose::{Person, joint};
use crate::video::Frame;
use fencing::geometry::FrameSize;
use fencing::geometry::ImageRect;

/// Joints below this score do not locate the person.
pub(super) const SEEN_JOINT: f32 = 0.2;

/// Smallest figure that can be a fencer, in frame heights: smaller ones cannot be tracked.
const MIN_HEIGHT: f32 = 0.08;

/// Feet this far apart, in figure heights, are an on-guard stance.
const STANCE: f32 = 0.4;

/// A person who may be a fencer.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) person: Person,
    pub(super) body: ImageRect,
    pub(super) appearance: Option<Appearance>,
    /// Score of this person alone.
    score: f32,
}

impl Candidate {
    /// `None` for a figure that is too small or hardly visible.
    pub(super) fn of(frame: &Frame, person: Person) -> Option<Self> {
        let body = person.pose.bounds(SEEN_JOINT)?;
        let frame_size = frame.source_size;
        if body.height() < MIN_HEIGHT * frame_size.height as f32 || body.width() <= 0.0 {
            return None;
        }
        let appearance = Appearance::of(frame, &person.pose);
        let whiteness = appearance.as_ref().map_or(0.0, |a| a.whiteness);
        let score = person.pose.score + 0.6 * legs(&person) + 0.5 * stance(&person, body) + 0.6 * whiteness
            - 0.4 * touches_edge(body, frame_size);
        Some(Self { person, body, appearance, score })
    }
}

/// Mean score of knees and ankles: people behind a table have none.
fn legs(person: &Person) -> f32 {
    let joints = [joint::LEFT_KNEE, joint::RIGHT_KNEE, joint::LEFT_ANKLE, joint::RIGHT_ANKLE];
    joints.map(|j| person.pose.keypoints[j].score).iter().sum::<f32>() / 4.0
}

fn stance(person: &Person, body: ImageRect) -> f32 {
    let [left, right] = [joint::LEFT_ANKLE, joint::RIGHT_ANKLE].map(|j| person.pose.keypoints[j]);
    if left.score.min(right.score) < SEEN_JOINT {
        return 0.0;
    }
    ((left.point.x - right.point.x).abs() / body.height() / STANCE).min(1.0)
}

fn touches_edge(body: ImageRect, frame_size: FrameSize) -> f32 {
    let margin = 0.01 * frame_size.width as f32;
    let outside = body.left < margin || body.right > frame_size.width as f32 - margin || body.top < margin;
    f32::from(u8::from(outside))
}

/// Score of two people (the first on the left) as the two fencers. Higher is better; about 3 is usual.
pub(super) fn pair_score(left: &Candidate, right: &Candidate, tallest: f32, frame_size: FrameSize) -> f32 {
    let (a, b) = (left.body, right.body);
    let height = f32::midpoint(a.height(), b.height());
    let apart = (b.centre().x - a.centre().x) / height;
    let sizes = (a.height() / b.height()).ln().abs();
    let floor = (a.bottom - b.bottom).abs() / height;
    let middle = f32::midpoint(a.centre().x, b.centre().x) / frame_size.width as f32 - 0.5;
    let gap = (0.5 - apart).max(0.0) + 0.3 * (apart - 5.0).max(0.0);
    left.score + right.score + 1.2 * height / tallest - 1.2 * sizes - 1.5 * floor - 1.5 * middle.abs() - gap
}

/// The best pair, left first, as indices into `people`, with its score.
pub(super) fn best_pair(people: &[Candidate], frame_size: FrameSize) -> Option<(usize, usize, f32)> {
    let tallest = people.iter().map(|c| c.body.height()).fold(1.0, f32::max);
    let mut best: Option<(usize, usize, f32)> = None;
    for (i, left) in people.iter().enumerate() {
        for (j, right) in people.iter().enumerate() {
            if left.body.centre().x >= right.body.centre().x || left.body.iou(right.body) > 0.6 {
                continue;
            }
            let score = pair_score(left, right, tallest, frame_size);
            if best.is_none_or(|(_, _, s)| score > s) {
                best = Some((i, j, score));
            }
        }
    }
    best
}
