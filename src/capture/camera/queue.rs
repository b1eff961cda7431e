//! Frame queues, one per consumer, so that none can disturb another.
//!
//! Adding a frame never blocks. A recorder's queue is large and bounded in bytes; frames are dropped, and counted, only when it is
//! full. An analyser's queue is short; when it is full the oldest frame is dropped, so that a slow consumer skips frames and stays
//! near the present. A preview has no queue, only the latest frame.

use super::CapturedFrame;
use super::fanout::FrameFanout;
use fencing::time::FrameIndex;
use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use vision::video::{ByteQueue, Taken};

/// Capacity of a queue, and what happens when it is full.
#[derive(Clone, Copy, Debug)]
pub(super) enum Capacity {
    /// In bytes; further frames are dropped.
    Bytes(usize),
    /// In frames; the oldest is dropped.
    Frames(usize),
}

/// The camera's end of one queue.
pub(super) struct FrameQueue {
    capacity: Capacity,
    frames: ByteQueue<CapturedFrame>,
    lost: AtomicU64,
}

impl FrameQueue {
    pub(super) fn new(capacity: Capacity) -> Arc<Self> {
        let bytes = if let Capacity::Bytes(bytes) = capacity { bytes } else { usize::MAX };
        Arc::new(Self { capacity, frames: ByteQueue::new(bytes), lost: AtomicU64::new(0) })
    }

    /// Adds a frame, or counts it as lost. Never waits for the consumer.
    pub(super) fn offer(&self, frame: &CapturedFrame) {
        let bytes = frame.bytes.len();
        let lost = match self.capacity {
            Capacity::Bytes(_) => u64::from(self.frames.offer(frame.clone(), bytes).is_err()),
            Capacity::Frames(max_frames) => self.frames.push_latest(frame.clone(), bytes, max_frames),
        };
        self.lost.fetch_add(lost, Ordering::Relaxed);
    }

    /// Ends the queue; frames in it are still delivered.
    pub(super) fn close(&self) {
        self.frames.close();
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn drops_newest(&self) -> bool {
        matches!(self.capacity, Capacity::Bytes(_))
    }
}

/// Result of taking from a queue.
#[derive(Clone, Debug)]
pub enum Received {
    /// The next frame.
    Frame(CapturedFrame),
    /// The time-out passed.
    Nothing,
    /// The camera was stopped, or the clip ended: no more frames will come.
    Closed,
}

/// The consumer's end of its queue. Dropping it ends the subscription.
pub struct FrameReceiver {
    queue: Arc<FrameQueue>,
    fanout: Weak<FrameFanout>,
}

impl FrameReceiver {
    pub(super) fn new(queue: Arc<FrameQueue>, fanout: Weak<FrameFanout>) -> Self {
        Self { queue, fanout }
    }

    /// Waits for the next frame, at most `timeout`.
    pub fn next_within(&self, timeout: Duration) -> Received {
        match self.queue.frames.take_until(Instant::now() + timeout) {
            Taken::Item(frame) => Received::Frame(frame),
            Taken::TimedOut => Received::Nothing,
            Taken::Closed => Received::Closed,
        }
    }

    /// The next frame, if one is queued.
    pub fn next_now(&self) -> Received {
        self.next_within(Duration::ZERO)
    }

    /// Frames dropped for lack of room: lost for a recorder, skipped by an analyser.
    pub fn lost(&self) -> u64 {
        self.queue.lost()
    }

    /// Number of queued frames, and their bytes.
    pub fn backlog(&self) -> (usize, usize) {
        self.queue.frames.backlog()
    }
}

impl Drop for FrameReceiver {
    fn drop(&mut self) {
        if let (true, Some(fanout)) = (self.queue.drops_newest(), self.fanout.upgrade()) {
            fanout.count_lost(self.queue.lost());
        }
    }
}

/// The latest frame, for painting. Clones share it.
#[derive(Clone)]
pub struct Preview {
    slot: Arc<LatestFrame>,
}

#[derive(Default)]
pub(super) struct LatestFrame {
    latest: Mutex<Option<CapturedFrame>>,
    changed: Condvar,
}

impl LatestFrame {
    pub(super) fn put(&self, frame: &CapturedFrame) {
        *self.latest.lock() = Some(frame.clone());
        self.changed.notify_all();
    }
}

impl Preview {
    pub(super) fn new(slot: Arc<LatestFrame>) -> Self {
        Self { slot }
    }

    /// The latest frame; `None` before the first.
    pub fn latest(&self) -> Option<CapturedFrame> {
        self.slot.latest.lock().clone()
    }

    /// Waits, at most `timeout`, for a frame other than `seen`; `None` when none came.
    pub fn newer_than(&self, seen: Option<FrameIndex>, timeout: Duration) -> Option<CapturedFrame> {
        let deadline = Instant::now() + timeout;
        let mut latest = self.slot.latest.lock();
        loop {
            if let Some(frame) = latest.as_ref().filter(|frame| Some(frame.index) != seen) {
                return Some(frame.clone());
            }
            if self.slot.changed.wait_until(&mut latest, deadline).timed_out() {
                return latest.clone().filter(|frame| Some(frame.index) != seen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::PixelCoding;
    use fencing::geometry::FrameSize;
    use fencing::time::Timestamp;

    fn frame(index: u64) -> CapturedFrame {
        let (size, bytes) = (FrameSize::new(1, 1), vec![0; 10].into());
        CapturedFrame { at: Timestamp::ZERO, index: FrameIndex(index), size, coding: PixelCoding::Jpeg, bytes }
    }

    /// Indices left in a queue of that capacity after 0..offered were added.
    fn after(capacity: Capacity, offered: u64) -> (Vec<u64>, u64) {
        let queue = FrameQueue::new(capacity);
        (0..offered).for_each(|index| queue.offer(&frame(index)));
        queue.close();
        let receiver = FrameReceiver::new(queue, Weak::new());
        let mut received = Vec::new();
        while let Received::Frame(frame) = receiver.next_now() {
            received.push(frame.index.0);
        }
        assert!(matches!(receiver.next_now(), Received::Closed));
        assert_eq!(receiver.backlog(), (0, 0));
        (received, receiver.lost())
    }

    #[test]
    fn a_full_recorder_loses_what_comes_and_a_full_analyser_skips_what_is_old() {
        assert_eq!(after(Capacity::Bytes(30), 3), (vec![0, 1, 2], 0));
        assert_eq!(after(Capacity::Bytes(39), 5), (vec![0, 1, 2], 2));
        assert_eq!(after(Capacity::Frames(2), 5), (vec![3, 4], 3));
        assert_eq!(after(Capacity::Frames(0), 2), (vec![1], 1));
    }

    #[test]
    fn a_consumer_that_waits_is_woken() {
        let queue = FrameQueue::new(Capacity::Frames(4));
        let receiver = FrameReceiver::new(Arc::clone(&queue), Weak::new());
        let waiter = std::thread::Builder::new().name("waits".into());
        let waiter = waiter.spawn(move || receiver.next_within(Duration::from_mins(1))).unwrap();
        queue.offer(&frame(3));
        assert!(matches!(waiter.join().unwrap(), Received::Frame(p) if p.index == FrameIndex(3)));
    }

    #[test]
    fn a_preview_shows_only_the_latest() {
        let slot = Arc::new(LatestFrame::default());
        let preview = Preview::new(Arc::clone(&slot));
        assert!(preview.newer_than(None, Duration::ZERO).is_none());
        slot.put(&frame(1));
        slot.put(&frame(2));
        let shown = preview.newer_than(Some(FrameIndex(1)), Duration::ZERO).unwrap();
        assert_eq!(shown.index, FrameIndex(2));
        assert!(preview.newer_than(Some(FrameIndex(2)), Duration::ZERO).is_none());
    }
}
