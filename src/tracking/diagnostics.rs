//! What the tracker noticed besides the tracks: material for cautions.

use crate::fencing::PerSide;
use crate::time::Timestamp;

/// Plain counts over the frames observed so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackDiagnostics {
    /// Frames observed.
    pub frames: u32,
    /// Frames in which each fencer was seen.
    pub seen: PerSide<u32>,
    /// Frames in which both were seen.
    pub both_seen: u32,
    /// Looks at the whole picture.
    pub looks: u32,
    /// Looks that found nobody big enough to be a fencer.
    pub looks_without_people: u32,
    /// Looks that found exactly one.
    pub looks_with_one_person: u32,
    /// Most people that one look found.
    pub most_people: u32,
    /// Moments at which the shot changed.
    pub shot_changes: Vec<Timestamp>,
    /// Moments at which the tracker thought better of whom it follows: earlier samples may be of somebody else.
    pub changes_of_mind: Vec<Timestamp>,
}

impl TrackDiagnostics {
    /// Counts a look at the whole picture.
    pub(super) fn count_look(&mut self, people: usize) {
        self.looks += 1;
        self.looks_without_people += u32::from(people == 0);
        self.looks_with_one_person += u32::from(people == 1);
        self.most_people = self.most_people.max(people as u32);
    }
}
