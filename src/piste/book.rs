//! The recorder as the desk uses it: phrases begin in the past, have their signals with them, and come back saved.

use super::eye::Eye;
use super::{PisteSettings, RecordedPhrase, RecorderStatus};
use capture::camera::{Captured, PixelCoding};
use capture::recorder::{CameraSeat, Recorder, RecorderEvent, RecorderSettings};
use capture::sound::Microphone;
use crossbeam_channel::{Receiver, never};
use fencing::SignalLog;
use fencing::time::{FrameIndex, HostClock, Span, Timestamp};
use std::sync::Arc;
use vision::video::Reel;

/// A phrase that nobody started reaches back this far, so memory always holds as much and a pre-roll, in seconds.
const LEAST_MEMORY_SECS: f64 = 12.0;

/// The recorder; without one phrases are still judged.
pub(super) struct Book {
    recorder: Option<Recorder>,
    events: Receiver<RecorderEvent>,
    microphone: Option<Microphone>,
    clock: HostClock,
}

impl Book {
    /// Starts the recorder with the cameras of `eye`; a finished sentence beside it when that failed.
    pub(super) fn open(settings: &PisteSettings, eye: &mut Eye, clock: HostClock) -> (Self, Option<String>) {
        let (recorder, events, trouble) = match Recorder::start(recorder_settings(settings), clock) {
            Ok((recorder, events)) => (Some(recorder), events, None),
            Err(error) => (None, never(), Some(error.to_string())),
        };
        let mut book = Self { recorder, events, microphone: None, clock };
        let attached = book.attach(eye);
        let heard = book.listen(settings);
        (book, trouble.or(attached).or(heard))
    }

    /// Takes the pictures of cameras that were just opened; a finished sentence when that failed.
    pub(super) fn attach(&self, eye: &mut Eye) -> Option<String> {
        // Taken even when there is no recorder: a camera waits for whoever holds the other end.
        let (main, second) = eye.for_recorder();
        let recorder = self.recorder.as_ref()?;
        let seats = [(CameraSeat::Main, main), (CameraSeat::Second, second)];
        let attached = seats.into_iter().filter_map(|(seat, pictures)| Some(recorder.attach(seat, pictures?)));
        attached.filter_map(Result::err).map(|error| error.to_string()).next()
    }

    /// A camera is gone by choice.
    pub(super) fn detach_missing(&self, settings: &PisteSettings) {
        let Some(recorder) = &self.recorder else { return };
        if settings.camera.is_none() {
            recorder.detach(CameraSeat::Main);
        }
        if settings.second_camera.is_none() {
            recorder.detach(CameraSeat::Second);
        }
    }

    /// Other settings; a finished sentence when something cannot be had.
    pub(super) fn set(&mut self, before: &PisteSettings, now: &PisteSettings) -> Option<String> {
        if let Some(recorder) = &self.recorder
            && recorder_settings(before) != recorder_settings(now)
        {
            recorder.set(recorder_settings(now));
        }
        if before.microphone == now.microphone { None } else { self.listen(now) }
    }

    /// Opens the microphone that the settings name, or none. Without a sound device it is silent and says so in the status.
    fn listen(&mut self, settings: &PisteSettings) -> Option<String> {
        self.microphone = None;
        let recorder = self.recorder.as_ref()?;
        let Some(name) = &settings.microphone else {
            recorder.stop_listening();
            return None;
        };
        let (microphone, sound) = Microphone::start(Some(name.clone()).filter(|name| !name.is_empty()), self.clock);
        self.microphone = Some(microphone);
        recorder.listen(sound).err().map(|error| error.to_string())
    }

    pub(super) fn events(&self) -> Receiver<RecorderEvent> {
        self.events.clone()
    }

    /// Waits until a phrase that was begun is on disk.
    pub(super) fn close(&mut self) {
        if let Some(recorder) = self.recorder.take() {
            recorder.close();
        }
    }

    /// The recorder is gone.
    pub(super) fn lost(&mut self) {
        self.recorder = None;
        self.events = never();
    }

    pub(super) fn begin(&self, from: Timestamp) {
        if let Some(recorder) = &self.recorder {
            recorder.begin(from);
        }
    }

    /// Pictures of the main camera that memory has from `from` on.
    pub(super) fn remembered(&self, from: Timestamp, now: Timestamp) -> Vec<Captured> {
        let Some(recorder) = &self.recorder else { return Vec::new() };
        let reel = recorder.reel(CameraSeat::Main, Span::between(from, now));
        (0..reel.frames().len()).filter_map(|index| captured(&reel, index)).collect()
    }

    /// All signals of the running phrase, on the host clock.
    pub(super) fn signals(&self, signals: &SignalLog) {
        if let Some(recorder) = &self.recorder {
            recorder.keep_signals(signals.clone());
        }
    }

    pub(super) fn end(&self, until: Timestamp) {
        if let Some(recorder) = &self.recorder {
            recorder.end(until);
        }
    }

    pub(super) fn cancel(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.cancel();
        }
    }

    pub(super) fn status(&self) -> RecorderStatus {
        let mut status = self.recorder.as_ref().map(Recorder::status).unwrap_or_default();
        status.trouble = status.trouble.or_else(|| self.microphone.as_ref()?.trouble());
        status
    }

    /// Whether there is a recorder at all.
    pub(super) fn is_open(&self) -> bool {
        self.recorder.is_some()
    }
}

/// What is recorded, as the window takes it.
pub(super) fn recorded(saved: &capture::recorder::SavedPhrase, weapon: fencing::Weapon) -> RecordedPhrase {
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

/// A picture of memory, as a camera gives it.
pub(super) fn captured(reel: &Reel, index: usize) -> Option<Captured> {
    let frame = reel.frames().get(index)?;
    Some(Captured {
        at: frame.at,
        index: FrameIndex(index as u64),
        size: reel.size(),
        coding: PixelCoding::Jpeg,
        bytes: Arc::clone(&frame.jpeg),
    })
}
