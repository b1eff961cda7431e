//! Which two of the people in a frame are fencing each other, and not refereeing, coaching, watching or on the next piste.
//!
//! Two fencers are alike: as tall, on the same line of the floor, low with their feet apart, in white, near the middle, the
//! nearest people to the camera. No single sign is sure, so every pair is scored and the best wins.

use super::appearance::Appearance;
use crate::pose::{Person, joint};
use crate::video::Frame;
use fencing::geometry::ImageRect;
use fencing::geometry::PictureSize;

/// Joints below this score say nothing about where the person is.
pub(super) const SEEN_JOINT: f32 = 0.2;

/// Shortest figure that can be a fencer, in frame heights: less cannot be followed.
const MIN_HEIGHT: f32 = 0.08;

/// Feet this far apart, in figure heights, are an on-guard stance.
const STANCE: f32 = 0.4;

/// Somebody who may be a fencer.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) person: Person,
    pub(super) body: ImageRect,
    pub(super) appearance: Option<Appearance>,
    /// How fencer-like this person is alone.
    merit: f32,
}

impl Candidate {
    /// `None` for a figure that is too small or hardly seen.
    pub(super) fn of(frame: &Frame, person: Person) -> Option<Self> {
        let body = person.pose.bounds(SEEN_JOINT)?;
        let picture = frame.source_size;
        if body.height() < MIN_HEIGHT * picture.height as f32 || body.width() <= 0.0 {
            return None;
        }
        let appearance = Appearance::of(frame, &person.pose);
        let whiteness = appearance.as_ref().map_or(0.0, |a| a.whiteness);
        let merit = person.pose.score + 0.6 * legs(&person) + 0.5 * stance(&person, body) + 0.6 * whiteness
            - 0.4 * touches_edge(body, picture);
        Some(Self { person, body, appearance, merit })
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

fn touches_edge(body: ImageRect, picture: PictureSize) -> f32 {
    let margin = 0.01 * picture.width as f32;
    let outside = body.left < margin || body.right > picture.width as f32 - margin || body.top < margin;
    f32::from(u8::from(outside))
}

/// How well two people (the first on the left) go together as the two fencers. Higher is better; about 3 is usual.
pub(super) fn pair_score(left: &Candidate, right: &Candidate, tallest: f32, picture: PictureSize) -> f32 {
    let (a, b) = (left.body, right.body);
    let height = f32::midpoint(a.height(), b.height());
    let apart = (b.centre().x - a.centre().x) / height;
    let sizes = (a.height() / b.height()).ln().abs();
    let floor = (a.bottom - b.bottom).abs() / height;
    let middle = f32::midpoint(a.centre().x, b.centre().x) / picture.width as f32 - 0.5;
    let gap = (0.5 - apart).max(0.0) + 0.3 * (apart - 5.0).max(0.0);
    left.merit + right.merit + 1.2 * height / tallest - 1.2 * sizes - 1.5 * floor - 1.5 * middle.abs() - gap
}

/// The best pair, left first, as positions in `people`, with its score.
pub(super) fn best_pair(people: &[Candidate], picture: PictureSize) -> Option<(usize, usize, f32)> {
    let tallest = people.iter().map(|c| c.body.height()).fold(1.0, f32::max);
    let mut best: Option<(usize, usize, f32)> = None;
    for (i, left) in people.iter().enumerate() {
        for (j, right) in people.iter().enumerate() {
            if left.body.centre().x >= right.body.centre().x || left.body.iou(right.body) > 0.6 {
                continue;
            }
            let score = pair_score(left, right, tallest, picture);
            if best.is_none_or(|(_, _, s)| score > s) {
                best = Some((i, j, score));
            }
        }
    }
    best
}
