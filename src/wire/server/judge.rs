//! The judge as the server sees it: begin a phrase, show it frames, hear the call.
//!
//! The engine stands behind it in life, a fake in tests. A phrase is used by the one thread that began it.

use fencing::{SignalLog, Weapon};
use vision::engine::Judgement;
use vision::video::Frame;

/// Why the judge cannot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JudgeError(pub String);

/// What the judge runs on, for `/health`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Whether phrases can be judged.
    pub is_ready: bool,
    /// The pose model.
    pub model_path: String,
}

/// Judges phrases, many at the same time.
pub trait Judge: Send + Sync + 'static {
    /// Begins a phrase on the calling thread.
    fn begin(&self, weapon: Weapon) -> Result<Box<dyn PhraseJudge + '_>, JudgeError>;

    /// What it runs on.
    fn readiness(&self) -> Readiness;
}

/// Judges one phrase.
pub trait PhraseJudge {
    /// Looks at the next frame, in order of time. An error concerns this frame alone.
    fn push_frame(&mut self, frame: &Frame) -> Result<(), JudgeError>;

    /// Decides. Looks at nothing more and takes milliseconds.
    fn conclude(self: Box<Self>, signals: SignalLog) -> Judgement;
}
