//! One phrase under analysis: frames go in, then its signals, one judgement comes out. Synchronous, no thread, no IO, no clock.
//!
//! Everything slow happens in [`PhraseAnalyzer::push_frame`], while frames arrive. [`ObservedPhrase::judge`] is arithmetic over a few
//! hundred samples: gap repair and smoothing need later frames, so they belong there and never into the hot path. Clip, upload,
//! stream and live piste share [`FrameAnalyzer`] and [`ObservedPhrase::judge`], so their verdicts cannot differ.

use super::frame_analyzer::{FrameAnalyzer, FrameOutcome};
use super::judgement::Judgement;
use super::observed_phrase::{ObservedPhrase, PhraseInputs};
use super::{EngineError, PhraseEnding};
use crate::tracking::TrackSample;
use crate::video::Frame;
use fencing::geometry::FrameSize;

/// Observation of one frame, for immediate display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameObservation {
    /// Both fencers, in pixels of the full-size raw frame (no lens correction).
    pub sample: TrackSample,
    /// Size of that frame.
    pub frame_size: FrameSize,
}

/// Judges one phrase, frame by frame, on one thread: a [`PhraseAnalyzer`], or a fake in tests.
pub trait PhraseJudge {
    /// Analyses the next frame, in time order. A frame that cannot be analysed is counted and skipped.
    fn push_frame(&mut self, frame: &Frame);

    /// Share of the frames so far in which both fencers were detected, 0..1; rejected frames count as without fencers.
    fn both_seen_share(&self) -> f64;

    /// Judges: no inference, milliseconds.
    ///
    /// # Errors
    /// When none of the frames could be analysed, or a touch set by the user lies outside the phrase.
    fn conclude(self: Box<Self>, ending: PhraseEnding) -> Result<Judgement, EngineError>;
}

/// One phrase. Made by [`Engine::begin_phrase`](super::Engine::begin_phrase).
pub struct PhraseAnalyzer {
    inputs: PhraseInputs,
    frames: FrameAnalyzer,
}

impl PhraseAnalyzer {
    pub(super) fn new(inputs: PhraseInputs, frames: FrameAnalyzer) -> Self {
        Self { inputs, frames }
    }

    /// Analyses one frame: poses, tracks, lamps. A frame not later than the previous one, or that the models reject, is counted as
    /// skipped; `None` when it was rejected.
    pub fn push_frame(&mut self, frame: &Frame) -> Option<FrameObservation> {
        let outcome = self.frames.analyse(frame);
        self.inputs.skipped += u64::from(!matches!(outcome, FrameOutcome::Analysed(_)));
        outcome.observation()
    }

    /// Ends the phrase and returns its observations, ready for the signals.
    ///
    /// # Errors
    /// When the models rejected every frame: the error of the first.
    pub fn finish(mut self) -> Result<ObservedPhrase, EngineError> {
        match self.frames.take_refusal_of_all() {
            Some(refusal) => Err(refusal),
            None => Ok(ObservedPhrase::new(self.inputs, self.frames.into_observations())),
        }
    }
}

impl PhraseJudge for PhraseAnalyzer {
    fn push_frame(&mut self, frame: &Frame) {
        Self::push_frame(self, frame);
    }

    fn both_seen_share(&self) -> f64 {
        let samples = self.frames.samples();
        let both = samples.iter().filter(|sample| sample.poses.left.is_some() && sample.poses.right.is_some()).count();
        both as f64 / (samples.len() as u64 + self.inputs.skipped).max(1) as f64
    }

    fn conclude(self: Box<Self>, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        self.finish()?.judge(ending)
    }
}
