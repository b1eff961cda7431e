//! One camera's clip of the running phrase on disk: playable at every moment, and retried when the disk refuses a write.
//!
//! A batch of frames is either in the file or not in it: what a full disk stored of one is truncated before the retry.

use super::disk::{Disk, Store, Syncer};
use super::stored_frame::StoredFrame;
use fencing::time::Timestamp;
use recording::FolderError;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::{RecordingPlan, RecordingWriter};

/// A chunk of sound: interleaved 16-bit samples, the first of them at the given time.
pub(super) type TimedSamples = (Timestamp, Arc<[i16]>);

/// A clip that is being written.
pub(super) struct ClipFile {
    path: PathBuf,
    plan: RecordingPlan,
    writer: RecordingWriter,
    head: Vec<u8>,
    store: Option<Box<dyn Store>>,
    sidecar: Sidecar,
    /// Frames that could not be written.
    pub(super) lost: u64,
    is_unsynced: bool,
}

impl ClipFile {
    /// A clip whose container time 0 is `zero`; nothing is written yet.
    pub(super) fn new(path: PathBuf, sidecar: PathBuf, plan: RecordingPlan, zero: Timestamp) -> Self {
        let (writer, head) = RecordingWriter::new(&plan, zero);
        let sidecar = Sidecar::new(sidecar, zero, plan.began_unix_nanos);
        Self { path, plan, writer, head, store: None, sidecar, lost: 0, is_unsynced: false }
    }

    /// Frames in the file.
    pub(super) fn frames(&self) -> u64 {
        self.writer.mark().frames
    }

    /// Seconds from its zero to its last frame.
    pub(super) fn secs(&self) -> f64 {
        self.writer.mark().last().secs()
    }

    /// Bytes in the file.
    pub(super) fn bytes(&self) -> u64 {
        self.writer.mark().bytes
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    pub(super) fn has_sound(&self) -> Option<vision::video::SoundFormat> {
        self.plan.sound
    }

    /// Writes frames and the sound beside them, both in time order. After an error none of them is in the file.
    pub(super) fn write(
        &mut self,
        disk: &dyn Disk,
        frames: &[StoredFrame],
        sound: &[TimedSamples],
    ) -> Result<(), FolderError> {
        let mark = self.writer.mark();
        let mut bytes = Vec::with_capacity(frames.iter().map(|p| p.jpeg.len() + 64).sum());
        let mut lines = String::new();
        let mut lost = 0;
        let mut chunks = sound.iter().peekable();
        for frame in frames {
            while let Some((at, samples)) = chunks.next_if(|(at, _)| *at <= frame.at) {
                self.writer.sound(*at, samples, &mut bytes);
            }
            match self.in_size(frame) {
                Some(fitting) => {
                    let _ = write!(lines, "{}", self.sidecar.line(self.writer.mark().frames, frame.at));
                    self.writer.frame(frame.at, &fitting.jpeg, &mut bytes);
                }
                None => lost += 1,
            }
        }
        chunks.for_each(|(at, samples)| self.writer.sound(*at, samples, &mut bytes));
        if let Err(error) = self.append(disk, mark.bytes, &bytes) {
            self.writer.rewind(mark);
            self.store = None;
            return Err(FolderError::at(&self.path, error));
        }
        self.lost += lost;
        self.sidecar.append(disk, &lines);
        self.is_unsynced = true;
        Ok(())
    }

    /// Scales a frame to the size of the clip: a phrase stays one clip of one size even when the camera's format changes.
    fn in_size(&self, frame: &StoredFrame) -> Option<StoredFrame> {
        if frame.size == self.plan.size { Some(frame.clone()) } else { frame.fitted(self.plan.size) }
    }

    fn append(&mut self, disk: &dyn Disk, end: u64, bytes: &[u8]) -> io::Result<()> {
        let store = match &mut self.store {
            Some(store) => store,
            None => self.store.insert(reopen(disk, &self.path, &self.head, end)?),
        };
        store.write_at(end, bytes)
    }

    /// Requests an fsync of everything written so far. Does not wait for it.
    pub(super) fn sync_soon(&mut self, syncer: &Syncer) {
        let handle = self.store.as_ref().and_then(|store| store.handle().ok());
        if let Some(file) = handle.filter(|_| std::mem::take(&mut self.is_unsynced)) {
            syncer.sync(self.path.clone(), file);
        }
    }

    /// Completes the file: index and duration.
    pub(super) fn finish(&mut self, disk: &dyn Disk) -> Result<(), FolderError> {
        self.sidecar.finish(disk);
        let end = self.writer.mark().bytes;
        let ending = self.writer.ending();
        let mut finish = || {
            self.append(disk, end, &ending.tail)?;
            let Some(store) = &mut self.store else { return Ok(()) };
            store.sync()?;
            ending.patches.iter().try_for_each(|(offset, bytes)| store.write_at(*offset, bytes))?;
            store.sync()
        };
        finish().map_err(|e| FolderError::at(&self.path, e))
    }
}

/// Opens the file and truncates it to `end`; writes the header when it is new.
fn reopen(disk: &dyn Disk, path: &std::path::Path, head: &[u8], end: u64) -> io::Result<Box<dyn Store>> {
    let mut store = disk.open(path)?;
    store.cut(end.max(head.len() as u64))?;
    if end <= head.len() as u64 {
        store.write_at(0, head)?;
    }
    Ok(store)
}

/// The file beside a clip.
pub(super) struct Sidecar {
    path: PathBuf,
    zero: Timestamp,
    began_unix_nanos: i64,
    /// The file's whole content.
    text: String,
    /// Bytes of it that are written.
    written: usize,
    store: Option<Box<dyn Store>>,
}

impl Sidecar {
    pub(super) fn new(path: PathBuf, zero: Timestamp, began_unix_nanos: i64) -> Self {
        Self { path, zero, began_unix_nanos, text: String::new(), written: 0, store: None }
    }

    /// The line of a frame.
    pub(super) fn line(&self, frame: u64, at: Timestamp) -> String {
        line(frame, at.nanos(), self.began_unix_nanos.saturating_add(at.nanos().saturating_sub(self.zero.nanos())))
    }

    /// Appends lines; what cannot be written now is written later.
    pub(super) fn append(&mut self, disk: &dyn Disk, lines: &str) {
        self.text.push_str(lines);
        let Some(pending) = self.text.get(self.written..) else { return };
        if self.store.is_none() {
            self.store = disk.open(&self.path).ok();
        }
        let written = self.store.as_mut().map(|store| store.write_at(self.written as u64, pending.as_bytes()));
        match written {
            Some(Ok(())) => self.written = self.text.len(),
            _ => self.store = None,
        }
    }

    /// Last attempt to write.
    pub(super) fn finish(&mut self, disk: &dyn Disk) {
        self.append(disk, "");
        let length = self.written as u64;
        if let Some(store) = &mut self.store {
            let _ = store.cut(length).and_then(|()| store.sync());
        }
    }
}

pub(super) fn line(frame: u64, mono_nanos: i64, unix_nanos: i64) -> String {
    let (millis, micros) = (unix_nanos.div_euclid(1_000_000), unix_nanos.rem_euclid(1_000_000) / 1_000);
    format!("{{\"frame\":{frame},\"ts\":{millis}.{micros:03},\"mono_ns\":{mono_nanos}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json() {
        let text = line(7, -5, 1_795_000_000_123_456_789);
        assert_eq!(text, "{\"frame\":7,\"ts\":1795000000123.456,\"mono_ns\":-5}\n");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["frame"], 7);
    }
}
