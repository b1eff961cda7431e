//! One phrase under analysis: frames and signals go in, one judgement comes out. Synchronous, no thread, no IO, no clock.
//!
//! Everything costly happens in [`PhraseAnalyzer::push_frame`], while frames arrive. [`PhraseAnalyzer::conclude`] is
//! arithmetic over a few hundred samples: gap repair and smoothing look both ways in time, so they belong there and never
//! into the hot path. Live, clip and network look with the same [`Watch`], which is why their verdicts cannot differ.

use super::EngineError;
use super::judgement::{Caution, Judgement};
use super::seen::{Heard, SeenPhrase};
use super::watch::{Look, PhraseZero, Watch};
use crate::tracking::TrackSample;
use crate::video::Frame;
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalLog};

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
    heard: Heard,
    watch: Watch,
}

impl PhraseAnalyzer {
    pub(super) fn new(heard: Heard, watch: Watch) -> Self {
        Self { heard, watch }
    }

    /// Looks at one frame: poses, tracks, lamps. A frame that is not later than the one before is skipped and counted.
    pub fn push_frame(&mut self, frame: &Frame) -> Result<FrameObservation, EngineError> {
        match self.watch.look(frame)? {
            Look::Taken(observation) => Ok(observation),
            Look::Late(observation) => {
                self.heard.skipped += 1;
                Ok(observation)
            }
        }
    }

    /// Notes one signal, on the clock of the frames.
    pub fn push_signal(&mut self, signal: SignalEvent) {
        self.heard.signals.push(signal);
    }

    /// Replaces all signals by a complete log, on the clock of the frames.
    pub fn set_signals(&mut self, signals: SignalLog) {
        self.heard.signals = signals;
    }

    /// Counts frames that the source had and the analysis never got.
    pub fn note_skipped(&mut self, frames: u64) {
        self.heard.skipped += frames;
    }

    /// Something about the source that the verdict's reader should know.
    pub fn add_caution(&mut self, caution: Caution) {
        self.heard.cautions.push(caution);
    }

    /// Time of the last frame that was looked at.
    pub fn observed_until(&self) -> Option<Timestamp> {
        self.watch.samples().last().map(|s| s.at)
    }

    /// The judgement as it would be if the phrase ended now, for a live overlay.
    pub fn provisional(&self) -> Judgement {
        let everything = self.watch.seen_from(PhraseZero::default(), Timestamp::from_nanos(i64::MAX));
        SeenPhrase::new(self.heard.clone(), everything).conclude()
    }

    /// No more frames come: what was seen, ready for signals that are placed by all of it.
    pub fn finish(self) -> SeenPhrase {
        SeenPhrase::new(self.heard, self.watch.into_seen())
    }

    /// The judgement. No inference on pictures, no IO.
    pub fn conclude(self) -> Judgement {
        self.finish().conclude()
    }
}
