//! One phrase under analysis: frames and signals go in, one judgement comes out. Synchronous, no thread, no IO, no clock.
//!
//! Everything costly happens in [`PhraseAnalyzer::push_frame`], while frames arrive. [`PhraseAnalyzer::conclude`] is
//! arithmetic over a few hundred samples: gap repair and smoothing look both ways in time, so they belong there and never
//! into the hot path. Live, clip and network use this same type, which is why their verdicts cannot differ.

use super::judgement::{Caution, Completeness, Judgement};
use super::{EngineError, PhraseSetup, cautions, conclude};
use crate::fencing::{PerSide, SignalEvent, SignalLog};
use crate::geometry::PictureSize;
use crate::lamps::LampWatcher;
use crate::learned::Models;
use crate::lens::{Lens, LensSettings};
use crate::pose::{Pose, PoseSource};
use crate::right_of_way::DecisionSettings;
use crate::time::Timestamp;
use crate::tracking::{FencerTracker, TrackSample, Tracks};
use crate::video::Frame;
use std::sync::Arc;

/// What one frame showed, for whoever paints it at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameObservation {
    /// Both fencers, in pixels of the full-size picture as it was taken (no lens correction).
    pub sample: TrackSample,
    /// Size of that picture.
    pub picture: PictureSize,
}

/// One phrase. Made by [`Engine::begin_phrase`](super::Engine::begin_phrase).
pub struct PhraseAnalyzer {
    pub(super) setup: PhraseSetup,
    eyes: Box<dyn PoseSource + Send>,
    tracker: FencerTracker,
    lamps: LampWatcher,
    lens_settings: LensSettings,
    lens: Option<Lens>,
    pub(super) decision: DecisionSettings,
    pub(super) learned: Arc<Models>,
    pub(super) tracks: Tracks,
    /// The same after lens correction, made as frames come: deciding has no time for it.
    pub(super) corrected: Tracks,
    pub(super) signals: SignalLog,
    received: u64,
    skipped: u64,
    pub(super) cautions: Vec<Caution>,
}

/// What an analyzer is made of besides the phrase's own setup.
pub(super) struct Parts {
    pub(super) eyes: Box<dyn PoseSource + Send>,
    pub(super) lens: LensSettings,
    pub(super) decision: DecisionSettings,
    pub(super) learned: Arc<Models>,
}

impl PhraseAnalyzer {
    pub(super) fn new(setup: PhraseSetup, parts: Parts) -> Self {
        Self {
            setup,
            eyes: parts.eyes,
            tracker: FencerTracker::new(),
            lamps: LampWatcher::new(),
            lens_settings: parts.lens,
            lens: None,
            decision: parts.decision,
            learned: parts.learned,
            tracks: Tracks::default(),
            corrected: Tracks::default(),
            signals: SignalLog::default(),
            received: 0,
            skipped: 0,
            cautions: Vec::new(),
        }
    }

    /// Looks at one frame: poses, tracks, lamps. A frame that is not later than the one before is skipped and counted.
    pub fn push_frame(&mut self, frame: &Frame) -> Result<FrameObservation, EngineError> {
        self.received += 1;
        let late = self.tracks.samples.last().filter(|last| frame.at <= last.at);
        if let Some(last) = late {
            self.skipped += 1;
            return Ok(FrameObservation { sample: *last, picture: self.tracks.picture });
        }
        self.prepare_lens(frame.source_size)?;
        let sample = self.tracker.observe(frame, self.eyes.as_mut())?;
        self.lamps.observe(frame);
        self.tracks.picture = frame.source_size;
        self.tracks.samples.push(sample);
        self.corrected.picture = frame.source_size;
        self.corrected.samples.push(self.straightened(&sample));
        Ok(FrameObservation { sample, picture: frame.source_size })
    }

    /// The lens belongs to a picture size, which is known from the first frame on.
    fn prepare_lens(&mut self, size: PictureSize) -> Result<(), EngineError> {
        if self.lens.is_none() || self.tracks.picture != size {
            self.lens = Some(Lens::new(self.lens_settings, size)?);
        }
        Ok(())
    }

    /// Notes one signal, on the clock of the frames.
    pub fn push_signal(&mut self, signal: SignalEvent) {
        self.signals.push(signal);
    }

    /// Replaces all signals by a complete log, on the clock of the frames.
    pub fn set_signals(&mut self, signals: SignalLog) {
        self.signals = signals;
    }

    /// Counts frames that the source had and the analysis never got.
    pub fn note_skipped(&mut self, frames: u64) {
        self.received += frames;
        self.skipped += frames;
    }

    /// Something about the source that the verdict's reader should know.
    pub fn add_caution(&mut self, caution: Caution) {
        self.cautions.push(caution);
    }

    /// Time of the last frame that was looked at.
    pub fn observed_until(&self) -> Option<Timestamp> {
        self.tracks.samples.last().map(|s| s.at)
    }

    /// Lamps as the picture alone shows them so far.
    pub fn lamps_seen(&mut self) -> SignalLog {
        let mut seen = SignalLog::default();
        self.lamps.conclude().events.into_iter().for_each(|event| seen.push(event));
        seen
    }

    /// The judgement as it would be if the phrase ended now, for a live overlay.
    pub fn provisional(&mut self) -> Judgement {
        conclude::judge(self)
    }

    /// The judgement. No inference on pictures, no IO.
    pub fn conclude(mut self) -> Judgement {
        conclude::judge(&mut self)
    }

    /// A sample after lens correction.
    fn straightened(&self, sample: &TrackSample) -> TrackSample {
        let Some(lens) = &self.lens else { return *sample };
        let straight = |pose: Pose| Pose {
            keypoints: pose.keypoints.map(|k| crate::pose::Keypoint { point: lens.correct(k.point), ..k }),
            ..pose
        };
        TrackSample { poses: sample.poses.map(|pose| pose.map(straight)), ..*sample }
    }

    /// How much was seen up to `end`.
    pub(super) fn completeness(&self, end: Option<Timestamp>) -> Completeness {
        let samples: Vec<_> = self.tracks.samples.iter().filter(|s| end.is_none_or(|end| s.at <= end)).collect();
        let times: Vec<_> = samples.iter().map(|s| s.at).collect();
        let share = |side| {
            let seen = samples.iter().filter(|s| s.poses[side].is_some()).count();
            seen as f32 / samples.len().max(1) as f32
        };
        Completeness {
            frames_received: self.received,
            frames_analysed: self.tracks.samples.len() as u64,
            seen: PerSide::from_fn(share),
            longest_gap_secs: times.windows(2).map(|w| w[1].secs_since(w[0])).fold(0.0, f64::max),
            frame_interval_secs: crate::time::median_interval_secs(&times).unwrap_or(0.0),
        }
    }

    /// What to take with care, the source's own cautions first.
    pub(super) fn all_cautions(&self, completeness: &Completeness) -> Vec<Caution> {
        let mut all = self.cautions.clone();
        all.extend(cautions::of(self.tracker.diagnostics(), completeness, self.skipped));
        all
    }
}
