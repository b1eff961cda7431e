//! State of the library: findings, filter, selection, queue.

use super::teaching::Teaching;
use fencing::{Call, ConfidenceWord, Weapon};
use records::collecting::label_of;
use records::library::{Catalogue, Entry, EntryKind, Query, Statistics, select, statistics};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is displayed beside the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Figures of the list.
    #[default]
    Figures,
    /// Phrases that are being judged.
    Batch,
    /// Folders and filters, if a narrow window has no column for them.
    Places,
}

/// How a click changes the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Selects only this row.
    Only,
    /// Toggles this row.
    Toggle,
    /// Selects from the cursor to this row.
    UpTo,
}

/// State of the library.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Clips and folders from drag and drop, for this run only.
    pub loose: Vec<PathBuf>,
    /// All findings.
    pub catalogue: Catalogue,
    /// The filter.
    pub query: Query,
    /// The matching entries, in order.
    pub listed: Vec<Arc<Entry>>,
    /// Figures of the list.
    pub figures: Statistics,
    /// Number of unjudged phrases in the list that can be judged.
    pub unjudged: usize,
    /// Number of phrases in the list that can be called and have no referee's call.
    pub uncalled: usize,
    /// Number of phrases in the library whose referee's call can teach the judge.
    pub called: usize,
    /// The row under the cursor.
    pub cursor: usize,
    /// Selected entries, by path.
    pub chosen: BTreeSet<PathBuf>,
    /// Number of findings so far; `None` when no scan is running.
    pub looking: Option<usize>,
    /// Number of the latest scan; findings of older ones are ignored.
    pub look: u64,
    /// Dropped folders and clips whose phrases are offered for judging.
    pub offer: Vec<PathBuf>,
    /// What is displayed beside the list.
    pub side: Side,
    /// Phrases that are being judged.
    pub batch: Batch,
    /// Whether the search field requests the keyboard focus.
    pub search_wanted: bool,
    /// A row to scroll into view.
    pub reveal: Option<usize>,
    /// Visible rows.
    pub visible: Range<usize>,
    /// Teaching the judge.
    pub teaching: Teaching,
}

impl Library {
    /// Rebuilds the list; the cursor stays on its phrase if that is still listed.
    pub fn relist(&mut self) {
        let at = self.listed.get(self.cursor).map(|entry| entry.path.clone());
        self.listed = select(&self.catalogue, &self.query);
        self.figures = statistics(self.listed.iter().map(AsRef::as_ref));
        self.unjudged = self.listed.iter().filter(|entry| entry.awaits_judgement()).count();
        self.called = self.catalogue.entries().filter(|entry| label_of(entry).is_some()).count();
        self.uncalled = self.listed.iter().filter(|entry| entry.awaits_call()).count();
        let place = at.and_then(|path| self.listed.iter().position(|entry| entry.path == path));
        self.cursor = place.unwrap_or(self.cursor).min(self.listed.len().saturating_sub(1));
        self.chosen.retain(|path| self.catalogue.get(path).is_some());
    }

    /// The entry under the cursor.
    pub fn current(&self) -> Option<&Arc<Entry>> {
        self.listed.get(self.cursor)
    }

    /// Moves the cursor by rows and selects accordingly.
    pub fn step(&mut self, rows: isize, choice: Choice) {
        if self.listed.is_empty() {
            return;
        }
        let from = self.cursor;
        let to = from.saturating_add_signed(rows).min(self.listed.len() - 1);
        match choice {
            Choice::Only => self.choose(to, Choice::Only),
            Choice::Toggle => self.cursor = to,
            Choice::UpTo => self.choose_between(from, to),
        }
        self.cursor = to;
        self.reveal = Some(to);
    }

    /// Selects a row.
    pub fn choose(&mut self, row: usize, choice: Choice) {
        let Some(path) = self.listed.get(row).map(|entry| entry.path.clone()) else { return };
        match choice {
            Choice::Only => self.chosen = BTreeSet::from([path]),
            Choice::Toggle if self.chosen.remove(&path) => {}
            Choice::Toggle => {
                self.chosen.insert(path);
            }
            Choice::UpTo => self.choose_between(self.cursor, row),
        }
        self.cursor = row;
    }

    fn choose_between(&mut self, from: usize, to: usize) {
        let (low, high) = (from.min(to), from.max(to));
        let paths = self.listed.iter().take(high + 1).skip(low).map(|entry| entry.path.clone());
        self.chosen.extend(paths);
    }

    /// Selects the whole list.
    pub fn choose_all(&mut self) {
        self.chosen = self.listed.iter().map(|entry| entry.path.clone()).collect();
    }

    /// Selected entries with a clip, in the order of the list.
    pub fn chosen_entries(&self) -> Vec<Arc<Entry>> {
        let wanted = |entry: &&Arc<Entry>| self.chosen.contains(&entry.path) && entry.clip.is_some();
        self.listed.iter().filter(wanted).cloned().collect()
    }

    /// Unjudged entries of the list that can be judged.
    pub fn unjudged_entries(&self) -> Vec<Arc<Entry>> {
        self.listed.iter().filter(|entry| entry.awaits_judgement()).cloned().collect()
    }

    /// Unjudged entries in the folders dropped last.
    pub fn offered_entries(&self) -> Vec<Arc<Entry>> {
        let inside = |path: &Path| self.offer.iter().any(|place| path.starts_with(place));
        let wanted = |entry: &&Arc<Entry>| entry.awaits_judgement() && inside(&entry.path);
        self.catalogue.entries().filter(wanted).cloned().collect()
    }
}

/// State of a phrase in the queue.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemState {
    /// Waiting.
    Waiting,
    /// Being judged.
    Running {
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
        share: f32,
    },
    /// Judged; its results are on disk.
    Done(Outcome),
    /// Failed; a finished sentence with the remedy.
    Failed(String),
    /// Stopped by the user.
    Stopped,
}

/// Result of judging.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The call.
    pub call: Call,
    /// Confidence.
    pub confidence: Option<ConfidenceWord>,
}

/// A phrase of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchItem {
    /// The clip.
    pub clip: PathBuf,
    /// Its title.
    pub title: String,
    /// Its weapon, if known.
    pub weapon: Option<Weapon>,
    /// Whether results go to its own folder or to a new one.
    pub kind: EntryKind,
    /// State.
    pub state: ItemState,
}

/// Whether the queue is running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchState {
    /// Running.
    #[default]
    Going,
    /// Paused: no new phrase is started.
    Paused,
}

/// The queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// All items in order.
    pub items: Vec<BatchItem>,
    /// Whether it is running.
    pub state: BatchState,
}

impl Batch {
    /// Adds phrases, except those that are waiting or running, or have no clip. Returns their number.
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

    /// The next item to judge; `None` while one runs, while paused, or when none waits.
    pub fn begin_next(&mut self) -> Option<&BatchItem> {
        let runs = self.items.iter().any(BatchItem::is_running);
        if runs || self.state == BatchState::Paused {
            return None;
        }
        let next = self.items.iter_mut().find(|item| item.state == ItemState::Waiting)?;
        next.state = ItemState::Running { stage: "stage-models", share: 0.0 };
        Some(next)
    }

    /// Updates the running item of a clip.
    pub fn note(&mut self, clip: &Path, state: ItemState) {
        if let Some(item) = self.items.iter_mut().find(|item| item.is_running() && item.clip == clip) {
            item.state = state;
        }
    }

    /// Stops all unfinished items.
    pub fn stop(&mut self) {
        self.state = BatchState::Going;
        self.items.iter_mut().filter(|item| item.is_open()).for_each(|item| item.state = ItemState::Stopped);
    }

    /// Queues failed or stopped items again: one, or all.
    pub fn retry(&mut self, clip: Option<&Path>) {
        let wanted = |item: &&mut BatchItem| {
            matches!(item.state, ItemState::Failed(_) | ItemState::Stopped) && clip.is_none_or(|clip| item.clip == clip)
        };
        self.items.iter_mut().filter(wanted).for_each(|item| item.state = ItemState::Waiting);
    }

    /// Removes finished items.
    pub fn clear(&mut self) {
        self.items.retain(BatchItem::is_open);
    }

    /// The running item.
    pub fn running(&self) -> Option<&BatchItem> {
        self.items.iter().find(|item| item.is_running())
    }

    /// Number of items that satisfy a condition.
    pub fn count(&self, holds: impl Fn(&ItemState) -> bool) -> usize {
        self.items.iter().filter(|item| holds(&item.state)).count()
    }

    /// Number of judged items.
    pub fn done(&self) -> usize {
        self.count(|state| matches!(state, ItemState::Done(_)))
    }

    /// Number of finished items.
    pub fn ended(&self) -> usize {
        self.items.iter().filter(|item| !item.is_open()).count()
    }

    /// Whether an item waits or runs.
    pub fn is_open(&self) -> bool {
        self.items.iter().any(BatchItem::is_open)
    }

    /// Share of the queue that is judged, 0..1.
    pub fn share(&self) -> f32 {
        let running = self.running().map_or(0.0, |item| match item.state {
            ItemState::Running { share, .. } => share,
            _ => 0.0,
        });
        (self.done() as f32 + running) / self.items.len().max(1) as f32
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
    use records::library::{Finding, LibraryFolders, SortBy, scan};
    use vision::video::Cancel;

    fn library(clips: usize) -> Library {
        let dir = tempfile::tempdir().unwrap();
        for i in 0..clips {
            std::fs::write(dir.path().join(format!("clip-{i}.mp4")), "x").unwrap();
        }
        let mut library = Library { query: Query { sort: SortBy::Title, ..Query::default() }, ..Library::default() };
        library.catalogue.begin_look();
        let places = LibraryFolders { listed: vec![dir.path().to_owned()], results: None, ..LibraryFolders::default() };
        scan(&places, &Cancel::new(), &mut |finding: Finding| library.catalogue.add(finding));
        library.catalogue.end_look();
        library.relist();
        library
    }

    fn chosen(library: &Library) -> String {
        library.chosen_entries().iter().map(|entry| entry.title.replace("clip-", "")).collect()
    }

    #[test]
    fn arrows_move_and_shift_extends() {
        let mut l = library(6);
        l.step(2, Choice::Only);
        l.step(1, Choice::UpTo);
        assert_eq!((chosen(&l).as_str(), l.cursor, l.reveal), ("23", 3, Some(3)));
        l.step(100, Choice::Only);
        assert_eq!((chosen(&l).as_str(), l.cursor), ("5", 5));
        l.step(-100, Choice::UpTo);
        assert_eq!((chosen(&l).as_str(), l.cursor), ("012345", 0));
    }

    #[test]
    fn clicks_choose_one_another_or_all_between() {
        let mut l = library(5);
        l.choose(1, Choice::Only);
        l.choose(3, Choice::Toggle);
        assert_eq!(chosen(&l), "13");
        l.choose(1, Choice::Toggle);
        l.choose(4, Choice::UpTo);
        assert_eq!(chosen(&l), "1234");
        l.choose(99, Choice::Only);
        assert_eq!(chosen(&l), "1234");
    }

    #[test]
    fn the_cursor_stays_on_its_phrase_when_the_list_changes() {
        let mut l = library(5);
        l.step(3, Choice::Only);
        l.query.text = "clip-3".into();
        l.relist();
        assert_eq!((l.cursor, l.current().unwrap().title.as_str()), (0, "clip-3"));
        l.query.text = "nothing fits".into();
        l.relist();
        l.step(1, Choice::Only);
        assert!(l.current().is_none() && l.figures.phrases == 0);
    }
}

#[cfg(test)]
mod batch_tests {
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
