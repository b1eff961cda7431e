//! Takes what a camera or a microphone delivers into memory, on a thread of its own, so that a slow disk never holds up
//! a camera.

use super::picture::Kept;
use super::settings::CameraSeat;
use super::shared::Shared;
use crate::camera::{Captured, PictureReceiver, Received};
use crate::sound::SoundPiece;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vision::video::{guarded, spawn_worker};

/// How long a thread whose source is silent takes to notice that it is not wanted any more.
const NOTICE: Duration = Duration::from_millis(200);

/// Where pictures come from: one end of a camera's queue.
pub trait PictureFeed: Send + 'static {
    /// Waits for the next picture, at most so long; `None` when nothing came, an error when nothing will come any more.
    fn next_within(&self, patience: Duration) -> Result<Option<Captured>, FeedClosed>;

    /// Pictures that were delivered and wait to be taken.
    fn waiting(&self) -> usize;
}

/// The camera was stopped, or its clip has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedClosed;

impl PictureFeed for PictureReceiver {
    fn next_within(&self, patience: Duration) -> Result<Option<Captured>, FeedClosed> {
        match Self::next_within(self, patience) {
            Received::Picture(picture) => Ok(Some(picture)),
            Received::Nothing => Ok(None),
            Received::Closed => Err(FeedClosed),
        }
    }

    fn waiting(&self) -> usize {
        self.backlog().0
    }
}

impl PictureFeed for Receiver<Captured> {
    fn next_within(&self, patience: Duration) -> Result<Option<Captured>, FeedClosed> {
        wait(self, patience)
    }

    fn waiting(&self) -> usize {
        self.len()
    }
}

fn wait<T>(from: &Receiver<T>, patience: Duration) -> Result<Option<T>, FeedClosed> {
    match from.recv_timeout(patience) {
        Ok(item) => Ok(Some(item)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(FeedClosed),
    }
}

/// Takes pictures until the source ends or another takes its seat.
pub(super) fn take_pictures(shared: &Arc<Shared>, seat: CameraSeat, from: impl PictureFeed) -> io::Result<()> {
    let turn = next_taken(&shared.sources[seat.index()]);
    let shared = shared.clone();
    let take = move || {
        let behind = &shared.behind[seat.index()];
        let next = || PictureFeed::next_within(&from, NOTICE);
        pump(next, &shared.sources[seat.index()], turn, |captured: &Captured| {
            // The one in hand counts: compressing it may take longer than a phrase waits for a silent camera.
            behind.store(from.waiting() + 1, Ordering::SeqCst);
            match guarded("recorder-camera", || Kept::of(captured)).flatten() {
                Some(kept) => shared.of(seat).lock().push(kept),
                None => drop(shared.broken.fetch_add(1, Ordering::Relaxed)),
            }
            behind.store(from.waiting(), Ordering::SeqCst);
        });
        // The seat is free again, unless somebody else took it: then what is behind is his.
        let _ = shared.sources[seat.index()].compare_exchange(turn, turn + 1, Ordering::SeqCst, Ordering::SeqCst);
        if !shared.is_taken(seat) {
            behind.store(0, Ordering::SeqCst);
        }
    };
    // The step that touches a picture's content is guarded.
    spawn_worker(&format!("recorder-camera-{}", seat.index() + 1), || (), take).map(drop)
}

/// Takes sound until the source ends or another is listened to.
pub(super) fn take_sound(shared: &Arc<Shared>, from: Receiver<SoundPiece>) -> io::Result<()> {
    let turn = next_taken(&shared.microphones);
    let shared = shared.clone();
    let take = move || {
        let next = || wait(&from, NOTICE);
        pump(next, &shared.microphones, turn, |piece: &SoundPiece| shared.sound.lock().push(piece.clone()));
    };
    spawn_worker("recorder-sound", || (), take).map(drop)
}

/// Nobody sits there any more.
pub(super) fn release(turns: &AtomicU64) {
    let _ = turns.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |turn| Some(turn + turn % 2));
}

/// Turns of a seat: odd while it is taken.
fn next_taken(turns: &AtomicU64) -> u64 {
    let taken = |turn: u64| turn + 1 + turn % 2;
    turns.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |turn| Some(taken(turn))).map_or(1, taken)
}

fn pump<T>(next: impl Fn() -> Result<Option<T>, FeedClosed>, turns: &AtomicU64, turn: u64, mut take: impl FnMut(&T)) {
    while let Ok(item) = next() {
        if turns.load(Ordering::SeqCst) != turn {
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
        let turns = AtomicU64::new(0);
        let first = next_taken(&turns);
        let second = next_taken(&turns);
        assert!(first % 2 == 1 && second % 2 == 1 && second > first);
        release(&turns);
        release(&turns);
        assert_eq!(turns.load(Ordering::SeqCst), second + 1);
    }
}
