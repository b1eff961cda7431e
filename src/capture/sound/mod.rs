//! What is heard at a piste: the microphone beside the pictures, the referee's cues, the buzzer of the lamps, the call
//! said aloud.
//!
//! Without a sound device, and in a build without sound (feature `audio`), everything here is silent and nothing is an
//! error: a phrase is never held up by a loudspeaker, and is recorded without a microphone when there is none.
//!
//! Hides sound devices and their threads. Must never know what a phrase is.

mod choice;
#[cfg(feature = "audio")]
mod cues;
#[cfg(feature = "audio")]
mod device;
#[cfg(feature = "audio")]
mod microphone;
#[cfg(feature = "audio")]
mod mixer;
mod piece;
#[cfg(not(feature = "audio"))]
mod silent;
#[cfg(feature = "audio")]
mod speaker;
mod voice;

pub use choice::{Cue, SoundDevices, SoundSettings};
#[cfg(feature = "audio")]
pub use device::list_sound_devices;
#[cfg(feature = "audio")]
pub use microphone::Microphone;
pub use piece::SoundPiece;
#[cfg(not(feature = "audio"))]
pub use silent::{Microphone, Speaker, list_sound_devices};
#[cfg(feature = "audio")]
pub use speaker::Speaker;
pub use voice::{Sentence, SpeechProgram, Voice};

/// Pieces of sound that may wait for a recorder: several seconds.
const PIECES: usize = 512;
