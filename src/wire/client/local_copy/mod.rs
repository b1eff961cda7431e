//! Local copy of a phrase: every frame is on disk before it is sent, so it can be sent again without being kept in memory, and a
//! named copy survives the process.
//!
//! File format: one line with the format's name, one line of JSON with the announcement, then records in order of arrival: kind
//! (one byte), timestamp (`f64`), length (`u32`), both little-endian, then the bytes. Writes are unbuffered, so a killed process
//! loses at most the record being written, and a truncated record is ignored.

use super::phrase::PhraseOffer;
use crate::protocol::{DEFAULT_QUALITY, Encoding};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// First line of the file.
const FORMAT: &str = "fencing-referee phrase 1\n";
/// Longest accepted line of JSON, in bytes.
const MAX_OFFER_BYTES: u64 = 64 * 1024;
/// Largest accepted record, in bytes: more than any frame.
const MAX_RECORD_BYTES: u32 = 256 * 1024 * 1024;
/// Bytes of a record's header.
const HEAD_BYTES: usize = 13;
const FRAME: u8 = b'F';
const SIGNAL: u8 = b'S';
/// A process that streams writes many times a second; the rest is for file servers whose clock differs from ours.
const ABANDONED_AFTER: Duration = Duration::from_mins(1);
/// Most copies with the name of one phrase.
const MAX_DUPLICATES: u32 = 99;

/// Why a copy cannot be sent again.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It cannot be opened or read.
    #[error("the copy of the phrase cannot be read ({source}): {}", path.display())]
    Unreadable {
        /// The cause.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// Another program has it open.
    #[error("the copy of the phrase is being sent by another program; wait for that: {}", .0.display())]
    InUse(PathBuf),
    /// The file is something else.
    #[error("this is not a copy of a phrase; give a file that `referee stream` wrote: {}", .0.display())]
    Foreign(PathBuf),
}

/// Position and time of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct FrameEntry {
    offset: u64,
    length: usize,
    stamp: f64,
}

/// The signal log of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignalLog {
    /// Its name.
    pub(super) filename: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// The coded frames of one phrase in a file.
#[derive(Debug)]
pub struct LocalCopy {
    file: File,
    path: Option<PathBuf>,
    entries: Vec<FrameEntry>,
    signal: Option<SignalLog>,
    end: u64,
}

impl LocalCopy {
    /// An unnamed copy in the system's temporary folder: removed with the phrase or the process.
    pub fn temporary() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, path: None, entries: Vec::new(), signal: None, end: 0 })
    }

    /// A copy in `folder`, named after the phrase, that stays until the phrase is judged or cancelled.
    pub fn in_folder(folder: &Path, offer: &PhraseOffer) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (file, path) = create_fresh(folder, offer)?;
        // The lock marks the file as being written.
        let _ = file.try_lock();
        let head = format!("{FORMAT}{}\n", offer_json(offer));
        let mut copy = Self { file, path: Some(path), entries: Vec::new(), signal: None, end: 0 };
        copy.append(head.as_bytes())?;
        Ok(copy)
    }

    /// Opens a copy that an earlier process left, with its announcement.
    pub fn reopen(path: &Path) -> Result<(Self, PhraseOffer), CopyError> {
        let unreadable = |source| CopyError::Unreadable { source, path: path.to_owned() };
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(unreadable)?;
        if is_held(&file.try_lock(), || file.metadata().and_then(|about| about.modified()).ok()) {
            return Err(CopyError::InUse(path.to_owned()));
        }
        let mut reader = BufReader::new(&file);
        let (offer, end) = read_head(&mut reader).map_err(unreadable)?.ok_or(CopyError::Foreign(path.to_owned()))?;
        let mut copy = Self {
            file: file.try_clone().map_err(unreadable)?,
            path: Some(path.to_owned()),
            entries: Vec::new(),
            signal: None,
            end,
        };
        while copy.read_record(&mut reader).map_err(unreadable)? {}
        Ok((copy, offer))
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, stamp: f64, payload: &[u8]) -> io::Result<()> {
        let offset = self.append_record(FRAME, stamp, payload)?;
        self.entries.push(FrameEntry { offset, length: payload.len(), stamp });
        Ok(())
    }

    /// Adds the signal log, which completes the phrase.
    pub(super) fn push_signal(&mut self, signal: SignalLog) -> io::Result<()> {
        let payload = [signal.filename.replace('\n', " ").as_bytes(), b"\n", &signal.bytes].concat();
        self.append_record(SIGNAL, 0.0, &payload)?;
        self.signal = Some(signal);
        Ok(())
    }

    /// Its path, if it has a name.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.entries.len()
    }

    /// Whether it contains the signal log.
    pub fn has_signal(&self) -> bool {
        self.signal.is_some()
    }

    /// The signal log, once added.
    pub(super) fn signal(&self) -> Option<&SignalLog> {
        self.signal.as_ref()
    }

    /// Timestamp and bytes of a frame; `None` when there is no such frame.
    pub(super) fn read(&mut self, index: usize) -> io::Result<Option<(f64, Vec<u8>)>> {
        let Some(entry) = self.entries.get(index).copied() else { return Ok(None) };
        let mut payload = vec![0; entry.length];
        self.file.seek(SeekFrom::Start(entry.offset))?;
        self.file.read_exact(&mut payload)?;
        Ok(Some((entry.stamp, payload)))
    }

    /// Removes the file: the phrase is judged, or no longer needed.
    pub(super) fn discard(&self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Writes a record and returns the offset of its payload.
    fn append_record(&mut self, kind: u8, stamp: f64, payload: &[u8]) -> io::Result<u64> {
        let length = u32::try_from(payload.len()).ok().filter(|length| *length <= MAX_RECORD_BYTES);
        let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "a frame is too large"))?;
        let head = [&[kind][..], &stamp.to_le_bytes(), &length.to_le_bytes()].concat();
        let begin = self.end;
        self.append(&head)?;
        if let Err(error) = self.append(payload) {
            // The next record overwrites the one that did not fit.
            self.end = begin;
            return Err(error);
        }
        Ok(begin + HEAD_BYTES as u64)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Reads the next record. Returns whether there was a complete one.
    fn read_record(&mut self, reader: &mut (impl Read + Seek)) -> io::Result<bool> {
        let mut head = [0; HEAD_BYTES];
        if !filled(reader, &mut head)? {
            return Ok(false);
        }
        let [kind, s0, s1, s2, s3, s4, s5, s6, s7, l0, l1, l2, l3] = head;
        let stamp = f64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        if length > MAX_RECORD_BYTES || !matches!(kind, FRAME | SIGNAL) {
            return Ok(false);
        }
        let mut payload = Vec::new();
        reader.by_ref().take(u64::from(length)).read_to_end(&mut payload)?;
        if payload.len() != length as usize {
            return Ok(false);
        }
        let offset = self.end + HEAD_BYTES as u64;
        self.end = offset + u64::from(length);
        match kind {
            FRAME => self.entries.push(FrameEntry { offset, length: payload.len(), stamp }),
            _ => self.signal = signal_of(&payload),
        }
        Ok(true)
    }
}

/// Whether another process has a copy open: by its lock, or by its last modification where there are no locks.
fn is_held(locked: &Result<(), TryLockError>, written: impl FnOnce() -> Option<SystemTime>) -> bool {
    match locked {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        // A modification time ahead of our clock is recent as well.
        Err(TryLockError::Error(_)) => {
            written().is_some_and(|at| at.elapsed().map_or(true, |ago| ago < ABANDONED_AFTER))
        }
    }
}

fn create_fresh(folder: &Path, offer: &PhraseOffer) -> io::Result<(File, PathBuf)> {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let stem: String = offer.session_id.chars().take(100).map(safe).collect();
    for suffix in 1..=MAX_DUPLICATES {
        let name = if suffix == 1 { format!("{stem}.phrase") } else { format!("{stem}-{suffix}.phrase") };
        let path = folder.join(name);
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "too many copies of the same phrase"))
}

fn offer_json(offer: &PhraseOffer) -> Value {
    json!({
        "session_id": offer.session_id, "fps": offer.fps, "width": offer.width, "height": offer.height,
        "encoding": offer.encoding.as_str(), "jpeg_quality": offer.jpeg_quality, "expected_frames": offer.expected_frames,
    })
}

fn offer_of(value: &Value) -> Option<PhraseOffer> {
    let side = |key: &str| value[key].as_u64().and_then(|n| u32::try_from(n).ok());
    Some(PhraseOffer {
        session_id: value["session_id"].as_str()?.to_owned(),
        fps: value["fps"].as_f64()?,
        width: side("width")?,
        height: side("height")?,
        encoding: Encoding::from_wire(value["encoding"].as_str()?)?,
        jpeg_quality: value["jpeg_quality"].as_u64().and_then(|n| u8::try_from(n).ok()).unwrap_or(DEFAULT_QUALITY),
        expected_frames: value["expected_frames"].as_u64(),
        ..PhraseOffer::default()
    })
}

/// The announcement and the offset of the first record; `None` when the file is something else.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<(PhraseOffer, u64)>> {
    let mut format = vec![0; FORMAT.len()];
    if !filled(reader, &mut format)? || format != FORMAT.as_bytes() {
        return Ok(None);
    }
    let mut line = Vec::new();
    reader.by_ref().take(MAX_OFFER_BYTES).read_until(b'\n', &mut line)?;
    let offer = serde_json::from_slice(&line).ok().as_ref().and_then(offer_of);
    Ok(offer.map(|offer| (offer, (format.len() + line.len()) as u64)))
}

/// Fills the buffer. Returns whether there were enough bytes.
fn filled(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn signal_of(payload: &[u8]) -> Option<SignalLog> {
    let end = payload.iter().position(|byte| *byte == b'\n')?;
    let (filename, bytes) = (payload.get(..end)?, payload.get(end + 1..)?);
    Some(SignalLog { filename: String::from_utf8_lossy(filename).into_owned(), bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests;
