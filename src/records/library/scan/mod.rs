//! Looks through folders for phrases, depth first and in the order of names, so that two looks find the same.
//!
//! Made for ten thousand phrases: nothing is opened that a list does not need (no clip is probed), findings are pushed as
//! they come, and memory holds one folder's names at a time. A folder that a link leads back to is entered once.

use super::folder::{Contents, findings, is_clip_name};
use super::{Entry, FoundResult};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use vision::video::Cancel;

/// How deep folders are followed: club, season, day, bout, phrase and a few more.
const MAX_DEPTH: usize = 16;

/// Entries that are listed at most; a larger archive should be looked at in parts.
pub(super) const MAX_ENTRIES: usize = 200_000;

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A phrase or clip.
    Entry(Box<Entry>),
    /// A result; its clip may be found before it, after it or never.
    Result(Box<FoundResult>),
    /// A result that counts for a clip that was found before it, and otherwise not at all.
    SideResult(Box<FoundResult>),
    /// Something that could not be read.
    Trouble(Trouble),
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub kind: TroubleKind,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum TroubleKind {
    /// There is no such folder or file any more.
    Gone,
    /// It may not be read.
    NotPermitted,
    /// Something else, as the system words it.
    Unreadable(String),
    /// Folders lie deeper than anybody keeps phrases; the rest was not looked at.
    TooDeep,
    /// More phrases than are listed; the rest was not looked at.
    TooMany,
    /// A result that is broken; a finished sentence.
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

/// Where to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryFolders {
    /// Folders, and single clips.
    pub listed: Vec<PathBuf>,
    /// The program's own folder of recordings, listed first; it need not exist yet.
    pub recordings: Option<PathBuf>,
    /// A folder of results that counts for clips of `listed` alone.
    pub results: Option<PathBuf>,
}

/// Looks everywhere and hands over what it finds; returns early once `cancel` is raised.
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

/// What is handed over.
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

    /// A clip that was named by itself, with what lies beside it.
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
            // Links are resolved so that a loop comes back to a path that was visited.
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
