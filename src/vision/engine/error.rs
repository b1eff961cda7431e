//! Errors of the engine. A phrase that is merely hard to see is no error: its judgement reports that.

use crate::inference::InferenceError;
use crate::lens::LensError;
use crate::pose::PoseError;

/// Why the engine could not start or continue.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The inference library could not be started.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A pose model could not be loaded or run.
    #[error(transparent)]
    Pose(#[from] PoseError),
    /// Invalid lens parameters.
    #[error(transparent)]
    Lens(#[from] LensError),
    /// The call model could not be loaded.
    #[error(transparent)]
    Learned(#[from] fencing::learned::LearnedError),
    /// The system cannot create a thread.
    #[error("cannot start the analysis thread ({0}); close other programs and try again")]
    Thread(std::io::Error),
    /// The touch set by the user lies outside the phrase.
    #[error(
        "the touch at {touch_secs:.2} s lies outside the clip, which ends at {end_secs:.2} s; give --touch-at within it"
    )]
    TouchOutside {
        /// The given time.
        touch_secs: f64,
        /// End of the clip.
        end_secs: f64,
    },
    /// A panic, caught at the thread boundary.
    #[error(
        "the analysis stopped because of a defect in the program; the recording is kept, judge it again and report this"
    )]
    Defect,
}
