//! The system's file dialog, asked on a thread of its own so that the live picture never stands still.

use super::{Outlet, spawn};
use crate::gui::event::Event;

/// File endings that the dialog offers.
const CLIPS: &[&str] = &["mp4", "mov", "avi", "mkv", "m4v", "mpg", "webm"];

/// Asks for a clip; a closed dialog and a system without one look alike, so the answer names the other ways.
pub(super) fn ask_for_clip(outlet: &Outlet) {
    let teller = outlet.clone();
    spawn("file-dialog", outlet, move || {
        let chosen = rfd::FileDialog::new().add_filter("Video", CLIPS).pick_file();
        teller.send(chosen.map_or(Event::NothingChosen, Event::FileChosen));
    });
}
