//! The system's file dialog, asked on a thread of its own so that the live picture never stands still.

use super::{Outlet, spawn};
use crate::effect::Pane;
use crate::event::{Event, LibraryEvent};
use std::time::{Duration, Instant};

/// File endings that the dialog offers.
const CLIPS: &[&str] = &["mp4", "mov", "avi", "mkv", "m4v", "mpg", "webm"];

/// Nobody closes a dialog this fast: without a portal and without zenity the answer comes after about 0.15 s.
const NO_DIALOG: Duration = Duration::from_millis(600);

/// Asks for a folder of the library.
pub(super) fn ask_for_folder(outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("folder-dialog", outlet, move || {
        let asked = Instant::now();
        let chosen = rfd::FileDialog::new().pick_folder();
        let none = if asked.elapsed() < NO_DIALOG { Event::NoDialog } else { Event::NothingChosen };
        teller.send(chosen.map_or(none, |folder| Event::Library(LibraryEvent::FolderChosen(folder))));
    });
}

/// Asks for a clip; the answer also tells apart a closed dialog and a system without one.
pub(super) fn ask_for_clip(pane: Pane, outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("file-dialog", outlet, move || {
        let asked = Instant::now();
        let chosen = rfd::FileDialog::new().add_filter("Video", CLIPS).pick_file();
        let none = if asked.elapsed() < NO_DIALOG { Event::NoDialog } else { Event::NothingChosen };
        teller.send(chosen.map_or(none, |path| Event::FileChosen(pane, path)));
    });
}
