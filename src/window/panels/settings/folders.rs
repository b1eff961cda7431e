//! Where results and exports go.

use super::row;
use crate::command::Command;
use crate::model::Setting;
use crate::view::View;
use egui::{TextEdit, Ui};

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.settings.results_folder.clone().unwrap_or_default();
    row(ui, "settings-results-folder", view, |ui, view| {
        let mut typed = now.display().to_string();
        let hint = view.text("settings-results-beside");
        let field = view.field(ui, TextEdit::singleline(&mut typed).hint_text(hint).desired_width(420.0));
        let name = view.text("settings-results-folder");
        let shown = typed.clone();
        field.widget_info(|| egui::WidgetInfo {
            label: Some(name.clone()),
            ..egui::WidgetInfo::text_edit(true, &shown, &shown, "")
        });
        if field.changed() {
            view.send(Command::Set(Setting::ResultsFolder(typed.into())));
        }
    });
}
