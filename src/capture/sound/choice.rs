//! What can be said, and how a person wants it.

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
    /// Whether the referee's words are said.
    pub cues: bool,
    /// Whether the buzzer sounds while a lamp is lit.
    pub buzzer: bool,
    /// 0 (nothing is heard) to 1.
    pub volume: f32,
    /// The device by its name as [`list_sound_devices`](super::list_sound_devices) gives it; `None` for the system's own
    /// choice.
    pub output: Option<String>,
}

impl Default for SoundSettings {
    /// Everything on, at 0.7 of the full volume.
    fn default() -> Self {
        Self { cues: true, buzzer: true, volume: 0.7, output: None }
    }
}

/// Devices by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundDevices {
    /// Microphones.
    pub inputs: Vec<String>,
    /// Loudspeakers.
    pub outputs: Vec<String>,
}
