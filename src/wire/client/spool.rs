//! The copy of a phrase between the one who films and the one who sends: frames are on disk before the sender hears of
//! them, whether a server can be reached or not.
//!
//! The disk is the queue, so a slow network neither fills memory nor holds up a camera.

use super::local_copy::{LocalCopy, SignalLog};
use parking_lot::Mutex;
use std::io;
use tokio::sync::watch;

/// A copy that one side writes and the other reads.
#[derive(Debug)]
pub(super) struct Spool {
    copy: Mutex<LocalCopy>,
    news: watch::Sender<()>,
    failure: Mutex<Option<String>>,
}

impl Spool {
    /// Shares a copy.
    pub(super) fn new(copy: LocalCopy) -> Self {
        Self { copy: Mutex::new(copy), news: watch::Sender::new(()), failure: Mutex::default() }
    }

    /// Keeps a frame. Returns whether the disk took it.
    pub(super) fn push(&self, stamp: f64, payload: &[u8]) -> bool {
        let spool = self.copy.lock().push(stamp, payload);
        self.note(spool)
    }

    /// Keeps the signal log: the phrase is complete. Returns whether the disk took it.
    pub(super) fn push_signal(&self, signal: SignalLog) -> bool {
        let spool = self.copy.lock().push_signal(signal);
        self.note(spool)
    }

    /// Frames so far.
    pub(super) fn frames(&self) -> usize {
        self.copy.lock().frames()
    }

    /// The signal log, once it is there.
    pub(super) fn signal(&self) -> Option<SignalLog> {
        self.copy.lock().signal().cloned()
    }

    /// Whether the signal log is there.
    pub(super) fn is_complete(&self) -> bool {
        self.copy.lock().has_signal()
    }

    /// A frame's stamp and bytes.
    pub(super) fn read(&self, index: usize) -> io::Result<Option<(f64, Vec<u8>)>> {
        self.copy.lock().read(index)
    }

    /// Why the disk did not take something, once that has happened.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().clone()
    }

    /// Hears that there is more, or that there will not be.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Removes the file: the phrase is judged, or nobody wants it.
    pub(super) fn discard(&self) {
        self.copy.lock().discard();
    }

    fn note(&self, spool: io::Result<()>) -> bool {
        let is_kept = spool.is_ok();
        if let Err(error) = spool {
            self.failure.lock().get_or_insert(error.to_string());
        }
        self.news.send_replace(());
        is_kept
    }
}
