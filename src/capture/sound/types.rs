//! Plain data of sound: cues, settings, device names, and chunks of microphone samples.

use fencing::time::Timestamp;
use std::sync::Arc;
use vision::video::SoundFormat;

/// Something that the referee says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cue {
    /// "En garde. Prêts? Allez!"
    Begin,
    /// "Halte!"
    Halt,
}

/// How sounds are played.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundSettings {
    /// Whether the referee's words are played.
    pub cues: bool,
    /// Whether the buzzer sounds while a lamp is lit.
    pub buzzer: bool,
    /// 0 (silent) to 1.
    pub volume: f32,
    /// Device name as [`list_sound_devices`](super::list_sound_devices) returns it; `None` for the system's default device.
    pub output: Option<String>,
}

impl Default for SoundSettings {
    /// Everything on, at 0.7 of the full volume.
    fn default() -> Self {
        Self { cues: true, buzzer: true, volume: 0.7, output: None }
    }
}

/// Names of the sound devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundDevices {
    /// Microphones.
    pub inputs: Vec<String>,
    /// Loudspeakers.
    pub outputs: Vec<String>,
}

/// Some milliseconds of sound. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundChunk {
    /// Time of its first sample on the host clock.
    pub at: Timestamp,
    /// Rate and channels.
    pub format: SoundFormat,
    /// Interleaved samples.
    pub samples: Arc<[i16]>,
}
