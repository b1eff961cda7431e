//! The camera that is judged by, and a second one that is only recorded.

use super::fields::{Shown, change, text};
use super::row;
use crate::command::{Command, PisteCommand};
use crate::model::{CameraOffer, CameraPick, LiveSettings};
use crate::theme::Size;
use crate::view::View;
use egui::Ui;

/// Which of the two cameras.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Judged,
    Second,
}

impl Which {
    fn of(self, live: &mut LiveSettings) -> &mut Option<CameraPick> {
        match self {
            Self::Judged => &mut live.camera,
            Self::Second => &mut live.second_camera,
        }
    }

    fn now(self, view: &View<'_>) -> Option<CameraPick> {
        let live = &view.model.settings.live;
        if self == Self::Judged { live.camera.clone() } else { live.second_camera.clone() }
    }
}

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-camera-judged", view, |ui, view| one(ui, Which::Judged, view));
    formats(ui, view);
    row(ui, "settings-camera-network", view, |ui, view| {
        network(ui, Which::Judged, "settings-camera-network", view);
    });
    row(ui, "settings-camera-clip", view, |ui, view| {
        clip_path(ui, view);
        view.button(ui, "settings-choose-folder", Command::Piste(PisteCommand::AskForCameraClip));
    });
    row(ui, "settings-camera-second", view, |ui, view| one(ui, Which::Second, view));
    row(ui, "settings-camera-second-network", view, |ui, view| {
        network(ui, Which::Second, "settings-camera-second-network", view);
    });
}

/// Every camera that was found as a button, and none.
fn one(ui: &mut Ui, which: Which, view: &mut View<'_>) {
    let now = which.now(view);
    ui.vertical(|ui| {
        ui.horizontal_wrapped(|ui| {
            let none = egui::Button::new(view.text("settings-none")).selected(now.is_none());
            if ui.add(none.min_size(egui::vec2(28.0, 28.0))).clicked() {
                change(view, |live| *which.of(live) = None);
            }
            let found: Vec<CameraOffer> = view.model.piste.devices.cameras.clone();
            for camera in found {
                let on = matches!(&now, Some(CameraPick::Device { name, .. }) if *name == camera.name);
                let button = egui::Button::new(&camera.name).selected(on).min_size(egui::vec2(28.0, 28.0));
                if ui.add(button).clicked() {
                    let pick = CameraPick::Device { name: camera.name.clone(), format: None };
                    change(view, |live| *which.of(live) = Some(pick));
                }
            }
            if which == Which::Judged {
                view.button(ui, "piste-look-again", Command::Piste(PisteCommand::ListDevices));
            }
        });
        ui.label(view.rich(told(now.as_ref(), view), Size::Small, view.tokens.muted));
    });
}

/// What is chosen when it is no button.
fn told(now: Option<&CameraPick>, view: &View<'_>) -> String {
    let searching = view.model.piste.devices.searching;
    match now {
        Some(CameraPick::Network { address }) => address.clone(),
        Some(CameraPick::Clip { path }) => path.display().to_string(),
        Some(CameraPick::Device { name, .. }) => name.clone(),
        None if searching => view.text("piste-looking-for-cameras"),
        None if view.model.piste.devices.cameras.is_empty() => view.text("piste-none-plugged-in"),
        None => String::new(),
    }
}

/// The formats of the chosen camera, the best first.
fn formats(ui: &mut Ui, view: &mut View<'_>) {
    let Some(CameraPick::Device { name, format }) = view.model.settings.live.camera.clone() else { return };
    let found = view.model.piste.devices.cameras.iter().find(|c| c.name == name).cloned();
    let Some(camera) = found.filter(|c| !c.formats.is_empty()) else { return };
    row(ui, "settings-camera-format", view, |ui, view| {
        let best = view.text("settings-camera-best");
        let chosen = format.clone().unwrap_or_else(|| best.clone());
        egui::ComboBox::from_id_salt("camera-format").width(260.0).selected_text(chosen).show_ui(ui, |ui| {
            let all = std::iter::once(None).chain(camera.formats.iter().cloned().map(Some));
            for offered in all {
                let text = offered.clone().unwrap_or_else(|| best.clone());
                if ui.selectable_label(offered == format, text).clicked() {
                    let pick = CameraPick::Device { name: name.clone(), format: offered };
                    change(view, |live| live.camera = Some(pick));
                }
            }
        });
    });
}

fn network(ui: &mut Ui, which: Which, key: &str, view: &mut View<'_>) {
    let now = match which.now(view) {
        Some(CameraPick::Network { address }) => address,
        _ => String::new(),
    };
    if let Some(address) = text(ui, key, &now, "rtsp://192.168.1.20/live", Shown::Plain, view) {
        let pick = (!address.is_empty()).then_some(CameraPick::Network { address });
        change(view, |live| *which.of(live) = pick);
    }
}

/// The same as the dialog, for keyboards and systems without one.
fn clip_path(ui: &mut Ui, view: &mut View<'_>) {
    let now = match &view.model.settings.live.camera {
        Some(CameraPick::Clip { path }) => path.display().to_string(),
        _ => String::new(),
    };
    if let Some(path) = text(ui, "settings-camera-clip", &now, "/videos/phrase.mp4", Shown::Plain, view) {
        let pick = (!path.is_empty()).then(|| CameraPick::Clip { path: path.into() });
        change(view, |live| live.camera = pick);
    }
}
