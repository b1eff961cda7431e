//! What lies over a screen for a moment: palette, list of shortcuts, list of notices, privacy blank.

use crate::command::{Chord, Command, Listed, Scope};
use crate::model::Screen;
use crate::theme::Size;
use crate::view::{View, settle};
use egui::{Key, Ui};

/// Shows whatever is open.
pub(crate) fn show_overlays(ui: &mut Ui, view: &mut View<'_>) {
    if ui.input(|input| !input.raw.hovered_files.is_empty()) {
        drop_here(ui, view);
    }
    if view.model.palette.is_some() {
        palette(ui, view);
    }
    if view.model.path_prompt.is_some() {
        window(ui, view, "cmd-open-path", path_prompt);
    }
    if view.model.help_open {
        window(ui, view, "help-title", shortcuts);
    }
    if view.model.notices.history_open {
        window(ui, view, "notices-title", notices);
    }
}

/// A clip is held over the window: it says that it may fall.
fn drop_here(ui: &Ui, view: &View<'_>) {
    let room = ui.ctx().content_rect();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop-here"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(room, 0.0, view.tokens.veil);
    let frame = egui::Stroke::new(4.0, view.tokens.accent);
    painter.rect_stroke(room.shrink(12.0), 12.0, frame, egui::StrokeKind::Inside);
    let (text, font) = (view.text("drop-here"), view.tokens.font(Size::Title));
    painter.text(room.center(), egui::Align2::CENTER_CENTER, &text, font, view.tokens.text);
    let response = ui.interact(room, egui::Id::unique("drop-here-told"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
}

/// What title, button and margins of such a window take, in points at the normal text size.
const AROUND: f32 = 140.0;

fn window(ui: &Ui, view: &mut View<'_>, title: &str, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let room = ui.ctx().content_rect().size();
    let scale = view.tokens.scale();
    // On a low screen the list gives way, never the button under it.
    let highest = (room.y - AROUND * scale).clamp(80.0, 480.0 * scale.max(1.0));
    egui::Window::new(view.text(title))
        .id(egui::Id::unique(title))
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0])
        .show(ui.ctx(), |ui| {
            // One width from the first frame on: title and list agree.
            ui.set_width((480.0 * scale).min(room.x - 48.0));
            let list = egui::ScrollArea::vertical().auto_shrink([false, true]).max_height(highest);
            list.show(ui, |ui| content(ui, view));
            view.button(ui, "close", Command::TogglePrivacy);
            // The frame around it is as large as what stood in it before.
            settle(ui, egui::Id::unique((title, "size")), ui.min_size());
        });
}

/// A field for the path of a clip: what a file dialog does, without one.
fn path_prompt(ui: &mut Ui, view: &mut View<'_>) {
    let mut typed = view.model.path_prompt.clone().unwrap_or_default();
    let label = ui.label(view.text("path-prompt"));
    let field = view.field(ui, egui::TextEdit::singleline(&mut typed).desired_width(420.0)).labelled_by(label.id);
    // Before the field gets the keyboard back: one that has it did not lose it.
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if ui.memory(|m| m.focused().is_none()) {
        field.request_focus();
    }
    if field.changed() {
        view.send(Command::TypePath(typed));
    }
    ui.horizontal(|ui| {
        view.button(ui, "path-open", Command::OpenTypedPath);
        view.button(ui, "path-browse", Command::AskForClip);
    });
    if entered {
        view.send(Command::OpenTypedPath);
    }
}

/// The keys of the screen that is shown first, then those that count everywhere, then the other screens'.
fn shortcuts(ui: &mut Ui, view: &mut View<'_>) {
    let here = view.model.screen.scope();
    let others = Screen::ALL.into_iter().map(Screen::scope).filter(|scope| *scope != here);
    for scope in [here, Scope::Everywhere].into_iter().chain(others) {
        keys_of(ui, scope, view);
    }
}

fn keys_of(ui: &mut Ui, scope: Scope, view: &View<'_>) {
    let mut rows = view.model.keymap.rows().iter().filter(|(listed, _)| listed.scope == scope).peekable();
    if rows.peek().is_none() {
        return;
    }
    let screen = Screen::ALL.into_iter().find(|screen| screen.scope() == scope);
    let title = view.text(screen.map_or("help-everywhere", Screen::key));
    ui.add_space(8.0);
    ui.label(view.rich(title, Size::Large, view.tokens.text));
    egui::Grid::new(("shortcuts", scope)).num_columns(2).min_col_width(150.0).spacing([16.0, 4.0]).show(ui, |ui| {
        for (listed, chord) in rows {
            let chord = chord.as_ref().map(Chord::shown).unwrap_or_default();
            ui.label(view.rich(chord, Size::Body, view.tokens.accent));
            ui.label(view.text(listed.key));
            ui.end_row();
        }
    });
}

fn notices(ui: &mut Ui, view: &mut View<'_>) {
    for notice in view.model.notices.history().iter().rev() {
        let text = super::chrome::translated(view, &notice.text);
        ui.label(text);
    }
    if view.model.notices.history().is_empty() {
        ui.label(view.text("notices-none"));
    }
}

/// Every listed command by name: type a few letters, Enter takes the first.
fn palette(ui: &Ui, view: &mut View<'_>) {
    let id = egui::Id::unique("palette-text");
    let mut typed: String = ui.data_mut(|d| d.get_temp(id).unwrap_or_default());
    let mut chosen = None;
    window(ui, view, "cmd-palette", |ui, view| {
        let label = ui.label(view.text("palette-hint"));
        let field = view.field(ui, egui::TextEdit::singleline(&mut typed)).labelled_by(label.id);
        field.request_focus();
        let found = matching(view, &typed);
        if found.is_empty() {
            ui.label(view.text("palette-none"));
        }
        let enter = ui.input(|i| i.key_pressed(Key::Enter));
        for (i, listed) in found.iter().take(12).enumerate() {
            let name = view.hint(listed.key, &listed.command);
            if ui.button(name).clicked() || (enter && i == 0) {
                chosen = Some(listed.command.clone());
            }
        }
    });
    if let Some(command) = chosen {
        typed.clear();
        view.send(Command::TogglePalette);
        view.send(command);
    }
    ui.data_mut(|d| d.insert_temp(id, typed));
}

/// Commands whose name contains all typed words.
fn matching(view: &View<'_>, typed: &str) -> Vec<Listed> {
    let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
    let fits = |listed: &Listed| {
        let name = view.text(listed.key).to_lowercase();
        words.iter().all(|w| name.contains(w))
    };
    view.model.keymap.rows().iter().map(|(l, _)| l.clone()).filter(fits).collect()
}
