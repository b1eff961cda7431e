//! A queue that is bounded in bytes, because frames differ in size and memory is the limit.
//!
//! Items without a frame cost nothing and always fit. The producer chooses what happens to a frame that does not fit: it waits
//! ([`ByteQueue::put`]) or gets it back ([`ByteQueue::offer`]). Closing wakes both ends.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::Instant;

/// Items with their cost in bytes, up to `capacity_bytes` in total.
pub struct ByteQueue<T> {
    state: Mutex<QueueState<T>>,
    changed: Condvar,
    capacity_bytes: usize,
}

struct QueueState<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

/// Result of taking from a queue within a time limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// The next item.
    Item(T),
    /// The time limit passed.
    TimedOut,
    /// The queue is closed and empty.
    Closed,
}

impl<T> ByteQueue<T> {
    /// An empty queue.
    pub fn new(capacity_bytes: usize) -> Self {
        let state = QueueState { items: VecDeque::new(), bytes: 0, closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), capacity_bytes }
    }

    /// Adds `item`, waiting for space; returns it when the queue is closed.
    pub fn put(&self, item: T, bytes: usize) -> Result<(), T> {
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

    /// Adds `item` without waiting; returns it when it does not fit.
    pub fn offer(&self, item: T, bytes: usize) -> Result<(), T> {
        let mut state = self.state.lock();
        if !state.fits(bytes, self.capacity_bytes) {
            return Err(item);
        }
        state.put(item, bytes);
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    /// Adds `item` without waiting and drops the oldest items beyond `max_items`; returns their number.
    pub fn push_latest(&self, item: T, bytes: usize, max_items: usize) -> u64 {
        let mut state = self.state.lock();
        let mut dropped = 0;
        while state.items.len() >= max_items.max(1) {
            let _oldest = state.pop();
            dropped += 1;
        }
        state.put(item, bytes);
        drop(state);
        self.changed.notify_all();
        dropped
    }

    /// The next item, waiting for one; `None` once the queue is closed and empty.
    pub fn take(&self) -> Option<T> {
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.pop() {
                self.changed.notify_all();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            self.changed.wait(&mut state);
        }
    }

    /// The next item, waiting for one until `deadline`.
    pub fn take_until(&self, deadline: Instant) -> Taken<T> {
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.pop() {
                self.changed.notify_all();
                return Taken::Item(item);
            }
            if state.closed {
                return Taken::Closed;
            }
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                return state.pop().map_or(Taken::TimedOut, Taken::Item);
            }
        }
    }

    /// Number of items and their bytes.
    pub fn backlog(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.items.len(), state.bytes)
    }

    /// Ends the queue: [`ByteQueue::put`] fails from now on, items in it can still be taken.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.changed.notify_all();
    }
}

impl<T> QueueState<T> {
    /// One item always fits into an empty queue, however large it is: otherwise a huge frame would wait for ever.
    fn fits(&self, bytes: usize, capacity: usize) -> bool {
        bytes == 0 || self.bytes == 0 || self.bytes + bytes <= capacity
    }

    fn pop(&mut self) -> Option<T> {
        let (item, bytes) = self.items.pop_front()?;
        self.bytes -= bytes;
        Some(item)
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
    fn what_does_not_fit_comes_back_or_displaces_the_oldest() {
        let queue = ByteQueue::new(10);
        assert_eq!((queue.offer(1, 6), queue.offer(2, 6)), (Ok(()), Err(2)));
        assert_eq!((queue.push_latest(3, 6, 1), queue.backlog()), (1, (1, 6)));
        assert_eq!(queue.take_until(Instant::now()), Taken::Item(3));
        assert_eq!(queue.take_until(Instant::now()), Taken::TimedOut);
        queue.close();
        assert_eq!(queue.take_until(Instant::now()), Taken::Closed);
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
