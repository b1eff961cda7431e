//! Sound at the piste: the microphone track, the referee's cues, the buzzer for the lamps, and the spoken call.
//!
//! Without a sound device, and in a build without the feature `audio`, output is silent and no error: a loudspeaker never delays a
//! phrase, and a phrase is recorded without sound when there is no microphone.
//!
//! Hides sound devices and their threads. Does not know what a phrase is.

#[cfg(feature = "audio")]
mod device;
#[cfg(feature = "audio")]
mod microphone;
#[cfg(feature = "audio")]
mod mixer;
#[cfg(not(feature = "audio"))]
mod silent;
#[cfg(feature = "audio")]
mod speaker;
mod types;
mod voice;

#[cfg(feature = "audio")]
pub use device::list_sound_devices;
#[cfg(feature = "audio")]
pub use microphone::Microphone;
#[cfg(not(feature = "audio"))]
pub use silent::{Microphone, Speaker, list_sound_devices};
#[cfg(feature = "audio")]
pub use speaker::Speaker;
pub use types::{Cue, SoundChunk, SoundDevices, SoundSettings};
pub use voice::{Sentence, SpeechProgram, Voice};

/// Capacity of the queue from microphone to recorder in chunks: several seconds.
const CHUNKS: usize = 512;
