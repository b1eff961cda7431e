//! What is heard in the hall, and the microphone that is recorded.

use super::fields::{change, outcome, slider, switch};
use super::row;
use crate::command::{Command, PisteCommand};
use crate::model::LiveSettings;
use crate::view::View;
use egui::Ui;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let live = view.model.settings.live.clone();
    switch(ui, "settings-cues", live.cues, view, |live, on| live.cues = on);
    switch(ui, "settings-buzzer", live.buzzer, view, |live, on| live.buzzer = on);
    switch(ui, "settings-voice", live.voice, view, |live, on| live.voice = on);
    if live.voice {
        row(ui, "settings-voice-test", view, |ui, view| {
            view.button(ui, "settings-test", Command::Piste(PisteCommand::TryVoice));
            let tried = view.model.piste.devices.voice_tried.clone();
            outcome(ui, &tried, view);
        });
    }
    let percent = (f64::from(view.model.settings.live.volume) * 100.0).round();
    slider(ui, "settings-volume", (percent, 0.0..=100.0, "%"), view, |live, p| live.volume = (p / 100.0) as f32);
    row(ui, "settings-loudspeaker", view, |ui, view| {
        let found = view.model.piste.devices.loudspeakers.clone();
        let now = view.model.settings.live.loudspeaker.clone();
        device(ui, ("loudspeaker", "settings-systems-choice"), &found, now.as_deref(), view, |live, name| {
            live.loudspeaker = name;
        });
    });
    row(ui, "settings-microphone", view, |ui, view| {
        let found = view.model.piste.devices.microphones.clone();
        let now = view.model.settings.live.microphone.clone();
        device(ui, ("microphone", "settings-none"), &found, now.as_deref(), view, |live, name| live.microphone = name);
    });
}

/// One of the devices that were found, or what `none` names.
fn device(
    ui: &mut Ui,
    (id, none): (&str, &str),
    found: &[String],
    now: Option<&str>,
    view: &mut View<'_>,
    take: impl Fn(&mut LiveSettings, Option<String>),
) {
    let none = view.text(none);
    let shown = now.unwrap_or(&none).to_owned();
    egui::ComboBox::from_id_salt(id).width(320.0).selected_text(shown).show_ui(ui, |ui| {
        for offered in std::iter::once(None).chain(found.iter().cloned().map(Some)) {
            let text = offered.clone().unwrap_or_else(|| none.clone());
            if ui.selectable_label(offered.as_deref() == now, text).clicked() {
                change(view, |live| take(live, offered));
            }
        }
    });
}
