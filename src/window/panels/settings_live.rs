//! Pieces of the live cards: text that counts when it is finished, numbers, choices, and results of tests.

use crate::command::{Command, PisteCommand};
use crate::model::{ApparatusKind, CameraOffer, CameraPick, JudgeKind, LiveSettings, PruneRule, Setting, Trial};
use crate::panels::settings::row;
use crate::theme::Size;
use crate::view::View;
use apparatus::Protocol;
use egui::{Role, TextEdit, Ui, WidgetInfo};
use settings::Secret;

/// Changes the live settings. A change that changes nothing is none, and a second one of the same frame builds on the first.
fn change(view: &mut View<'_>, change: impl FnOnce(&mut LiveSettings)) {
    let pending = view.out.iter().rev().find_map(|command| match command {
        Command::Set(Setting::Live(live)) => Some(live.as_ref()),
        _ => None,
    });
    let before = pending.unwrap_or(&view.model.settings.live).clone();
    let mut live = before.clone();
    change(&mut live);
    if live != before {
        view.send(Command::Set(Setting::Live(Box::new(live))));
    }
}

/// How a text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// As it is.
    Plain,
    /// As dots.
    Hidden,
}

/// A field named by `key`; the new text once it was finished with Enter or by leaving the field.
fn text(ui: &mut Ui, key: &str, current: &str, hint: &str, shown: Shown, view: &mut View<'_>) -> Option<String> {
    let id = egui::Id::unique(("settings-field", key));
    let mut typed: String = ui.data_mut(|d| d.get_temp(id)).unwrap_or_else(|| current.to_owned());
    let name = view.text(key);
    let mut finished = None;
    let field = TextEdit::singleline(&mut typed).hint_text(hint).desired_width(320.0);
    let field = view.field(ui, field.password(shown == Shown::Hidden));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    if field.lost_focus() {
        finished = Some(typed.trim().to_owned()).filter(|text| text != current);
        ui.data_mut(|d| d.remove_temp::<String>(id));
    } else if field.has_focus() {
        ui.data_mut(|d| d.insert_temp(id, typed));
    }
    finished
}

/// Buttons of which one is chosen.
fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    all: &[(&str, T)],
    now: T,
    view: &mut View<'_>,
    take: impl Fn(&mut LiveSettings, T),
) {
    for (key, value) in all {
        let button = egui::Button::new(view.text(key)).selected(*value == now).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).clicked() {
            change(view, |live| take(live, *value));
        }
    }
}

/// A row with On and Off; each says by its name what it switches.
fn switch(ui: &mut Ui, key: &str, now: bool, view: &mut View<'_>, take: impl Fn(&mut LiveSettings, bool)) {
    row(ui, key, view, |ui, view| {
        for (word, on) in [("on", true), ("off", false)] {
            let word = view.text(word);
            let name = format!("{}: {word}", view.text(key));
            let button = ui.add(egui::Button::new(word).selected(now == on).min_size(egui::vec2(28.0, 28.0)));
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, now == on, &name));
            if button.clicked() {
                change(view, |live| take(live, on));
            }
        }
    });
}

/// A row with a slider in a unit.
fn slider(
    ui: &mut Ui,
    key: &str,
    (now, range, unit): (f64, std::ops::RangeInclusive<f64>, &str),
    view: &mut View<'_>,
    take: impl FnOnce(&mut LiveSettings, f64),
) {
    row(ui, key, view, |ui, view| {
        let mut value = now;
        let name = view.text(key);
        let slider = ui.add(egui::Slider::new(&mut value, range).suffix(format!(" {unit}")).fixed_decimals(0));
        slider.widget_info(|| WidgetInfo::slider(true, value, &name));
        if slider.changed() {
            change(view, |live| take(live, value));
        }
    });
}

/// A name for screen readers: what is chosen stands in the box itself.
fn name_of_combo(response: &egui::Response, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
}

/// Result of a test, beside its button.
fn outcome(ui: &mut Ui, trial: &Trial, view: &View<'_>) {
    let (text, ink) = match trial {
        Trial::Untried => return,
        Trial::Running => (view.text("settings-trying"), view.tokens.muted),
        Trial::Works(detail) => (format!("{} ({detail})", view.text("settings-works")), view.tokens.right),
        Trial::Fails(text) => (text.clone(), view.tokens.warning),
    };
    ui.label(view.rich(text, Size::Body, ink));
}

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
pub(super) fn show_camera(ui: &mut Ui, view: &mut View<'_>) {
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

/// The choice of the main camera.
pub(super) fn show_main_camera(ui: &mut Ui, view: &mut View<'_>) {
    one(ui, Which::Judged, view);
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
        ui.label(view.rich(camera_text(now.as_ref(), view), Size::Small, view.tokens.muted));
    });
}

/// What is chosen when it is no button.
fn camera_text(now: Option<&CameraPick>, view: &View<'_>) -> String {
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
        let name = view.text("settings-camera-format");
        let shown =
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
        name_of_combo(&shown.response, &name);
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

/// Shows the card.
pub(super) fn show_apparatus(ui: &mut Ui, view: &mut View<'_>) {
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
    row(ui, "settings-box-link", view, box_link);
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
fn box_link(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.settings.live.box_link.clone();
    let hint = "/dev/ttyACM0, COM3, udp:50100, mqtt://openpiste.local";
    if let Some(box_link) = text(ui, "settings-box-link", &now, hint, Shown::Plain, view) {
        change(view, |live| live.box_link = box_link);
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
    let combo = egui::ComboBox::from_id_salt("box-protocol").width(320.0).selected_text(shown).show_ui(ui, |ui| {
        if ui.selectable_label(now.is_empty(), &auto).clicked() {
            change(view, |live| live.box_protocol.clear());
        }
        for protocol in Protocol::ALL {
            if ui.selectable_label(now == protocol.as_str(), protocol.title()).clicked() {
                change(view, |live| protocol.as_str().clone_into(&mut live.box_protocol));
            }
        }
    });
    name_of_combo(&combo.response, &view.text("settings-box-protocol"));
}

/// Shows the card.
pub(super) fn show_judged_by(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-judged-by", view, |ui, view| {
        let all = [
            ("judged-here", JudgeKind::Here),
            ("judged-by-server", JudgeKind::Server),
            ("judged-by-nobody", JudgeKind::Nobody),
        ];
        choice(ui, &all, view.model.settings.live.judged_by, view, |live, kind| live.judged_by = kind);
    });
    match view.model.settings.live.judged_by {
        JudgeKind::Here => row(ui, "settings-accelerator", view, |ui, view| {
            let cpu = view.model.settings.live.accelerator == "cpu";
            let all = [("accelerator-auto", false), ("accelerator-cpu", true)];
            choice(ui, &all, cpu, view, |live, cpu| if cpu { "cpu" } else { "auto" }.clone_into(&mut live.accelerator));
        }),
        JudgeKind::Server => server(ui, view),
        JudgeKind::Nobody => {}
    }
}

fn server(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-server-address", view, |ui, view| {
        let now = view.model.settings.live.server_address.clone();
        if let Some(address) = text(ui, "settings-server-address", &now, "192.168.1.10:8000", Shown::Plain, view) {
            change(view, |live| live.server_address = address);
        }
    });
    row(ui, "settings-server-token", view, |ui, view| {
        let now = view.model.settings.live.server_token.reveal().to_owned();
        if let Some(token) = text(ui, "settings-server-token", &now, "", Shown::Hidden, view) {
            change(view, |live| live.server_token = Secret::new(token));
        }
    });
    row(ui, "settings-server-test", view, |ui, view| {
        let server = view.model.settings.live.server();
        view.button(ui, "settings-test", Command::Piste(PisteCommand::TryServer(server)));
        let tried = view.model.piste.devices.server_tried.clone();
        outcome(ui, &tried, view);
    });
}

/// Shows the card.
pub(super) fn show_recording(ui: &mut Ui, view: &mut View<'_>) {
    let live = view.model.settings.live.clone();
    slider(ui, "settings-pre-roll", (live.pre_roll_secs, 0.0..=30.0, "s"), view, |live, s| live.pre_roll_secs = s);
    slider(ui, "settings-post-roll", (live.post_roll_secs, 0.0..=10.0, "s"), view, |live, s| live.post_roll_secs = s);
    slider(ui, "settings-memory", (live.memory_secs, 5.0..=120.0, "s"), view, |live, s| live.memory_secs = s);
    row(ui, "settings-recordings", view, folder);
    row(ui, "settings-pruning", view, |ui, view| {
        let all = [("prune-never", PruneRule::Never), ("prune-old", PruneRule::Old), ("prune-full", PruneRule::Full)];
        choice(ui, &all, view.model.settings.live.pruning, view, |live, rule| live.pruning = rule);
    });
    let days = f64::from(live.prune_days);
    match live.pruning {
        PruneRule::Never => {}
        PruneRule::Old => {
            slider(ui, "settings-prune-days", (days, 1.0..=365.0, "d"), view, |live, d| live.prune_days = d as u32);
        }
        PruneRule::Full => {
            let now = (live.prune_gigabytes, 1.0..=500.0, "GB");
            slider(ui, "settings-prune-free", now, view, |live, gb| live.prune_gigabytes = gb);
        }
    }
}

fn folder(ui: &mut Ui, view: &mut View<'_>) {
    let usual = view.model.default_recordings.display().to_string();
    let now = view.model.settings.live.recordings.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    if let Some(path) = text(ui, "settings-recordings", &now, &usual, Shown::Plain, view) {
        change(view, |live| live.recordings = (!path.is_empty()).then(|| path.into()));
    }
    view.button(ui, "settings-choose-folder", Command::Piste(PisteCommand::AskForRecordings));
}

/// Shows the card.
pub(super) fn show_sound(ui: &mut Ui, view: &mut View<'_>) {
    show_cues(ui, view);
    if view.model.settings.live.voice {
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

/// What is heard during a phrase.
pub(super) fn show_cues(ui: &mut Ui, view: &mut View<'_>) {
    let live = view.model.settings.live.clone();
    switch(ui, "settings-cues", live.cues, view, |live, on| live.cues = on);
    switch(ui, "settings-buzzer", live.buzzer, view, |live, on| live.buzzer = on);
    switch(ui, "settings-voice", live.voice, view, |live, on| live.voice = on);
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
    let combo = egui::ComboBox::from_id_salt(id).width(320.0).selected_text(shown).show_ui(ui, |ui| {
        for offered in std::iter::once(None).chain(found.iter().cloned().map(Some)) {
            let text = offered.clone().unwrap_or_else(|| none.clone());
            if ui.selectable_label(offered.as_deref() == now, text).clicked() {
                change(view, |live| take(live, offered));
            }
        }
    });
    name_of_combo(&combo.response, &view.text(&format!("settings-{id}")));
}
