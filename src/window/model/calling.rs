//! The calling pass: phrases are called one after the other, blind. Each opens at its touch; one key calls it and opens the next.

use fencing::time::Timestamp;
use records::library::Entry;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// A phrase to be called.
#[derive(Clone, Debug, PartialEq)]
pub struct ToCall {
    /// The clip.
    pub clip: PathBuf,
    /// Time of the touch, if the library knows it; otherwise the clip opens at its end.
    pub touch: Option<Timestamp>,
}

/// A pass through phrases without a referee's call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallingPass {
    /// The remaining phrases.
    waiting: VecDeque<ToCall>,
    /// The open phrase.
    open: Option<ToCall>,
    /// Number of phrases at the start.
    total: usize,
    /// Number of calls so far.
    called: usize,
}

impl CallingPass {
    /// A pass through the entries that can be opened and have no referee's call.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let uncalled = entries.into_iter().filter(|entry| entry.awaits_call());
        let to_call = |entry: &Entry| {
            Some(ToCall { clip: entry.clip.clone()?, touch: entry.touch_secs.map(Timestamp::from_secs) })
        };
        let waiting: VecDeque<ToCall> = uncalled.filter_map(to_call).collect();
        Self { total: waiting.len(), waiting, ..Self::default() }
    }

    /// Moves to the next phrase; `None` after the last.
    pub fn advance(&mut self) -> Option<&ToCall> {
        self.open = self.waiting.pop_front();
        self.open.as_ref()
    }

    /// The open phrase, if it is this clip.
    pub fn open_phrase(&self, clip: &Path) -> Option<&ToCall> {
        self.open.as_ref().filter(|phrase| phrase.clip == clip)
    }

    /// Counts a call.
    pub fn count(&mut self) {
        self.called += 1;
    }

    /// Number of calls so far.
    pub fn called(&self) -> usize {
        self.called
    }

    /// Number of the open phrase, from 1, and the total.
    pub fn position(&self) -> (usize, usize) {
        (self.total - self.waiting.len(), self.total)
    }
}
