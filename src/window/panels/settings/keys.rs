//! The shortcuts.

use crate::command::Command;
use crate::model::Setting;
use crate::theme::Size;
use crate::view::View;
use egui::Ui;

/// Every shortcut as a field: type another, or clear it. What clashes or names no key is said beside it.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let clashes = view.model.keymap.clashes();
    let rows: Vec<_> = view.model.keymap.rows().to_vec();
    egui::Grid::new("keys").num_columns(3).spacing([24.0, 4.0]).show(ui, |ui| {
        for (listed, chord) in &rows {
            let label = ui.label(view.text(listed.key));
            let shown = view.model.settings.shortcuts.get(listed.key).cloned();
            let mut text = shown.unwrap_or_else(|| chord.as_ref().map(ToString::to_string).unwrap_or_default());
            // A column of a grid is as wide as what stands in it: a field that took what there is would stay a slit.
            let field = egui::TextEdit::singleline(&mut text).min_size(egui::vec2(140.0, 0.0)).desired_width(140.0);
            let field = view.field(ui, field).labelled_by(label.id);
            if field.changed() {
                view.send(Command::Set(Setting::Shortcut(listed.key.to_owned(), text.clone())));
            }
            ui.label(view.rich(complaint(listed.key, &text, &clashes, view), Size::Small, view.tokens.warning));
            ui.end_row();
        }
    });
}

fn complaint(key: &str, text: &str, clashes: &[crate::command::Clash], view: &View<'_>) -> String {
    if let (false, Err(why)) = (text.is_empty(), text.parse::<crate::command::Chord>()) {
        return why;
    }
    let other = clashes.iter().find_map(|c| match c.commands {
        (a, b) if a == key => Some(b),
        (a, b) if b == key => Some(a),
        _ => None,
    });
    other.map_or_else(String::new, |other| format!("{}: {}", view.text("settings-clash"), view.text(other)))
}
