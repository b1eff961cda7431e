//! Queue of a phrase's frames on disk, between the writer that films and the thread that sends.
//!
//! With the disk as queue, a slow network neither fills memory nor delays a camera, and frames are kept while no server can be
//! reached.

use super::local_copy::{LocalCopy, SignalLog};
use parking_lot::Mutex;
use std::io;
use tokio::sync::watch;

/// A copy shared by writer and sender.
#[derive(Debug)]
pub(super) struct Spool {
    copy: Mutex<LocalCopy>,
    changes: watch::Sender<()>,
    failure: Mutex<Option<String>>,
}

impl Spool {
    /// Wraps a copy.
    pub(super) fn new(copy: LocalCopy) -> Self {
        Self { copy: Mutex::new(copy), changes: watch::Sender::new(()), failure: Mutex::default() }
    }

    /// Adds a frame. Returns whether it was written.
    pub(super) fn push(&self, stamp: f64, payload: &[u8]) -> bool {
        let spool = self.copy.lock().push(stamp, payload);
        self.record_failure(spool)
    }

    /// Adds the signal log, which completes the phrase. Returns whether it was written.
    pub(super) fn push_signal(&self, signal: SignalLog) -> bool {
        let spool = self.copy.lock().push_signal(signal);
        self.record_failure(spool)
    }

    /// Number of frames.
    pub(super) fn frames(&self) -> usize {
        self.copy.lock().frames()
    }

    /// The signal log, once added.
    pub(super) fn signal(&self) -> Option<SignalLog> {
        self.copy.lock().signal().cloned()
    }

    /// Whether the signal log was added.
    pub(super) fn is_complete(&self) -> bool {
        self.copy.lock().has_signal()
    }

    /// Timestamp and bytes of a frame.
    pub(super) fn read(&self, index: usize) -> io::Result<Option<(f64, Vec<u8>)>> {
        self.copy.lock().read(index)
    }

    /// The first write error, if any.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().clone()
    }

    /// Notified of every change.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Removes the file: the phrase is judged, or no longer needed.
    pub(super) fn discard(&self) {
        self.copy.lock().discard();
    }

    fn record_failure(&self, spool: io::Result<()>) -> bool {
        let is_kept = spool.is_ok();
        if let Err(error) = spool {
            self.failure.lock().get_or_insert(error.to_string());
        }
        self.changes.send_replace(());
        is_kept
    }
}
