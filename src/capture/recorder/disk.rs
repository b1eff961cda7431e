//! File system access of the recorder as traits, so that a test can fill the disk or make it read-only during a phrase.

use crossbeam_channel::{Sender, bounded};
use parking_lot::Mutex;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::video::spawn_worker;

/// A file that a recording is written to.
pub(crate) trait Store: Send {
    /// Writes all bytes at an offset.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Truncates the file.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Waits for fsync.
    fn sync(&mut self) -> io::Result<()>;
    /// A second handle of the same file, for fsync on another thread.
    fn handle(&self) -> io::Result<File>;
}

/// The file system.
pub(crate) trait Disk: Send {
    /// Opens a file for writing and creates it if necessary.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Store>>;
    /// Free bytes at a path; `None` where the system does not tell.
    fn free_bytes(&self, at: &Path) -> Option<u64>;
}

/// The real file system.
#[derive(Debug)]
pub(crate) struct SystemDisk;

impl Disk for SystemDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Store>> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        Ok(Box::new(OpenFile { file, path: path.to_owned() }))
    }

    fn free_bytes(&self, at: &Path) -> Option<u64> {
        at.ancestors()
            .find_map(|place| fs4::available_space(if place == Path::new("") { Path::new(".") } else { place }).ok())
    }
}

/// A file and the name that it was opened by.
struct OpenFile {
    file: File,
    path: PathBuf,
}

impl Store for OpenFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// On Windows opened anew by its name: a duplicate shares the file object, on which Windows does one thing at a time, so a write
    /// would wait for the sync that another thread was given the handle for.
    fn handle(&self) -> io::Result<File> {
        if cfg!(windows) { OpenOptions::new().write(true).open(&self.path) } else { self.file.try_clone() }
    }
}

/// Syncs a folder, so that its entries survive a power loss. Ignored where the system cannot.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(opened) = File::open(folder) {
        let _ = opened.sync_all();
    }
}

/// Capacity of the queue: the clips and sidecars of two cameras.
const QUEUE: usize = 4;

/// Handle of the thread, and its latest error.
pub(super) struct Syncer {
    files: Option<Sender<(PathBuf, File)>>,
    failed: Arc<Mutex<Option<(PathBuf, io::Error)>>>,
}

impl Syncer {
    /// Starts the thread; without it, files are synced when they are finished.
    pub(super) fn start() -> Self {
        let (files, waiting) = bounded::<(PathBuf, File)>(QUEUE);
        let failed = Arc::new(Mutex::new(None));
        let failure = failed.clone();
        let work = move || {
            for (path, file) in waiting {
                if let Err(error) = file.sync_data() {
                    *failure.lock() = Some((path, error));
                }
            }
        };
        // Without the thread, or after its panic, files are synced when they are finished.
        let files = spawn_worker("recorder-sync", || (), work).is_ok().then_some(files);
        Self { files, failed }
    }

    /// Queues a file for fsync; when the queue is full, the file is synced with the next request.
    pub(super) fn sync(&self, path: PathBuf, file: File) {
        if let Some(files) = &self.files {
            let _ = files.try_send((path, file));
        }
    }

    /// The latest error since the last call.
    pub(super) fn take_failure(&self) -> Option<(PathBuf, io::Error)> {
        self.failed.lock().take()
    }
}

#[cfg(test)]
pub(super) mod fake {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI32, Ordering};

    /// The real disk until a failure is set: then half of each write is stored, and the write returns this error.
    #[derive(Clone, Default)]
    pub(in super::super) struct FailingDisk {
        raw_error: Arc<AtomicI32>,
    }

    impl FailingDisk {
        /// Sets an `errno`; 0 for a disk that works.
        pub(in super::super) fn fail_with(&self, raw_error: i32) {
            self.raw_error.store(raw_error, Ordering::SeqCst);
        }

        fn check(&self) -> io::Result<()> {
            match self.raw_error.load(Ordering::SeqCst) {
                0 => Ok(()),
                raw => Err(io::Error::from_raw_os_error(raw)),
            }
        }
    }

    struct FailingStore {
        disk: FailingDisk,
        store: Box<dyn Store>,
    }

    impl Disk for FailingDisk {
        fn open(&self, path: &Path) -> io::Result<Box<dyn Store>> {
            self.check()?;
            Ok(Box::new(FailingStore { disk: self.clone(), store: SystemDisk.open(path)? }))
        }

        fn free_bytes(&self, at: &Path) -> Option<u64> {
            self.check().map_or(Some(0), |()| SystemDisk.free_bytes(at))
        }
    }

    impl Store for FailingStore {
        fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
            let refused = self.disk.check();
            let arriving = if refused.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
            self.store.write_at(offset, arriving)?;
            refused
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.disk.check()?;
            self.store.cut(length)
        }

        fn sync(&mut self) -> io::Result<()> {
            self.disk.check()?;
            self.store.sync()
        }

        fn handle(&self) -> io::Result<File> {
            self.store.handle()
        }
    }
}
