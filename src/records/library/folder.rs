//! Sorts the contents of a folder into clips, logs, results and folders, and matches them.

use super::scan::{Finding, Trouble, TroubleKind};
use super::{Entry, EntryKind, FoundResult, MachineCall, RESULT_FILE, read_result, when};
use fencing::{Call, Confidence, PerSide};
use recording::{HitSides, HumanAnswer, NOTES_FILE, PhraseNotes, SIDECAR_ENDING, read_signal_log};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use vision::video::is_clip_name;

/// File names of a folder by kind, each list sorted.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) folders: Vec<OsString>,
    clips: Vec<OsString>,
    /// Text files.
    logs: Vec<OsString>,
    /// Results of single clips (`<clip>_result.json`).
    results: Vec<OsString>,
    /// Names of notes of single clips (`<clip>.phrase.json`).
    sidecars: Vec<OsString>,
    has_result: bool,
    has_notes: bool,
}

impl Contents {
    /// Reads a folder; hidden files and unfinished ones (`.part-..`) are ignored.
    pub(super) fn of(folder: &Path) -> std::io::Result<Self> {
        let mut contents = Self::default();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                contents.place(name, is_folder(&entry));
            }
        }
        for list in [&mut contents.folders, &mut contents.clips, &mut contents.logs, &mut contents.results] {
            list.sort_unstable();
        }
        Ok(contents)
    }

    fn place(&mut self, name: OsString, is_folder: bool) {
        let text = name.to_string_lossy().to_lowercase();
        if is_folder {
            self.folders.push(name);
        } else if text == RESULT_FILE {
            self.has_result = true;
        } else if text == NOTES_FILE {
            self.has_notes = true;
        } else if text.ends_with(SIDECAR_ENDING) {
            self.sidecars.push(name);
        } else if Path::new(&text).extension().is_some_and(|e| e == "txt") {
            self.logs.push(name);
        } else if Path::new(&text).extension().is_some_and(|e| e == "json") && text.contains("_result") {
            self.results.push(name);
        } else if is_clip_name(Path::new(&text)) {
            self.clips.push(name);
        }
    }

    /// Clips that were filmed: without the videos that an analysis or export made of another clip here.
    fn originals(&self) -> Vec<&OsString> {
        self.clips.iter().filter(|name| !self.is_derived(name)).collect()
    }

    fn is_derived(&self, name: &OsStr) -> bool {
        let stem = stem_of(name);
        let numbered = stem.rsplit_once('-').filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let bare = numbered.map_or(stem.as_str(), |(before, _)| before);
        let base = ["_overlay", "_corrected"].into_iter().find_map(|end| bare.strip_suffix(end));
        base.is_some_and(|base| self.has_result || self.clips.iter().any(|other| stem_of(other) == base))
    }

    fn has_sidecar(&self, clip: &OsStr) -> bool {
        let wanted = Path::new(clip).with_extension(SIDECAR_ENDING);
        self.sidecars.iter().any(|name| Path::new(name) == wanted)
    }

    fn log_of(&self, clip: &OsStr) -> Option<&OsString> {
        let stem = stem_of(clip);
        self.logs.iter().find(|log| stem_of(log) == stem)
    }
}

fn is_folder(entry: &std::fs::DirEntry) -> bool {
    match entry.file_type() {
        // A link counts as its target.
        Ok(kind) if kind.is_symlink() => std::fs::metadata(entry.path()).is_ok_and(|about| about.is_dir()),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    }
}

fn stem_of(name: &OsStr) -> String {
    Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The findings of a folder, in order; `folder` is its path without links.
pub(super) fn findings(folder: &Path, contents: &Contents) -> Vec<Finding> {
    let own_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_phrase = contents.has_notes || (is_phrase_name(&own_name) && !contents.originals().is_empty());
    let mut found = if is_phrase { phrase(folder, &own_name, contents) } else { clips(folder, contents) };
    if contents.has_result {
        file_result(folder, contents, &mut found);
    }
    found
}

/// `<YYYYMMDD_HHMMSS>_phraseNN`, the recorder's folder names.
fn is_phrase_name(name: &str) -> bool {
    let number = name.rsplit_once("_phrase").map(|(_, n)| n);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())) && when::from_name(name).is_some()
}

/// A recorded phrase: one entry, whatever other cameras recorded.
fn phrase(folder: &Path, name: &str, contents: &Contents) -> Vec<Finding> {
    let originals = contents.originals();
    let main = originals.iter().find(|clip| stem_of(clip) == name).or_else(|| originals.first());
    let mut entry = match main {
        Some(clip) => clip_entry(folder, clip, contents, EntryKind::Phrase),
        None => Entry {
            trouble: Some(format!("the clip of this phrase is gone; its notes are left: {}", folder.display())),
            ..Entry::at(folder.join(NOTES_FILE), EntryKind::Phrase)
        },
    };
    name.clone_into(&mut entry.title);
    entry.folder = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    note_called(&mut entry, PhraseNotes::read(folder));
    vec![Finding::Entry(Box::new(entry))]
}

/// Fills in notes; what the referee entered wins over the answer in the box's log.
fn note_called(entry: &mut Entry, notes: PhraseNotes) {
    let by_log = entry.own_call.take();
    note(entry, notes);
    entry.own_call = entry.own_call.or(by_log);
}

fn note(entry: &mut Entry, notes: PhraseNotes) {
    entry.fencers = PerSide::new(notes.left, notes.right).map(|name| name.filter(|n| !n.trim().is_empty()));
    entry.bout = notes.bout;
    entry.weapon = notes.weapon.and_then(|w| w.parse().ok());
    entry.own_call = notes.own_call.and_then(|c| c.parse().ok());
    let confidence = notes.machine_confidence.filter(|c| (0.0..=1.0).contains(c)).map(Confidence);
    let call = notes.machine_call.and_then(|c| c.parse().ok());
    entry.machine = call.map(|call| MachineCall { call, confidence, rule: notes.rule });
}

/// Plain clips, each with the log and the exported result that have its name.
fn clips(folder: &Path, contents: &Contents) -> Vec<Finding> {
    let mut found = Vec::new();
    for clip in contents.originals() {
        let mut entry = clip_entry(folder, clip, contents, EntryKind::Clip);
        if contents.has_sidecar(clip) {
            note_called(&mut entry, PhraseNotes::read_of(&folder.join(clip)));
        }
        let prefix = format!("{}_result", entry.title);
        found.push(Finding::Entry(Box::new(entry)));
        for name in contents.results.iter().filter(|n| n.to_string_lossy().starts_with(&prefix)) {
            let read = read_result(&folder.join(name));
            found.extend(read.ok().map(|r| attached(r, &folder.join(clip))));
        }
    }
    found
}

fn clip_entry(folder: &Path, clip: &OsStr, contents: &Contents, kind: EntryKind) -> Entry {
    let path = folder.join(clip);
    let mut entry = Entry::at(path.clone(), kind);
    entry.recorded_at = when::from_name(&entry.title).or_else(|| when::from_file(&path));
    if std::fs::metadata(&path).is_ok_and(|about| about.len() == 0) {
        entry.trouble = Some(format!("the file is empty; it may still be copied: {}", path.display()));
    }
    if let Some(log) = contents.log_of(clip) {
        let log = folder.join(log);
        fill_from_log(&mut entry, &log);
        entry.log = Some(log);
    }
    entry.clip = Some(path);
    entry
}

/// The folder's `analysis_result.json`, about a clip here or elsewhere.
fn file_result(folder: &Path, contents: &Contents, found: &mut Vec<Finding>) {
    let path = folder.join(RESULT_FILE);
    match read_result(&path) {
        Err(text) => found.push(Finding::Trouble(Trouble { path, kind: TroubleKind::Result(text) })),
        Ok(result) => {
            let here = clip_of(&result, folder, contents);
            let clip = here.or_else(|| result.clip.as_deref().map(without_links));
            found.push(Finding::Result(Box::new(FoundResult { clip, ..result })));
        }
    }
}

/// The clip in this folder that a result is about: the one that it names, or the only one.
fn clip_of(result: &FoundResult, folder: &Path, contents: &Contents) -> Option<PathBuf> {
    let originals = contents.originals();
    let named = result.clip.as_deref().and_then(Path::file_name);
    let same_name = originals.iter().find(|name| Some(name.as_os_str()) == named);
    let elsewhere = result.clip.as_deref().is_some_and(Path::is_file);
    let own_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let only = match originals.as_slice() {
        [only] if !elsewhere => Some(only),
        all => all.iter().find(|name| stem_of(name) == own_name),
    };
    same_name.or(only).map(|name| folder.join(name))
}

fn without_links(path: &Path) -> PathBuf {
    dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn attached(result: FoundResult, clip: &Path) -> Finding {
    Finding::Result(Box::new(FoundResult { clip: Some(clip.to_owned()), ..result }))
}

/// Adds what the entry lacks and a signal log contains: a person's answer and the time of the touch. An unusable log adds nothing.
fn fill_from_log(entry: &mut Entry, log: &Path) {
    let Ok(parsed) = read_signal_log(log, HitSides::Auto) else { return };
    let answer = parsed.answers.human.map(|answer| match answer {
        HumanAnswer::Winner(side) => Call::Touch(side),
        HumanAnswer::Abstain => Call::NoTouch,
    });
    entry.own_call = entry.own_call.or(answer);
    entry.touch_secs = entry.touch_secs.or(parsed.signals.first_touch().map(|touch| touch.at.secs()));
}
