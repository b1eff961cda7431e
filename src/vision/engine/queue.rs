//! A queue between one producer and one worker that is bounded in bytes, because frames differ in size and memory is the limit.
//!
//! Items without a frame cost nothing and always fit; a frame that does not fit waits for space. Closing wakes both ends.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;

/// Items with their cost in bytes, up to `capacity_bytes` in total.
pub(super) struct ByteQueue<T> {
    state: Mutex<QueueState<T>>,
    changed: Condvar,
    capacity_bytes: usize,
}

struct QueueState<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

impl<T> ByteQueue<T> {
    pub(super) fn new(capacity_bytes: usize) -> Self {
        let state = QueueState { items: VecDeque::new(), bytes: 0, closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), capacity_bytes }
    }

    /// Adds `item`, waiting for space; returns it when the queue is closed.
    pub(super) fn put(&self, item: T, bytes: usize) -> Result<(), T> {
        let mut state = self.state.lock();
        while !state.closed && !state.fits(bytes, self.capacity_bytes) {
            self.changed.wait(&mut state);
        }
        if state.closed {
            return Err(item);
        }
        state.put(item, bytes);
        self.changed.notify_all();
        Ok(())
    }

    /// The next item, waiting for one; `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.state.lock();
        loop {
            if let Some((item, bytes)) = state.items.pop_front() {
                state.bytes -= bytes;
                self.changed.notify_all();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            self.changed.wait(&mut state);
        }
    }

    /// Accepts no more items; those in it can still be taken.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.changed.notify_all();
    }
}

impl<T> QueueState<T> {
    /// One item always fits into an empty queue, however large it is: otherwise a huge frame would wait for ever.
    fn fits(&self, bytes: usize, capacity: usize) -> bool {
        bytes == 0 || self.bytes == 0 || self.bytes + bytes <= capacity
    }

    fn put(&mut self, item: T, bytes: usize) {
        self.items.push_back((item, bytes));
        self.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn an_item_without_cost_always_fits_and_a_huge_one_fits_into_an_empty_queue() {
        let queue = ByteQueue::new(10);
        assert!(queue.put("frame", 10).is_ok());
        assert!(queue.put("order", 0).is_ok());
        assert_eq!((queue.take(), queue.take()), (Some("frame"), Some("order")));
        assert!(queue.put("huge", 1000).is_ok());
    }

    #[test]
    fn closing_wakes_a_waiting_producer_and_keeps_what_was_accepted() {
        let queue = Arc::new(ByteQueue::new(1));
        queue.put(1, 1).unwrap();
        let waiting = {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name("producer".into()).spawn(move || queue.put(2, 1)).unwrap()
        };
        // A thread that waits can be woken; it finds no space and waits on.
        while queue.changed.notify_all() == 0 {
            std::thread::yield_now();
        }
        queue.close();
        assert_eq!(waiting.join().unwrap(), Err(2));
        assert_eq!((queue.take(), queue.take()), (Some(1), None));
    }
}
