//! Stand-ins for a build without sound: everything is accepted and nothing is heard.

use super::{Cue, PIECES, SoundDevices, SoundPiece, SoundSettings};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;

/// No devices.
pub fn list_sound_devices() -> SoundDevices {
    SoundDevices::default()
}

/// A loudspeaker that is not there.
#[derive(Debug, Default)]
pub struct Speaker;

impl Speaker {
    /// Starts nothing.
    pub fn start(_: SoundSettings) -> Self {
        Self
    }

    /// Nothing to set.
    pub fn set(&self, _: SoundSettings) {}

    /// Says nothing.
    pub fn say(&self, _: Cue) {}

    /// Stays silent.
    pub fn buzz(&self) {}

    /// Stays silent.
    pub fn hush(&self) {}

    /// Why nothing is heard, a finished sentence.
    pub fn trouble(&self) -> Option<String> {
        Some("this build has no sound; build it with the feature `audio`".into())
    }
}

/// A microphone that is not there.
#[derive(Debug)]
pub struct Microphone {
    /// Kept, so that who listens waits and is not told of an end.
    _silence: Sender<SoundPiece>,
}

impl Microphone {
    /// Hears nothing.
    pub fn start(_: Option<String>, _: HostClock) -> (Self, Receiver<SoundPiece>) {
        let (silence, pieces) = bounded(PIECES);
        (Self { _silence: silence }, pieces)
    }

    /// Why nothing is heard, a finished sentence.
    pub fn trouble(&self) -> Option<String> {
        Some("this build has no sound; build it with the feature `audio`".into())
    }

    /// Always 0.
    pub fn level(&self) -> f32 {
        0.0
    }
}
