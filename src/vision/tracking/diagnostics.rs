//! Tracking statistics, from which cautions are derived.

use super::TrackSample;
use fencing::time::{Span, Timestamp};
use fencing::{PerSide, Side};
use std::collections::VecDeque;

/// Counts over the frames observed so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackDiagnostics {
    /// Frames observed.
    pub frames: u32,
    /// Frames in which each fencer was detected.
    pub seen: PerSide<u32>,
    /// Frames in which both were detected.
    pub both_seen: u32,
    /// Longest span in which both were detected without a gap, in seconds from its first to its last frame.
    pub longest_together_secs: f64,
    /// Start of the current span with both detected; `None` while one is missing.
    pub together_since: Option<Timestamp>,
    /// Searches of the whole frame.
    pub searches: u32,
    /// Searches that found nobody large enough to be a fencer.
    pub searches_without_people: u32,
    /// Searches that found exactly one person.
    pub searches_with_one_person: u32,
    /// Most people found in one search.
    pub most_people: u32,
    /// Times at which the shot changed.
    pub shot_changes: Vec<Timestamp>,
    /// Times at which the tracker changed the pair: earlier samples may be of other people.
    pub pair_changes: Vec<Timestamp>,
}

impl TrackDiagnostics {
    /// The counts since `zero`; times are on a clock that begins there.
    fn of<'a>(log: impl IntoIterator<Item = &'a FrameObservation>, zero: Timestamp) -> Self {
        let mut counts = Self::default();
        for observation in log {
            let at = Timestamp::from_nanos(observation.at.nanos().saturating_sub(zero.nanos()));
            counts.count_search(observation.people);
            counts.count_frame(observation.seen, at);
            counts.shot_changes.extend(observation.is_cut.then_some(at));
            counts.pair_changes.extend(observation.is_pair_change.then_some(at));
        }
        counts
    }

    /// The counts after a correction of the tracks by hand, whose `samples` these are. A change of the pair in the span `settled` is no
    /// longer in doubt.
    #[must_use]
    pub(crate) fn recounted(&self, samples: &[TrackSample], settled: Span) -> Self {
        let mut counts = Self {
            frames: 0,
            seen: PerSide::default(),
            both_seen: 0,
            longest_together_secs: 0.0,
            together_since: None,
            ..self.clone()
        };
        counts.pair_changes.retain(|at| !settled.contains(*at));
        for sample in samples {
            counts.count_frame(sample.poses.map(|pose| pose.is_some()), sample.at);
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

    fn count_search(&mut self, people: Option<u32>) {
        let Some(people) = people else { return };
        self.searches += 1;
        self.searches_without_people += u32::from(people == 0);
        self.searches_with_one_person += u32::from(people == 1);
        self.most_people = self.most_people.max(people);
    }
}

/// Observations in one frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FrameObservation {
    pub(super) at: Timestamp,
    pub(super) seen: PerSide<bool>,
    /// Number of people found in a search of the whole frame; `None` without a search.
    pub(super) people: Option<u32>,
    pub(super) is_cut: bool,
    pub(super) is_pair_change: bool,
}

/// Observations per frame, as far back as needed.
#[derive(Clone, Debug, Default)]
pub(super) struct ObservationLog {
    kept: VecDeque<FrameObservation>,
}

impl ObservationLog {
    /// Adds the observations of a frame.
    pub(super) fn push(&mut self, observation: FrameObservation) {
        self.kept.push_back(observation);
    }

    /// Drops frames before `at`.
    pub(super) fn forget_before(&mut self, at: Timestamp) {
        let gone = self.kept.partition_point(|observation| observation.at < at);
        self.kept.drain(..gone);
    }

    /// The counts over the kept frames, on a clock whose zero is `zero`.
    pub(super) fn counted_from(&self, zero: Timestamp) -> TrackDiagnostics {
        TrackDiagnostics::of(&self.kept, zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames per second; `right` tells in which of them the right fencer was detected beside the left one.
    fn observed(right: &[bool]) -> ObservationLog {
        let mut log = ObservationLog::default();
        for (tenth, right) in right.iter().enumerate() {
            let (at, seen) = (Timestamp::from_secs(tenth as f64 / 10.0), PerSide::new(true, *right));
            log.push(FrameObservation { at, seen, is_cut: tenth == 2, ..FrameObservation::default() });
        }
        log
    }

    #[test]
    fn a_stretch_together_ends_when_one_is_lost() {
        let seen = observed(&[true, true, true, false, true, true]).counted_from(Timestamp::ZERO);
        assert_eq!((seen.frames, seen.both_seen, seen.seen), (6, 5, PerSide::new(6, 5)));
        assert!((seen.longest_together_secs - 0.2).abs() < 1e-9);
    }

    #[test]
    fn what_is_forgotten_counts_no_more_and_the_rest_is_on_the_new_clock() {
        let mut log = observed(&[true; 6]);
        let from = Timestamp::from_secs(0.2);
        log.forget_before(from);
        let seen = log.counted_from(from);
        assert_eq!(
            (seen.frames, seen.shot_changes, seen.together_since),
            (4, vec![Timestamp::ZERO], Some(Timestamp::ZERO))
        );
    }
}
