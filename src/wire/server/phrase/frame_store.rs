//! The received frames of one phrase: in memory, stored once and counted against the shared budget, and in a spool file on disk, so that
//! a server that was killed can return them to its client, or judge them at its next start.
//!
//! On disk ([`Spool`]) each session has one file in a hidden folder beside the phrases: one line with the format's name, one line of
//! JSON with the announcement, then records in order of arrival. A record is its kind (one byte) and its length (`u32`,
//! little-endian), then its bytes: for a frame its number (`i64`), timestamp (`f64`), the length of its encoding's name (one
//! byte), that name and the payload. A frame is acknowledged after its record is written. Writes are unbuffered, so a killed
//! process loses at most the record being written, and a truncated record is ignored. Power failures are not covered: that would
//! need an fsync per frame. The file is locked while its session lives and removed when the phrase is saved in its final form. A
//! disk that is too slow or full costs the file, not the phrase.

use super::frame_clock::{Stamp, times_of};
use crate::protocol::{Validation, ValidationInput};
use bytes::Bytes;
use fencing::time::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The reference's overhead per frame besides its bytes.
const OVERHEAD_BYTES: u64 = 1024;
/// Most missing numbers listed; the wire shows five.
const LISTED_MISSING: usize = 6;

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Name of the folder, beside the folders of the phrases; no phrase has this name.
const SPOOL_FOLDER: &str = ".spool";
const SPOOL_ENDING: &str = ".phrase";
/// First line of a file.
const SPOOL_FORMAT: &[u8] = b"fencing-referee server phrase 1\n";
/// Longest accepted line of JSON, in bytes.
const MAX_HEAD_BYTES: u64 = 64 * 1024;
/// Largest accepted record, in bytes: more than any message.
const MAX_RECORD_BYTES: u32 = 256 * 1024 * 1024;
/// Time-out of writing a record, well below half of what strict clients grant an acknowledgement.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);
const FRAME: u8 = b'F';
const SIGNAL: u8 = b'S';
const VERDICT: u8 = b'V';

/// The budget is exhausted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("Maximum memory limit reached ({max_megabytes:.1} MB)")]
pub(crate) struct OutOfMemory {
    max_megabytes: f64,
}

#[derive(Debug, Default)]
struct BudgetState {
    used: u64,
    /// Bytes held by the phrases that are still open.
    open: BTreeMap<u64, u64>,
    next_id: u64,
}

/// The memory budget shared by all phrases, in bytes. Clones share it.
///
/// One phrase may use what the others leave, except the share that each open phrase is entitled to (the budget divided by the open
/// phrases and one more).
#[derive(Clone, Debug)]
pub(crate) struct MemoryBudget {
    budget: Arc<Mutex<BudgetState>>,
    max: u64,
    /// Free bytes required for a new phrase: an equal part for each session.
    min_free: u64,
    /// Set when a phrase was refused memory, so that phrases waiting for the disk are dropped.
    was_refused: Arc<AtomicBool>,
}

impl MemoryBudget {
    /// A budget of `max` bytes for so many phrases at the same time.
    pub(crate) fn new(max: u64, places: usize) -> Self {
        let min_free = max / places.max(1) as u64;
        Self { budget: Arc::default(), max, min_free, was_refused: Arc::default() }
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> u64 {
        self.budget.lock().used
    }

    /// Total bytes.
    pub(crate) fn max(&self) -> u64 {
        self.max
    }

    /// Whether one phrase's share is free once `freed` bytes are returned.
    pub(crate) fn check(&self, freed: u64) -> Result<(), OutOfMemory> {
        let used = self.used().saturating_sub(freed);
        if used.saturating_add(self.min_free) > self.max { Err(self.refusal()) } else { Ok(()) }
    }

    /// A new, empty share.
    pub(crate) fn share(&self) -> MemoryShare {
        let mut budget = self.budget.lock();
        let id = budget.next_id;
        budget.next_id += 1;
        budget.open.insert(id, 0);
        MemoryShare { memory: self.clone(), id, bytes: 0 }
    }

    /// Records that a phrase was refused.
    pub(crate) fn record_refusal(&self) {
        self.was_refused.store(true, Ordering::Relaxed);
    }

    /// Whether a phrase was refused since the last call.
    pub(crate) fn take_refused(&self) -> bool {
        self.was_refused.swap(false, Ordering::Relaxed)
    }

    fn refusal(&self) -> OutOfMemory {
        OutOfMemory { max_megabytes: self.max as f64 / MEGABYTE }
    }
}

/// Bytes held by one phrase.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    memory: MemoryBudget,
    id: u64,
    bytes: u64,
}

impl MemoryShare {
    /// Takes more, or nothing when others are entitled to it.
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

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Marks the phrase as closed: it takes nothing more, and nothing is reserved for it.
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

/// A received frame.
#[derive(Clone, Debug)]
pub(crate) struct StoredFrame {
    /// Its encoding as sent.
    pub(crate) encoding: String,
    /// The client's clock in seconds.
    pub(crate) stamp: f64,
    /// The coded frame.
    pub(crate) payload: Bytes,
}

impl StoredFrame {
    /// What stands before the frame in its record.
    fn record_head(&self, number: i64) -> Vec<u8> {
        let name = self.encoding.as_bytes();
        let name = &name[..name.len().min(usize::from(u8::MAX))];
        [&number.to_le_bytes()[..], &self.stamp.to_le_bytes(), &[name.len() as u8], name].concat()
    }

    /// A frame and its number; `None` when the record is none of a frame.
    fn of_record(record: &Bytes) -> Option<(i64, Self)> {
        let number = i64::from_le_bytes(record.get(..8)?.try_into().ok()?);
        let stamp = f64::from_le_bytes(record.get(8..16)?.try_into().ok()?);
        let end = 17 + usize::from(*record.get(16)?);
        let encoding = String::from_utf8_lossy(record.get(17..end)?).into_owned();
        Some((number, Self { encoding, stamp, payload: record.slice(end..) }))
    }
}

/// Outcome of storing a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StoreOutcome {
    /// New and stored.
    New,
    /// Its number was received before; the first copy stays.
    Duplicate,
}

/// The frames of one phrase. Dropping it returns its memory.
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
    pub(crate) fn new(memory: &MemoryBudget) -> Self {
        Self { frames: BTreeMap::new(), share: memory.share(), received: 0, duplicates: 0, out_of_order: 0 }
    }

    /// Stores a frame unless its number exists already or the budget is exhausted.
    pub(crate) fn insert(&mut self, number: i64, frame: &StoredFrame) -> Result<StoreOutcome, OutOfMemory> {
        if self.frames.contains_key(&number) {
            self.received += 1;
            self.duplicates += 1;
            return Ok(StoreOutcome::Duplicate);
        }
        self.share.grow(frame.payload.len() as u64 + OVERHEAD_BYTES)?;
        self.received += 1;
        if self.highest().is_some_and(|highest| number < highest) {
            self.out_of_order += 1;
        }
        self.frames.insert(number, frame.clone());
        Ok(StoreOutcome::New)
    }

    /// Reserves memory for other data of this phrase, such as its signal log.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.share.grow(bytes)
    }

    /// Records that this phrase was refused memory.
    pub(crate) fn record_memory_refusal(&self) {
        self.share.memory.record_refusal();
    }

    /// No more frames come: free memory is for the phrases that are open.
    pub(crate) fn close(&self) {
        self.share.close();
    }

    /// Number of distinct frames.
    pub(crate) fn len(&self) -> u64 {
        self.frames.len() as u64
    }

    /// Number of all frames received, duplicates included.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Frames received again.
    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Frames received after a higher number.
    pub(crate) fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.share.bytes()
    }

    /// Capture time of each frame, in order of number, as the judge's threads compute it for frames that come in order.
    pub(crate) fn times(&self, fps: f64) -> Vec<(i64, Timestamp)> {
        times_of(fps, self.frames().map(|(number, frame)| Stamp { number, secs: frame.stamp }))
    }

    /// The frames in order of their numbers.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (i64, &StoredFrame)> {
        self.frames.iter().map(|(number, frame)| (*number, frame))
    }

    /// The first missing number: a returning client sends it next.
    pub(crate) fn next_missing(&self) -> i64 {
        let mut next = self.frames.first_key_value().map_or(0, |(first, _)| *first);
        for number in self.frames.keys() {
            if *number != next {
                break;
            }
            next = next.saturating_add(1);
        }
        next
    }

    /// Missing numbers between the first and the last.
    pub(crate) fn missing_count(&self) -> u64 {
        match (self.frames.first_key_value(), self.highest()) {
            (Some((first, _)), Some(last)) => last.abs_diff(*first).saturating_add(1) - self.len(),
            _ => 0,
        }
    }

    /// The `validation` object.
    pub(crate) fn validation(&self, expected_frames: Option<i64>, has_signal: bool) -> Validation {
        let missing = self.first_missing();
        Validation::of(&ValidationInput {
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

/// A client's announcement, with the secret for resuming.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SpoolHead {
    pub(crate) session_id: String,
    pub(crate) fps: f64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) expected_frames: Option<i64>,
    pub(crate) window: Option<u32>,
    pub(crate) resume_token: Option<String>,
}

/// A phrase that an earlier run of the server left behind.
#[derive(Debug)]
pub(crate) struct SpooledPhrase {
    /// Its announcement.
    pub(crate) head: SpoolHead,
    /// Its frames in order of arrival.
    pub(crate) frames: Vec<(i64, StoredFrame)>,
    /// The signal log, if it had arrived.
    pub(crate) signal: Option<Bytes>,
    /// Name of the phrase's folder, if its verdict was written.
    pub(crate) verdict: Option<String>,
    /// Its file, locked; more can be added.
    pub(crate) spool: Spool,
}

impl SpooledPhrase {
    /// Capture time of each frame, in order of number, as the judge's threads compute it.
    pub(crate) fn times(&self) -> Vec<(i64, Timestamp)> {
        times_of(self.head.fps, self.frames.iter().map(|(number, frame)| Stamp { number: *number, secs: frame.stamp }))
    }

    /// Reads one file; `None` if it is in use, or something else.
    fn read(path: &Path, stopping: &CancellationToken) -> io::Result<Option<Self>> {
        let file = File::options().read(true).append(true).open(path)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Ok(None);
        }
        let mut reader = BufReader::new(&file);
        let mut format = vec![0; SPOOL_FORMAT.len()];
        if reader.read_exact(&mut format).is_err() || format != SPOOL_FORMAT {
            return Ok(None);
        }
        let mut line = Vec::new();
        reader.by_ref().take(MAX_HEAD_BYTES).read_until(b'\n', &mut line)?;
        let Ok(head) = serde_json::from_slice(&line) else { return Ok(None) };
        let (mut frames, mut signal, mut verdict) = (Vec::new(), None, None);
        let mut whole = (SPOOL_FORMAT.len() + line.len()) as u64;
        while let Some((kind, record)) = next_record(&mut reader)? {
            whole += 5 + record.len() as u64;
            match kind {
                FRAME => frames.extend(StoredFrame::of_record(&Bytes::from(record))),
                SIGNAL => signal = Some(Bytes::from(record)),
                VERDICT => verdict = String::from_utf8(record).ok(),
                _ => {}
            }
        }
        // Appending after a truncated record would make everything behind it unreadable.
        file.set_len(whole)?;
        let file = SpoolFile { file: Some(file), path: path.to_owned() };
        let spool = Spool { file: Arc::new(Mutex::new(file)), stopping: stopping.clone() };
        Ok(Some(Self { head, frames, signal, verdict, spool }))
    }
}

#[derive(Debug)]
struct SpoolFile {
    /// `None` after a failed write: later records would be useless without that one.
    file: Option<File>,
    path: PathBuf,
}

/// The file of an open session. Dropping it removes the file unless the server is stopping.
#[derive(Debug)]
pub(crate) struct Spool {
    file: Arc<Mutex<SpoolFile>>,
    stopping: CancellationToken,
}

impl Spool {
    /// Creates a file under `output`. Blocking.
    pub(crate) fn create(output: &Path, head: &SpoolHead, stopping: CancellationToken) -> io::Result<Self> {
        let folder = output.join(SPOOL_FOLDER);
        let make = || {
            std::fs::create_dir_all(&folder)?;
            // Readable by the owner only: the resume token is a secret.
            tempfile::Builder::new().suffix(SPOOL_ENDING).tempfile_in(&folder)
        };
        // Another session may have removed the folder between the two steps.
        let file = make().or_else(|_| make()).or_else(|_| make())?;
        // The phrase is accepted without a lock where the file system has none.
        let _ = file.as_file().try_lock();
        let (mut file, path) = file.keep().map_err(|error| error.error)?;
        let mut line = serde_json::to_vec(head)?;
        line.push(b'\n');
        let written = file.write_all(&[SPOOL_FORMAT, &line].concat());
        let spool = Self { file: Arc::new(Mutex::new(SpoolFile { file: Some(file), path })), stopping };
        written.map(|()| spool)
    }

    /// Adds a frame; it is written when this returns.
    pub(crate) async fn push(&self, number: i64, frame: &StoredFrame) {
        self.append(FRAME, frame.record_head(number), frame.payload.clone()).await;
    }

    /// Adds the signal log, which completes the phrase.
    pub(crate) async fn push_signal(&self, log: Bytes) {
        self.append(SIGNAL, Vec::new(), log).await;
    }

    /// Records that the verdict is in that folder.
    pub(crate) async fn push_verdict(&self, folder: &str) {
        self.append(VERDICT, Vec::new(), Bytes::copy_from_slice(folder.as_bytes())).await;
    }

    async fn append(&self, kind: u8, head: Vec<u8>, payload: Bytes) {
        let file = Arc::clone(&self.file);
        // The lock is held while a write hangs.
        if file.try_lock().is_none_or(|file| file.file.is_none()) {
            return;
        }
        let writing = tokio::task::spawn_blocking(move || file.lock().append(kind, &head, &payload));
        let failure = match tokio::time::timeout(WRITE_TIMEOUT, writing).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it takes too long".to_owned(),
        };
        tracing::warn!(
            error = failure,
            "a phrase is not kept on disk while it streams; it would be lost with the server"
        );
        let file = Arc::clone(&self.file);
        // Not awaited: a write that hangs still holds the lock.
        drop(tokio::task::spawn_blocking(move || file.lock().give_up()));
    }

    /// Removes the file: the phrase is saved in its final form, or no longer needed.
    pub(crate) fn remove(&self) {
        self.file.lock().give_up();
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if !self.stopping.is_cancelled() {
            self.remove();
        }
    }
}

impl SpoolFile {
    fn append(&mut self, kind: u8, head: &[u8], payload: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let length = u32::try_from(head.len() + payload.len()).ok().filter(|length| *length <= MAX_RECORD_BYTES);
        let length = length.ok_or(io::ErrorKind::FileTooLarge)?;
        // One write together with the small header, so that truncated records are rare.
        let head = [&[kind][..], &length.to_le_bytes(), head].concat();
        file.write_all(&head)?;
        file.write_all(payload)
    }

    fn give_up(&mut self) {
        if self.file.take().is_some() {
            let _gone = std::fs::remove_file(&self.path);
            if let Some(folder) = self.path.parent() {
                // Succeeds for the last file only.
                let _not_empty = std::fs::remove_dir(folder);
            }
        }
    }
}

/// Phrases of earlier runs of the server under `output`, oldest first. Skips files that another server holds or that are not of this
/// program. Blocking.
pub(crate) fn interrupted_phrases(output: &Path, stopping: &CancellationToken) -> Vec<SpooledPhrase> {
    let Ok(entries) = std::fs::read_dir(output.join(SPOOL_FOLDER)) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(SPOOL_ENDING)).collect();
    paths.sort_by_key(|path| (std::fs::metadata(path).and_then(|about| about.modified()).ok(), path.clone()));
    let read = |path: PathBuf| match SpooledPhrase::read(&path, stopping) {
        Ok(phrase) => phrase,
        Err(error) => {
            tracing::warn!(%error, file = %path.display(), "a phrase that was cut off cannot be read");
            None
        }
    };
    paths.into_iter().filter_map(read).collect()
}

/// The next complete record.
fn next_record(reader: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0; 5];
    match reader.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [kind, l0, l1, l2, l3] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    if length > MAX_RECORD_BYTES {
        return Ok(None);
    }
    let mut record = Vec::new();
    reader.take(u64::from(length)).read_to_end(&mut record)?;
    Ok((record.len() == length as usize).then_some((kind, record)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(numbers: &[i64]) -> FrameStore {
        let mut store = FrameStore::new(&MemoryBudget::new(1 << 20, 10));
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
        assert_eq!(store.next_missing(), 2);
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
        let memory = MemoryBudget::new(3000, 10);
        let mut store = FrameStore::new(&memory);
        let frame = || StoredFrame { encoding: "raw".into(), stamp: 0.0, payload: Bytes::from(vec![0; 1000]) };
        assert_eq!(store.insert(0, &frame()), Ok(StoreOutcome::New));
        assert!(store.insert(1, &frame()).is_err());
        assert_eq!((store.len(), memory.used()), (1, 2024));
        drop(store);
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn a_hoarder_takes_what_is_free_and_nothing_that_another_open_phrase_is_entitled_to() {
        let memory = MemoryBudget::new(1200, 10);
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

    fn head() -> SpoolHead {
        SpoolHead {
            session_id: "piste 7".into(),
            fps: 30.0,
            width: 64,
            height: 48,
            expected_frames: Some(0),
            window: Some(8),
            resume_token: Some("secret".into()),
        }
    }

    fn frame(payload: &'static [u8], stamp: f64) -> StoredFrame {
        StoredFrame { encoding: "jpeg".into(), stamp, payload: Bytes::from_static(payload) }
    }

    #[tokio::test]
    async fn what_was_written_is_read_back_but_for_a_record_that_was_cut_off() {
        let output = tempfile::tempdir().unwrap();
        let stopping = CancellationToken::new();
        let spool = Spool::create(output.path(), &head(), stopping.clone()).unwrap();
        spool.push(4, &frame(b"four", 1.5)).await;
        spool.push(5, &frame(b"five", 1.6)).await;
        spool.push_signal(Bytes::from_static(b"log")).await;
        assert_eq!(interrupted_phrases(output.path(), &stopping).len(), 0, "it is in use");
        let path = spool.file.lock().path.clone();
        // As a killed process leaves it: unlocked, within a record.
        spool.file.lock().file.take();
        File::options().append(true).open(&path).unwrap().write_all(b"F\xFF\0\0\0abc").unwrap();
        let left = interrupted_phrases(output.path(), &stopping).pop().unwrap();
        assert_eq!((left.head, left.verdict), (head(), None));
        assert_eq!(left.signal.as_deref(), Some(&b"log"[..]));
        let read: Vec<_> = left.frames.iter().map(|(n, f)| (*n, f.stamp, &f.payload[..])).collect();
        assert_eq!(read, [(4, 1.5, &b"four"[..]), (5, 1.6, &b"five"[..])]);
        left.spool.push_verdict("piste_7").await;
        left.spool.file.lock().file.take();
        let again = interrupted_phrases(output.path(), &stopping).pop().unwrap();
        assert_eq!((again.frames.len(), again.verdict.as_deref()), (2, Some("piste_7")));
        drop(again);
        assert!(!output.path().join(SPOOL_FOLDER).exists(), "a phrase that is over leaves nothing");
    }

    #[test]
    fn a_server_that_stops_leaves_its_phrases_to_the_next_start() {
        let output = tempfile::tempdir().unwrap();
        let stopping = CancellationToken::new();
        let spool = Spool::create(output.path(), &head(), stopping.clone()).unwrap();
        stopping.cancel();
        drop(spool);
        assert_eq!(interrupted_phrases(output.path(), &CancellationToken::new()).len(), 1);
    }

    #[test]
    fn foreign_files_are_passed_over() {
        let output = tempfile::tempdir().unwrap();
        std::fs::create_dir(output.path().join(SPOOL_FOLDER)).unwrap();
        for (name, text) in [("a.phrase", "hello"), ("b.phrase", ""), ("c.txt", "fencing-referee server phrase 1\n")] {
            std::fs::write(output.path().join(SPOOL_FOLDER).join(name), text).unwrap();
        }
        assert!(interrupted_phrases(output.path(), &CancellationToken::new()).is_empty());
    }
}
