//! Why a clip could not be judged at all.

use recording::SignalLogError;
use vision::engine::EngineError;
use vision::video::VideoError;

/// What went wrong. Everything milder is a judgement with cautions.
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
