//! Moves frames and sound from their sources into memory, on threads of their own, so that a slow disk never delays a camera.

use super::recorder_state::RecorderState;
use super::settings::CameraRole;
use super::stored_frame::StoredFrame;
use crate::camera::{CapturedFrame, FrameReceiver, Received};
use crate::sound::SoundChunk;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vision::video::{guarded, spawn_worker};

/// Time-out of a wait for a frame, after which a thread checks whether it was replaced.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// A source of frames: the consumer's end of a camera's queue.
pub trait FrameFeed: Send + 'static {
    /// Waits for the next frame, at most `timeout`; `None` on a time-out, an error when no more frames will come.
    fn next_within(&self, timeout: Duration) -> Result<Option<CapturedFrame>, FeedClosed>;

    /// Frames delivered but not taken yet.
    fn waiting(&self) -> usize;
}

/// The camera was stopped, or its clip ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedClosed;

impl FrameFeed for FrameReceiver {
    fn next_within(&self, timeout: Duration) -> Result<Option<CapturedFrame>, FeedClosed> {
        match Self::next_within(self, timeout) {
            Received::Frame(frame) => Ok(Some(frame)),
            Received::Nothing => Ok(None),
            Received::Closed => Err(FeedClosed),
        }
    }

    fn waiting(&self) -> usize {
        self.backlog().0
    }
}

impl FrameFeed for Receiver<CapturedFrame> {
    fn next_within(&self, timeout: Duration) -> Result<Option<CapturedFrame>, FeedClosed> {
        wait(self, timeout)
    }

    fn waiting(&self) -> usize {
        self.len()
    }
}

fn wait<T>(from: &Receiver<T>, timeout: Duration) -> Result<Option<T>, FeedClosed> {
    match from.recv_timeout(timeout) {
        Ok(item) => Ok(Some(item)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(FeedClosed),
    }
}

/// Takes frames until the source ends or another one replaces it.
pub(super) fn take_frames(shared: &Arc<RecorderState>, role: CameraRole, from: impl FrameFeed) -> io::Result<()> {
    let generation = next_occupied(&shared.sources[role.index()]);
    let shared = shared.clone();
    let take = move || {
        let behind = &shared.behind[role.index()];
        let next = || FrameFeed::next_within(&from, POLL_INTERVAL);
        pump(next, &shared.sources[role.index()], generation, |captured: &CapturedFrame| {
            // The frame in hand counts: compressing it may take longer than a phrase waits for a silent camera.
            behind.store(from.waiting() + 1, Ordering::SeqCst);
            match guarded("recorder-camera", || StoredFrame::of(captured)).flatten() {
                Some(kept) => shared.of(role).lock().push(kept),
                None => drop(shared.broken.fetch_add(1, Ordering::Relaxed)),
            }
            behind.store(from.waiting(), Ordering::SeqCst);
        });
        // Free the seat, unless another source took it meanwhile: then `behind` belongs to that one.
        let _ = shared.sources[role.index()].compare_exchange(
            generation,
            generation + 1,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
        if !shared.is_taken(role) {
            behind.store(0, Ordering::SeqCst);
        }
    };
    // `spawn_worker` reports a panic; the code that reads a frame's content is guarded in addition.
    spawn_worker(&format!("recorder-camera-{}", role.index() + 1), || (), take).map(drop)
}

/// Takes sound until the source ends or another one replaces it.
pub(super) fn take_sound(shared: &Arc<RecorderState>, from: Receiver<SoundChunk>) -> io::Result<()> {
    let generation = next_occupied(&shared.microphones);
    let shared = shared.clone();
    let take = move || {
        let next = || wait(&from, POLL_INTERVAL);
        pump(next, &shared.microphones, generation, |chunk: &SoundChunk| shared.sound.lock().push(chunk.clone()));
    };
    spawn_worker("recorder-sound", || (), take).map(drop)
}

/// Frees a seat.
pub(super) fn release(generations: &AtomicU64) {
    let _ =
        generations.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |generation| Some(generation + generation % 2));
}

/// Next generation of a seat: odd while it is taken.
fn next_occupied(generations: &AtomicU64) -> u64 {
    let occupied = |generation: u64| generation + 1 + generation % 2;
    generations
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |generation| Some(occupied(generation)))
        .map_or(1, occupied)
}

fn pump<T>(
    next: impl Fn() -> Result<Option<T>, FeedClosed>,
    generations: &AtomicU64,
    generation: u64,
    mut take: impl FnMut(&T),
) {
    while let Ok(item) = next() {
        if generations.load(Ordering::SeqCst) != generation {
            return;
        }
        if let Some(item) = item {
            take(&item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_taken_by_the_latest_only() {
        let generations = AtomicU64::new(0);
        let first = next_occupied(&generations);
        let second = next_occupied(&generations);
        assert!(first % 2 == 1 && second % 2 == 1 && second > first);
        release(&generations);
        release(&generations);
        assert_eq!(generations.load(Ordering::SeqCst), second + 1);
    }
}
