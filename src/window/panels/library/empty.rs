//! What stands where no phrase is: what to do next, in every case.

use crate::command::{Command, LibraryCommand, Narrow};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, Layout, Ui, UiBuilder};

/// Shows the reason for an empty list, and the way on.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let library = &view.model.library;
    let (title, detail, buttons): (&str, &str, Vec<(&str, Command)>) = if library.looking.is_some() {
        ("library-looking", "library-looking-detail", Vec::new())
    } else if !library.catalogue.is_empty() {
        let all = Command::Library(LibraryCommand::Narrow(Narrow::Nothing));
        ("library-nothing-fits", "library-nothing-fits-detail", vec![("library-everything", all)])
    } else if view.model.settings.library_folders.is_empty() && library.loose.is_empty() {
        ("library-empty", "library-empty-detail", ways_in())
    } else {
        ("library-no-phrase", "library-no-phrase-detail", ways_in())
    };
    let room = ui.available_rect_before_wrap();
    let place = room.shrink2(egui::vec2((room.width() * 0.15).max(8.0), room.height() * 0.36));
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)), |ui| {
        ui.label(view.rich(view.text(title), Size::Title, view.tokens.text));
        ui.label(view.rich(view.text(detail), Size::Body, view.tokens.muted));
        ui.add_space(8.0);
        for (key, command) in buttons {
            view.button(ui, key, command);
        }
    });
}

fn ways_in() -> Vec<(&'static str, Command)> {
    vec![("cmd-library-add", Command::Library(LibraryCommand::AskForFolder)), ("cmd-open", Command::AskForClip)]
}
