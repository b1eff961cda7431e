//! The live screen: the large picture between two lamps, below it the running phrase, then the next steps.

use crate::command::{CloseAnswer, Command, PisteCommand};
use crate::model::{CameraPick, Closing, Setting};
use crate::panels::{piste_controls, piste_status};
use crate::theme::Size;
use crate::view::View;
use crate::widgets::{
    KeyButton, Placement, Standing, VerdictView, show_block, show_key_button, show_lamp_panel, show_live_timeline,
    show_picture, show_scene, show_strip, show_strip_text, strip_height,
};
use capture::camera::CameraPhase;
use egui::{
    Align, Align2, CentralPanel, Color32, Frame, Layout, Margin, Panel, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo,
    vec2,
};
use fencing::Side;
use piste::{JudgeEvent, JudgeOrigin, Phase, Thoroughness};
use records::overlay::{LivePart, OverlayWords, live_scene};
use std::sync::Arc;

/// Paints the screen.
pub(crate) fn show_piste(ui: &mut Ui, view: &mut View<'_>) {
    let scale = view.tokens.font(Size::Body).size / 15.0;
    let ground = Frame::new().fill(view.tokens.background);
    let strip = |height: f32| (height * scale.max(1.0)).round();
    Panel::bottom("piste-status")
        .exact_size(strip(30.0))
        .show_separator_line(false)
        .frame(Frame::new().fill(view.tokens.surface).inner_margin(Margin::symmetric(12, 2)))
        .show(ui, |ui| piste_status::show(ui, view));
    Panel::bottom("piste-controls")
        .exact_size(strip(64.0))
        .show_separator_line(false)
        .frame(ground.inner_margin(Margin::symmetric(12, 8)))
        .show(ui, |ui| piste_controls::show(ui, view));
    Panel::bottom("piste-timeline")
        .exact_size(strip(72.0))
        .show_separator_line(false)
        .frame(ground.inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 0 }))
        .show(ui, |ui| show_live_timeline(ui, view));
    Panel::bottom("piste-verdict")
        .exact_size(strip_height(view.tokens))
        .show_separator_line(false)
        .frame(ground)
        .show(ui, |ui| verdict_strip(ui, view));
    let width = lamp_width(ui);
    for side in Side::BOTH {
        let margin = Margin { left: 12, right: 12, top: 12, bottom: 0 };
        let panel = match side {
            Side::Left => Panel::left("piste-lamp-left"),
            Side::Right => Panel::right("piste-lamp-right"),
        };
        panel
            .exact_size(width)
            .resizable(false)
            .show_separator_line(false)
            .frame(ground.inner_margin(margin))
            .show(ui, |ui| show_lamp_panel(ui, side, view));
    }
    let margin = Margin { left: 0, right: 0, top: 12, bottom: 0 };
    CentralPanel::default().frame(ground.inner_margin(margin)).show(ui, |ui| show_frame(ui, view));
    show_closing(ui, view);
}

/// Width of the lamps: the space beside a picture of 16:9, within limits.
fn lamp_width(ui: &Ui) -> f32 {
    let room = ui.available_rect_before_wrap();
    let picture = (room.height() - 12.0) * 16.0 / 9.0;
    ((room.width() - picture) / 2.0).clamp(176.0, 300.0)
}

/// Age above which a picture counts as frozen, in seconds.
const STALE_SECS: f64 = 1.0;

/// Skeletons older than this are not drawn, in seconds: five frames at 15 per second.
const LAG_SECS: f64 = 0.35;

/// Paints picture and banner.
fn show_frame(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    if !view.model.camera_chosen() {
        show_no_camera(ui, view);
        return;
    }
    let size = view.model.piste.status.camera.size;
    let aspect = if size.width > 0 { size.width as f32 / size.height.max(1) as f32 } else { 16.0 / 9.0 };
    let placement = Placement::fit(room, aspect, crate::model::Viewport::default());
    if view.model.privacy {
        ui.painter().rect_filled(placement.screen, 8.0, view.tokens.surface);
        message(ui, placement.screen.center(), &view.text("privacy-on"), view);
        return;
    }
    show_picture(ui, &placement, view.textures.live(), view.tokens);
    overlay(ui, &placement, view);
    trouble(ui, placement.screen, view);
    verdict_block(ui, (placement.screen, room), view);
}

fn message(ui: &Ui, at: egui::Pos2, text: &str, view: &View<'_>) {
    let ink = view.tokens.muted;
    ui.painter().text(at, Align2::CENTER_CENTER, text, view.tokens.font(Size::Title), ink);
}

fn overlay(ui: &Ui, placement: &Placement, view: &View<'_>) {
    let piste = &view.model.piste;
    let shown = piste.shown;
    let switches = [
        (shown.piste_line, LivePart::PisteLine),
        (shown.tracks, LivePart::Ways),
        (shown.skeletons, LivePart::Skeletons),
        (shown.lamps, LivePart::Lamps),
    ];
    let parts: Vec<_> = switches.into_iter().filter(|(on, _)| *on).map(|(_, part)| part).collect();
    // Without current observations the size is unknown, and old skeletons would be wrong.
    if !piste.sees(LAG_SECS) {
        return;
    }
    let words = OverlayWords::of_the_piste(view.words);
    show_scene(ui, placement, &live_scene(&piste.trail, piste.status.lamps, &words, &parts), view.tokens);
}

/// The camera is lost or frozen: a message over the picture, because nobody looks at a status line then. First the remedy in the
/// referee's language; below it, smaller, the system's message.
fn trouble(ui: &Ui, picture: Rect, view: &View<'_>) {
    let camera = &view.model.piste.status.camera;
    let stale = camera.age_secs.is_some_and(|age| age > STALE_SECS);
    let key = match (&camera.trouble, camera.phase) {
        (Some(_), CameraPhase::Ended) => "piste-camera-refused",
        (Some(_), CameraPhase::Running) => "piste-camera-damaged",
        (Some(_), _) => "piste-camera-lost",
        (None, _) if stale => "piste-picture-stands",
        (None, _) if view.textures.live().is_none() => "piste-camera-opening",
        (None, _) => return,
    };
    let ink = if camera.trouble.is_some() || stale { view.tokens.warning } else { view.tokens.accent };
    let width = picture.width() - 80.0;
    let written = |text: String, size, ink| ui.painter().layout(text, view.tokens.font(size), ink, width);
    let mut lines = vec![written(view.text(key), Size::Large, view.tokens.text)];
    lines.extend(camera.trouble.clone().map(|message| written(message, Size::Body, view.tokens.muted)));
    let height: f32 = lines.iter().map(|line| line.size().y + 4.0).sum();
    let bar = Rect::from_min_size(picture.min, vec2(picture.width(), height + 20.0));
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    ui.painter().rect_filled(Rect::from_min_size(bar.min, vec2(8.0, bar.height())), 0.0, ink);
    announce(ui, bar, &lines.iter().map(|line| line.text()).collect::<Vec<_>>().join(" "));
    let mut at = bar.min + vec2(24.0, 12.0);
    for line in lines {
        let below = vec2(0.0, line.size().y + 4.0);
        ui.painter().galley(at, line, view.tokens.text);
        at += below;
    }
}

/// Text for screen readers.
fn announce(ui: &Ui, place: Rect, text: &str) {
    let response = ui.interact(place, ui.scope_id().with("announced"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

/// The verdict to display. A phrase that is judged again has none until then.
fn current_ruling(view: &View<'_>) -> Option<Arc<JudgeEvent>> {
    let piste = &view.model.piste;
    let judged_anew = matches!(piste.status.phase, Phase::Judging { .. });
    let counts = |ruling: &&Arc<JudgeEvent>| !ruling.is_final() || !judged_anew;
    piste.allowed_ruling(view.model.settings.blind_mode).filter(counts).cloned()
}

fn verdict_block(ui: &Ui, place: (Rect, Rect), view: &View<'_>) {
    if let Some(ruling) = current_ruling(view).filter(|_| view.model.piste.shown.verdict) {
        show_block(ui, place, &VerdictView::of_ruling(&ruling, view), view);
    }
}

/// The reason, who judged and the referee's call; before the verdict, what it waits for.
fn verdict_strip(ui: &mut Ui, view: &mut View<'_>) {
    if let Phase::Failed { text, .. } = &view.model.piste.status.phase {
        let text = text.clone();
        return not_judged(ui, &text, view);
    }
    if let Some(ruling) = current_ruling(view) {
        let shown = VerdictView::of_ruling(&ruling, view);
        let beside = beside_the_reason(&ruling, view);
        let room = ui.max_rect();
        let width = (room.width() * 0.4).min(460.0 * view.tokens.scale());
        let (left, right) = room.split_left_right_at_x(room.right() - width);
        ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
            show_strip(ui, &shown, |at| Command::Piste(PisteCommand::Replay(Some(at))), view);
        });
        ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
            show_strip_text(ui, &beside.0, beside.1, view);
        });
    } else if view.model.piste.waits_for_own_call(view.model.settings.blind_mode) {
        let text = view.text("piste-blind");
        show_strip_text(ui, &text, view.tokens.text, view);
    }
}

/// The referee's call beside the machine's, whether a better verdict follows, and the time it took.
fn beside_the_reason(ruling: &JudgeEvent, view: &View<'_>) -> (String, Color32) {
    let own = view.model.piste.phrase.as_ref().and_then(|phrase| phrase.own_call);
    if let Some(own) = own.filter(|own| Some(*own) != ruling.call()) {
        let text = view.words.with("piste-own-differs", &[("call", &view.words.call(own))]);
        return (text, view.tokens.warning);
    }
    if !ruling.is_final() && ruling.thoroughness == Thoroughness::Coarse {
        return (view.text("piste-provisional"), view.tokens.warning);
    }
    if own.is_some() {
        return (view.text("piste-agrees"), view.tokens.text);
    }
    let secs = view.words.language().number(ruling.delay_secs, 1);
    let text = match &ruling.origin {
        JudgeOrigin::Live => view.words.with("piste-judged-live", &[("secs", &secs)]),
        JudgeOrigin::Recording => view.words.with("piste-judged-recording", &[("secs", &secs)]),
        JudgeOrigin::Server(address) => {
            view.words.with("piste-judged-server", &[("secs", &secs), ("address", address)])
        }
    };
    (text, view.tokens.muted)
}

/// A failure and its remedy, in place of the verdict.
fn not_judged(ui: &mut Ui, text: &str, view: &mut View<'_>) {
    ui.painter().rect_filled(ui.max_rect(), 0.0, view.tokens.surface);
    let room = ui.max_rect().shrink2(vec2(12.0, 0.0));
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(room).layout(layout), |ui| {
        ui.spacing_mut().interact_size.y = 36.0;
        view.button(ui, "piste-judge-here", Command::Piste(PisteCommand::JudgeHere));
        ui.label(view.rich(view.text("piste-not-judged"), Size::Large, view.tokens.warning));
        let hint = format!("{text} {}", view.text("piste-phrase-kept"));
        ui.add(egui::Label::new(view.rich(&hint, Size::Body, view.tokens.text)).truncate()).on_hover_text(hint);
    });
}

/// Paints the choice of a camera.
fn show_no_camera(ui: &mut Ui, view: &mut View<'_>) {
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
        ui.add_space(4.0);
        view.button(ui, "cmd-setup", Command::ToggleSetup);
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

/// Asks what to do with the phrase, or reports why it cannot be saved. Every state has a button that leads out of it.
fn show_closing(ui: &Ui, view: &mut View<'_>) {
    let (title, text, answers): (_, _, &[_]) = match view.model.piste.closing {
        Closing::Open | Closing::Leaving => return,
        Closing::Asking => (
            "close-title",
            "close-text",
            &[
                ("close-save", CloseAnswer::Save, Standing::Next),
                ("close-stay", CloseAnswer::Stay, Standing::Plain),
                ("close-discard", CloseAnswer::Discard, Standing::Plain),
            ],
        ),
        Closing::Saving => ("close-saving", "close-saving-text", &LEAVE_OR_STAY),
        Closing::NotSaved => ("close-not-saved", "close-not-saved-text", &LEAVE_OR_STAY),
    };
    egui::Modal::new(egui::Id::unique("closing")).show(ui.ctx(), |ui| {
        ui.set_max_width(560.0);
        ui.label(view.rich(view.text(title), Size::Title, view.tokens.text));
        ui.label(view.rich(view.text(text), Size::Body, view.tokens.text));
        if let Some(trouble) = &view.model.piste.status.recorder.trouble {
            ui.label(view.rich(trouble.clone(), Size::Body, view.tokens.warning));
        }
        ui.add_space(12.0);
        ui.horizontal_wrapped(|ui| {
            for (key, answer, standing) in answers {
                let text = view.text(key);
                let command = Command::Piste(PisteCommand::Close(*answer));
                show_key_button(ui, KeyButton { text: &text, command, standing: *standing, width: 0.0 }, view);
            }
        });
    });
}

/// Buttons while the phrase is being saved, or could not be saved.
const LEAVE_OR_STAY: [(&str, CloseAnswer, Standing); 2] =
    [("close-stay", CloseAnswer::Stay, Standing::Next), ("close-discard", CloseAnswer::Discard, Standing::Plain)];
