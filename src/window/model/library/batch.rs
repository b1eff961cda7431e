//! Phrases that are judged one after the other: a queue with its errors, without threads.

use fencing::{Call, ConfidenceWord, Weapon};
use records::library::{Entry, EntryKind};
use std::path::{Path, PathBuf};

/// How one phrase stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemState {
    /// Not begun.
    Waiting,
    /// Being judged.
    Running {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of it, 0..1.
        share: f32,
    },
    /// Judged; its results are on disk.
    Done(Outcome),
    /// Not judged; a finished sentence with the remedy.
    Failed(String),
    /// Stopped by the user.
    Stopped,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The call.
    pub call: Call,
    /// How sure.
    pub confidence: Option<ConfidenceWord>,
}

/// One phrase of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchItem {
    /// The clip.
    pub clip: PathBuf,
    /// Its name.
    pub title: String,
    /// Its weapon, where it is known.
    pub weapon: Option<Weapon>,
    /// Whether results go into its own folder or into a fresh one.
    pub kind: EntryKind,
    /// How it stands.
    pub state: ItemState,
}

/// Whether the queue moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchState {
    /// One after the other, until none waits.
    #[default]
    Going,
    /// Nothing new is begun.
    Paused,
}

/// The queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// All items in the order they are judged.
    pub items: Vec<BatchItem>,
    /// Whether it moves.
    pub state: BatchState,
}

impl Batch {
    /// Adds phrases; those that wait or run already, or have no clip, are left out. Returns how many were added.
    pub fn add<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> usize {
        let before = self.items.len();
        let busy: std::collections::BTreeSet<_> =
            self.items.iter().filter(|i| i.is_open()).map(|i| i.clip.clone()).collect();
        for entry in entries {
            let Some(clip) = entry.clip.clone().filter(|clip| !busy.contains(clip)) else { continue };
            let item = BatchItem {
                clip,
                title: entry.title.clone(),
                weapon: entry.weapon,
                kind: entry.kind,
                state: ItemState::Waiting,
            };
            self.items.push(item);
        }
        self.items.len() - before
    }

    /// The next item to judge: none while one runs, while paused, or when none waits.
    pub fn begin_next(&mut self) -> Option<&BatchItem> {
        let runs = self.items.iter().any(BatchItem::is_running);
        if runs || self.state == BatchState::Paused {
            return None;
        }
        let next = self.items.iter_mut().find(|item| item.state == ItemState::Waiting)?;
        next.state = ItemState::Running { stage: "stage-models", share: 0.0 };
        Some(next)
    }

    /// Notes how the running item of this clip goes on.
    pub fn note(&mut self, clip: &Path, state: ItemState) {
        if let Some(item) = self.items.iter_mut().find(|item| item.is_running() && item.clip == clip) {
            item.state = state;
        }
    }

    /// Stops everything that has not ended.
    pub fn stop(&mut self) {
        self.state = BatchState::Going;
        self.items.iter_mut().filter(|item| item.is_open()).for_each(|item| item.state = ItemState::Stopped);
    }

    /// Lets failed or stopped items wait again: one, or all.
    pub fn retry(&mut self, clip: Option<&Path>) {
        let wanted = |item: &&mut BatchItem| {
            matches!(item.state, ItemState::Failed(_) | ItemState::Stopped) && clip.is_none_or(|clip| item.clip == clip)
        };
        self.items.iter_mut().filter(wanted).for_each(|item| item.state = ItemState::Waiting);
    }

    /// Forgets what has ended.
    pub fn clear(&mut self) {
        self.items.retain(BatchItem::is_open);
    }

    /// The item that runs.
    pub fn running(&self) -> Option<&BatchItem> {
        self.items.iter().find(|item| item.is_running())
    }

    /// How many items hold.
    pub fn count(&self, holds: impl Fn(&ItemState) -> bool) -> usize {
        self.items.iter().filter(|item| holds(&item.state)).count()
    }

    /// How many have ended, whatever way.
    pub fn ended(&self) -> usize {
        self.items.iter().filter(|item| !item.is_open()).count()
    }

    /// Whether anything waits or runs.
    pub fn is_open(&self) -> bool {
        self.items.iter().any(BatchItem::is_open)
    }

    /// Share of the whole queue, 0..1.
    pub fn share(&self) -> f32 {
        let running = self.running().map_or(0.0, |item| match item.state {
            ItemState::Running { share, .. } => share,
            _ => 0.0,
        });
        (self.ended() as f32 + running) / self.items.len().max(1) as f32
    }
}

impl BatchItem {
    fn is_running(&self) -> bool {
        matches!(self.state, ItemState::Running { .. })
    }

    fn is_open(&self) -> bool {
        self.is_running() || self.state == ItemState::Waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(clips: &[&str]) -> Batch {
        let mut batch = Batch::default();
        for clip in clips {
            let item = BatchItem {
                clip: clip.into(),
                title: (*clip).to_owned(),
                weapon: None,
                kind: EntryKind::Clip,
                state: ItemState::Waiting,
            };
            batch.items.push(item);
        }
        batch
    }

    const DONE: ItemState = ItemState::Done(Outcome { call: Call::TooClose, confidence: None });

    #[test]
    fn one_runs_at_a_time_in_order() {
        let mut b = batch(&["a", "b"]);
        assert_eq!(b.begin_next().unwrap().title, "a");
        assert!(b.begin_next().is_none(), "one at a time");
        b.note(Path::new("a"), ItemState::Running { stage: "stage-watching", share: 0.5 });
        assert!((b.share() - 0.25).abs() < 1e-6);
        b.note(Path::new("a"), DONE);
        assert_eq!(b.begin_next().unwrap().title, "b");
    }

    #[test]
    fn a_pause_begins_nothing_and_a_stop_ends_everything() {
        let mut b = batch(&["a", "b"]);
        b.state = BatchState::Paused;
        assert!(b.begin_next().is_none());
        b.state = BatchState::Going;
        b.begin_next();
        b.stop();
        assert!(!b.is_open() && b.count(|s| *s == ItemState::Stopped) == 2);
        b.note(Path::new("a"), DONE);
        assert_eq!(b.count(|s| *s == ItemState::Stopped), 2, "a late answer changes nothing");
    }

    #[test]
    fn what_failed_can_be_tried_again_alone_or_all() {
        let mut b = batch(&["a", "b"]);
        for clip in ["a", "b"] {
            b.begin_next();
            b.note(Path::new(clip), ItemState::Failed("no".into()));
        }
        b.retry(Some(Path::new("b")));
        assert_eq!(b.begin_next().unwrap().title, "b");
        b.note(Path::new("b"), DONE);
        b.retry(None);
        assert_eq!((b.ended(), b.begin_next().unwrap().title.as_str()), (1, "a"));
        b.note(Path::new("a"), DONE);
        b.clear();
        assert!(b.items.is_empty());
    }
}
