//! What each fencer did around the last blade contact before the touch: who came forward into it, who gave way, whose hand went on.
//!
//! Zeros where the blades did not meet, so that a model that is linear in these numbers says nothing there.

use super::course::{Course, Lane};
use crate::learned::series::RATE;

/// Numbers per fencer.
pub(super) const PER_FENCER: usize = 8;
/// A gesture of the blade, seconds: four frames at 30 per second (the reference's windows, reference 3.9).
const GESTURE_SECS: f32 = 0.133;
/// The movement that led to the contact, seconds.
const APPROACH_SECS: f32 = 0.5;

/// Of one fencer, with the contact at sample `contact` and the touch at sample `touch`.
pub(super) fn of_fencer(course: &Course, contact: Option<usize>, touch: usize) -> [f32; PER_FENCER] {
    let Some(at) = contact.map(|at| at.min(course.hips.len() - 1)) else { return [0.0; PER_FENCER] };
    let touch = touch.min(course.hips.len() - 1).max(at);
    let samples = |secs: f32| (secs * RATE as f32).round() as usize;
    let before = |secs: f32| at.saturating_sub(samples(secs));
    let after = |secs: f32| (at + samples(secs)).min(course.hips.len() - 1);
    let between = |lane: &Lane, from: usize, to: usize| lane.place[to] - lane.place[from];
    [
        between(&course.hand, before(GESTURE_SECS), at),
        between(&course.hand, at, after(GESTURE_SECS)),
        between(&course.hips, before(APPROACH_SECS), at),
        between(&course.foot, before(APPROACH_SECS), at),
        between(&course.hips, at, touch),
        between(&course.hand, at, touch),
        course.hips.speed[at],
        course.arm.place[at],
    ]
}

/// Seconds from the contact to the touch; [`super::NEVER`] without one.
pub(super) fn secs_to_touch(contact: Option<usize>, touch: usize) -> f32 {
    contact.map_or(super::NEVER, |at| touch.saturating_sub(at) as f32 / RATE as f32)
}
