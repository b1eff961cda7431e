//! Cancellation token, shared by those who wait and those who work.
//!
//! Ctrl-C, a closed window and a dropped connection all cancel it; readers and writers of clips check it between frames, and their
//! child processes are killed when it is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that can be set once from anywhere. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    raised: Arc<AtomicBool>,
}

impl Cancel {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels all clones. Safe to call from a signal handler's thread, and more than once.
    pub fn cancel(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }
}
