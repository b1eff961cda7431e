//! No camera is chosen: the middle of the screen teaches how to get one.

use crate::command::{Command, PisteCommand};
use crate::model::{CameraPick, Setting};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, Layout, Ui, UiBuilder, vec2};

/// Shows what can be chosen.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    ui.painter().rect_filled(room, 8.0, view.tokens.surface);
    let card = room.shrink2(vec2((room.width() * 0.18).max(16.0), (room.height() * 0.12).max(8.0)));
    ui.scope_builder(UiBuilder::new().max_rect(card).layout(Layout::top_down(Align::Center)), |ui| {
        ui.label(view.rich(view.text("piste-no-camera"), Size::Title, view.tokens.text));
        ui.label(view.rich(view.text("piste-no-camera-how"), Size::Body, view.tokens.muted));
        ui.add_space(12.0);
        cameras(ui, view);
        ui.add_space(12.0);
        network(ui, view);
        ui.add_space(12.0);
        let name = view.text("piste-choose-clip");
        wide(ui, &name, Command::Piste(PisteCommand::AskForCameraClip), view);
    });
}

fn choose(camera: CameraPick, view: &View<'_>) -> Command {
    let mut live = view.model.settings.live.clone();
    live.camera = Some(camera);
    Command::Set(Setting::Live(Box::new(live)))
}

fn wide(ui: &mut Ui, text: &str, command: Command, view: &mut View<'_>) {
    let button = egui::Button::new(view.rich(text, Size::Large, view.tokens.text)).min_size(vec2(360.0, 44.0));
    if ui.add(button).clicked() {
        view.send(command);
    }
}

fn cameras(ui: &mut Ui, view: &mut View<'_>) {
    let found: Vec<_> = view.model.piste.devices.cameras.iter().take(4).cloned().collect();
    for camera in &found {
        let pick = CameraPick::Device { name: camera.name.clone(), format: None };
        let command = choose(pick, view);
        wide(ui, &camera.name, command, view);
    }
    let key = match (view.model.piste.devices.searching, found.is_empty()) {
        (true, _) => "piste-looking-for-cameras",
        (false, true) => "piste-none-plugged-in",
        (false, false) => "",
    };
    if !key.is_empty() {
        ui.label(view.rich(view.text(key), Size::Body, view.tokens.muted));
    }
    view.button(ui, "piste-look-again", Command::Piste(PisteCommand::ListDevices));
}

fn network(ui: &mut Ui, view: &mut View<'_>) {
    let id = egui::Id::unique("network-camera");
    let mut typed: String = ui.data_mut(|d| d.get_temp(id).unwrap_or_default());
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - 480.0) / 2.0).max(0.0));
        let label = ui.label(view.rich(view.text("settings-camera-network"), Size::Body, view.tokens.text));
        let field = egui::TextEdit::singleline(&mut typed).hint_text("rtsp://192.168.1.20/live").desired_width(240.0);
        let field = field.min_size(vec2(0.0, 40.0)).align(egui::Align2::LEFT_CENTER);
        let field = view.field(ui, field).labelled_by(label.id);
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let take = egui::Button::new(view.text("piste-take")).min_size(vec2(40.0, 40.0));
        let pressed = ui.add(take).clicked() || entered;
        if pressed && !typed.trim().is_empty() {
            let command = choose(CameraPick::Network { address: typed.trim().to_owned() }, view);
            view.send(command);
        }
    });
    ui.data_mut(|d| d.insert_temp(id, typed));
}
