//! One clip from file to judgement to artifacts: what `analyze`, the window and an upload to the server all do.
//!
//! Joins the modules that read files with the engine, which reads none. [`judge_clip_with`] hands the frames of a file to a phrase and
//! ends it with everything that the file and its signal log say; aligning and deciding are the engine's. The judgement comes
//! first; artifacts are written afterwards, so the verdict does not wait for an overlay.

mod artifacts;
mod judge_clip;
mod signals;
mod source;

pub use artifacts::{
    ArtifactWishes, ArtifactsMade, STILL_WIDTH, StillsFrom, Wish, deciding_stills, prepare_folder, write_artifacts,
};
pub use judge_clip::{BeginPhrase, JudgedClip, Progress, Stage, judge_clip, judge_clip_with};
pub use signals::{ClipSignals, LoggedSignals, TouchByHand};

use fencing::Weapon;
use recording::SignalLogError;
use std::path::PathBuf;
use vision::engine::EngineError;
use vision::video::{ClipOptions, VideoError};

/// A clip to judge.
#[derive(Clone, Debug)]
pub struct ClipRequest {
    /// The video file.
    pub clip: PathBuf,
    /// Where its signals come from.
    pub signals: ClipSignals,
    /// The weapon.
    pub weapon: Weapon,
    /// Which part to read, and how large.
    pub options: ClipOptions,
}

impl ClipRequest {
    /// Name that results of this clip go by: the signal log's, as the reference does, otherwise the clip's.
    pub fn stem(&self) -> String {
        let named = match &self.signals {
            ClipSignals::Log { path, .. } => path,
            _ => &self.clip,
        };
        named.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Why a clip could not be judged. Everything milder is a judgement with cautions.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The clip cannot be read.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The signal log cannot be used.
    #[error(transparent)]
    Signals(#[from] SignalLogError),
    /// The engine cannot start or go on.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The clip, or the part of it that was asked for, has not one frame.
    #[error("No frames to analyse in the video")]
    NoFrames,
    /// The user gave it up.
    #[error("cancelled; nothing was written")]
    Cancelled,
}
