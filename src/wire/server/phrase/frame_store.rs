//! The frames of one phrase as they came, kept once each and counted, and the memory budget that all phrases share.

use crate::protocol::{Validation, ValidationFacts};
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the reference counts per frame besides its bytes.
const OVERHEAD_BYTES: u64 = 1024;
/// Missing numbers listed at most; the wire shows five.
const LISTED_MISSING: usize = 6;

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// No byte is left.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("Maximum memory limit reached ({max_megabytes:.1} MB)")]
pub(crate) struct OutOfMemory {
    max_megabytes: f64,
}

#[derive(Debug, Default)]
struct Budget {
    used: u64,
    /// Bytes of the shares whose phrases are still open.
    open: BTreeMap<u64, u64>,
    next_id: u64,
}

/// The memory that all phrases share, in bytes. Clones share it.
///
/// One phrase may take what the others leave, but of the share that each open phrase is entitled to (all memory divided by
/// the open phrases and one more) nothing can be taken by another.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    budget: Arc<Mutex<Budget>>,
    max: u64,
    /// What a new phrase must find free: an equal part for each place.
    least_free: u64,
    /// Somebody was refused: what only waits for the disk is to be let go.
    is_wanted: Arc<AtomicBool>,
}

impl Memory {
    /// A budget of `max` bytes for so many phrases at the same time.
    pub(crate) fn new(max: u64, places: usize) -> Self {
        let least_free = max / places.max(1) as u64;
        Self { budget: Arc::default(), max, least_free, is_wanted: Arc::default() }
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> u64 {
        self.budget.lock().used
    }

    /// Bytes there are.
    pub(crate) fn max(&self) -> u64 {
        self.max
    }

    /// Whether one phrase's worth is free once `freed` bytes are given back.
    pub(crate) fn check(&self, freed: u64) -> Result<(), OutOfMemory> {
        let used = self.used().saturating_sub(freed);
        if used.saturating_add(self.least_free) > self.max { Err(self.refusal()) } else { Ok(()) }
    }

    /// A share that holds nothing yet.
    pub(crate) fn share(&self) -> MemoryShare {
        let mut budget = self.budget.lock();
        let id = budget.next_id;
        budget.next_id += 1;
        budget.open.insert(id, 0);
        MemoryShare { memory: self.clone(), id, bytes: 0 }
    }

    /// Notes that somebody had to be refused.
    pub(crate) fn want(&self) {
        self.is_wanted.store(true, Ordering::Relaxed);
    }

    /// Whether somebody was refused since this was last asked.
    pub(crate) fn take_wanted(&self) -> bool {
        self.is_wanted.swap(false, Ordering::Relaxed)
    }

    fn refusal(&self) -> OutOfMemory {
        OutOfMemory { max_megabytes: self.max as f64 / MEGABYTE }
    }
}

/// What one phrase has taken from the budget.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    memory: Memory,
    id: u64,
    bytes: u64,
}

impl MemoryShare {
    /// Takes more, or nothing when the others are entitled to it.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        let mut budget = self.memory.budget.lock();
        let own = self.bytes.saturating_add(bytes);
        let entitled = self.memory.max / (budget.open.len() as u64 + 1);
        let others = budget.open.iter().filter(|(id, _)| **id != self.id);
        let kept_free: u64 =
            if own > entitled { others.map(|(_, held)| entitled.saturating_sub(*held)).sum() } else { 0 };
        let total = budget.used.saturating_add(bytes);
        if total.saturating_add(kept_free) > self.memory.max {
            return Err(self.memory.refusal());
        }
        budget.used = total;
        if let Some(held) = budget.open.get_mut(&self.id) {
            *held = own;
        }
        self.bytes = own;
        Ok(())
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The phrase is over: it takes nothing more, and nothing is kept free for it.
    fn close(&self) {
        self.memory.budget.lock().open.remove(&self.id);
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        let mut budget = self.memory.budget.lock();
        budget.used -= self.bytes;
        budget.open.remove(&self.id);
    }
}

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
    pub(crate) fn insert(&mut self, number: i64, frame: &StoredFrame) -> Result<Kept, OutOfMemory> {
        if self.frames.contains_key(&number) {
            self.received += 1;
            self.duplicates += 1;
            return Ok(Kept::Duplicate);
        }
        self.share.grow(frame.payload.len() as u64 + OVERHEAD_BYTES)?;
        self.received += 1;
        if self.highest().is_some_and(|highest| number < highest) {
            self.out_of_order += 1;
        }
        self.frames.insert(number, frame.clone());
        Ok(Kept::New)
    }

    /// Takes memory for something else of this phrase, such as its signal log.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.share.grow(bytes)
    }

    /// Notes that this phrase had to be refused memory.
    pub(crate) fn want_memory(&self) {
        self.share.memory.want();
    }

    /// No more frames come: what is free is for the phrases that are open.
    pub(crate) fn close(&self) {
        self.share.close();
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
        let mut store = FrameStore::new(&Memory::new(1 << 20, 10));
        for number in numbers {
            let frame = StoredFrame { encoding: "jpeg".into(), stamp: 0.0, payload: Bytes::from_static(b"x") };
            store.insert(*number, &frame).unwrap();
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
        let memory = Memory::new(3000, 10);
        let mut store = FrameStore::new(&memory);
        let frame = || StoredFrame { encoding: "raw".into(), stamp: 0.0, payload: Bytes::from(vec![0; 1000]) };
        assert_eq!(store.insert(0, &frame()), Ok(Kept::New));
        assert!(store.insert(1, &frame()).is_err());
        assert_eq!((store.len(), memory.used()), (1, 2024));
        drop(store);
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn a_hoarder_takes_what_is_free_and_nothing_that_another_open_phrase_is_entitled_to() {
        let memory = Memory::new(1200, 10);
        let (mut hoarder, mut honest) = (memory.share(), memory.share());
        // Two open phrases: each is entitled to a third.
        let taken = (0..1_000).take_while(|_| hoarder.grow(10).is_ok()).count();
        assert_eq!(taken, 80, "all but the other's third");
        assert_eq!((0..1_000).take_while(|_| honest.grow(10).is_ok()).count(), 40);
        hoarder.close();
        drop(honest);
        let mut next = memory.share();
        assert!(next.grow(400).is_ok(), "nothing is kept free for a phrase that is over");
        assert_eq!(memory.used(), 1200);
    }
}
