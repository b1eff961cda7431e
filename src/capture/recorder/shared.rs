//! What the recorder's threads and its owner share: the memory of both cameras and of the microphone, and how things stand.

use super::memory::{Bounds, Memory, Momentary};
use super::picture::Kept;
use super::settings::{CameraSeat, RecorderSettings};
use super::status::RecorderStatus;
use crate::sound::SoundPiece;
use fencing::SignalLog;
use fencing::time::{Span, Timestamp};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vision::video::Reel;

/// Bytes of sound in memory: ten minutes of one channel at 48 kHz.
const SOUND_BYTES: u64 = 60_000_000;

impl Momentary for SoundPiece {
    fn at(&self) -> Timestamp {
        self.at
    }

    fn bytes(&self) -> usize {
        self.samples.len() * 2
    }
}

/// Shared by all threads of a recorder.
pub(super) struct Shared {
    pub(super) pictures: [Mutex<Memory<Kept>>; 2],
    /// Counts up when another source takes a seat, so that the thread of the former one ends.
    pub(super) sources: [AtomicU64; 2],
    /// Pictures of each seat that are delivered and not in memory yet.
    pub(super) behind: [AtomicUsize; 2],
    /// As `sources`, for the microphone.
    pub(super) microphones: AtomicU64,
    pub(super) sound: Mutex<Memory<SoundPiece>>,
    pub(super) status: Mutex<RecorderStatus>,
    /// Bytes that were no picture.
    pub(super) broken: AtomicU64,
    /// Phrases begun so far; the running one's number here.
    pub(super) begun: AtomicU64,
    /// Signals on the host clock that are not on disk yet, with the number of their phrase.
    pub(super) signals: Mutex<Option<(u64, SignalLog)>>,
}

impl Shared {
    pub(super) fn new(settings: &RecorderSettings) -> Self {
        let memory = || Mutex::new(Memory::new(picture_bounds(settings)));
        Self {
            pictures: [memory(), memory()],
            sources: Default::default(),
            behind: Default::default(),
            microphones: AtomicU64::new(0),
            sound: Mutex::new(Memory::new(sound_bounds(settings))),
            status: Mutex::default(),
            broken: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            signals: Mutex::new(None),
        }
    }

    pub(super) fn set(&self, settings: &RecorderSettings) {
        self.pictures.iter().for_each(|memory| memory.lock().set_bounds(picture_bounds(settings)));
        self.sound.lock().set_bounds(sound_bounds(settings));
    }

    pub(super) fn of(&self, seat: CameraSeat) -> &Mutex<Memory<Kept>> {
        &self.pictures[seat.index()]
    }

    /// Whether anybody sits there.
    pub(super) fn is_taken(&self, seat: CameraSeat) -> bool {
        self.sources[seat.index()].load(Ordering::SeqCst) % 2 == 1
    }

    /// Whether pictures are delivered that are not in memory yet.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.iter().any(|pictures| pictures.load(Ordering::SeqCst) > 0)
    }

    /// A camera's pictures of a span of the host clock, their times counted from `zero`.
    pub(super) fn reel(&self, seat: CameraSeat, span: Span, zero: Timestamp) -> Reel {
        let kept = self.of(seat).lock().span(span);
        let mut reel = Reel::default();
        for picture in kept {
            let at = Timestamp::from_nanos(picture.at.nanos().saturating_sub(zero.nanos()));
            reel.push_jpeg(at, picture.size, picture.jpeg);
        }
        reel
    }
}

fn picture_bounds(settings: &RecorderSettings) -> Bounds {
    Bounds { secs: settings.memory_secs, bytes: settings.memory_bytes }
}

fn sound_bounds(settings: &RecorderSettings) -> Bounds {
    Bounds { secs: settings.memory_secs, bytes: SOUND_BYTES }
}
