//! Where pictures wait for those who need them: one queue per consumer, so that none can disturb another.
//!
//! Putting a picture in never waits. A recorder's queue is bounded in bytes and large: only when it is full is a picture
//! lost, and counted. An analyser's queue is short: when it is full the oldest picture makes room, so that whoever is slow
//! skips and stays near the present. A preview has no queue, only the latest picture.

use super::Captured;
use super::line::Line;
use fencing::time::FrameIndex;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// When a queue is full, and what happens then.
#[derive(Clone, Copy, Debug)]
pub(super) enum Room {
    /// So many bytes; what comes then is lost.
    Bytes(usize),
    /// So many pictures; the oldest makes room.
    Pictures(usize),
}

/// The camera's end of one queue.
pub(super) struct Tap {
    room: Room,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    pictures: VecDeque<Captured>,
    bytes: usize,
    lost: u64,
    is_closed: bool,
}

impl Tap {
    pub(super) fn new(room: Room) -> Arc<Self> {
        Arc::new(Self { room, waiting: Mutex::default(), changed: Condvar::new() })
    }

    /// Puts a picture in, or counts one as lost. Never waits for the consumer's work.
    pub(super) fn offer(&self, picture: &Captured) {
        let mut waiting = self.waiting.lock();
        match self.room {
            Room::Bytes(room) if waiting.bytes + picture.bytes.len() > room => {
                waiting.lost += 1;
                return;
            }
            Room::Pictures(room) if waiting.pictures.len() >= room.max(1) => {
                waiting.take();
                waiting.lost += 1;
            }
            Room::Bytes(_) | Room::Pictures(_) => {}
        }
        waiting.bytes += picture.bytes.len();
        waiting.pictures.push_back(picture.clone());
        drop(waiting);
        self.changed.notify_one();
    }

    /// No more pictures will come; those that wait are still delivered.
    pub(super) fn close(&self) {
        self.waiting.lock().is_closed = true;
        self.changed.notify_all();
    }

    pub(super) fn lost(&self) -> u64 {
        self.waiting.lock().lost
    }

    pub(super) fn loses_last(&self) -> bool {
        matches!(self.room, Room::Bytes(_))
    }
}

impl Waiting {
    fn take(&mut self) -> Option<Captured> {
        let picture = self.pictures.pop_front()?;
        self.bytes = self.bytes.saturating_sub(picture.bytes.len());
        Some(picture)
    }
}

/// What came out of a queue.
#[derive(Clone, Debug)]
pub enum Received {
    /// The next picture.
    Picture(Captured),
    /// Nothing in the time that was waited for.
    Nothing,
    /// The camera was stopped, or the clip ended: nothing will come any more.
    Closed,
}

/// A consumer's end of its own queue. Dropping it ends the subscription.
pub struct PictureReceiver {
    tap: Arc<Tap>,
    line: Weak<Line>,
}

impl PictureReceiver {
    pub(super) fn new(tap: Arc<Tap>, line: Weak<Line>) -> Self {
        Self { tap, line }
    }

    /// Waits for the next picture, at most so long.
    pub fn next_within(&self, patience: Duration) -> Received {
        let deadline = Instant::now() + patience;
        let mut waiting = self.tap.waiting.lock();
        loop {
            if let Some(picture) = waiting.take() {
                return Received::Picture(picture);
            }
            if waiting.is_closed {
                return Received::Closed;
            }
            if self.tap.changed.wait_until(&mut waiting, deadline).timed_out() {
                return waiting.take().map_or(Received::Nothing, Received::Picture);
            }
        }
    }

    /// The next picture, if one waits.
    pub fn next_now(&self) -> Received {
        self.next_within(Duration::ZERO)
    }

    /// Pictures that found no room: lost for a recorder, skipped by an analyser.
    pub fn lost(&self) -> u64 {
        self.tap.lost()
    }

    /// Pictures that wait, and their bytes.
    pub fn backlog(&self) -> (usize, usize) {
        let waiting = self.tap.waiting.lock();
        (waiting.pictures.len(), waiting.bytes)
    }
}

impl Drop for PictureReceiver {
    fn drop(&mut self) {
        if let (true, Some(line)) = (self.tap.loses_last(), self.line.upgrade()) {
            line.count_lost(self.tap.lost());
        }
    }
}

/// The latest picture, for whoever paints. Clones look at the same.
#[derive(Clone)]
pub struct Preview {
    slot: Arc<Slot>,
}

#[derive(Default)]
pub(super) struct Slot {
    latest: Mutex<Option<Captured>>,
    changed: Condvar,
}

impl Slot {
    pub(super) fn put(&self, picture: &Captured) {
        *self.latest.lock() = Some(picture.clone());
        self.changed.notify_all();
    }
}

impl Preview {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// The latest picture; `None` before the first.
    pub fn latest(&self) -> Option<Captured> {
        self.slot.latest.lock().clone()
    }

    /// Waits, at most so long, for a picture other than `seen`; `None` when none came.
    pub fn newer_than(&self, seen: Option<FrameIndex>, patience: Duration) -> Option<Captured> {
        let deadline = Instant::now() + patience;
        let mut latest = self.slot.latest.lock();
        loop {
            if let Some(picture) = latest.as_ref().filter(|picture| Some(picture.index) != seen) {
                return Some(picture.clone());
            }
            if self.slot.changed.wait_until(&mut latest, deadline).timed_out() {
                return latest.clone().filter(|picture| Some(picture.index) != seen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::PixelCoding;
    use fencing::geometry::PictureSize;
    use fencing::time::Timestamp;

    fn picture(index: u64) -> Captured {
        let (size, bytes) = (PictureSize::new(1, 1), vec![0; 10].into());
        Captured { at: Timestamp::ZERO, index: FrameIndex(index), size, coding: PixelCoding::Jpeg, bytes }
    }

    /// Indices that come out of a queue of that room into which 0..offered were put.
    fn after(room: Room, offered: u64) -> (Vec<u64>, u64) {
        let tap = Tap::new(room);
        (0..offered).for_each(|index| tap.offer(&picture(index)));
        tap.close();
        let receiver = PictureReceiver::new(tap, Weak::new());
        let mut came = Vec::new();
        while let Received::Picture(picture) = receiver.next_now() {
            came.push(picture.index.0);
        }
        assert!(matches!(receiver.next_now(), Received::Closed));
        assert_eq!(receiver.backlog(), (0, 0));
        (came, receiver.lost())
    }

    #[test]
    fn a_full_recorder_loses_what_comes_and_a_full_analyser_skips_what_is_old() {
        assert_eq!(after(Room::Bytes(30), 3), (vec![0, 1, 2], 0));
        assert_eq!(after(Room::Bytes(39), 5), (vec![0, 1, 2], 2));
        assert_eq!(after(Room::Pictures(2), 5), (vec![3, 4], 3));
        assert_eq!(after(Room::Pictures(0), 2), (vec![1], 1));
    }

    #[test]
    fn a_consumer_that_waits_is_woken() {
        let tap = Tap::new(Room::Pictures(4));
        let receiver = PictureReceiver::new(Arc::clone(&tap), Weak::new());
        let waiter = std::thread::Builder::new().name("waits".into());
        let waiter = waiter.spawn(move || receiver.next_within(Duration::from_mins(1))).unwrap();
        tap.offer(&picture(3));
        assert!(matches!(waiter.join().unwrap(), Received::Picture(p) if p.index == FrameIndex(3)));
    }

    #[test]
    fn a_preview_shows_only_the_latest() {
        let slot = Arc::new(Slot::default());
        let preview = Preview::new(Arc::clone(&slot));
        assert!(preview.newer_than(None, Duration::ZERO).is_none());
        slot.put(&picture(1));
        slot.put(&picture(2));
        let shown = preview.newer_than(Some(FrameIndex(1)), Duration::ZERO).unwrap();
        assert_eq!(shown.index, FrameIndex(2));
        assert!(preview.newer_than(Some(FrameIndex(2)), Duration::ZERO).is_none());
    }
}
