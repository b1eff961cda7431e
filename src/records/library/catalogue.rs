//! Findings joined into entries: a result finds its clip whichever of the two comes first.

use super::entry::{Entry, EntryKind};
use super::scan::{Finding, Trouble};
use super::{FoundResult, Probed, when};
use fencing::Call;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Troubles that are kept; a broken disk has thousands.
const MAX_TROUBLES: usize = 200;

/// An entry with what its search needs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) entry: Arc<Entry>,
    pub(super) haystack: Arc<str>,
    seen: u64,
}

/// Everything that is listed, by path. Cheap to read while it grows.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rows: BTreeMap<PathBuf, Row>,
    /// Results whose clip has not been found, by the clip.
    waiting: BTreeMap<PathBuf, FoundResult>,
    troubles: Vec<Trouble>,
    look: u64,
}

impl Catalogue {
    /// A new look at the folders begins: what it does not find again goes at [`Catalogue::end_look`].
    pub fn begin_look(&mut self) {
        self.look += 1;
        self.troubles.clear();
        self.waiting.clear();
    }

    /// The look is complete.
    pub fn end_look(&mut self) {
        let look = self.look;
        self.rows.retain(|_, row| row.seen == look);
        let alone: Vec<_> = std::mem::take(&mut self.waiting).into_values().collect();
        for result in alone {
            self.put(alone_entry(&result));
            self.waiting.extend(result.clip.clone().map(|clip| (clip, result)));
        }
    }

    /// Takes something that was found.
    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Entry(entry) => self.add_entry(*entry),
            Finding::SideResult(result) if !self.finds(result.clip.as_deref()) => {}
            Finding::Result(result) | Finding::SideResult(result) => self.add_result(*result),
            Finding::Trouble(trouble) if self.troubles.len() < MAX_TROUBLES => self.troubles.push(trouble),
            Finding::Trouble(_) => {}
        }
    }

    fn add_entry(&mut self, mut entry: Entry) {
        // What opening the clip told stays true for the next look.
        if let Some(known) = self.rows.get(&entry.path).filter(|row| row.entry.recorded_at == entry.recorded_at) {
            entry.duration_secs = entry.duration_secs.or(known.entry.duration_secs);
        }
        if let Some(result) = self.waiting.remove(&entry.path) {
            attach(&mut entry, &result);
        }
        self.put(entry);
    }

    /// Whether this look has found a clip.
    fn finds(&self, clip: Option<&Path>) -> bool {
        clip.and_then(|clip| self.rows.get(clip)).is_some_and(|row| row.seen == self.look)
    }

    fn add_result(&mut self, result: FoundResult) {
        let Some(clip) = result.clip.clone() else { return self.put(alone_entry(&result)) };
        if let Some(row) = self.rows.get(&clip).filter(|row| row.seen == self.look) {
            let mut entry = Entry::clone(&row.entry);
            attach(&mut entry, &result);
            self.put(entry);
        } else if self.waiting.get(&clip).is_none_or(|other| age(&other.path) <= age(&result.path)) {
            self.waiting.insert(clip, result);
        }
    }

    fn put(&mut self, entry: Entry) {
        let haystack = entry.haystack().into();
        let row = Row { entry: Arc::new(entry), haystack, seen: self.look };
        self.rows.insert(row.entry.path.clone(), row);
    }

    /// What opening a clip told: its length, or why it cannot be opened.
    pub fn add_probed(&mut self, path: &Path, probed: &Probed) {
        let Some(row) = self.rows.get_mut(path) else { return };
        let entry = Arc::make_mut(&mut row.entry);
        entry.duration_secs = probed.duration_secs.or(entry.duration_secs);
        entry.trouble.clone_from(&probed.trouble);
    }

    /// The referee called a phrase.
    pub fn set_own_call(&mut self, path: &Path, call: Call) {
        if let Some(row) = self.rows.get_mut(path) {
            Arc::make_mut(&mut row.entry).own_call = Some(call);
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entry of a path.
    pub fn get(&self, path: &Path) -> Option<&Arc<Entry>> {
        self.rows.get(path).map(|row| &row.entry)
    }

    /// All entries in the order of their paths.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.rows.values().map(|row| &row.entry)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// What could not be read in the last look.
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }
}

/// A result beside no clip of the library.
fn alone_entry(result: &FoundResult) -> Entry {
    let mut entry = Entry::at(result.path.clone(), EntryKind::Result);
    let folder = result.path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let clip_name = result.clip.as_deref().and_then(Path::file_stem).map(|s| s.to_string_lossy().into_owned());
    entry.recorded_at = when::from_name(&folder).or_else(|| when::from_file(&result.path));
    entry.title = clip_name.unwrap_or_else(|| folder.clone());
    entry.folder = folder;
    attach(&mut entry, result);
    match result.clip.as_ref().filter(|clip| clip.is_file()) {
        Some(clip) => entry.clip = Some(clip.clone()),
        None => entry.trouble = Some("the clip of this result is not there any more; its results are".to_owned()),
    }
    entry
}

/// Puts a result to its clip; the newest of several counts.
fn attach(entry: &mut Entry, result: &FoundResult) {
    if entry.result.as_deref().is_some_and(|other| other != result.path && age(other) > age(&result.path)) {
        return;
    }
    entry.result = Some(result.path.clone());
    entry.machine = Some(result.machine.clone());
    entry.weapon = entry.weapon.or(result.weapon);
    entry.duration_secs = result.duration_secs.or(entry.duration_secs);
    entry.touch_secs = result.touch_secs.or(entry.touch_secs);
}

/// When a file was written, with its path so that two of one moment have an order.
fn age(path: &Path) -> (Option<time::PrimitiveDateTime>, &Path) {
    (when::from_file(path), path)
}
