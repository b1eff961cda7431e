//! Explicit facts for the trees: when each fencer stopped, started, how fast, how far, and how that compares.
//!
//! A list for the ordered pair (own, other) is: own facts, the other's, their differences, what is common, what compares.
//! Exchanging the fencers exchanges the halves, so the trees can be asked both ways round. Times are seconds before the end.

mod course;
mod measures;

use super::series::Phrase;
use crate::{PerSide, Side};
use course::Course;

/// The facts of one phrase: the list for (left, right) and the list for (right, left).
pub(crate) fn facts(phrase: &Phrase) -> PerSide<Vec<f32>> {
    let courses = phrase.fencers.as_ref().map(Course::of);
    let onsets = courses.as_ref().map(measures::onset_before_end);
    let single = PerSide::from_fn(|side| {
        let other = side.opponent();
        measures::of_fencer(&courses[side], onsets[side], onsets[other])
    });
    let common = measures::common(&courses.left, &courses.right);
    PerSide::from_fn(|side: Side| {
        let (own, other) = (&single[side], &single[side.opponent()]);
        let difference = own.iter().zip(other).map(|(a, b)| a - b);
        let compared = measures::compared(&courses[side], &courses[side.opponent()]);
        own.iter().chain(other).copied().chain(difference).chain(common.iter().copied()).chain(compared).collect()
    })
}
