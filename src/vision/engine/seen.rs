//! A phrase that was seen: no more frames, only its signals are to come, then the judgement. Plain data and arithmetic.

use super::judgement::{Caution, Completeness, Judgement};
use super::{PhraseSetup, SourceQuality, cautions, conclude};
use crate::tracking::{TrackDiagnostics, Tracks};
use fencing::learned::Models;
use fencing::right_of_way::DecisionSettings;
use fencing::time::{Timestamp, median_interval_secs};
use fencing::{PerSide, SignalLog};
use std::sync::Arc;

/// How much of the phrase before its end tells the distance between frames, in seconds: calls are made on what happens there,
/// and eyes that are always open look more seldom while nobody moves.
const CALLED_ON_SECS: f64 = 2.0;

/// What a watch has seen of one phrase, on the phrase's clock.
pub(super) struct Seen {
    pub(super) tracks: Tracks,
    /// The same after lens correction.
    pub(super) corrected: Tracks,
    /// Lamps as the picture alone shows them.
    pub(super) lamps: SignalLog,
    pub(super) noticed: TrackDiagnostics,
}

/// What a phrase is judged with besides what was seen of it.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) setup: PhraseSetup,
    pub(super) decision: DecisionSettings,
    pub(super) learned: Arc<Models>,
    pub(super) signals: SignalLog,
    /// Frames that the source had and nobody looked at.
    pub(super) skipped: u64,
    pub(super) cautions: Vec<Caution>,
    pub(super) source: SourceQuality,
}

impl Heard {
    /// Nothing yet.
    pub(super) fn new(setup: PhraseSetup, decision: DecisionSettings, learned: Arc<Models>) -> Self {
        Self {
            setup,
            decision,
            learned,
            signals: SignalLog::default(),
            skipped: 0,
            cautions: Vec::new(),
            source: SourceQuality::default(),
        }
    }
}

/// One phrase whose frames have been looked at, ready for its signals.
pub struct SeenPhrase {
    pub(super) heard: Heard,
    pub(super) seen: Seen,
}

impl SeenPhrase {
    pub(super) fn new(heard: Heard, seen: Seen) -> Self {
        Self { heard, seen }
    }

    /// Replaces all signals by a complete log, on the clock of the frames.
    pub fn set_signals(&mut self, signals: SignalLog) {
        self.heard.signals = signals;
    }

    /// Something about the source that the verdict's reader should know.
    pub fn add_caution(&mut self, caution: Caution) {
        self.heard.cautions.push(caution);
    }

    /// What limits the certainty of a call besides what was seen.
    pub fn set_source(&mut self, source: SourceQuality) {
        self.heard.source = source;
    }

    /// How many frames were looked at from one moment to another.
    pub fn frames_between(&self, from: Timestamp, to: Timestamp) -> usize {
        self.seen.tracks.samples.iter().filter(|sample| (from..=to).contains(&sample.at)).count()
    }

    /// Share of the frames in which both fencers were seen, 0..1.
    pub fn both_seen_share(&self) -> f64 {
        let samples = &self.seen.tracks.samples;
        let both = samples.iter().filter(|sample| sample.poses.left.is_some() && sample.poses.right.is_some()).count();
        both as f64 / samples.len().max(1) as f64
    }

    /// Counts frames that the source had and the analysis never got.
    pub fn note_skipped(&mut self, frames: u64) {
        self.heard.skipped += frames;
    }

    /// Lamps as the picture alone shows them.
    pub fn lamps_seen(&self) -> &SignalLog {
        &self.seen.lamps
    }

    /// Time of the first touch by the signals, or by the lamps that the picture shows where there are none.
    pub fn touch(&self) -> Option<Timestamp> {
        let signals = if self.heard.signals.is_empty() { &self.seen.lamps } else { &self.heard.signals };
        signals.first_touch().map(|touch| touch.at)
    }

    /// Time of the last frame that was looked at.
    pub fn end(&self) -> Option<Timestamp> {
        self.seen.tracks.samples.last().map(|sample| sample.at)
    }

    /// The judgement. No inference on pictures, no IO.
    pub fn conclude(self) -> Judgement {
        conclude::judge(self)
    }

    /// How much was seen up to `end`.
    pub(super) fn completeness(&self, end: Option<Timestamp>) -> Completeness {
        let samples: Vec<_> = self.seen.tracks.samples.iter().filter(|s| end.is_none_or(|end| s.at <= end)).collect();
        let times: Vec<_> = samples.iter().map(|s| s.at).collect();
        let share = |side| {
            let seen = samples.iter().filter(|s| s.poses[side].is_some()).count();
            seen as f32 / samples.len().max(1) as f32
        };
        let analysed = self.seen.tracks.samples.len() as u64;
        let called_on =
            times.last().map_or(0, |last| times.partition_point(|at| last.secs_since(*at) > CALLED_ON_SECS));
        Completeness {
            frames_received: analysed + self.heard.skipped,
            frames_analysed: analysed,
            seen: PerSide::from_fn(share),
            longest_gap_secs: times.windows(2).map(|w| w[1].secs_since(w[0])).fold(0.0, f64::max),
            frame_interval_secs: median_interval_secs(&times[called_on..])
                .or_else(|| median_interval_secs(&times))
                .unwrap_or(0.0)
                .max(self.heard.source.new_frame_secs.unwrap_or(0.0)),
        }
    }

    /// What to take with care, the source's own cautions first.
    pub(super) fn all_cautions(&self, completeness: &Completeness) -> Vec<Caution> {
        let mut all = self.heard.cautions.clone();
        all.extend(cautions::of(&self.seen.noticed, completeness, self.heard.skipped));
        all
    }
}
