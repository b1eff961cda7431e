//! Phrases on disk: folders and filters on the left, the list in the middle, figures or the queue on the right.

mod bars;
mod batch;
mod empty;
mod figures;
mod filters;
mod list;
mod places;
mod row;

use crate::command::{Command, LibraryCommand};
use crate::model::LibrarySide;
use crate::theme::Size;
use crate::view::View;
use egui::{CentralPanel, Frame, Panel, ScrollArea, Ui};

/// Width of the folders and filters.
const LEFT: f32 = 232.0;
/// Width of figures and queue.
const RIGHT: f32 = 296.0;
/// Narrower than this, folders and filters share the column of figures and queue.
const THREE_COLUMNS: f32 = 1120.0;

/// Shows the screen.
pub(crate) fn show_library(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.surface).inner_margin(12);
    let library = &view.model.library;
    let is_new = library.catalogue.is_empty() && library.looking.is_none() && library.batch.items.is_empty();
    let three = ui.available_width() >= THREE_COLUMNS;
    if three || is_new {
        let left = Panel::left("library-places").exact_size(LEFT).resizable(false).frame(frame);
        left.show(ui, |ui| scrolled(ui, "places", view, left_column));
    }
    if !is_new {
        let right = Panel::right("library-side").exact_size(RIGHT).resizable(false).frame(frame);
        right.show(ui, |ui| right_column(ui, three, view));
    }
    let ground = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(ground).show(ui, |ui| list::show(ui, view));
}

fn scrolled(ui: &mut Ui, id: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| content(ui, view));
}

fn left_column(ui: &mut Ui, view: &mut View<'_>) {
    places::show(ui, view);
    if !view.model.library.catalogue.is_empty() {
        ui.add_space(12.0);
        filters::show(ui, view);
    }
}

fn right_column(ui: &mut Ui, three: bool, view: &mut View<'_>) {
    let all = [
        ("library-figures", LibrarySide::Figures),
        ("library-batch", LibrarySide::Batch),
        ("library-folders", LibrarySide::Places),
    ];
    // With a column of their own the folders are in no need of a second place.
    let offered = if three { &all[..2] } else { &all[..] };
    let side = view.model.library.side;
    let side = if three && side == LibrarySide::Places { LibrarySide::Figures } else { side };
    ui.horizontal_wrapped(|ui| {
        for (key, one) in offered.iter().copied() {
            view.toggle(ui, key, side == one, Command::Library(LibraryCommand::ShowSide(one)));
        }
    });
    ui.add_space(8.0);
    match side {
        LibrarySide::Figures => scrolled(ui, "figures", view, figures::show),
        LibrarySide::Batch => batch::show(ui, view),
        LibrarySide::Places => scrolled(ui, "places", view, left_column),
    }
}

/// A small heading over a group.
fn heading(ui: &mut Ui, key: &str, view: &View<'_>) {
    ui.label(view.rich(view.text(key), Size::Small, view.tokens.muted));
}

/// A word of a sentence as the name of something that stands alone.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A button that sends a command of the library.
fn button(ui: &mut Ui, key: &str, command: LibraryCommand, view: &mut View<'_>) {
    view.button(ui, key, Command::Library(command));
}
