//! The folders that are listed: add by button, by typing or by dropping; take off the list.

use super::{button, heading};
use crate::command::{Command, LibraryCommand};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, Button, Key, Layout, Role, TextEdit, Ui, WidgetInfo};
use std::path::{Path, PathBuf};

/// Shows folders and how to add one.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "library-folders", view);
    recordings(ui, view);
    let loose = &view.model.library.loose;
    let places: Vec<_> = view.model.settings.library_folders.iter().chain(loose).cloned().collect();
    for place in &places {
        one(ui, place, view);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding.x = 8.0;
        button(ui, "cmd-library-add", LibraryCommand::AskForFolder, view);
        if !places.is_empty() {
            button(ui, "cmd-library-refresh", LibraryCommand::Refresh, view);
        }
    });
    typed(ui, view);
    troubles(ui, view);
}

/// The program's own recordings are always listed.
fn recordings(ui: &mut Ui, view: &View<'_>) {
    let own = view.model.settings.live.recordings.as_ref().unwrap_or(&view.model.default_recordings);
    let text = view.rich(view.text("library-recordings"), Size::Body, view.tokens.text);
    ui.add(egui::Label::new(text).truncate()).on_hover_text(own.display().to_string());
}

fn one(ui: &mut Ui, place: &Path, view: &mut View<'_>) {
    let name = place.file_name().unwrap_or(place.as_os_str()).to_string_lossy().into_owned();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let remove = Button::new("×").min_size(egui::vec2(28.0, 28.0));
            let label = view.words.with("library-remove", &[("name", &name)]);
            let response = ui.add(remove).on_hover_text(&label);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
            if response.clicked() {
                view.send(Command::Library(LibraryCommand::RemovePlace(place.to_owned())));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = view.rich(&name, Size::Body, view.tokens.text);
                ui.add(egui::Label::new(text).truncate()).on_hover_text(place.display().to_string());
            });
        });
    });
}

/// A path by hand: for a system without dialogs, and for scripts that drive the window.
fn typed(ui: &mut Ui, view: &mut View<'_>) {
    let id = egui::Id::unique("library-typed-path");
    let mut text: String = ui.data_mut(|d| d.get_temp(id).unwrap_or_default());
    let name = view.text("library-path");
    let field = view.field(ui, TextEdit::singleline(&mut text).hint_text(&name).desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if entered && !text.trim().is_empty() {
        let path = PathBuf::from(text.trim());
        text.clear();
        view.send(Command::Library(LibraryCommand::AddPlace(path)));
    }
    ui.data_mut(|d| d.insert_temp(id, text));
}

/// What could not be read, a few lines of it.
fn troubles(ui: &mut Ui, view: &View<'_>) {
    const SHOWN: usize = 4;
    let troubles = view.model.library.catalogue.troubles();
    for trouble in troubles.iter().take(SHOWN) {
        ui.label(view.rich(trouble.to_string(), Size::Small, view.tokens.warning));
    }
    if troubles.len() > SHOWN {
        let more = (troubles.len() - SHOWN).to_string();
        ui.label(view.rich(view.words.with("library-more", &[("n", &more)]), Size::Small, view.tokens.warning));
    }
}
