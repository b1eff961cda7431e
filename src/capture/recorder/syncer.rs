//! Sees to it that what was written is on the disk about once a second, on a thread of its own: a disk that takes its time
//! for that does not keep new pictures from being written.

use crossbeam_channel::{Sender, bounded};
use parking_lot::Mutex;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::spawn_worker;

/// Files that may wait: the clips and sidecars of two cameras.
const QUEUE: usize = 4;

/// The thread, and what went wrong on it last.
pub(super) struct Syncer {
    files: Option<Sender<(PathBuf, File)>>,
    failed: Arc<Mutex<Option<(PathBuf, io::Error)>>>,
}

impl Syncer {
    /// Starts it; without a thread, files reach the disk when they are finished.
    pub(super) fn start() -> Self {
        let (files, waiting) = bounded::<(PathBuf, File)>(QUEUE);
        let failed = Arc::new(Mutex::new(None));
        let told = failed.clone();
        let work = move || {
            for (path, file) in waiting {
                if let Err(error) = file.sync_data() {
                    *told.lock() = Some((path, error));
                }
            }
        };
        // Without the thread, as after its panic, files reach the disk when they are finished.
        let files = spawn_worker("recorder-sync", || (), work).is_ok().then_some(files);
        Self { files, failed }
    }

    /// Syncs a file soon; one that finds the thread busy is synced with the next time.
    pub(super) fn sync(&self, path: PathBuf, file: File) {
        if let Some(files) = &self.files {
            let _ = files.try_send((path, file));
        }
    }

    /// What the disk refused since the last time.
    pub(super) fn take_failure(&self) -> Option<(PathBuf, io::Error)> {
        self.failed.lock().take()
    }
}
