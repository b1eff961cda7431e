//! The mark of a phrase that is being recorded: a locked file with what is needed to make the phrase whole after a crash.
//!
//! The lock goes with the process that holds it, however that ends, so a mark without a lock is a phrase that was cut off,
//! and one with a lock is somebody's running phrase and is left alone.

use super::names::OPEN_MARK;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// What the mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenMark {
    /// The first picture on the host's steady clock.
    pub(super) zero_mono_ns: i64,
    /// The same moment, in nanoseconds since 1970.
    pub(super) began_unix_ns: i64,
}

impl OpenMark {
    pub(super) fn zero(self) -> Timestamp {
        Timestamp::from_nanos(self.zero_mono_ns)
    }

    /// Puts the mark into a folder; it stands as long as the file is kept open.
    pub(super) fn place(self, folder: &Path) -> io::Result<File> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(folder.join(OPEN_MARK))?;
        // A file system without locks is no reason not to record.
        let _ = file.try_lock();
        file.write_all(&serde_json::to_vec(&self)?)?;
        file.sync_all()?;
        Ok(file)
    }

    /// The mark of a phrase that was cut off, locked by the caller from now on; `None` when there is none or somebody else
    /// holds it. A damaged mark counts as zero.
    pub(super) fn take_over(folder: &Path) -> Option<(Self, File)> {
        let mut file = OpenOptions::new().read(true).write(true).open(folder.join(OPEN_MARK)).ok()?;
        if matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)) {
            return None;
        }
        let mut text = String::new();
        let _ = file.read_to_string(&mut text);
        let mark = serde_json::from_str(&text).unwrap_or(Self { zero_mono_ns: 0, began_unix_ns: 0 });
        Some((mark, file))
    }

    /// Takes the mark away: the phrase is whole.
    pub(super) fn remove(folder: &Path) -> io::Result<()> {
        std::fs::remove_file(folder.join(OPEN_MARK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_mark_is_nobody_elses() {
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
