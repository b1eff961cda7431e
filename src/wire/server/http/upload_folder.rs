//! Folders of an upload: a temporary one until its verdict, then one of its own.
//!
//! The temporary folder is removed with its last owner, wherever an upload ends: refused, abandoned by a client that disconnected, or
//! judged. Folders of a killed server are removed by the next start: a file inside is locked while the upload lives, the system
//! releases the lock with the process, and a folder with a held lock belongs to another server on the same disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::{NamedTempFile, TempDir};

const PREFIX: &str = ".upload-";
/// The locked file. Files of the upload have other names.
const LOCK: &str = "held";
/// A folder without a lock may be new, but not for so long.
const MAX_LOCKLESS_AGE: Duration = Duration::from_hours(1);

/// The temporary folder of an upload.
#[derive(Debug)]
pub(super) struct UploadFolder {
    /// First field, so that it is closed before the folder is removed.
    _lock: File,
    folder: TempDir,
}

impl UploadFolder {
    /// Creates one under `root`, which is created too.
    pub(super) fn make(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(root)?;
        let unnamed = NamedTempFile::new_in(folder.path())?;
        // Locked before it gets its name, so a lock file without a lock is always stale. Without locks in the file system the upload is
        // accepted and nothing is removed at the next start.
        let _ = unnamed.as_file().try_lock();
        let lock = recording::persist_open(unnamed, &folder.path().join(LOCK))?;
        Ok(Self { _lock: lock, folder })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes stale upload folders under `root`.
pub(in crate::server) fn sweep(root: &Path) {
    let Ok(entries) = std::fs::read_dir(root) else { return };
    let ours = entries.filter_map(Result::ok).filter(|entry| {
        entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    for folder in ours.map(|entry| entry.path()).filter(|folder| is_stale(folder)) {
        match std::fs::remove_dir_all(&folder) {
            Ok(()) => tracing::info!(folder = %folder.display(), "an upload that was cut off is removed"),
            Err(error) => tracing::warn!(%error, folder = %folder.display(), "a cut-off upload cannot be removed"),
        }
    }
}

fn is_stale(folder: &Path) -> bool {
    match File::options().read(true).write(true).open(folder.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => is_old(folder),
        Err(_) => false,
    }
}

fn is_old(folder: &Path) -> bool {
    let changed = std::fs::metadata(folder).and_then(|meta| meta.modified());
    changed.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > MAX_LOCKLESS_AGE))
}

/// The folder of a judged upload; removed again when this is dropped before [`keep`](Self::keep).
#[derive(Debug)]
pub(super) struct PhraseFolder(Option<PathBuf>);

impl PhraseFolder {
    /// Creates a new folder and moves files (current path, new name) into it.
    pub(super) fn of(wanted: &Path, files: &[(PathBuf, String)]) -> Result<Self, String> {
        let folder = recording::folder::create_fresh(wanted).map_err(|e| e.to_string())?;
        let unkept = Self(Some(folder.clone()));
        for (from, name) in files {
            recording::rename(from, &folder.join(name)).map_err(|e| e.to_string())?;
        }
        Ok(unkept)
    }

    /// Keeps the folder.
    pub(super) fn keep(mut self) -> PathBuf {
        self.0.take().unwrap_or_default()
    }
}

impl Drop for PhraseFolder {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take()
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(%error, folder = %folder.display(), "the folder of an upload cannot be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(root).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_nobody_holds_is_swept_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let held = UploadFolder::make(root.path()).unwrap();
        let (left, unlocked) = (root.path().join(".upload-left"), root.path().join(".upload-made-just-now"));
        for folder in [&left, &unlocked, &root.path().join("a-phrase")] {
            std::fs::create_dir(folder).unwrap();
        }
        std::fs::write(left.join(LOCK), []).unwrap();
        std::fs::write(left.join("part0.mp4"), [0; 100]).unwrap();
        sweep(root.path());
        let its_name = held.path().file_name().unwrap().to_str().unwrap().to_owned();
        let mut stays = vec![its_name, ".upload-made-just-now".to_owned(), "a-phrase".to_owned()];
        stays.sort();
        assert_eq!(names(root.path()), stays);
        File::open(&unlocked).unwrap().set_modified(SystemTime::now() - MAX_LOCKLESS_AGE * 2).unwrap();
        drop(held);
        sweep(root.path());
        assert_eq!(names(root.path()), ["a-phrase"]);
    }

    #[test]
    fn a_folder_that_cannot_take_its_files_is_not_left_behind() {
        let root = tempfile::tempdir().unwrap();
        let there = root.path().join("clip");
        std::fs::write(&there, b"x").unwrap();
        let files = [(there.clone(), "clip.mp4".to_owned()), (root.path().join("none"), "p.txt".to_owned())];
        assert!(PhraseFolder::of(&root.path().join("p"), &files).is_err());
        assert_eq!(names(root.path()), [""; 0]);
        std::fs::write(&there, b"x").unwrap();
        let stored = PhraseFolder::of(&root.path().join("p"), &files[..1]).unwrap().keep();
        assert_eq!((names(root.path()), names(&stored)), (vec!["p".to_owned()], vec!["clip.mp4".to_owned()]));
    }
}
