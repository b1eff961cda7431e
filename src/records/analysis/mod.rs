//! From a clip to a judgement to artifacts, for `analyze`, the window and uploads to the server.
//!
//! Connects the modules that read files with the engine, which reads none. [`judge_clip_with`] passes the frames of a file to a phrase
//! and ends it with what the file and its signal log contain; alignment and decision are the engine's. Artifacts are written after
//! the judgement, so that the verdict does not wait for an overlay. [`observe_clip`] keeps the observations instead, for a user who
//! corrects weapon, lamps or fencers.

mod artifacts;
mod judge_clip;
mod signals;
mod source;

pub use artifacts::{
    ArtifactOptions, ArtifactsMade, OverlayChoice, STILL_WIDTH, StillsFrom, deciding_stills, prepare_folder,
    write_artifacts,
};
pub use judge_clip::{
    BeginPhrase, JudgedClip, ObservedClip, Progress, Stage, judge_clip, judge_clip_with, observe_clip,
};
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
    /// Source of its signals.
    pub signals: ClipSignals,
    /// Weapon.
    pub weapon: Weapon,
    /// Part to read and size.
    pub options: ClipOptions,
}

impl ClipRequest {
    /// Name of the results: that of the signal log, as in the reference, otherwise that of the clip.
    pub fn stem(&self) -> String {
        let named = match &self.signals {
            ClipSignals::Log { path, .. } => path,
            _ => &self.clip,
        };
        named.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Why a clip could not be judged. Anything less is a judgement with cautions.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The clip cannot be read.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The signal log cannot be used.
    #[error(transparent)]
    Signals(#[from] SignalLogError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The clip, or the requested part of it, has no frame.
    #[error("No frames to analyse in the video")]
    NoFrames,
    /// The user cancelled.
    #[error("cancelled; nothing was written")]
    Cancelled,
}
