//! The window is to close while a phrase is recorded: nothing is lost without the referee saying so.

use crate::command::{CloseAnswer, Command, PisteCommand};
use crate::model::Closing;
use crate::theme::Size;
use crate::view::View;
use crate::widgets::{KeyButton, Standing, show_key_button};
use egui::Ui;

/// Asks, or says that the phrase is being saved.
pub(super) fn show(ui: &Ui, view: &mut View<'_>) {
    let closing = view.model.piste.closing;
    if !matches!(closing, Closing::Asking | Closing::Saving) {
        return;
    }
    egui::Modal::new(egui::Id::unique("closing")).show(ui.ctx(), |ui| {
        ui.set_max_width(520.0);
        if closing == Closing::Saving {
            ui.label(view.rich(view.text("close-saving"), Size::Title, view.tokens.text));
            return;
        }
        ui.label(view.rich(view.text("close-title"), Size::Title, view.tokens.text));
        ui.label(view.rich(view.text("close-text"), Size::Body, view.tokens.text));
        ui.add_space(12.0);
        ui.horizontal_wrapped(|ui| {
            let answers = [
                ("close-save", CloseAnswer::Save, Standing::Next),
                ("close-stay", CloseAnswer::Stay, Standing::Plain),
                ("close-discard", CloseAnswer::Discard, Standing::Plain),
            ];
            for (key, answer, standing) in answers {
                let text = view.text(key);
                let command = Command::Piste(PisteCommand::Close(answer));
                show_key_button(ui, KeyButton { text: &text, command, standing, width: 0.0 }, view);
            }
        });
    });
}
