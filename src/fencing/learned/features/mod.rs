//! Explicit features for the trees: when each fencer stopped, started, how fast, how far, and how that compares.
//!
//! A vector for the ordered pair (own, other) is: own features, the other's, their differences, what is common, what compares.
//! Exchanging the fencers exchanges the halves, so the trees can score both orders. Features of the motion are
//! anchored at the touch: what happens after it is left to the nets. Times are seconds before that moment.

mod contact;
mod course;
mod measures;
mod rule_facts;

use super::series::Phrase;
use crate::right_of_way::Evidence;
use crate::{PerSide, Side};
use course::Course;

/// "Never" and "before the phrase": a time in seconds longer than any that matters.
const NEVER: f32 = 6.0;
/// Features of the touch are taken this long after it: its time is known to a frame or two, and the hit is in progress.
const ANCHOR_SECS: f64 = 0.05;

/// Both orders of a phrase: the vector for (left, right) and the one for (right, left).
pub(crate) fn features(phrase: &Phrase, evidence: &Evidence) -> PerSide<Vec<f32>> {
    let at_touch = motion(&phrase.until_after_touch(ANCHOR_SECS));
    let around = pairs(&around_contact(phrase), &[]);
    let facts = PerSide::from_fn(|side| rule_facts::of_fencer(evidence, &evidence.fencers[side]));
    let facts = pairs(&facts, &[contact::secs_to_touch(phrase.contact, phrase.touch)]);
    PerSide::from_fn(|side: Side| [&at_touch, &facts, &around].map(|part| part[side].as_slice()).concat())
}

/// What both fencers did around the last blade contact.
pub(crate) fn around_contact(phrase: &Phrase) -> PerSide<Vec<f32>> {
    let courses = phrase.fencers.as_ref().map(Course::of);
    courses.as_ref().map(|course| contact::of_fencer(course, phrase.contact, phrase.touch).to_vec())
}

/// Features of a motion, seen from its end.
fn motion(phrase: &Phrase) -> PerSide<Vec<f32>> {
    let courses = phrase.fencers.as_ref().map(Course::of);
    let onsets = courses.as_ref().map(measures::onset_before_end);
    let single = PerSide::from_fn(|side| {
        let other = side.opponent();
        measures::of_fencer(&courses[side], onsets[side], onsets[other])
    });
    let common = measures::common(&courses.left, &courses.right);
    let mut both = pairs(&single, &common);
    for side in Side::BOTH {
        both[side].extend(measures::compared(&courses[side], &courses[side.opponent()]));
    }
    both
}

/// Own numbers, the other's, their differences, and what is common.
fn pairs(single: &PerSide<Vec<f32>>, common: &[f32]) -> PerSide<Vec<f32>> {
    PerSide::from_fn(|side: Side| {
        let (own, other) = (&single[side], &single[side.opponent()]);
        let difference = own.iter().zip(other).map(|(a, b)| a - b);
        own.iter().chain(other).copied().chain(difference).chain(common.iter().copied()).collect()
    })
}
