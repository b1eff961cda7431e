//! Commands and events of the library.

use crate::gui::command::LibraryCommand;
use crate::gui::effect::{Effect, LibraryEffect};
use crate::gui::event::LibraryEvent;
use crate::gui::model::Model;

/// Carries out a command of the library.
pub(super) fn update(model: &mut Model, command: LibraryCommand) -> Vec<Effect> {
    match command {
        LibraryCommand::Refresh => vec![Effect::Library(LibraryEffect::Scan(model.library.folders.clone()))],
    }
}

/// Applies what the library's workers told.
pub(super) fn apply(_model: &mut Model, event: LibraryEvent) -> Vec<Effect> {
    match event {
        LibraryEvent::Scanned => Vec::new(),
    }
}
