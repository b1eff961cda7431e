//! A phrase that was seen: no more frames, only its signals are to come, then the judgement. Plain data and arithmetic.

use super::judgement::{Caution, Completeness, Judgement};
use super::{EngineError, PhraseEnding, PhraseSetup, SignalClock, cautions, conclude};
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
}

impl Heard {
    /// Nothing yet.
    pub(super) fn new(setup: PhraseSetup, decision: DecisionSettings, learned: Arc<Models>) -> Self {
        Self { setup, decision, learned, signals: SignalLog::default(), skipped: 0, cautions: Vec::new() }
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

    /// Time of the last frame that was looked at.
    pub fn end(&self) -> Option<Timestamp> {
        self.seen.tracks.samples.last().map(|sample| sample.at)
    }

    /// The judgement: the signals are aligned to the lamps that the frames show, then everything is decided. No inference on
    /// frames, no IO. Without signals the lamps that were seen count.
    ///
    /// # Errors
    /// [`EngineError::TouchOutside`] when a person named a touch that lies outside the phrase. The same from an apparatus is
    /// another phrase's log, and a caution.
    pub fn judge(mut self, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        let PhraseEnding { signals, end, skipped, cautions } = ending;
        self.heard.skipped += skipped;
        let clock = signals.clock();
        let (aligned, caution) = signals.aligned(&self.seen.lamps, end);
        self.heard.cautions.extend(caution);
        let outside = aligned
            .first_touch()
            .filter(|touch| touch.at > end.plus_secs(touch.uncertainty_secs) || touch.at < Timestamp::ZERO);
        match outside {
            Some(touch) if clock == SignalClock::Frames => {
                return Err(EngineError::TouchOutside { touch_secs: touch.at.secs(), end_secs: end.secs() });
            }
            Some(touch) => {
                self.heard.cautions.push(Caution { key: "other_phrase", value: Some(touch.at.secs_since(end)) });
            }
            None => {}
        }
        self.heard.cautions.extend(cautions);
        self.heard.signals = aligned;
        Ok(conclude::judge(self))
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
                .unwrap_or(0.0),
        }
    }

    /// What to take with care, the source's own cautions first.
    pub(super) fn all_cautions(&self, completeness: &Completeness) -> Vec<Caution> {
        let mut all = self.heard.cautions.clone();
        all.extend(cautions::of(&self.seen.noticed, completeness, self.heard.skipped));
        all
    }
}
