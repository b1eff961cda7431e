//! Phrases on disk: what was found, what is searched for, what is chosen, what waits to be judged.

mod batch;

pub use batch::{Batch, BatchItem, BatchState, ItemState, Outcome};

use records::library::{Catalogue, Entry, Query, Statistics, select, statistics};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stands beside the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Figures of the list.
    #[default]
    Figures,
    /// Phrases that are being judged.
    Batch,
    /// Folders and filters, where a narrow window has no column for them.
    Places,
}

/// How a click chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one alone.
    Only,
    /// This one too, or not any more.
    Toggle,
    /// Everything from the cursor to here.
    UpTo,
}

/// Everything that the library shows.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Clips and folders of this run alone, from drag and drop.
    pub loose: Vec<PathBuf>,
    /// Everything that was found.
    pub catalogue: Catalogue,
    /// What is wanted of it.
    pub query: Query,
    /// What is wanted, in order.
    pub listed: Vec<Arc<Entry>>,
    /// Figures of the list.
    pub figures: Statistics,
    /// Phrases in the list that can be judged and are not.
    pub unjudged: usize,
    /// The row that keys move.
    pub cursor: usize,
    /// Entries that are chosen, by path.
    pub chosen: BTreeSet<PathBuf>,
    /// How many were found so far, while the folders are looked at.
    pub looking: Option<usize>,
    /// Number of the newest look; what an older one finds is dropped.
    pub look: u64,
    /// Places that were dropped and whose phrases are offered for judging.
    pub offer: Vec<PathBuf>,
    /// What stands beside the list.
    pub side: Side,
    /// Phrases that are being judged.
    pub batch: Batch,
    /// Whether the search field wants the keyboard.
    pub search_wanted: bool,
    /// A row that must come into view.
    pub reveal: Option<usize>,
    /// Rows that are on the screen.
    pub visible: Range<usize>,
}

impl Library {
    /// Makes the list anew; the cursor stays on its phrase where it is still there.
    pub fn relist(&mut self) {
        let at = self.listed.get(self.cursor).map(|entry| entry.path.clone());
        self.listed = select(&self.catalogue, &self.query);
        self.figures = statistics(self.listed.iter().map(AsRef::as_ref));
        self.unjudged = self.listed.iter().filter(|entry| entry.awaits_judgement()).count();
        let place = at.and_then(|path| self.listed.iter().position(|entry| entry.path == path));
        self.cursor = place.unwrap_or(self.cursor).min(self.listed.len().saturating_sub(1));
        self.chosen.retain(|path| self.catalogue.get(path).is_some());
    }

    /// The entry under the cursor.
    pub fn current(&self) -> Option<&Arc<Entry>> {
        self.listed.get(self.cursor)
    }

    /// Moves the cursor by rows and chooses what it comes to.
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

    /// Chooses a row.
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

    /// Chooses everything that is listed.
    pub fn choose_all(&mut self) {
        self.chosen = self.listed.iter().map(|entry| entry.path.clone()).collect();
    }

    /// Entries that are chosen and have a clip, in the order of the list.
    pub fn chosen_entries(&self) -> Vec<Arc<Entry>> {
        let wanted = |entry: &&Arc<Entry>| self.chosen.contains(&entry.path) && entry.clip.is_some();
        self.listed.iter().filter(wanted).cloned().collect()
    }

    /// Entries of the list that can be judged and are not.
    pub fn unjudged_entries(&self) -> Vec<Arc<Entry>> {
        self.listed.iter().filter(|entry| entry.awaits_judgement()).cloned().collect()
    }

    /// Unjudged entries in the places that were dropped last.
    pub fn offered_entries(&self) -> Vec<Arc<Entry>> {
        let inside = |path: &Path| self.offer.iter().any(|place| path.starts_with(place));
        let wanted = |entry: &&Arc<Entry>| entry.awaits_judgement() && inside(&entry.path);
        self.catalogue.entries().filter(wanted).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::library::{Finding, Places, SortBy, scan};
    use vision::video::Cancel;

    fn library(clips: usize) -> Library {
        let dir = tempfile::tempdir().unwrap();
        for i in 0..clips {
            std::fs::write(dir.path().join(format!("clip-{i}.mp4")), "x").unwrap();
        }
        let mut library = Library { query: Query { sort: SortBy::Title, ..Query::default() }, ..Library::default() };
        library.catalogue.begin_look();
        let places = Places { listed: vec![dir.path().to_owned()], results: None, ..Places::default() };
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
