//! Scans folders for phrases, depth first and sorted by name, so that two scans find the same.
//!
//! Designed for ten thousand phrases: opens no file that a list does not need (no clip is probed), reports findings as they come, and
//! holds one folder's names in memory. A folder that a link leads back to is entered once.

use super::folder::{Contents, findings};
use super::{Entry, FoundResult, is_clip_name};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use vision::video::Cancel;

/// Maximum depth of folders: club, season, day, bout, phrase and some more.
const MAX_DEPTH: usize = 16;

/// Maximum number of entries; a larger archive should be opened in parts.
pub(super) const MAX_ENTRIES: usize = 200_000;

/// Something found by a scan.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A phrase or clip.
    Entry(Box<Entry>),
    /// A result; its clip may be found before it, after it or never.
    Result(Box<FoundResult>),
    /// A result that counts only for a clip found before it.
    SideResult(Box<FoundResult>),
    /// A problem.
    Trouble(Trouble),
}

/// A problem of a scan.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Path.
    pub path: PathBuf,
    /// Kind.
    pub kind: TroubleKind,
}

/// Kind of a problem.
#[derive(Clone, Debug, PartialEq)]
pub enum TroubleKind {
    /// The folder or file no longer exists.
    Gone,
    /// No permission to read it.
    NotPermitted,
    /// Another error, in the system's words.
    Unreadable(String),
    /// Folders are nested too deeply; the rest was skipped.
    TooDeep,
    /// Too many phrases; the rest was skipped.
    TooMany,
    /// A broken result; a finished sentence.
    Result(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.display();
        match &self.kind {
            TroubleKind::Gone => {
                write!(f, "it is not there any more; connect the disk or remove it from the list: {path}")
            }
            TroubleKind::NotPermitted => write!(f, "it may not be read; change its permissions: {path}"),
            TroubleKind::Unreadable(why) => write!(f, "it cannot be read ({why}); check the disk: {path}"),
            TroubleKind::TooDeep => write!(f, "folders lie deeper than {MAX_DEPTH} levels; add the inner one: {path}"),
            TroubleKind::TooMany => {
                write!(f, "there are more than {MAX_ENTRIES} phrases; add smaller folders: {path}")
            }
            TroubleKind::Result(text) => f.write_str(text),
        }
    }
}

/// The folders to scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryFolders {
    /// Folders, and single clips.
    pub listed: Vec<PathBuf>,
    /// The program's own folder of recordings, listed first; need not exist yet.
    pub recordings: Option<PathBuf>,
    /// A folder of results that count only for clips of `listed`.
    pub results: Option<PathBuf>,
}

/// Scans all folders and passes on what it finds; returns early once `cancel` is set.
pub fn scan(places: &LibraryFolders, cancel: &Cancel, found: &mut dyn FnMut(Finding)) {
    let mut walk = Walk { cancel, found, visited: HashSet::new(), left: MAX_ENTRIES, keeps: Keeps::Everything };
    if let Some(recordings) = places.recordings.as_ref().filter(|folder| folder.is_dir()) {
        walk.start(recordings);
    }
    for place in &places.listed {
        walk.start(place);
    }
    if let Some(results) = places.results.as_ref().filter(|folder| folder.is_dir()) {
        walk.keeps = Keeps::Results;
        walk.start(results);
    }
}

/// Which findings are passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    Everything,
    Results,
}

struct Walk<'a> {
    cancel: &'a Cancel,
    found: &'a mut dyn FnMut(Finding),
    visited: HashSet<PathBuf>,
    left: usize,
    keeps: Keeps,
}

impl Walk<'_> {
    fn start(&mut self, place: &Path) {
        match dunce::canonicalize(place) {
            Err(error) => self.trouble(place, kind_of(&error)),
            Ok(path) if path.is_dir() => self.enter(&path, 0),
            Ok(path) => self.single(&path),
        }
    }

    /// A clip given by itself, with the files beside it.
    fn single(&mut self, path: &Path) {
        let (Some(folder), true) = (path.parent(), is_clip_name(path)) else {
            return self.trouble(path, TroubleKind::Unreadable("it is no clip".to_owned()));
        };
        let Ok(contents) = Contents::of(folder) else { return self.trouble(path, TroubleKind::NotPermitted) };
        let about = |finding: &Finding| match finding {
            Finding::Entry(entry) => entry.path == path,
            Finding::Result(result) => result.clip.as_deref() == Some(path),
            Finding::SideResult(_) | Finding::Trouble(_) => false,
        };
        findings(folder, &contents).into_iter().filter(about).for_each(|finding| self.hand_over(finding));
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        if self.cancel.is_cancelled() || self.left == 0 || !self.visited.insert(folder.to_owned()) {
            return;
        }
        if depth > MAX_DEPTH {
            return self.trouble(folder, TroubleKind::TooDeep);
        }
        let contents = match Contents::of(folder) {
            Ok(contents) => contents,
            Err(error) => return self.trouble(folder, kind_of(&error)),
        };
        for finding in findings(folder, &contents) {
            self.hand_over(finding);
        }
        for name in contents.folders {
            // Resolve links, so that a loop leads to a visited path.
            match dunce::canonicalize(folder.join(&name)) {
                Ok(inner) => self.enter(&inner, depth + 1),
                Err(error) => self.trouble(&folder.join(&name), kind_of(&error)),
            }
        }
    }

    fn hand_over(&mut self, finding: Finding) {
        if self.left == 0 || (self.keeps == Keeps::Results && !matches!(finding, Finding::Result(_))) {
            return;
        }
        if let Finding::Entry(entry) = &finding {
            self.left -= 1;
            if self.left == 0 {
                let path = entry.path.clone();
                self.trouble(&path, TroubleKind::TooMany);
            }
        }
        (self.found)(match finding {
            Finding::Result(result) if self.keeps == Keeps::Results => Finding::SideResult(result),
            other => other,
        });
    }

    fn trouble(&mut self, path: &Path, kind: TroubleKind) {
        (self.found)(Finding::Trouble(Trouble { path: path.to_owned(), kind }));
    }
}

fn kind_of(error: &std::io::Error) -> TroubleKind {
    match error.kind() {
        std::io::ErrorKind::NotFound => TroubleKind::Gone,
        std::io::ErrorKind::PermissionDenied => TroubleKind::NotPermitted,
        _ => TroubleKind::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
