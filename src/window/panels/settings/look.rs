//! Language, colours, text size.

use super::row;
use crate::command::Command;
use crate::model::{Motion, Setting, ThemeChoice};
use crate::view::View;
use egui::Ui;
use fencing::wording::Language;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-language", view, |ui, view| {
        for language in Language::ALL {
            let on = view.model.settings.language == language.code();
            let button = egui::Button::new(language.native_name()).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::Language(language.code().to_owned())));
            }
        }
    });
    row(ui, "settings-theme", view, |ui, view| {
        let themes = [
            ("theme-dark", ThemeChoice::Dark),
            ("theme-light", ThemeChoice::Light),
            ("theme-contrast", ThemeChoice::HighContrast),
        ];
        for (key, theme) in themes {
            view.toggle(ui, key, view.model.settings.theme == theme, Command::Set(Setting::Theme(theme)));
        }
    });
    row(ui, "settings-motion", view, |ui, view| {
        for (key, motion) in [("motion-full", Motion::Full), ("motion-reduced", Motion::Reduced)] {
            view.toggle(ui, key, view.model.settings.motion == motion, Command::Set(Setting::Motion(motion)));
        }
    });
    row(ui, "settings-text-size", view, |ui, view| {
        for percent in [80_u8, 100, 120, 140, 160] {
            let scale = f32::from(percent) / 100.0;
            let on = (view.model.settings.text_scale.0 - scale).abs() < 0.01;
            let button = egui::Button::new(format!("{percent} %")).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::TextScale(scale)));
            }
        }
    });
}
