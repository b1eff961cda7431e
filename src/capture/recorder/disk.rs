//! The disk as the recorder uses it, so that a test can fill it or take its rights away in the middle of a phrase.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file that a recording is written into.
pub(crate) trait Store: Send {
    /// Writes all bytes at an offset.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts everything behind an offset off.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Waits until everything is on the disk and not only in memory.
    fn sync(&mut self) -> io::Result<()>;
    /// Another handle of the same file, for waiting elsewhere.
    fn handle(&self) -> io::Result<File>;
}

/// Where recordings go.
pub(crate) trait Disk: Send {
    /// Opens a file for writing, making it if it is not there.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Store>>;
    /// Bytes that are free at a place; `None` where the system does not say.
    fn free_bytes(&self, at: &Path) -> Option<u64>;
}

/// The real one.
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

    /// Opened anew by its name: a duplicate shares the file object, on which Windows does one thing at a time, so a write would wait
    /// for the sync that another thread was given the handle for.
    fn handle(&self) -> io::Result<File> {
        OpenOptions::new().write(true).open(&self.path)
    }
}

/// Makes a folder's entries survive a power loss. Not every system can; then they come a little later by themselves.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(opened) = File::open(folder) {
        let _ = opened.sync_all();
    }
}

#[cfg(test)]
pub(super) mod fake {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI32, Ordering};

    /// The real disk until told otherwise: then half of what is written arrives, and the system reports this error.
    #[derive(Clone, Default)]
    pub(in super::super) struct FailingDisk {
        raw_error: Arc<AtomicI32>,
    }

    impl FailingDisk {
        /// An `errno`; 0 for a disk that is well.
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
