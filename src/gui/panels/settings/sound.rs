//! What is heard in the hall, and the microphone that is recorded.

use super::fields::{change, choice, slider};
use super::row;
use crate::gui::view::View;
use egui::Ui;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let switch = [("on", true), ("off", false)];
    row(ui, "settings-cues", view, |ui, view| {
        choice(ui, &switch, view.model.settings.live.cues, view, |live, on| live.cues = on);
    });
    row(ui, "settings-voice", view, |ui, view| {
        choice(ui, &switch, view.model.settings.live.voice, view, |live, on| live.voice = on);
    });
    let percent = f64::from(view.model.settings.live.volume) * 100.0;
    slider(ui, "settings-volume", (percent, 0.0..=100.0, "%"), view, |live, p| live.volume = (p / 100.0) as f32);
    row(ui, "settings-microphone", view, |ui, view| {
        let now = view.model.settings.live.microphone.clone();
        let none = egui::Button::new(view.text("settings-none")).selected(now.is_none());
        if ui.add(none.min_size(egui::vec2(28.0, 28.0))).clicked() {
            change(view, |live| live.microphone = None);
        }
        let found = view.model.piste.devices.microphones.clone();
        for name in found {
            let on = now.as_deref() == Some(name.as_str());
            if ui.add(egui::Button::new(&name).selected(on).min_size(egui::vec2(28.0, 28.0))).clicked() {
                change(view, |live| live.microphone = Some(name));
            }
        }
    });
}
