//! Why the engine could not start or go on. A phrase that is merely hard to see is no error: it gets a judgement that says so.

use crate::inference::InferenceError;
use crate::lens::LensError;
use crate::pose::PoseError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The inference library could not be started.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A pose model could not be loaded or run.
    #[error(transparent)]
    Pose(#[from] PoseError),
    /// The lens parameters make no lens.
    #[error(transparent)]
    Lens(#[from] LensError),
    /// The call model could not be loaded.
    #[error(transparent)]
    Learned(#[from] fencing::learned::LearnedError),
    /// The system has no thread left.
    #[error("cannot start the analysis thread ({0}); close other programs and try again")]
    Thread(std::io::Error),
    /// The touch that a person named lies outside the phrase.
    #[error(
        "the touch at {touch_secs:.2} s lies outside the clip, which ends at {end_secs:.2} s; give --touch-at within it"
    )]
    TouchOutside {
        /// What was given.
        touch_secs: f64,
        /// Where the clip ends.
        end_secs: f64,
    },
    /// A defect of the program, caught at the thread's edge.
    #[error(
        "the analysis stopped because of a defect in the program; the recording is kept, judge it again and report this"
    )]
    Defect,
}
