//! The library's workers: looking for phrases, judging many.

use super::Outlet;
use crate::gui::effect::LibraryEffect;
use crate::gui::event::{Event, LibraryEvent};

/// Starts a piece of work.
pub(super) fn run(effect: LibraryEffect, outlet: &Outlet) {
    match effect {
        LibraryEffect::Scan(_) => outlet.send(Event::Library(LibraryEvent::Scanned)),
    }
}
