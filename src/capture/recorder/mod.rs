//! What is not recorded cannot be judged: the last minute in memory at all times, and every phrase on disk while it is fenced.
//!
//! ```text
//! camera, microphone --> memory (bounded) --> instant replay
//!                          |
//!                          +--> the thread that writes --> recordings/<YYYYMMDD_HHMMSS>_phraseNN/
//! ```
//!
//! A phrase begins in the past: its first pictures are taken from memory. It is on disk while it is fenced (a folder with
//! the clip, `<name>.mkv`; the times of its pictures, `frames.jsonl`; the signals, `<name>.txt`; the second camera's clip
//! beside it) and outlives a crash up to the last second; the next start makes it whole. A disk that refuses is tried again
//! while the memory lasts.
//!
//! Must never judge, and never know who says that a phrase begins.

mod clip_file;
mod desk;
mod disk;
mod intake;
mod memory;
mod names;
mod open_mark;
mod picture;
mod prune;
mod recover;
mod running;
mod settings;
mod shared;
mod sidecar;
mod space;
mod status;
mod syncer;
#[cfg(test)]
mod tests;

pub use intake::{FeedClosed, PictureFeed};
pub use recover::{Recovery, recover};
pub use settings::{CameraSeat, Pruning, RecorderSettings};
pub use status::{RecorderEvent, RecorderStatus, RecoveredPhrase, SavedPhrase};

use crate::sound::SoundPiece;
use crossbeam_channel::{Receiver, Sender, bounded};
use desk::{Desk, Order};
use disk::{Disk, SystemDisk};
use fencing::SignalLog;
use fencing::time::{HostClock, Span, Timestamp};
use shared::Shared;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use vision::video::{Reel, spawn_worker};

/// Orders and events that may wait.
const QUEUE: usize = 64;

/// Told when the thread that writes has a defect.
const DEFECT: &str = "the recorder stopped because of a defect in the program; start it again and report this";

/// Why there is no recorder.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The system gives no thread.
    #[error("the recorder could not be started ({0}); close other programs and try again")]
    NoThread(#[from] std::io::Error),
}

/// The recorder. Its methods never wait for the disk, except [`Recorder::close`].
///
/// All times are on the host clock that it was started with.
pub struct Recorder {
    shared: Arc<Shared>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts it; first of all, phrases of an earlier run are made whole ([`RecorderEvent::Recovered`]).
    ///
    /// Events must be taken: one that nobody takes for two seconds is dropped.
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
        let shared = Arc::new(Shared::new(&settings));
        let (events, told) = bounded(QUEUE);
        let (orders, ordered) = bounded(QUEUE);
        let desk = Desk::new(shared.clone(), settings, clock, disk, events);
        let defect = Arc::clone(&shared);
        // Its events end as well, which tells the owner.
        let on_panic = move || defect.status.lock().trouble = Some(DEFECT.into());
        let thread = spawn_worker("recorder", on_panic, move || desk.work(&ordered))?;
        Ok((Self { shared, orders, thread: Some(thread) }, told))
    }

    /// Pictures of a camera come from here from now on, until its feed is closed or another one takes the seat.
    pub fn attach(&self, seat: CameraSeat, pictures: impl PictureFeed) -> Result<(), RecorderError> {
        Ok(intake::take_pictures(&self.shared, seat, pictures)?)
    }

    /// A camera is not recorded any more; what of it is in memory stays.
    pub fn detach(&self, seat: CameraSeat) {
        intake::release(&self.shared.sources[seat.index()]);
    }

    /// Sound comes from here from now on; phrases that begin after the first of it have it as a track.
    pub fn listen(&self, sound: Receiver<SoundPiece>) -> Result<(), RecorderError> {
        Ok(intake::take_sound(&self.shared, sound)?)
    }

    /// The microphone is not recorded any more; what of it is in memory is forgotten.
    pub fn stop_listening(&self) {
        intake::release(&self.shared.microphones);
        self.shared.sound.lock().clear();
    }

    /// A phrase begins with the first picture at `from` or later; usually a few seconds ago. One that is still running is
    /// ended first.
    pub fn begin(&self, from: Timestamp) {
        let id = self.shared.begun.fetch_add(1, Ordering::SeqCst) + 1;
        self.order(Order::Begin { id, from });
    }

    /// The phrase ends with the last picture at `until` or earlier; usually a second ahead, because
    /// pictures that are in the clip already stay there. Then it is [saved](RecorderEvent::Saved).
    pub fn end(&self, until: Timestamp) {
        self.order(Order::End(until));
    }

    /// The phrase ends now with what is in memory of it, whatever was ordered before.
    pub fn end_at_once(&self) {
        self.order(Order::EndAtOnce);
    }

    /// The phrase is called off; what is on disk of it is removed.
    pub fn cancel(&self) {
        self.order(Order::Cancel);
    }

    /// The signals of the running phrase so far, on the host clock: they replace those that were kept before and are in the
    /// phrase's log, on the clip's clock, a moment later.
    pub fn keep_signals(&self, signals: SignalLog) {
        let id = self.shared.begun.load(Ordering::SeqCst);
        *self.shared.signals.lock() = Some((id, signals));
    }

    /// Other settings; a running phrase stays in its folder.
    pub fn set(&self, settings: RecorderSettings) {
        self.order(Order::Set(Box::new(settings)));
    }

    /// Pictures from memory, for the instant replay; their times stay on the host clock.
    pub fn reel(&self, seat: CameraSeat, span: Span) -> Reel {
        self.shared.reel(seat, span, Timestamp::ZERO)
    }

    /// When the oldest picture in memory was taken; `None` before the first.
    pub fn oldest(&self, seat: CameraSeat) -> Option<Timestamp> {
        self.shared.of(seat).lock().oldest().map(|picture| picture.at)
    }

    /// How it stands.
    pub fn status(&self) -> RecorderStatus {
        self.shared.status.lock().clone()
    }

    /// Ends a running phrase with what is there and waits until it is whole.
    pub fn close(mut self) {
        self.order(Order::Close);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// The other end is there as long as this one, and takes orders many times a second.
    fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}

impl Drop for Recorder {
    /// Says goodbye and does not wait; [`Recorder::close`] does.
    fn drop(&mut self) {
        for seat in CameraSeat::BOTH {
            self.detach(seat);
        }
        intake::release(&self.shared.microphones);
    }
}
