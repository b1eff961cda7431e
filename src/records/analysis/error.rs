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
    /// The user gave it up.
    #[error("cancelled; nothing was written")]
    Cancelled,
    /// The touch given by hand lies outside the clip.
    #[error(
        "the touch at {touch_secs:.2} s lies outside the clip, which ends at {end_secs:.2} s; give --touch-at within it"
    )]
    TouchOutside {
        /// What was given.
        touch_secs: f64,
        /// Where the clip ends.
        end_secs: f64,
    },
}
