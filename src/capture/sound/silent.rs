//! Replaces speaker and microphone in a build without the feature `audio`: same interface, no sound.

use super::{CHUNKS, Cue, SoundChunk, SoundDevices, SoundSettings};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;

/// Returns no devices.
pub fn list_sound_devices() -> SoundDevices {
    SoundDevices::default()
}

/// A loudspeaker without output.
#[derive(Debug, Default)]
pub struct Speaker;

impl Speaker {
    /// Does nothing.
    pub fn start(_: SoundSettings) -> Self {
        Self
    }

    /// Does nothing.
    pub fn set(&self, _: SoundSettings) {}

    /// Does nothing.
    pub fn say(&self, _: Cue) {}

    /// Does nothing.
    pub fn buzz(&self) {}

    /// Does nothing.
    pub fn hush(&self) {}

    /// States that this build has no sound.
    pub fn trouble(&self) -> Option<String> {
        Some("this build has no sound; build it with the feature `audio`".into())
    }
}

/// A microphone without input.
#[derive(Debug)]
pub struct Microphone {
    /// Kept open, so that the receiver waits and does not see a closed channel.
    _silence: Sender<SoundChunk>,
}

impl Microphone {
    /// Opens a channel that stays empty.
    pub fn start(_: Option<String>, _: HostClock) -> (Self, Receiver<SoundChunk>) {
        let (silence, chunks) = bounded(CHUNKS);
        (Self { _silence: silence }, chunks)
    }

    /// States that this build has no sound.
    pub fn trouble(&self) -> Option<String> {
        Some("this build has no sound; build it with the feature `audio`".into())
    }

    /// Always 0.
    pub fn level(&self) -> f32 {
        0.0
    }
}
