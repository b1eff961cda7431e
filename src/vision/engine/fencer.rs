//! Correction of a fencer by hand: the user points at a person in one frame of an analysed phrase.

use super::{Engine, ObservedPhrase};
use crate::lens::LensError;
use crate::tracking::{FencerAt, FollowError, FollowTools, FrameStore, TrackCorrection};
use crate::video::Cancel;

/// Why a fencer could not be corrected; the phrase is then as before.
#[derive(Debug, thiserror::Error)]
pub enum FencerError {
    /// The person was not found or could not be followed.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// Invalid lens parameters.
    #[error(transparent)]
    Lens(#[from] LensError),
}

impl Engine {
    /// Makes the person at a point of one frame the left or the right fencer of `phrase`, and follows them to earlier and later frames.
    /// Kept poses are used again; only frames in which the person has none are read from `frames` and estimated. `progress` receives
    /// 0..1. The phrase must have been analysed with this engine's lens.
    ///
    /// # Errors
    /// [`FencerError`]: nobody is there, the person is that fencer already, the frame cannot be read, or `cancel` was set. The phrase is
    /// then unchanged.
    pub fn correct_fencer(
        &self,
        phrase: &mut ObservedPhrase,
        fencer: FencerAt,
        frames: &mut dyn FrameStore,
        cancel: &Cancel,
        progress: &mut dyn FnMut(f32),
    ) -> Result<TrackCorrection, FencerError> {
        let mut poses = self.pose_source();
        let cancelled = || cancel.is_cancelled();
        let mut tools = FollowTools { poses: poses.as_mut(), frames, progress, cancelled: &cancelled };
        phrase.correct_fencer(fencer, &mut tools, self.shared.lens)
    }
}
