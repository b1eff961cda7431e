//! Saves a list beside its phrases or where results go. Never over an existing file.

use super::super::{Outlet, spawn};
use crate::event::{Event, LibraryEvent};
use recording::write_atomically;
use records::library::{Entry, ExportFormat, write_entries};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Starts saving; the answer is where the list lies, or why it does not.
pub(super) fn start(format: ExportFormat, entries: Vec<Arc<Entry>>, folder: Option<PathBuf>, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("library-list", outlet, move || {
        teller.send(match save(format, &entries, folder) {
            Ok(path) => Event::Library(LibraryEvent::Exported(path)),
            Err(text) => Event::Trouble(format!("notice-nothing-saved {text}")),
        });
    });
}

fn save(format: ExportFormat, entries: &[Arc<Entry>], folder: Option<PathBuf>) -> Result<PathBuf, String> {
    let beside = entries.first().and_then(|entry| entry.path.parent()).map(Path::to_owned);
    let folder = folder.or(beside).unwrap_or_default();
    let name = |n: u32| match n {
        0 => format!("phrases.{}", format.ending()),
        n => format!("phrases-{n}.{}", format.ending()),
    };
    let path = (0..10_000).map(|n| folder.join(name(n))).find(|path| !path.exists());
    let path = path.ok_or_else(|| format!("the folder holds ten thousand lists: {}", folder.display()))?;
    let mut text = Vec::new();
    write_entries(&mut text, format, entries.iter().map(AsRef::as_ref)).map_err(|e| e.to_string())?;
    write_atomically(&path, &text).map_err(|e| e.to_string())?;
    Ok(path)
}
