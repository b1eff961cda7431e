//! Lock file of a phrase that is being recorded, with what is needed to repair the phrase after a crash.
//!
//! The operating system releases the lock with the process that holds it, so a lock file without a lock marks a phrase that was
//! cut off, and one with a lock a phrase that another process records, which is left alone. On a file system without locks the
//! modification times decide: a folder that was written to a moment ago belongs to another process.

use super::names::OPEN_MARK;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A recorder writes many times a second and gives up on a refusing disk after 20 s ([`super::recorder_thread`]); the rest is for file servers
/// whose clock differs from ours.
const ABANDONED_AFTER: Duration = Duration::from_mins(1);

/// Content of the lock file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenMark {
    /// Time of the first frame on the host clock, which is monotonic.
    pub(super) zero_mono_ns: i64,
    /// The same moment in nanoseconds since 1970.
    pub(super) began_unix_ns: i64,
}

impl OpenMark {
    /// Creates the lock file in a folder; the lock is held as long as the file is open.
    pub(super) fn place(self, folder: &Path) -> io::Result<File> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(folder.join(OPEN_MARK))?;
        // Recording goes on without a lock where the file system has none.
        let _ = file.try_lock();
        file.write_all(&serde_json::to_vec(&self)?)?;
        file.sync_all()?;
        Ok(file)
    }

    /// Takes the lock of a phrase that was cut off; `None` when there is no lock file or another process holds it. A damaged lock file
    /// counts as zero.
    pub(super) fn take_over(folder: &Path) -> Option<(Self, File)> {
        let mut file = OpenOptions::new().read(true).write(true).open(folder.join(OPEN_MARK)).ok()?;
        if is_held(&file.try_lock(), || last_written(folder)) {
            return None;
        }
        let mut text = String::new();
        let _ = file.read_to_string(&mut text);
        let mark = serde_json::from_str(&text).unwrap_or(Self { zero_mono_ns: 0, began_unix_ns: 0 });
        Some((mark, file))
    }

    /// Removes the lock file: the phrase is complete.
    pub(super) fn remove(folder: &Path) -> io::Result<()> {
        std::fs::remove_file(folder.join(OPEN_MARK))
    }
}

/// Whether another process records a phrase: by its lock, or by the last modification where there are no locks.
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

/// Last modification of anything in a folder.
fn last_written(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_locks_a_phrase_that_was_just_written_is_somebodys() {
        let dir = tempfile::tempdir().unwrap();
        let no_locks = Err(TryLockError::Error(io::ErrorKind::Unsupported.into()));
        assert!(!is_held(&no_locks, || last_written(dir.path())));
        let (clip, mark) = (dir.path().join("clip.mkv"), dir.path().join(OPEN_MARK));
        let file = |path| File::create(path).unwrap();
        let old = SystemTime::now().checked_sub(ABANDONED_AFTER * 2).unwrap();
        file(&mark).set_modified(old).unwrap();
        let clip = file(&clip);
        assert!(is_held(&no_locks, || last_written(dir.path())), "the clip is written");
        assert!(!is_held(&Ok(()), || last_written(dir.path())));
        clip.set_modified(SystemTime::now() + Duration::from_secs(30)).unwrap();
        assert!(is_held(&no_locks, || last_written(dir.path())), "the server's clock is ahead");
        clip.set_modified(old).unwrap();
        assert!(!is_held(&no_locks, || last_written(dir.path())));
    }

    #[test]
    fn a_held_mark_is_not_shared() {
        let dir = tempfile::tempdir().unwrap();
        assert!(OpenMark::take_over(dir.path()).is_none());
        let mark = OpenMark { zero_mono_ns: 5, began_unix_ns: 7 };
        let held = mark.place(dir.path()).unwrap();
        assert!(OpenMark::take_over(dir.path()).is_none());
        drop(held);
        assert_eq!(OpenMark::take_over(dir.path()).map(|(found, _)| found), Some(mark));
        std::fs::write(dir.path().join(OPEN_MARK), b"{half").unwrap();
        assert_eq!(OpenMark::take_over(dir.path()).map(|(found, _)| found.zero_mono_ns), Some(0));
    }
}
