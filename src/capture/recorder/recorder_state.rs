//! State shared by the recorder's threads and its handle: frames of both cameras, sound, signals and status.

use super::ring_buffer::{Bounds, RingBuffer, Timed};
use super::settings::{CameraRole, RecorderSettings};
use super::status::RecorderStatus;
use super::stored_frame::StoredFrame;
use crate::sound::SoundChunk;
use fencing::SignalLog;
use fencing::time::{Span, Timestamp};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vision::video::Reel;

/// Capacity for sound in bytes: ten minutes of one channel at 48 kHz.
const SOUND_BYTES: u64 = 60_000_000;

impl Timed for SoundChunk {
    fn at(&self) -> Timestamp {
        self.at
    }

    fn bytes(&self) -> usize {
        self.samples.len() * 2
    }
}

/// State shared by all threads of a recorder.
pub(super) struct RecorderState {
    pub(super) frames: [Mutex<RingBuffer<StoredFrame>>; 2],
    /// Generation of each seat, incremented when another source takes it, so that the former source's thread ends.
    pub(super) sources: [AtomicU64; 2],
    /// Frames of each seat that are delivered but not in memory yet.
    pub(super) behind: [AtomicUsize; 2],
    /// Generation of the microphone, as `sources`.
    pub(super) microphones: AtomicU64,
    pub(super) sound: Mutex<RingBuffer<SoundChunk>>,
    pub(super) status: Mutex<RecorderStatus>,
    /// Frames that could not be decoded.
    pub(super) broken: AtomicU64,
    /// Number of phrases begun so far; also the number of the running one.
    pub(super) begun: AtomicU64,
    /// Requested ends, on the host clock, by the number of the phrase. Whoever reads one while holding the lock of a memory sees
    /// every end that was requested before the memory's newest frame arrived.
    pub(super) ends: Mutex<BTreeMap<u64, Timestamp>>,
    /// Signals on the host clock that are not on disk yet, with the number of their phrase.
    pub(super) signals: Mutex<Option<(u64, SignalLog)>>,
}

impl RecorderState {
    pub(super) fn new(settings: &RecorderSettings) -> Self {
        let memory = || Mutex::new(RingBuffer::new(frame_bounds(settings)));
        Self {
            frames: [memory(), memory()],
            sources: Default::default(),
            behind: Default::default(),
            microphones: AtomicU64::new(0),
            sound: Mutex::new(RingBuffer::new(sound_bounds(settings))),
            status: Mutex::default(),
            broken: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            ends: Mutex::default(),
            signals: Mutex::new(None),
        }
    }

    pub(super) fn set(&self, settings: &RecorderSettings) {
        self.frames.iter().for_each(|memory| memory.lock().set_bounds(frame_bounds(settings)));
        self.sound.lock().set_bounds(sound_bounds(settings));
    }

    pub(super) fn of(&self, role: CameraRole) -> &Mutex<RingBuffer<StoredFrame>> {
        &self.frames[role.index()]
    }

    /// Whether a source is attached to the seat.
    pub(super) fn is_taken(&self, role: CameraRole) -> bool {
        self.sources[role.index()].load(Ordering::SeqCst) % 2 == 1
    }

    /// Whether frames are delivered that are not in memory yet.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.iter().any(|frames| frames.load(Ordering::SeqCst) > 0)
    }

    /// A camera's frames of a span of the host clock, with times relative to `zero`.
    pub(super) fn reel(&self, role: CameraRole, span: Span, zero: Timestamp) -> Reel {
        let kept = self.of(role).lock().span(span);
        let mut reel = Reel::default();
        for frame in kept {
            let at = Timestamp::from_nanos(frame.at.nanos().saturating_sub(zero.nanos()));
            reel.push_jpeg(at, frame.size, frame.jpeg);
        }
        reel
    }
}

fn frame_bounds(settings: &RecorderSettings) -> Bounds {
    Bounds { secs: settings.memory_secs, bytes: settings.memory_bytes }
}

fn sound_bounds(settings: &RecorderSettings) -> Bounds {
    Bounds { secs: settings.memory_secs, bytes: SOUND_BYTES }
}
