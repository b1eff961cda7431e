//! How phrases are judged.

use super::{on_off, row};
use crate::command::Command;
use crate::model::Setting;
use crate::panels::review_column::weapon_key;
use crate::view::View;
use egui::{Slider, Ui};
use fencing::Weapon;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-weapon", view, |ui, view| {
        for weapon in Weapon::ALL {
            let on = view.model.settings.weapon() == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
        }
    });
    row(ui, "settings-min-confidence", view, |ui, view| {
        let mut percent = view.model.settings.min_confidence * 100.0;
        let label = view.text("settings-min-confidence");
        let slider = ui.add(Slider::new(&mut percent, 50.0..=95.0).fixed_decimals(0).suffix(" %").text(""));
        slider.widget_info(|| egui::WidgetInfo::slider(true, percent, &label));
        if slider.changed() {
            view.send(Command::Set(Setting::MinConfidence(percent / 100.0)));
        }
    });
    row(ui, "settings-accurate", view, |ui, view| on_off(ui, view, view.model.settings.accurate, Setting::Accurate));
    row(ui, "settings-blind", view, |ui, view| on_off(ui, view, view.model.settings.blind_mode, Setting::BlindMode));
    let replays = view.model.settings.auto_replay;
    row(ui, "settings-auto-replay", view, |ui, view| on_off(ui, view, replays, Setting::AutoReplay));
}
