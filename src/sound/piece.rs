//! A piece of sound as a microphone gives it.

use crate::time::Timestamp;
use crate::video::SoundFormat;
use std::sync::Arc;

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
