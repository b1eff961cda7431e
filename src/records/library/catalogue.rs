//! Joins findings into entries; a result finds its clip whichever comes first.

use super::entry::{Entry, EntryKind};
use super::scan::{Finding, Trouble};
use super::{FoundResult, Probed, when};
use fencing::Call;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Limit of stored problems; a broken disk has thousands.
const MAX_TROUBLES: usize = 200;

/// An entry with its search text.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) entry: Arc<Entry>,
    pub(super) haystack: Arc<str>,
    seen: u64,
}

/// All entries by path. Can be read while a scan runs.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rows: BTreeMap<PathBuf, Row>,
    /// Results whose clip has not been found yet, by clip.
    waiting: BTreeMap<PathBuf, FoundResult>,
    troubles: Vec<Trouble>,
    look: u64,
}

impl Catalogue {
    /// Begins a new scan; what it does not find again is removed by [`Catalogue::end_look`].
    pub fn begin_look(&mut self) {
        self.look += 1;
        self.troubles.clear();
        self.waiting.clear();
    }

    /// Ends the scan.
    pub fn end_look(&mut self) {
        let look = self.look;
        self.rows.retain(|_, row| row.seen == look);
        let alone: Vec<_> = std::mem::take(&mut self.waiting).into_values().collect();
        for result in alone {
            self.put(alone_entry(&result));
            self.waiting.extend(result.clip.clone().map(|clip| (clip, result)));
        }
    }

    /// Adds a finding.
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
        // Properties read from the clip remain valid for the next scan.
        if let Some(known) = self.rows.get(&entry.path).filter(|row| row.entry.recorded_at == entry.recorded_at) {
            entry.duration_secs = entry.duration_secs.or(known.entry.duration_secs);
        }
        if let Some(result) = self.waiting.remove(&entry.path) {
            attach(&mut entry, &result);
        }
        self.put(entry);
    }

    /// Whether the current scan has found the clip.
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

    /// Adds the properties read from a clip: its length, or why it cannot be opened.
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

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entry with a path.
    pub fn get(&self, path: &Path) -> Option<&Arc<Entry>> {
        self.rows.get(path).map(|row| &row.entry)
    }

    /// All entries in order of their paths.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.rows.values().map(|row| &row.entry)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// Problems of the last scan.
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }
}

/// An entry for a result whose clip is not in the library.
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

/// Adds a result to the entry of its clip; the newest of several counts.
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

/// Time of a file's last change, with its path as a tie-breaker.
fn age(path: &Path) -> (Option<time::PrimitiveDateTime>, &Path) {
    (when::from_file(path), path)
}
