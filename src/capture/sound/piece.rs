//! A piece of sound as a microphone gives it.

use fencing::time::Timestamp;
use std::sync::Arc;
use vision::video::SoundFormat;

/// Some milliseconds of sound. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundPiece {
    /// When its first sample was heard, on the host clock.
    pub at: Timestamp,
    /// Rate and channels.
    pub format: SoundFormat,
    /// Interleaved samples.
    pub samples: Arc<[i16]>,
}
