//! The list in the middle: search and order above, what was dropped offered for judging, then the rows that are in view.

use super::{button, empty, row};
use crate::command::{Chord, Command, Judged, LibraryCommand, Narrow};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, ComboBox, Layout, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use records::library::{ExportFormat, SortBy};
use std::ops::Range;

/// Shows the middle of the screen.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    if !view.model.library.catalogue.is_empty() {
        search_and_order(ui, view);
        counts_and_actions(ui, view);
    }
    offer(ui, view);
    if view.model.library.listed.is_empty() {
        empty::show(ui, view);
    } else {
        rows(ui, view);
    }
}

fn search_and_order(ui: &mut Ui, view: &mut View<'_>) {
    let strip = vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(strip, Layout::right_to_left(Align::Center), |ui| {
        order(ui, view);
        search(ui, view);
    });
}

const fn sort_key(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Newest => "library-sort-newest",
        SortBy::Oldest => "library-sort-oldest",
        SortBy::Title => "library-sort-title",
        SortBy::LeastSure => "library-sort-least-sure",
    }
}

fn order(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.library.query.sort;
    let name = view.text("library-sort");
    let shown = view.text(sort_key(now));
    let menu = ComboBox::from_id_salt("library-sort").width(156.0).selected_text(&shown).show_ui(ui, |ui| {
        for sort in SortBy::ALL {
            if ui.selectable_label(sort == now, view.text(sort_key(sort))).clicked() {
                view.send(Command::Library(LibraryCommand::Narrow(Narrow::Sort(sort))));
            }
        }
    });
    menu.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("{name}: {shown}")));
}

fn search(ui: &mut Ui, view: &mut View<'_>) {
    let mut text = view.model.library.query.text.clone();
    let name = view.text("library-search");
    let field = view.field(ui, TextEdit::singleline(&mut text).hint_text(&name).desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    if view.model.library.search_wanted {
        field.request_focus();
        view.send(Command::Library(LibraryCommand::Painted(view.model.library.visible.clone())));
    }
    if field.changed() {
        view.send(Command::Library(LibraryCommand::Narrow(Narrow::Text(text))));
    }
}

fn counts_and_actions(ui: &mut Ui, view: &mut View<'_>) {
    let library = &view.model.library;
    let (shown, all) = (library.listed.len().to_string(), library.catalogue.len().to_string());
    let mut text = view.words.with("library-count", &[("shown", &shown), ("all", &all)]);
    if let Some(found) = library.looking {
        let found = view.words.with("library-looking-count", &[("n", &found.to_string())]);
        text = format!("{text}   {found}");
    }
    let (chosen, unjudged) = (library.chosen.len(), library.unjudged);
    ui.horizontal_wrapped(|ui| {
        ui.label(view.rich(text, Size::Small, view.tokens.muted));
        if chosen > 0 {
            numbered(ui, "library-judge-chosen", chosen, LibraryCommand::Judge(Judged::Chosen), view);
        }
        if unjudged > 0 {
            numbered(ui, "library-judge-unjudged", unjudged, LibraryCommand::Judge(Judged::Unjudged), view);
        }
        button(ui, "cmd-library-export-csv", LibraryCommand::Export(ExportFormat::Csv), view);
    });
    ui.add_space(4.0);
}

/// A button whose name says how many it is about.
pub(super) fn numbered(ui: &mut Ui, key: &str, number: usize, command: LibraryCommand, view: &mut View<'_>) {
    let name = view.words.with(key, &[("n", &number.to_string())]);
    let response = ui.add(egui::Button::new(name).min_size(egui::vec2(28.0, 28.0)));
    let command = Command::Library(command);
    let chord = view.model.keymap.chord_of(&command).map(Chord::shown);
    let response = match chord {
        Some(chord) => response.on_hover_text(chord),
        None => response,
    };
    if response.clicked() {
        view.send(command);
    }
}

/// What was dropped and is not judged: one press judges it, another leaves it.
fn offer(ui: &mut Ui, view: &mut View<'_>) {
    if view.model.library.offer.is_empty() || view.model.library.looking.is_some() {
        return;
    }
    let offered = view.model.library.offered_entries().len();
    if offered == 0 {
        view.send(Command::Library(LibraryCommand::DeclineOffer));
        return;
    }
    view.tokens.card().stroke(egui::Stroke::new(1.0, view.tokens.accent)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let text = view.words.with("library-offer", &[("n", &offered.to_string())]);
            ui.label(view.rich(text, Size::Body, view.tokens.text));
            button(ui, "library-offer-yes", LibraryCommand::Judge(Judged::Offered), view);
            button(ui, "library-offer-no", LibraryCommand::DeclineOffer, view);
        });
        ui.set_width(ui.available_width());
    });
    ui.add_space(8.0);
}

/// The rows in view; the others cost nothing.
fn rows(ui: &mut Ui, view: &mut View<'_>) {
    let height = row::height(view);
    ui.spacing_mut().item_spacing.y = 4.0;
    let mut area = ScrollArea::vertical().id_salt("library-rows").auto_shrink(false);
    if let Some(wanted) = view.model.library.reveal {
        area = area.vertical_scroll_offset(revealing(ui, wanted, height + 4.0, view));
    }
    let total = view.model.library.listed.len();
    let shown: Range<usize> = area
        .show_rows(ui, height, total, |ui, range| {
            for at in range.clone() {
                row::show(ui, at, height, view);
            }
            range
        })
        .inner;
    if view.model.library.reveal.is_some() || shown != view.model.library.visible {
        view.send(Command::Library(LibraryCommand::Painted(shown)));
    }
}

/// The least scrolling that brings a row into view.
fn revealing(ui: &Ui, row: usize, pitch: f32, view: &View<'_>) -> f32 {
    let room = ui.available_height();
    let first = view.model.library.visible.start as f32 * pitch;
    let top = row as f32 * pitch;
    if top < first + pitch {
        (top - pitch).max(0.0)
    } else if top + 2.0 * pitch > first + room {
        (top + 2.0 * pitch - room).max(0.0)
    } else {
        first
    }
}
