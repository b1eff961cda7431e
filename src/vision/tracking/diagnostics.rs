//! What the tracker noticed besides the tracks: material for cautions.

use fencing::time::Timestamp;
use fencing::{PerSide, Side};
use std::collections::VecDeque;

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
    /// Searches of the whole frame.
    pub looks: u32,
    /// Searches that found nobody big enough to be a fencer.
    pub looks_without_people: u32,
    /// Looks that found exactly one.
    pub looks_with_one_person: u32,
    /// Most people that one search found.
    pub most_people: u32,
    /// Moments at which the shot changed.
    pub shot_changes: Vec<Timestamp>,
    /// Moments at which the tracker thought better of whom it follows: earlier samples may be of somebody else.
    pub changes_of_mind: Vec<Timestamp>,
}

impl TrackDiagnostics {
    /// The counts since `zero`; times are on a clock that begins there.
    fn of<'a>(notices: impl IntoIterator<Item = &'a Notice>, zero: Timestamp) -> Self {
        let mut counts = Self::default();
        for notice in notices {
            let at = Timestamp::from_nanos(notice.at.nanos().saturating_sub(zero.nanos()));
            counts.count_look(notice.people);
            counts.count_frame(notice.seen, at);
            counts.shot_changes.extend(notice.is_cut.then_some(at));
            counts.changes_of_mind.extend(notice.is_change_of_mind.then_some(at));
        }
        counts
    }

    fn count_frame(&mut self, seen: PerSide<bool>, at: Timestamp) {
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

    fn count_look(&mut self, people: Option<u32>) {
        let Some(people) = people else { return };
        self.looks += 1;
        self.looks_without_people += u32::from(people == 0);
        self.looks_with_one_person += u32::from(people == 1);
        self.most_people = self.most_people.max(people);
    }
}

/// What was noticed in one frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Notice {
    pub(super) at: Timestamp,
    pub(super) seen: PerSide<bool>,
    /// How many people a search of the whole frame found; `None` without one.
    pub(super) people: Option<u32>,
    pub(super) is_cut: bool,
    pub(super) is_change_of_mind: bool,
}

/// What was noticed frame by frame, as far back as it is wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    kept: VecDeque<Notice>,
}

impl Notices {
    /// Keeps what a frame showed.
    pub(super) fn push(&mut self, notice: Notice) {
        self.kept.push_back(notice);
    }

    /// Frames before `at` count no more.
    pub(super) fn forget_before(&mut self, at: Timestamp) {
        let gone = self.kept.partition_point(|notice| notice.at < at);
        self.kept.drain(..gone);
    }

    /// The counts over what is kept, on a clock whose zero is `zero`.
    pub(super) fn counted_from(&self, zero: Timestamp) -> TrackDiagnostics {
        TrackDiagnostics::of(&self.kept, zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames per second; `right` says in which of them the right fencer was seen beside the left one.
    fn noticed(right: &[bool]) -> Notices {
        let mut notices = Notices::default();
        for (tenth, right) in right.iter().enumerate() {
            let (at, seen) = (Timestamp::from_secs(tenth as f64 / 10.0), PerSide::new(true, *right));
            notices.push(Notice { at, seen, is_cut: tenth == 2, ..Notice::default() });
        }
        notices
    }

    #[test]
    fn a_stretch_together_ends_when_one_is_lost() {
        let seen = noticed(&[true, true, true, false, true, true]).counted_from(Timestamp::ZERO);
        assert_eq!((seen.frames, seen.both_seen, seen.seen), (6, 5, PerSide::new(6, 5)));
        assert!((seen.longest_together_secs - 0.2).abs() < 1e-9);
    }

    #[test]
    fn what_is_forgotten_counts_no_more_and_the_rest_is_on_the_new_clock() {
        let mut notices = noticed(&[true; 6]);
        let from = Timestamp::from_secs(0.2);
        notices.forget_before(from);
        let seen = notices.counted_from(from);
        assert_eq!(
            (seen.frames, seen.shot_changes, seen.together_since),
            (4, vec![Timestamp::ZERO], Some(Timestamp::ZERO))
        );
    }
}
