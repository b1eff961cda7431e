//! Calling phrases one after the other, blind: each opens at its touch, one key calls it, the next one opens.

use fencing::time::Timestamp;
use records::library::Entry;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// A phrase that waits for the referee's call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToCall {
    /// The clip.
    pub clip: PathBuf,
    /// The touch, where the library knows it; the clip's end stands for it otherwise.
    pub touch: Option<Timestamp>,
}

/// A pass through phrases without a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallingPass {
    /// What follows, after the phrase that is open.
    waiting: VecDeque<ToCall>,
    /// The phrase that is open.
    open: Option<ToCall>,
    /// How many the pass began with.
    total: usize,
    /// How many were called.
    called: usize,
}

impl CallingPass {
    /// A pass through the entries that can be shown and have no call of a referee.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let uncalled = entries.into_iter().filter(|entry| entry.awaits_call());
        let to_call = |entry: &Entry| {
            Some(ToCall { clip: entry.clip.clone()?, touch: entry.touch_secs.map(Timestamp::from_secs) })
        };
        let waiting: VecDeque<ToCall> = uncalled.filter_map(to_call).collect();
        Self { total: waiting.len(), waiting, ..Self::default() }
    }

    /// Goes on to the next phrase; `None` after the last.
    pub fn next(&mut self) -> Option<&ToCall> {
        self.open = self.waiting.pop_front();
        self.open.as_ref()
    }

    /// The phrase that is open, if it is this clip.
    pub fn open_phrase(&self, clip: &Path) -> Option<&ToCall> {
        self.open.as_ref().filter(|phrase| phrase.clip == clip)
    }

    /// Counts a call.
    pub fn count(&mut self) {
        self.called += 1;
    }

    /// How many were called.
    pub fn called(&self) -> usize {
        self.called
    }

    /// Number of the phrase that is open, from 1, and of all.
    pub fn position(&self) -> (usize, usize) {
        (self.total - self.waiting.len(), self.total)
    }
}
