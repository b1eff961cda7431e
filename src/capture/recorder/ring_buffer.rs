//! A ring buffer over time, bounded in seconds and in bytes, whichever is reached first.
//!
//! Every item gets a serial number, so that a reader can continue where it stopped and can tell what was dropped in between.

use fencing::time::{Span, Timestamp};
use std::collections::VecDeque;

/// An item with a time and a size.
pub(super) trait Timed {
    /// Time on the host clock.
    fn at(&self) -> Timestamp;
    /// Size in bytes.
    fn bytes(&self) -> usize;
}

/// Capacity of a [`RingBuffer`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    /// Seconds from the oldest to the newest item.
    pub(super) secs: f64,
    /// Total bytes.
    pub(super) bytes: u64,
}

/// The latest items, oldest first.
#[derive(Debug)]
pub(super) struct RingBuffer<T> {
    items: VecDeque<T>,
    /// Serial number of the oldest.
    first: u64,
    bytes: u64,
    bounds: Bounds,
}

impl<T: Timed + Clone> RingBuffer<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { items: VecDeque::new(), first: 0, bytes: 0, bounds }
    }

    /// Changes the capacity.
    pub(super) fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        self.evict();
    }

    /// Adds an item.
    pub(super) fn push(&mut self, item: T) {
        self.bytes += item.bytes() as u64;
        self.items.push_back(item);
        self.evict();
    }

    /// Drops the oldest items beyond the capacity. A clock that jumped, either way, counts as a long time.
    fn evict(&mut self) {
        while self.items.len() > 1 && (self.bytes > self.bounds.bytes || self.secs().abs() > self.bounds.secs) {
            if let Some(gone) = self.items.pop_front() {
                self.bytes -= gone.bytes() as u64;
                self.first += 1;
            }
        }
    }

    /// Seconds from the oldest to the newest item.
    pub(super) fn secs(&self) -> f64 {
        match (self.items.front(), self.items.back()) {
            (Some(oldest), Some(newest)) => newest.at().secs_since(oldest.at()),
            _ => 0.0,
        }
    }

    /// Total bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Oldest item.
    pub(super) fn oldest(&self) -> Option<&T> {
        self.items.front()
    }

    /// Newest item.
    pub(super) fn newest(&self) -> Option<&T> {
        self.items.back()
    }

    /// Serial number of the first item at `from` or later; that of the next item to come when there is none.
    pub(super) fn serial_from(&self, from: Timestamp) -> u64 {
        let before = self.items.iter().take_while(|item| item.at() < from).count();
        self.first + before as u64
    }

    /// Serial number of the first item after `until`; that of the next item to come when there is none.
    pub(super) fn serial_after(&self, until: Timestamp) -> u64 {
        let up_to = self.items.iter().take_while(|item| item.at() <= until).count();
        self.first + up_to as u64
    }

    /// At most `most` bytes of items (but at least one) from a serial number on, not later than `until`, with the serial number of the
    /// first of them; that is greater than `serial` when items were dropped.
    pub(super) fn batch(&self, serial: u64, until: Option<Timestamp>, most: usize) -> (u64, Vec<T>) {
        let start = serial.max(self.first);
        let mut bytes = 0;
        let fits = |item: &&T| {
            let fits = bytes == 0 || bytes + item.bytes() <= most;
            bytes += item.bytes();
            fits && until.is_none_or(|until| item.at() <= until)
        };
        let items = self.items.iter().skip((start - self.first) as usize).take_while(fits).cloned().collect();
        (start, items)
    }

    /// The first item at `from` or later, and not later than `until`.
    pub(super) fn first_from(&self, from: Timestamp, until: Option<Timestamp>) -> Option<T> {
        let first = self.items.iter().find(|item| item.at() >= from)?;
        until.is_none_or(|until| first.at() <= until).then(|| first.clone())
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        self.first += self.items.len() as u64;
        self.items.clear();
        self.bytes = 0;
    }

    /// All items of a time span.
    pub(super) fn span(&self, span: Span) -> Vec<T> {
        self.items.iter().filter(|item| span.contains(item.at())).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Item(Timestamp, usize);

    impl Timed for Item {
        fn at(&self) -> Timestamp {
            self.0
        }
        fn bytes(&self) -> usize {
            self.1
        }
    }

    fn memory(secs: f64, bytes: u64) -> RingBuffer<Item> {
        RingBuffer::new(Bounds { secs, bytes })
    }

    fn item(secs: f64) -> Item {
        Item(Timestamp::from_secs(secs), 10)
    }

    #[test]
    fn a_reader_sees_what_it_missed() {
        let mut memory = memory(1.0, 1_000);
        (0..30).for_each(|i| memory.push(item(f64::from(i) * 0.1)));
        let (serial, batch) = memory.batch(5, None, 1_000);
        assert_eq!((serial, batch.len()), (19, 11));
        let (serial, batch) = memory.batch(25, Some(Timestamp::from_secs(2.7)), 1_000);
        assert_eq!((serial, batch.len()), (25, 3));
        assert_eq!(memory.batch(30, None, 1_000), (30, vec![]));
        assert_eq!(memory.batch(19, None, 25).1.len(), 2);
        assert_eq!(memory.serial_from(Timestamp::from_secs(2.45)), 25);
        assert_eq!(memory.serial_from(Timestamp::from_secs(9.0)), 30);
        assert_eq!(memory.serial_after(Timestamp::from_secs(2.5)), 26);
        assert_eq!(memory.serial_after(Timestamp::from_secs(9.0)), 30);
    }

    proptest! {
        #[test]
        fn the_bounds_hold_whatever_comes(
            things in proptest::collection::vec((-1e3..1e3f64, 0usize..5_000), 1..200),
            secs in 0.1..100.0f64,
            bytes in 1u64..20_000,
        ) {
            let mut memory = memory(secs, bytes);
            for (at, size) in things {
                memory.push(Item(Timestamp::from_secs(at), size));
                let alone = memory.items.len() == 1;
                prop_assert!(alone || memory.bytes() <= bytes);
                prop_assert!(alone || memory.secs().abs() <= secs);
                prop_assert_eq!(memory.bytes(), memory.items.iter().map(|t| t.1 as u64).sum::<u64>());
                prop_assert_eq!(memory.newest().map(|t| t.1), Some(size));
            }
        }
    }
}
