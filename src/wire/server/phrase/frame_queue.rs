//! Frames of one phrase that wait for their analysis, and the request for its verdict.
//!
//! The connection pushes and the decoding thread pops. Waiting costs no memory: the bytes are those of the stored frame, so the phrase's
//! share of the memory budget bounds the queue. A client that sends faster than it filmed is slowed down long before
//! ([`FrameQueue::room`]); a live one never waits.

use super::frame_clock::Stamp;
use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use vision::engine::PhraseSignals;

/// Frames that may wait before a file is slowed down: two seconds at 30 fps.
const ROOM_FRAMES: usize = 64;
/// The same in bytes: five uncompressed 1080p frames, or some 150 JPEGs.
const ROOM_BYTES: usize = 32 * 1024 * 1024;

/// A frame on its way to the decoding thread.
#[derive(Debug)]
pub(super) struct QueuedFrame {
    /// Its number and the client's timestamp.
    pub(super) stamp: Stamp,
    /// When it arrived.
    pub(super) arrived: Instant,
    /// How long it had waited when its turn came.
    pub(super) lag: Duration,
    /// Its encoding as sent.
    pub(super) encoding: String,
    /// The coded frame.
    pub(super) payload: Bytes,
}

/// A request for the verdict.
#[derive(Debug)]
pub(super) struct ConcludeRequest {
    /// The signals.
    pub(super) signals: PhraseSignals,
    /// When it was made.
    pub(super) asked: Instant,
    /// Frames that could not be queued.
    pub(super) unanalysed: u64,
}

/// What the decoding thread does next.
#[derive(Debug)]
pub(super) enum Next {
    /// The oldest frame.
    Frame(QueuedFrame),
    /// The verdict is requested, and no frame waits.
    Conclude(ConcludeRequest),
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backlog {
    /// Frames in the queue.
    pub(super) frames: usize,
    /// When the verdict was requested, if it was.
    pub(super) asked: Option<Instant>,
}

#[derive(Debug, Default)]
struct QueueState {
    frames: VecDeque<QueuedFrame>,
    bytes: usize,
    conclude: Option<ConcludeRequest>,
    is_closed: bool,
}

/// The queue between the connection and the decoding thread.
#[derive(Debug, Default)]
pub(super) struct FrameQueue {
    state: Mutex<QueueState>,
    added: Condvar,
    taken: Notify,
}

impl FrameQueue {
    /// Adds a frame; returns whether a thread will take it.
    pub(super) fn push(&self, frame: QueuedFrame) -> bool {
        let mut state = self.state.lock();
        if state.is_closed {
            return false;
        }
        state.bytes += frame.payload.len();
        state.frames.push_back(frame);
        self.added.notify_one();
        true
    }

    /// Requests the verdict, which follows the frames that wait; returns whether a thread will give it.
    pub(super) fn conclude(&self, request: ConcludeRequest) -> bool {
        let mut state = self.state.lock();
        if state.is_closed {
            return false;
        }
        state.conclude = Some(request);
        self.added.notify_one();
        true
    }

    /// Ready when few frames wait, or when none will be taken any more.
    pub(super) async fn room(&self) {
        loop {
            let taken = self.taken.notified();
            tokio::pin!(taken);
            taken.as_mut().enable();
            if self.has_room() {
                return;
            }
            taken.await;
        }
    }

    fn has_room(&self) -> bool {
        let state = self.state.lock();
        state.is_closed || (state.frames.len() < ROOM_FRAMES && state.bytes < ROOM_BYTES)
    }

    /// Waits for the next frame or request; `None` once the queue is closed.
    pub(super) fn next(&self) -> Option<Next> {
        let mut state = self.state.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(frame) = state.frames.pop_front() {
                state.bytes -= frame.payload.len();
                self.taken.notify_waiters();
                return Some(Next::Frame(frame));
            }
            if let Some(request) = state.conclude.take() {
                return Some(Next::Conclude(request));
            }
            self.added.wait(&mut state);
        }
    }

    /// How much waits now.
    pub(super) fn backlog(&self) -> Backlog {
        let state = self.state.lock();
        Backlog { frames: state.frames.len(), asked: state.conclude.as_ref().map(|request| request.asked) }
    }

    /// Drops everything that waits and refuses what comes.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        *state = QueueState { is_closed: true, ..QueueState::default() };
        self.added.notify_all();
        self.taken.notify_waiters();
    }
}

/// Closes the queue when the decoding thread ends, however it ends.
pub(super) struct CloseOnDrop<'a>(pub(super) &'a FrameQueue);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: i64, bytes: usize) -> QueuedFrame {
        let stamp = Stamp { number, secs: number as f64 };
        let payload = vec![0; bytes].into();
        QueuedFrame { stamp, arrived: Instant::now(), lag: Duration::ZERO, encoding: "raw".to_owned(), payload }
    }

    fn request() -> ConcludeRequest {
        ConcludeRequest { signals: PhraseSignals::default(), asked: Instant::now(), unanalysed: 0 }
    }

    #[test]
    fn the_verdict_follows_the_frames_that_wait() {
        let queue = FrameQueue::default();
        assert!(queue.push(frame(0, 1)) && queue.push(frame(1, 1)) && queue.conclude(request()));
        assert_eq!((queue.backlog().frames, queue.backlog().asked.is_some()), (2, true));
        for number in 0..2 {
            assert!(matches!(queue.next(), Some(Next::Frame(frame)) if frame.stamp.number == number));
        }
        assert!(matches!(queue.next(), Some(Next::Conclude(_))));
    }

    #[tokio::test]
    async fn a_file_waits_for_room_and_never_for_a_thread_that_has_ended() {
        let queue = FrameQueue::default();
        let waits = async || tokio::time::timeout(Duration::from_millis(20), queue.room()).await.is_err();
        (0..ROOM_FRAMES as i64 - 1).for_each(|number| assert!(queue.push(frame(number, 1))));
        assert!(!waits().await);
        assert!(queue.push(frame(99, 1)));
        assert!(waits().await);
        assert!(matches!(queue.next(), Some(Next::Frame(_))));
        assert!(!waits().await);
        assert!(queue.push(frame(100, ROOM_BYTES)));
        assert!(waits().await);
        queue.close();
        assert!(!waits().await);
        assert!(!queue.push(frame(101, 1)) && !queue.conclude(request()));
        assert!(queue.next().is_none());
    }
}
