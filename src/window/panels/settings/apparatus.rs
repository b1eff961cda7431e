//! Who says that there was a touch: keys, lamps in the picture, or a box.

use super::fields::{Shown, change, choice, outcome, text};
use super::row;
use crate::command::{Command, PisteCommand};
use crate::model::ApparatusKind;
use crate::view::View;
use apparatus::Protocol;
use egui::Ui;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-apparatus-kind", view, |ui, view| {
        let all = [
            ("apparatus-keys", ApparatusKind::Keys),
            ("apparatus-picture", ApparatusKind::Picture),
            ("apparatus-box", ApparatusKind::Box),
        ];
        choice(ui, &all, view.model.settings.live.apparatus, view, |live, kind| live.apparatus = kind);
    });
    if view.model.settings.live.apparatus != ApparatusKind::Box {
        return;
    }
    row(ui, "settings-box-link", view, link);
    row(ui, "settings-box-protocol", view, protocol);
    row(ui, "settings-box-sides", view, |ui, view| {
        let now = view.model.settings.live.box_exchanged;
        let all = [("box-as-wired", false), ("box-exchanged", true)];
        choice(ui, &all, now, view, |live, exchanged| live.box_exchanged = exchanged);
    });
    row(ui, "settings-box-find", view, |ui, view| {
        view.button(ui, "settings-find", Command::Piste(PisteCommand::FindBox));
        let found = view.model.piste.devices.box_found.clone();
        outcome(ui, &found, view);
    });
}

/// A port that was found, or an address that is typed.
fn link(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.settings.live.box_link.clone();
    let hint = "/dev/ttyACM0, COM3, udp:50100, mqtt://openpiste.local";
    if let Some(link) = text(ui, "settings-box-link", &now, hint, Shown::Plain, view) {
        change(view, |live| live.box_link = link);
    }
    let ports = view.model.piste.devices.ports.clone();
    for (path, about) in ports {
        let button = egui::Button::new(&path).selected(path == now).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).on_hover_text(about).clicked() {
            change(view, |live| live.box_link = path);
        }
    }
}

fn protocol(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.settings.live.box_protocol.clone();
    let auto = view.text("settings-box-auto");
    let title = |name: &str| Protocol::ALL.into_iter().find(|p| p.as_str() == name).map(Protocol::title);
    let shown = title(&now).map_or_else(|| auto.clone(), str::to_owned);
    egui::ComboBox::from_id_salt("box-protocol").width(320.0).selected_text(shown).show_ui(ui, |ui| {
        if ui.selectable_label(now.is_empty(), &auto).clicked() {
            change(view, |live| live.box_protocol.clear());
        }
        for protocol in Protocol::ALL {
            if ui.selectable_label(now == protocol.as_str(), protocol.title()).clicked() {
                change(view, |live| protocol.as_str().clone_into(&mut live.box_protocol));
            }
        }
    });
}
