//! The recorder as the session loop uses it.

use super::camera_set::CameraSet;
use super::{PisteSettings, RecordedPhrase, RecorderStatus};
use capture::camera::{CapturedFrame, PixelCoding};
use capture::recorder::{CameraRole, Recorder, RecorderEvent, RecorderSettings};
use capture::sound::Microphone;
use crossbeam_channel::{Receiver, never};
use fencing::SignalLog;
use fencing::time::{FrameIndex, HostClock, Span, Timestamp};
use std::sync::Arc;
use vision::video::Reel;

/// Shortest memory besides the pre-roll, in seconds; more than the length of a phrase that nobody started.
const LEAST_MEMORY_SECS: f64 = 12.0;

/// The recorder; phrases are judged without one, too.
pub(crate) struct RecordingControl {
    recorder: Option<Recorder>,
    events: Receiver<RecorderEvent>,
    microphone: Option<Microphone>,
    clock: HostClock,
}

impl RecordingControl {
    /// Starts the recorder with the given cameras. The second value is a finished sentence when something failed.
    pub(crate) fn open(settings: &PisteSettings, cameras: &mut CameraSet, clock: HostClock) -> (Self, Option<String>) {
        let (recorder, events, trouble) = match Recorder::start(recorder_settings(settings), clock) {
            Ok((recorder, events)) => (Some(recorder), events, None),
            Err(error) => (None, never(), Some(error.to_string())),
        };
        let mut recording = Self { recorder, events, microphone: None, clock };
        let attached = recording.attach(cameras);
        let sound_trouble = recording.listen(settings);
        (recording, trouble.or(attached).or(sound_trouble))
    }

    /// Gives the recorder newly opened cameras; a finished sentence when that failed.
    pub(crate) fn attach(&self, cameras: &mut CameraSet) -> Option<String> {
        // Take the channels even without a recorder, because a camera blocks while its channel is full.
        let (main, second) = cameras.for_recorder();
        let recorder = self.recorder.as_ref()?;
        let attachments = [(CameraRole::Main, main), (CameraRole::Second, second)];
        let attached = attachments.into_iter().filter_map(|(seat, frames)| Some(recorder.attach(seat, frames?)));
        attached.filter_map(Result::err).map(|error| error.to_string()).next()
    }

    /// Removes cameras that are no longer in the settings.
    pub(crate) fn detach_missing(&self, settings: &PisteSettings) {
        let Some(recorder) = &self.recorder else { return };
        if settings.camera.is_none() {
            recorder.detach(CameraRole::Main);
        }
        if settings.second_camera.is_none() {
            recorder.detach(CameraRole::Second);
        }
    }

    /// Applies new settings; a finished sentence when something failed.
    pub(crate) fn set(&mut self, before: &PisteSettings, now: &PisteSettings) -> Option<String> {
        if let Some(recorder) = &self.recorder
            && recorder_settings(before) != recorder_settings(now)
        {
            recorder.set(recorder_settings(now));
        }
        if before.microphone == now.microphone { None } else { self.listen(now) }
    }

    /// Opens the microphone in the settings, if any. Without a sound device it stays silent, and the status says so.
    fn listen(&mut self, settings: &PisteSettings) -> Option<String> {
        self.microphone = None;
        let recorder = self.recorder.as_ref()?;
        let Some(name) = &settings.microphone else {
            recorder.stop_sound();
            return None;
        };
        let (microphone, sound) = Microphone::start(Some(name.clone()).filter(|name| !name.is_empty()), self.clock);
        self.microphone = Some(microphone);
        recorder.record_sound(sound).err().map(|error| error.to_string())
    }

    pub(crate) fn events(&self) -> Receiver<RecorderEvent> {
        self.events.clone()
    }

    /// Closes the recorder once all phrases are on disk.
    pub(crate) fn close(&mut self) {
        if let Some(recorder) = self.recorder.take() {
            recorder.close();
        }
    }

    /// The recorder's thread has ended.
    pub(crate) fn lost(&mut self) {
        self.recorder = None;
        self.events = never();
    }

    pub(crate) fn begin(&self, from: Timestamp) {
        if let Some(recorder) = &self.recorder {
            recorder.begin(from);
        }
    }

    /// The main camera's frames in memory from `from` on.
    pub(crate) fn remembered(&self, from: Timestamp, now: Timestamp) -> Vec<CapturedFrame> {
        let Some(recorder) = &self.recorder else { return Vec::new() };
        let reel = recorder.reel(CameraRole::Main, Span::between(from, now));
        (0..reel.frames().len()).filter_map(|index| captured(&reel, index)).collect()
    }

    /// Updates the signals of the running phrase, on the host clock.
    pub(crate) fn signals(&self, signals: &SignalLog) {
        if let Some(recorder) = &self.recorder {
            recorder.set_signals(signals.clone());
        }
    }

    pub(crate) fn end(&self, until: Timestamp) {
        if let Some(recorder) = &self.recorder {
            recorder.end(until);
        }
    }

    pub(crate) fn cancel(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.cancel();
        }
    }

    pub(crate) fn status(&self) -> RecorderStatus {
        let mut status = self.recorder.as_ref().map(Recorder::status).unwrap_or_default();
        status.trouble = status.trouble.or_else(|| self.microphone.as_ref()?.trouble());
        status
    }

    /// Whether there is a recorder.
    pub(crate) fn is_open(&self) -> bool {
        self.recorder.is_some()
    }
}

/// A saved phrase as the window gets it.
pub(crate) fn recorded(saved: &capture::recorder::SavedPhrase, weapon: fencing::Weapon) -> RecordedPhrase {
    RecordedPhrase {
        folder: saved.folder.clone(),
        clip: saved.clip.clone(),
        second_clip: saved.second_clip.clone(),
        log: saved.log.clone(),
        reel: saved.reel.clone(),
        signals: saved.signals.clone(),
        weapon,
    }
}

fn recorder_settings(settings: &PisteSettings) -> RecorderSettings {
    RecorderSettings {
        memory_secs: settings.memory_secs.max(LEAST_MEMORY_SECS + settings.pre_roll_secs),
        pruning: settings.pruning,
        ..RecorderSettings::for_folder(settings.recordings.clone())
    }
}

/// A frame of the recorder's memory in the form in which cameras deliver it.
pub(crate) fn captured(reel: &Reel, index: usize) -> Option<CapturedFrame> {
    let frame = reel.frames().get(index)?;
    Some(CapturedFrame {
        at: frame.at,
        index: FrameIndex(index as u64),
        size: reel.size(),
        coding: PixelCoding::Jpeg,
        bytes: Arc::clone(&frame.jpeg),
    })
}
