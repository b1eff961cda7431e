//! One camera's clip of a running phrase on disk: playable at every moment, whole at the end, and patient with a disk that
//! refuses for a while.
//!
//! A batch of pictures is either in the file or not in it: what a full disk took of one is cut off before the next try.

use super::disk::{Disk, Store};
use super::picture::Kept;
use super::sidecar::Sidecar;
use super::syncer::Syncer;
use fencing::time::Timestamp;
use recording::FolderError;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::{RecordingPlan, RecordingWriter};

/// A piece of sound: interleaved samples of 16 bits, the first of them heard at `at`.
pub(super) type Piece = (Timestamp, Arc<[i16]>);

/// A clip that is being written.
pub(super) struct ClipFile {
    path: PathBuf,
    plan: RecordingPlan,
    writer: RecordingWriter,
    head: Vec<u8>,
    store: Option<Box<dyn Store>>,
    sidecar: Sidecar,
    /// Pictures that could not be written.
    pub(super) lost: u64,
    unsynced: bool,
}

impl ClipFile {
    /// A clip whose container time 0 is `zero`; nothing is written yet.
    pub(super) fn new(path: PathBuf, sidecar: PathBuf, plan: RecordingPlan, zero: Timestamp) -> Self {
        let (writer, head) = RecordingWriter::new(&plan, zero);
        let sidecar = Sidecar::new(sidecar, zero, plan.began_unix_nanos);
        Self { path, plan, writer, head, store: None, sidecar, lost: 0, unsynced: false }
    }

    /// Pictures in it.
    pub(super) fn pictures(&self) -> u64 {
        self.writer.mark().pictures
    }

    /// Seconds from its zero to its last picture.
    pub(super) fn secs(&self) -> f64 {
        self.writer.mark().last().secs()
    }

    /// Bytes of it.
    pub(super) fn bytes(&self) -> u64 {
        self.writer.mark().bytes
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    pub(super) fn has_sound(&self) -> Option<vision::video::SoundFormat> {
        self.plan.sound
    }

    /// Writes pictures and the sound beside them, both in order of time. On an error nothing of them is in the file.
    pub(super) fn write(&mut self, disk: &dyn Disk, pictures: &[Kept], sound: &[Piece]) -> Result<(), FolderError> {
        let mark = self.writer.mark();
        let mut bytes = Vec::with_capacity(pictures.iter().map(|p| p.jpeg.len() + 64).sum());
        let mut lines = String::new();
        let mut lost = 0;
        let mut pieces = sound.iter().peekable();
        for picture in pictures {
            while let Some((at, samples)) = pieces.next_if(|(at, _)| *at <= picture.at) {
                self.writer.sound(*at, samples, &mut bytes);
            }
            match self.in_size(picture) {
                Some(fitting) => {
                    let _ = write!(lines, "{}", self.sidecar.line(self.writer.mark().pictures, picture.at));
                    self.writer.picture(picture.at, &fitting.jpeg, &mut bytes);
                }
                None => lost += 1,
            }
        }
        pieces.for_each(|(at, samples)| self.writer.sound(*at, samples, &mut bytes));
        if let Err(error) = self.append(disk, mark.bytes, &bytes) {
            self.writer.rewind(mark);
            self.store = None;
            return Err(FolderError::at(&self.path, error));
        }
        self.lost += lost;
        self.sidecar.append(disk, &lines);
        self.unsynced = true;
        Ok(())
    }

    /// A phrase stays one clip of one size: after a change of the camera's format, pictures are fitted into the first one.
    fn in_size(&self, picture: &Kept) -> Option<Kept> {
        if picture.size == self.plan.size { Some(picture.clone()) } else { picture.fitted(self.plan.size) }
    }

    fn append(&mut self, disk: &dyn Disk, end: u64, bytes: &[u8]) -> io::Result<()> {
        let store = match &mut self.store {
            Some(store) => store,
            None => self.store.insert(reopen(disk, &self.path, &self.head, end)?),
        };
        store.write_at(end, bytes)
    }

    /// Has everything so far put on the disk and not only into the system's memory. Does not wait for it.
    pub(super) fn sync_soon(&mut self, syncer: &Syncer) {
        let handle = self.store.as_ref().and_then(|store| store.handle().ok());
        if let Some(file) = handle.filter(|_| std::mem::take(&mut self.unsynced)) {
            syncer.sync(self.path.clone(), file);
        }
    }

    /// Makes it whole: index and length.
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

/// Opens the file, with nothing behind `end` in it; begins it when it is new.
fn reopen(disk: &dyn Disk, path: &std::path::Path, head: &[u8], end: u64) -> io::Result<Box<dyn Store>> {
    let mut store = disk.open(path)?;
    store.cut(end.max(head.len() as u64))?;
    if end <= head.len() as u64 {
        store.write_at(0, head)?;
    }
    Ok(store)
}
