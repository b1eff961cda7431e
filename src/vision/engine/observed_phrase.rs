//! A phrase whose frames have all been analysed: takes its signals and gives the judgement, with how complete the
//! observations are and what to take with care. Plain data and arithmetic.

use super::judgement::{Caution, Completeness, Judgement};
use super::source::SourceDoubt;
use super::{EngineError, PhraseEnding, PhraseSetup, SignalClock, judge};
use crate::tracking::{TrackDiagnostics, Tracks};
use fencing::learned::Models;
use fencing::right_of_way::DecisionSettings;
use fencing::time::{Timestamp, median_interval_secs};
use fencing::{PerSide, Side, SignalLog};
use std::sync::Arc;

/// The frame interval is measured over this long before the end of the phrase, in seconds: calls are made on what happens
/// there, and a live analysis takes fewer frames while nobody moves.
pub(super) const CALLED_ON_SECS: f64 = 2.0;

/// Below this share of frames a fencer counts as lost: most facts then rest on interpolated gaps.
const FOLLOWED_SHARE: f32 = 0.6;
/// Slower than this, onsets within the 100 to 170 ms where calls are made cannot be ordered (`rules-and-apparatus`, 3.8: 15 fps is one frame per 67 ms).
const COARSE_INTERVAL_SECS: f64 = 0.060;
/// A gap between frames that is long enough to hide an action, in seconds.
const LONG_GAP_SECS: f64 = 0.25;

/// Two people followed together for less than this were no two fencers but one and a glimpse of something: the shortest
/// phrase, from standing still to the lamp, lasts about a second.
const GLIMPSE_SECS: f64 = 0.5;

/// What the frames of one phrase showed, on the phrase's clock.
pub(super) struct Observations {
    pub(super) tracks: Tracks,
    /// The same after lens correction.
    pub(super) corrected: Tracks,
    /// Lamps as the frames show them.
    pub(super) lamps: SignalLog,
    pub(super) diagnostics: TrackDiagnostics,
}

/// What a phrase is judged by besides the observations.
#[derive(Clone)]
pub(super) struct PhraseInputs {
    pub(super) setup: PhraseSetup,
    pub(super) decision: DecisionSettings,
    pub(super) learned: Arc<Models>,
    pub(super) signals: SignalLog,
    /// Frames of the source that were not analysed.
    pub(super) skipped: u64,
    pub(super) cautions: Vec<Caution>,
    pub(super) source: SourceDoubt,
}

impl PhraseInputs {
    /// Without signals, skipped frames, cautions and doubts.
    pub(super) fn new(setup: PhraseSetup, decision: DecisionSettings, learned: Arc<Models>) -> Self {
        let (signals, cautions, source) = (SignalLog::default(), Vec::new(), SourceDoubt::default());
        Self { setup, decision, learned, signals, skipped: 0, cautions, source }
    }
}

/// One phrase whose frames have been analysed, ready for its signals.
pub struct ObservedPhrase {
    pub(super) inputs: PhraseInputs,
    pub(super) observations: Observations,
}

impl ObservedPhrase {
    pub(super) fn new(inputs: PhraseInputs, observations: Observations) -> Self {
        Self { inputs, observations }
    }

    /// Time of the last analysed frame.
    pub fn end(&self) -> Option<Timestamp> {
        self.observations.tracks.samples.last().map(|sample| sample.at)
    }

    /// The judgement: the signals are aligned to the lamps that the frames show, then everything is decided. No inference on
    /// frames, no IO. Without signals the lamps that were seen count.
    ///
    /// # Errors
    /// [`EngineError::TouchOutside`] when a person named a touch that lies outside the phrase. The same from an apparatus is
    /// another phrase's log, and a caution.
    pub fn judge(mut self, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        let PhraseEnding { signals, end, skipped, cautions, source } = ending;
        self.inputs.skipped += skipped;
        let clock = signals.clock();
        let (aligned, caution) = signals.aligned(&self.observations.lamps, end);
        self.inputs.cautions.extend(caution);
        let outside = aligned
            .first_touch()
            .filter(|touch| touch.at > end.plus_secs(touch.uncertainty_secs) || touch.at < Timestamp::ZERO);
        match outside {
            Some(touch) if clock == SignalClock::Frames => {
                return Err(EngineError::TouchOutside { touch_secs: touch.at.secs(), end_secs: end.secs() });
            }
            Some(touch) => {
                self.inputs.cautions.push(Caution { key: "other_phrase", value: Some(touch.at.secs_since(end)) });
            }
            None => {}
        }
        self.inputs.cautions.extend(cautions);
        self.inputs.signals = aligned;
        let until = self.touch().or(self.end()).unwrap_or_default();
        let frames = self.frames_between(until.plus_secs(-CALLED_ON_SECS), until);
        self.inputs.source = source.doubt_at(until, frames);
        self.inputs.cautions.extend(source.cautions(&self.inputs.source));
        Ok(judge::judge(self))
    }

    /// Time of the first touch by the signals, or by the lamps in the frames where nothing was signalled.
    fn touch(&self) -> Option<Timestamp> {
        let signals = if self.inputs.signals.is_empty() { &self.observations.lamps } else { &self.inputs.signals };
        signals.first_touch().map(|touch| touch.at)
    }

    /// How many frames were analysed from one moment to another.
    fn frames_between(&self, from: Timestamp, to: Timestamp) -> usize {
        self.observations.tracks.samples.iter().filter(|sample| (from..=to).contains(&sample.at)).count()
    }

    /// How much was seen up to `end`.
    pub(super) fn completeness(&self, end: Option<Timestamp>) -> Completeness {
        let samples: Vec<_> =
            self.observations.tracks.samples.iter().filter(|s| end.is_none_or(|end| s.at <= end)).collect();
        let times: Vec<_> = samples.iter().map(|s| s.at).collect();
        let share = |side| {
            let seen = samples.iter().filter(|s| s.poses[side].is_some()).count();
            seen as f32 / samples.len().max(1) as f32
        };
        let analysed = self.observations.tracks.samples.len() as u64;
        let called_on =
            times.last().map_or(0, |last| times.partition_point(|at| last.secs_since(*at) > CALLED_ON_SECS));
        Completeness {
            frames_received: analysed + self.inputs.skipped,
            frames_analysed: analysed,
            seen: PerSide::from_fn(share),
            longest_gap_secs: times.windows(2).map(|w| w[1].secs_since(w[0])).fold(0.0, f64::max),
            frame_interval_secs: median_interval_secs(&times[called_on..])
                .or_else(|| median_interval_secs(&times))
                .unwrap_or(0.0)
                .max(self.inputs.source.new_frame_secs.unwrap_or(0.0)),
        }
    }

    /// What to take with care, the source's own cautions first.
    pub(super) fn all_cautions(&self, completeness: &Completeness) -> Vec<Caution> {
        let mut all = self.inputs.cautions.clone();
        all.extend(cautions_of(&self.observations.diagnostics, completeness, self.inputs.skipped));
        all
    }
}

/// Cautions of the tracker and of what is missing, in the order of how much they matter.
fn cautions_of(seen: &TrackDiagnostics, completeness: &Completeness, skipped: u64) -> Vec<Caution> {
    let mut all = Vec::new();
    all.extend(who_was_seen(seen, completeness));
    let mut add = |applies: bool, key, value| {
        if applies {
            all.push(Caution { key, value });
        }
    };
    add(!seen.shot_changes.is_empty(), "shot_change", Some(seen.shot_changes.len() as f64));
    add(!seen.changes_of_mind.is_empty(), "changed_fencers", seen.changes_of_mind.last().map(|t| t.secs()));
    add(skipped > 0, "frames_dropped", Some(skipped as f64));
    add(completeness.longest_gap_secs > LONG_GAP_SECS, "long_gap", Some(completeness.longest_gap_secs));
    add(
        completeness.frame_interval_secs > COARSE_INTERVAL_SECS,
        "coarse_frames",
        Some(completeness.frame_interval_secs),
    );
    all
}

fn who_was_seen(seen: &TrackDiagnostics, completeness: &Completeness) -> Vec<Caution> {
    let simple = |key| vec![Caution { key, value: None }];
    let nobody_followed = seen.seen.left == 0 && seen.seen.right == 0;
    match () {
        () if completeness.frames_analysed == 0 => simple("no_frames"),
        () if nobody_followed && seen.most_people == 0 => simple("no_fencers"),
        () if alone(seen) => simple("one_fencer"),
        () if nobody_followed => simple("no_pair"),
        () => lost(completeness),
    }
}

/// Whether most searches of the whole frame found one person at most, and two were never followed for longer than a glimpse.
fn alone(seen: &TrackDiagnostics) -> bool {
    let lonely = seen.looks_with_one_person + seen.looks_without_people;
    seen.looks_with_one_person > 0 && 2 * lonely > seen.looks && seen.longest_together_secs < GLIMPSE_SECS
}

fn lost(completeness: &Completeness) -> Vec<Caution> {
    let key = |side| if side == Side::Left { "left_lost" } else { "right_lost" };
    let hardly_seen = |side: &Side| completeness.seen[*side] < FOLLOWED_SHARE;
    let caution = |side| Caution { key: key(side), value: Some(f64::from(completeness.seen[side])) };
    Side::BOTH.into_iter().filter(hardly_seen).map(caution).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames in one second and ten looks, of which the first `lonely` found one person and the others `people`.
    fn check(seen: (u32, u32), together_secs: f64, lonely: u32, people: u32, expected: &[&str]) {
        let share = |n: u32| n as f32 / 10.0;
        let completeness = Completeness {
            frames_analysed: 10,
            seen: PerSide::new(share(seen.0), share(seen.1)),
            ..Completeness::default()
        };
        let noticed = TrackDiagnostics {
            frames: 10,
            seen: PerSide::new(seen.0, seen.1),
            longest_together_secs: together_secs,
            looks: 10,
            looks_with_one_person: lonely,
            looks_without_people: if people == 0 { 10 - lonely } else { 0 },
            most_people: people.max(u32::from(lonely > 0)),
            ..TrackDiagnostics::default()
        };
        let keys: Vec<_> = cautions_of(&noticed, &completeness, 0).iter().map(|c| c.key).collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn who_was_seen_is_told_apart() {
        check((0, 0), 0.0, 0, 0, &["no_fencers"]);
        check((0, 0), 0.0, 3, 0, &["one_fencer"]);
        check((8, 0), 0.0, 10, 1, &["one_fencer"]);
        check((0, 0), 0.0, 0, 5, &["no_pair"]);
        check((9, 3), 0.3, 2, 2, &["right_lost"]);
        check((9, 9), 0.9, 0, 3, &[]);
    }

    #[test]
    fn a_glimpse_of_a_second_person_makes_no_pair_but_a_second_fencer_who_leaves_does() {
        check((8, 1), 0.1, 9, 2, &["one_fencer"]);
        check((9, 5), 0.5, 8, 2, &["right_lost"]);
    }
}
