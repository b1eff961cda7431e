//! The frames of one phrase as they came: kept once each, counted, and never more than the memory that all phrases share.

use super::memory::{Memory, MemoryShare, OutOfMemory};
use crate::protocol::{Validation, ValidationFacts};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What the reference counts per frame besides its bytes.
const OVERHEAD_BYTES: u64 = 1024;
/// Missing numbers listed at most; the wire shows five.
const LISTED_MISSING: usize = 6;

/// One frame as it came.
#[derive(Clone, Debug)]
pub(crate) struct StoredFrame {
    /// The encoding as written.
    pub(crate) encoding: String,
    /// The client's clock in seconds.
    pub(crate) stamp: f64,
    /// The picture as encoded.
    pub(crate) payload: Bytes,
}

/// What became of a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is new and kept.
    New,
    /// Its number had come before; the first copy stays.
    Duplicate,
}

/// The frames of one phrase. Dropping it gives its memory back.
#[derive(Debug)]
pub(crate) struct FrameStore {
    frames: BTreeMap<i64, StoredFrame>,
    share: MemoryShare,
    received: u64,
    duplicates: u64,
    out_of_order: u64,
}

impl FrameStore {
    /// An empty store that takes its memory from `memory`.
    pub(crate) fn new(memory: &Memory) -> Self {
        Self { frames: BTreeMap::new(), share: memory.share(), received: 0, duplicates: 0, out_of_order: 0 }
    }

    /// Keeps a frame unless its number is there already or memory has run out.
    pub(crate) fn insert(&mut self, number: i64, frame: StoredFrame) -> Result<Kept, OutOfMemory> {
        self.received += 1;
        if self.frames.contains_key(&number) {
            self.duplicates += 1;
            return Ok(Kept::Duplicate);
        }
        self.share.grow(frame.payload.len() as u64 + OVERHEAD_BYTES)?;
        if self.highest().is_some_and(|highest| number < highest) {
            self.out_of_order += 1;
        }
        self.frames.insert(number, frame);
        Ok(Kept::New)
    }

    /// Takes memory for something else of this phrase, such as its signal log.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.share.grow(bytes)
    }

    /// Different frames kept.
    pub(crate) fn len(&self) -> u64 {
        self.frames.len() as u64
    }

    /// All frames received, duplicates too.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Frames that came again.
    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Frames that came after a higher number.
    pub(crate) fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.share.bytes()
    }

    /// The frames in order of their numbers.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (i64, &StoredFrame)> {
        self.frames.iter().map(|(number, frame)| (*number, frame))
    }

    /// The lowest number above which nothing has come without a gap: what a returning client sends next.
    pub(crate) fn next_wanted(&self) -> i64 {
        let mut next = self.frames.first_key_value().map_or(0, |(first, _)| *first);
        for number in self.frames.keys() {
            if *number != next {
                break;
            }
            next = next.saturating_add(1);
        }
        next
    }

    /// How many numbers between the first and the last are missing.
    pub(crate) fn missing_count(&self) -> u64 {
        match (self.frames.first_key_value(), self.highest()) {
            (Some((first, _)), Some(last)) => last.abs_diff(*first).saturating_add(1) - self.len(),
            _ => 0,
        }
    }

    /// The `validation` object.
    pub(crate) fn validation(&self, expected_frames: Option<i64>, has_signal: bool) -> Validation {
        let missing = self.first_missing();
        Validation::of(&ValidationFacts {
            frame_count: self.len(),
            expected_frames,
            missing: &missing,
            missing_count: self.missing_count(),
            last_missing: self.last_missing(),
            duplicate_frames: self.duplicates,
            out_of_order_frames: self.out_of_order,
            has_signal,
            timed_out_after_secs: None,
        })
    }

    fn highest(&self) -> Option<i64> {
        self.frames.last_key_value().map(|(number, _)| *number)
    }

    fn first_missing(&self) -> Vec<i64> {
        let gaps = self.frames.keys().zip(self.frames.keys().skip(1));
        gaps.flat_map(|(before, after)| before.saturating_add(1)..*after).take(LISTED_MISSING).collect()
    }

    fn last_missing(&self) -> Option<i64> {
        let gaps = self.frames.keys().rev().skip(1).zip(self.frames.keys().rev());
        gaps.filter(|(before, after)| before.saturating_add(1) < **after).map(|(_, after)| after - 1).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(numbers: &[i64]) -> FrameStore {
        let mut store = FrameStore::new(&Memory::new(1 << 20));
        for number in numbers {
            let frame = StoredFrame { encoding: "jpeg".into(), stamp: 0.0, payload: Bytes::from_static(b"x") };
            store.insert(*number, frame).unwrap();
        }
        store
    }

    #[test]
    fn duplicates_order_and_gaps_are_counted() {
        let store = store(&[0, 1, 1, 4, 3, 9]);
        assert_eq!((store.len(), store.received(), store.duplicates(), store.out_of_order()), (5, 6, 1, 1));
        let validation = store.validation(None, true);
        assert_eq!(validation.issues, ["Missing frames: [2, 5, 6, 7, 8]", "Too few frames: 5 (minimum 10)"]);
        assert_eq!(store.next_wanted(), 2);
    }

    #[test]
    fn absurd_numbers_neither_overflow_nor_take_time() {
        let store = store(&[i64::MIN, i64::MAX]);
        assert_eq!(store.missing_count(), u64::MAX - 2);
        let validation = store.validation(None, true);
        assert!(validation.issues[0].starts_with("Missing 18446744073709551613 frames (first: -9223372036854775807"));
    }

    #[test]
    fn memory_is_bounded_while_receiving_and_given_back() {
        let memory = Memory::new(3000);
        let mut store = FrameStore::new(&memory);
        let frame = || StoredFrame { encoding: "raw".into(), stamp: 0.0, payload: Bytes::from(vec![0; 1000]) };
        assert_eq!(store.insert(0, frame()), Ok(Kept::New));
        assert!(store.insert(1, frame()).is_err());
        assert_eq!((store.len(), memory.used()), (1, 2024));
        drop(store);
        assert_eq!(memory.used(), 0);
    }
}
