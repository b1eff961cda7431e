//! What others may see.

use super::row;
use crate::command::Command;
use crate::theme::Size;
use crate::view::View;
use egui::Ui;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-privacy-now", view, |ui, view| {
        view.toggle(ui, "cmd-privacy", view.model.privacy, Command::TogglePrivacy);
    });
    ui.label(view.rich(view.text("settings-privacy-note"), Size::Small, view.tokens.muted));
}
