//! A phrase on disk as it streams in, so that a server that is killed gives it back: to its client, or to its own next start.
//!
//! One file for each session, in a hidden folder beside the phrases: one line that names the format, one line of JSON with
//! what was announced, then records as they came. A record is its kind (one byte) and its length (`u32`, little-endian), then
//! its bytes: of a frame its number (`i64`), time stamp (`f64`), the length of its encoding's name (one byte), that name and
//! the picture. A frame is acknowledged when its record is written. Nothing is buffered here, so a killed program loses at
//! most the record it was writing, and a record that is cut off is passed over. Power failures are not covered: that would
//! take a wait for the disk with every frame.
//!
//! The file is locked while its session lives and removed when the phrase is on disk in its final form. A disk that does not
//! take a record in time, or is full, costs the file and not the phrase.

use super::frame_clock::{FrameClock, Sequencer, Stamp};
use super::frame_store::StoredFrame;
use bytes::Bytes;
use fencing::time::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The folder of the files, beside the folders of the phrases. No phrase is called so.
pub(crate) const FOLDER: &str = ".spool";
const ENDING: &str = ".phrase";
/// First line of a file.
const FORMAT: &[u8] = b"fencing-referee server phrase 1\n";
/// Longest line of JSON that is read, in bytes.
const MAX_HEAD_BYTES: u64 = 64 * 1024;
/// Longest record that is read, in bytes: more than any message.
const MAX_RECORD_BYTES: u32 = 256 * 1024 * 1024;
/// How long a record may take to be written: half of what strict clients grant an acknowledgement would be too long.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);
const FRAME: u8 = b'F';
const SIGNAL: u8 = b'S';
const VERDICT: u8 = b'V';

/// What a client announced of its phrase, and the secret with which it resumes.
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
    /// What was announced.
    pub(crate) head: SpoolHead,
    /// Its frames as they came.
    pub(crate) frames: Vec<(i64, StoredFrame)>,
    /// The signal log, if it had come.
    pub(crate) signal: Option<Bytes>,
    /// Name of the phrase's folder, if its verdict was written.
    pub(crate) verdict: Option<String>,
    /// Its file, locked; more can be added.
    pub(crate) spool: Spool,
}

#[derive(Debug)]
struct SpoolFile {
    /// `None` once the disk did not take a record: what follows would be of no use without it.
    file: Option<File>,
    path: PathBuf,
}

/// The file of a session that is open. Dropping it removes the file unless the server is stopping.
#[derive(Debug)]
pub(crate) struct Spool {
    file: Arc<Mutex<SpoolFile>>,
    stopping: CancellationToken,
}

impl Spool {
    /// Begins a file under `output`. Blocks on the disk.
    pub(crate) fn create(output: &Path, head: &SpoolHead, stopping: CancellationToken) -> io::Result<Self> {
        let folder = output.join(FOLDER);
        let make = || {
            std::fs::create_dir_all(&folder)?;
            // Readable by the owner alone: the resume token is a secret.
            tempfile::Builder::new().suffix(ENDING).tempfile_in(&folder)
        };
        // Another session, the last one so far, may have taken the folder along between the two steps.
        let file = make().or_else(|_| make()).or_else(|_| make())?;
        // A file system without locks is no reason to refuse a phrase.
        let _ = file.as_file().try_lock();
        let (mut file, path) = file.keep().map_err(|error| error.error)?;
        let mut line = serde_json::to_vec(head)?;
        line.push(b'\n');
        let written = file.write_all(&[FORMAT, &line].concat());
        let spool = Self { file: Arc::new(Mutex::new(SpoolFile { file: Some(file), path })), stopping };
        written.map(|()| spool)
    }

    /// Adds a frame; it is on disk when this returns.
    pub(crate) async fn push(&self, number: i64, frame: &StoredFrame) {
        let name = frame.encoding.as_bytes();
        let name = &name[..name.len().min(usize::from(u8::MAX))];
        let head = [&number.to_le_bytes()[..], &frame.stamp.to_le_bytes(), &[name.len() as u8], name].concat();
        self.append(FRAME, head, frame.payload.clone()).await;
    }

    /// Adds the signal log: the phrase is complete.
    pub(crate) async fn push_signal(&self, log: Bytes) {
        self.append(SIGNAL, Vec::new(), log).await;
    }

    /// Notes that the verdict lies in that folder.
    pub(crate) async fn push_verdict(&self, folder: &str) {
        self.append(VERDICT, Vec::new(), Bytes::copy_from_slice(folder.as_bytes())).await;
    }

    async fn append(&self, kind: u8, head: Vec<u8>, payload: Bytes) {
        let file = Arc::clone(&self.file);
        // Locked, the file is still at a record that the disk does not take.
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
        // Not waited for: a disk that hangs still holds the lock.
        drop(tokio::task::spawn_blocking(move || file.lock().give_up()));
    }

    /// Removes the file: the phrase is on disk in its final form, or not wanted any more.
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
        // In one piece with the small head, so that a cut-off record is seldom.
        let head = [&[kind][..], &length.to_le_bytes(), head].concat();
        file.write_all(&head)?;
        file.write_all(payload)
    }

    fn give_up(&mut self) {
        if self.file.take().is_some() {
            let _gone = std::fs::remove_file(&self.path);
            if let Some(folder) = self.path.parent() {
                // Only the last file takes the folder along.
                let _not_empty = std::fs::remove_dir(folder);
            }
        }
    }
}

/// What earlier runs of the server left under `output`, oldest first. Files that another server holds, or that are none of
/// this program's, are passed over. Blocks on the disk.
pub(crate) fn left_behind(output: &Path, stopping: &CancellationToken) -> Vec<SpooledPhrase> {
    let Ok(entries) = std::fs::read_dir(output.join(FOLDER)) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(ENDING)).collect();
    paths.sort_by_key(|path| (std::fs::metadata(path).and_then(|about| about.modified()).ok(), path.clone()));
    let read = |path: PathBuf| match read(&path, stopping) {
        Ok(phrase) => phrase,
        Err(error) => {
            tracing::warn!(%error, file = %path.display(), "a phrase that was cut off cannot be read");
            None
        }
    };
    paths.into_iter().filter_map(read).collect()
}

/// Reads one file; `None` if it is in use, or something else.
fn read(path: &Path, stopping: &CancellationToken) -> io::Result<Option<SpooledPhrase>> {
    let file = File::options().read(true).append(true).open(path)?;
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return Ok(None);
    }
    let mut reader = BufReader::new(&file);
    let mut format = vec![0; FORMAT.len()];
    if reader.read_exact(&mut format).is_err() || format != FORMAT {
        return Ok(None);
    }
    let mut line = Vec::new();
    reader.by_ref().take(MAX_HEAD_BYTES).read_until(b'\n', &mut line)?;
    let Ok(head) = serde_json::from_slice(&line) else { return Ok(None) };
    let (mut frames, mut signal, mut verdict) = (Vec::new(), None, None);
    let mut whole = (FORMAT.len() + line.len()) as u64;
    while let Some((kind, record)) = next_record(&mut reader)? {
        whole += 5 + record.len() as u64;
        match kind {
            FRAME => frames.extend(frame_of(&Bytes::from(record))),
            SIGNAL => signal = Some(Bytes::from(record)),
            VERDICT => verdict = String::from_utf8(record).ok(),
            _ => {}
        }
    }
    // What was cut off would make everything after it unreadable.
    file.set_len(whole)?;
    let file = SpoolFile { file: Some(file), path: path.to_owned() };
    let spool = Spool { file: Arc::new(Mutex::new(file)), stopping: stopping.clone() };
    Ok(Some(SpooledPhrase { head, frames, signal, verdict, spool }))
}

/// The next whole record.
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

fn frame_of(record: &Bytes) -> Option<(i64, StoredFrame)> {
    let number = i64::from_le_bytes(record.get(..8)?.try_into().ok()?);
    let stamp = f64::from_le_bytes(record.get(8..16)?.try_into().ok()?);
    let end = 17 + usize::from(*record.get(16)?);
    let encoding = String::from_utf8_lossy(record.get(17..end)?).into_owned();
    Some((number, StoredFrame { encoding, stamp, payload: record.slice(end..) }))
}

/// When each frame was taken, in order of number, as the judge's threads time them.
pub(crate) fn times_of(fps: f64, frames: &[(i64, StoredFrame)]) -> Vec<(i64, Timestamp)> {
    let (mut order, mut clock, mut times) = (Sequencer::default(), FrameClock::new(fps), Vec::new());
    let mut in_order = Vec::new();
    for (number, frame) in frames {
        in_order.extend(order.push(*number, frame.stamp));
    }
    in_order.extend(order.flush());
    for (number, secs) in in_order {
        times.extend(clock.push(Stamp { number, secs }, number));
    }
    times.extend(clock.flush());
    times.into_iter().map(|(at, number)| (number, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(left_behind(output.path(), &stopping).len(), 0, "it is in use");
        let path = spool.file.lock().path.clone();
        // As a killed process leaves it: unlocked, in the middle of a record.
        spool.file.lock().file.take();
        File::options().append(true).open(&path).unwrap().write_all(b"F\xFF\0\0\0abc").unwrap();
        let left = left_behind(output.path(), &stopping).pop().unwrap();
        assert_eq!((left.head, left.verdict), (head(), None));
        assert_eq!(left.signal.as_deref(), Some(&b"log"[..]));
        let read: Vec<_> = left.frames.iter().map(|(n, f)| (*n, f.stamp, &f.payload[..])).collect();
        assert_eq!(read, [(4, 1.5, &b"four"[..]), (5, 1.6, &b"five"[..])]);
        left.spool.push_verdict("piste_7").await;
        left.spool.file.lock().file.take();
        let again = left_behind(output.path(), &stopping).pop().unwrap();
        assert_eq!((again.frames.len(), again.verdict.as_deref()), (2, Some("piste_7")));
        drop(again);
        assert!(!output.path().join(FOLDER).exists(), "a phrase that is over leaves nothing");
    }

    #[test]
    fn a_server_that_stops_leaves_its_phrases_to_the_next_start() {
        let output = tempfile::tempdir().unwrap();
        let stopping = CancellationToken::new();
        let spool = Spool::create(output.path(), &head(), stopping.clone()).unwrap();
        stopping.cancel();
        drop(spool);
        assert_eq!(left_behind(output.path(), &CancellationToken::new()).len(), 1);
    }

    #[test]
    fn foreign_files_are_passed_over() {
        let output = tempfile::tempdir().unwrap();
        std::fs::create_dir(output.path().join(FOLDER)).unwrap();
        for (name, text) in [("a.phrase", "hello"), ("b.phrase", ""), ("c.txt", "fencing-referee server phrase 1\n")] {
            std::fs::write(output.path().join(FOLDER).join(name), text).unwrap();
        }
        assert!(left_behind(output.path(), &CancellationToken::new()).is_empty());
    }

    #[test]
    fn frames_that_are_read_back_have_the_times_that_they_were_judged_by() {
        let frames: Vec<_> = [2, 0, 1, 3].map(|n| (n, frame(b"x", 100.0 + n as f64 * 0.05))).to_vec();
        let times = times_of(30.0, &frames);
        // The first that came is the first of the phrase; what was before it came too late.
        assert_eq!(times.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 3]);
        assert!((times[1].1.secs() - 0.05).abs() < 1e-6, "{times:?}");
    }
}
