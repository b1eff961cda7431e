//! Everything that can be set, in cards; a change counts at once and is kept. One file per card.

mod apparatus;
mod camera;
mod fields;
mod folders;
mod judge;
mod judged_by;
mod keys;
mod lens;
mod look;
mod privacy;
mod recording;
mod sound;

use crate::command::Command;
use crate::model::Setting;
use crate::theme::Size;
use crate::view::View;
use egui::{CentralPanel, Frame, ScrollArea, Ui};

/// Widest a card gets: longer lines are hard to follow.
const WIDEST: f32 = 1100.0;

/// Shows the screen.
pub(crate) fn show_settings(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            card(ui, "settings-camera", view, camera::show);
            card(ui, "settings-apparatus", view, apparatus::show);
            card(ui, "settings-live-judge", view, judged_by::show);
            card(ui, "settings-recording", view, recording::show);
            card(ui, "settings-sound", view, sound::show);
            card(ui, "settings-look", view, look::show);
            card(ui, "settings-judge", view, judge::show);
            card(ui, "settings-lens", view, lens::show);
            card(ui, "settings-folders", view, folders::show);
            card(ui, "settings-privacy", view, privacy::show);
            card(ui, "settings-keys", view, keys::show);
            view.button(ui, "settings-reset", Command::Set(Setting::Reset));
        });
    });
}

fn card(ui: &mut Ui, title: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    view.tokens.card().show(ui, |ui| {
        ui.set_width(ui.available_width().min(WIDEST));
        ui.label(view.rich(view.text(title), Size::Large, view.tokens.text));
        ui.add_space(4.0);
        content(ui, view);
    });
    ui.add_space(12.0);
}

/// A name in a column of its own, so that everything beside it stands in line.
fn row(ui: &mut Ui, key: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    ui.horizontal_wrapped(|ui| {
        // All names take the same width, so that what they name stands in one column; a longer one is told whole on hover.
        let width = 280.0 * view.tokens.font(Size::Body).size / 15.0;
        let (place, _) = ui.allocate_exact_size(egui::vec2(width, 28.0), egui::Sense::hover());
        let builder = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(egui::Align::Center));
        ui.new_child(builder).add(egui::Label::new(view.text(key)).truncate());
        content(ui, view);
    });
}

fn on_off(ui: &mut Ui, view: &mut View<'_>, now: bool, setting: impl Fn(bool) -> Setting) {
    for (key, on) in [("on", true), ("off", false)] {
        view.toggle(ui, key, now == on, Command::Set(setting(on)));
    }
}
