//! What the tracker noticed besides the tracks: material for cautions.

use crate::fencing::{PerSide, Side};
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
    /// Longest unbroken stretch in which both were seen, in seconds from its first to its last frame.
    pub longest_together_secs: f64,
    /// Since when both have been seen without a break; `None` while one is missing.
    pub together_since: Option<Timestamp>,
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
    /// Counts a frame.
    pub(super) fn count_frame(&mut self, seen: PerSide<bool>, at: Timestamp) {
        self.frames += 1;
        for side in Side::BOTH {
            self.seen[side] += u32::from(seen[side]);
        }
        if !(seen.left && seen.right) {
            self.together_since = None;
            return;
        }
        self.both_seen += 1;
        let since = *self.together_since.get_or_insert(at);
        self.longest_together_secs = self.longest_together_secs.max(at.secs_since(since));
    }

    /// Counts a look at the whole picture.
    pub(super) fn count_look(&mut self, people: usize) {
        self.looks += 1;
        self.looks_without_people += u32::from(people == 0);
        self.looks_with_one_person += u32::from(people == 1);
        self.most_people = self.most_people.max(people as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_together_ends_when_one_is_lost() {
        let mut seen = TrackDiagnostics::default();
        for (tenth, right) in [true, true, true, false, true, true].into_iter().enumerate() {
            seen.count_frame(PerSide::new(true, right), Timestamp::from_secs(tenth as f64 / 10.0));
        }
        assert_eq!((seen.frames, seen.both_seen, seen.seen), (6, 5, PerSide::new(6, 5)));
        assert!((seen.longest_together_secs - 0.2).abs() < 1e-9);
    }
}
