//! The recorder: the last minute of frames in memory at all times, and every phrase on disk while it is fenced.
//!
//! ```text
//! camera, microphone --> memory (bounded) --> instant replay
//!                          |
//!                          +--> recorder thread --> recordings/<YYYYMMDD_HHMMSS>_phraseNN/
//! ```
//!
//! A phrase begins in the past: its first frames come from memory. It is written while it is fenced (a folder with the clip,
//! `<name>.mkv`; the frame times, `frames.jsonl`; the signals, `<name>.txt`; the second camera's clip beside it) and survives a
//! crash up to the last second; the next start repairs it. A write that the disk refuses is retried while the memory lasts.
//!
//! Does not judge, and does not know what triggers a phrase.

mod clip_file;
mod disk;
mod intake;
mod names;
mod open_mark;
mod prune;
mod recorder_state;
mod recorder_thread;
mod recover;
mod ring_buffer;
mod running_phrase;
mod settings;
mod space;
mod status;
mod stored_frame;
#[cfg(test)]
mod tests;

pub use intake::{FeedClosed, FrameFeed};
pub use recover::{Recovery, recover};
pub use settings::{CameraRole, Pruning, RecorderSettings};
pub use status::{RecorderEvent, RecorderStatus, RecoveredPhrase, SavedPhrase};

use crate::sound::SoundChunk;
use crossbeam_channel::{Receiver, Sender, bounded};
use disk::{Disk, SystemDisk};
use fencing::SignalLog;
use fencing::time::{HostClock, Span, Timestamp};
use recorder_state::RecorderState;
use recorder_thread::{RecorderThread, Request};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use vision::video::{Reel, spawn_worker};

/// Capacity of the request and event queues.
const QUEUE: usize = 64;

/// Trouble text after a panic of the recorder thread.
const DEFECT: &str = "the recorder stopped because of a defect in the program; start it again and report this";

/// Why the recorder could not be started.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The system cannot create a thread.
    #[error("the recorder could not be started ({0}); close other programs and try again")]
    NoThread(#[from] std::io::Error),
}

/// Handle of the recorder. Its methods never wait for the disk, except [`Recorder::close`].
///
/// All times are on the host clock that it was started with.
pub struct Recorder {
    shared: Arc<RecorderState>,
    requests: Sender<Request>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts the recorder; it first repairs the phrases of an earlier run ([`RecorderEvent::Recovered`]).
    ///
    /// The caller has to take the events: one that is not taken within two seconds is dropped.
    pub fn start(
        settings: RecorderSettings,
        clock: HostClock,
    ) -> Result<(Self, Receiver<RecorderEvent>), RecorderError> {
        Self::start_on(Box::new(SystemDisk), settings, clock)
    }

    fn start_on(
        disk: Box<dyn Disk>,
        settings: RecorderSettings,
        clock: HostClock,
    ) -> Result<(Self, Receiver<RecorderEvent>), RecorderError> {
        let shared = Arc::new(RecorderState::new(&settings));
        let (events, event_receiver) = bounded(QUEUE);
        let (requests, received) = bounded(QUEUE);
        let worker = RecorderThread::new(shared.clone(), settings, clock, disk, events);
        let defect = Arc::clone(&shared);
        // A panic drops the event sender as well, which the owner notices.
        let on_panic = move || defect.status.lock().trouble = Some(DEFECT.into());
        let thread = spawn_worker("recorder", on_panic, move || worker.run(&received))?;
        Ok((Self { shared, requests, thread: Some(thread) }, event_receiver))
    }

    /// Records a camera's frames from now on, until its feed closes or another one is attached to the same seat.
    pub fn attach(&self, role: CameraRole, frames: impl FrameFeed) -> Result<(), RecorderError> {
        Ok(intake::take_frames(&self.shared, role, frames)?)
    }

    /// Stops recording a camera; its frames in memory stay.
    pub fn detach(&self, role: CameraRole) {
        intake::release(&self.shared.sources[role.index()]);
    }

    /// Records sound from now on; phrases that begin after its first chunk get a sound track.
    pub fn record_sound(&self, sound: Receiver<SoundChunk>) -> Result<(), RecorderError> {
        Ok(intake::take_sound(&self.shared, sound)?)
    }

    /// Stops recording the microphone and drops its sound from memory.
    pub fn stop_sound(&self) {
        intake::release(&self.shared.microphones);
        self.shared.sound.lock().clear();
    }

    /// Begins a phrase with the first frame at `from` or later, usually a few seconds ago. A running phrase is ended first.
    pub fn begin(&self, from: Timestamp) {
        let id = self.shared.begun.fetch_add(1, Ordering::SeqCst) + 1;
        self.send(Request::Begin { id, from });
    }

    /// Ends the phrase with the last frame at `until` or earlier, usually a second ahead, because frames that are already in the
    /// clip stay there. It is [saved](RecorderEvent::Saved) afterwards.
    pub fn end(&self, until: Timestamp) {
        // Not a request in the queue: it has to hold for frames that arrive while the recorder thread waits for the disk.
        let id = self.shared.begun.load(Ordering::SeqCst);
        self.shared.ends.lock().entry(id).or_insert(until);
    }

    /// Ends the phrase now with its frames in memory, whatever was requested before.
    pub fn end_at_once(&self) {
        self.send(Request::EndAtOnce);
    }

    /// Cancels the phrase and removes its files.
    pub fn cancel(&self) {
        self.send(Request::Cancel);
    }

    /// Replaces the signals of the running phrase (on the host clock). They are written to the phrase's log, on the clip's clock, a
    /// moment later.
    pub fn set_signals(&self, signals: SignalLog) {
        let id = self.shared.begun.load(Ordering::SeqCst);
        *self.shared.signals.lock() = Some((id, signals));
    }

    /// Changes the settings; a running phrase stays in its folder.
    pub fn set(&self, settings: RecorderSettings) {
        self.send(Request::Set(Box::new(settings)));
    }

    /// Frames from memory, for instant replay; their times stay on the host clock.
    pub fn reel(&self, role: CameraRole, span: Span) -> Reel {
        self.shared.reel(role, span, Timestamp::ZERO)
    }

    /// Time of the oldest frame in memory; `None` before the first.
    pub fn oldest(&self, role: CameraRole) -> Option<Timestamp> {
        self.shared.of(role).lock().oldest().map(|frame| frame.at)
    }

    /// Snapshot of the recorder's state.
    pub fn status(&self) -> RecorderStatus {
        self.shared.status.lock().clone()
    }

    /// Ends a running phrase with the frames that are there and waits until it is complete.
    pub fn close(mut self) {
        self.send(Request::Close);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    // The receiver lives as long as this handle and takes requests many times a second, so the queue cannot fill up.
    fn send(&self, request: Request) {
        let _ = self.requests.send(request);
    }
}

impl Drop for Recorder {
    /// Asks the thread to close without waiting; [`Recorder::close`] waits.
    fn drop(&mut self) {
        for role in CameraRole::BOTH {
            self.detach(role);
        }
        intake::release(&self.shared.microphones);
    }
}
