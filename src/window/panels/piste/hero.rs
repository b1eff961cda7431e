//! The live picture with what is drawn over it, and the one thing that may cover its lower third: the verdict.

use super::no_camera;
use crate::command::{Command, PisteCommand};
use crate::theme::Size;
use crate::view::View;
use crate::widgets::{KeyButton, Placement, Standing, show_key_button, show_picture, show_ruling, show_scene};
use capture::camera::CameraPhase;
use egui::{Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use piste::{JudgeEvent, Phase};
use records::overlay::{LivePart, OverlayWords, live_scene};
use std::sync::Arc;

/// A picture older than this is no live picture, in seconds.
const STALE_SECS: f64 = 1.0;

/// Skeletons that lag more than this behind the picture would only confuse, in seconds: five pictures of 15 per second.
const LAG_SECS: f64 = 0.35;

/// Shows picture and banner.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    if !view.model.camera_chosen() {
        no_camera::show(ui, view);
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
    show_picture(ui, &placement, view.pictures.live(), view.tokens);
    overlay(ui, &placement, view);
    trouble(ui, placement.screen, view);
    banner(ui, placement.screen, view);
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
    // Without the engine's eyes there is no size to draw in, and old skeletons would lie.
    if !piste.sees(LAG_SECS) {
        return;
    }
    let words = OverlayWords::of_the_piste(view.words);
    show_scene(ui, placement, &live_scene(&piste.trail, piste.status.lamps, &words, &parts), view.tokens);
}

/// The camera is gone, or its picture stands still: said over the picture, for nobody looks at a status line then. First
/// what to do, in the referee's language; what the system said stands smaller under it.
fn trouble(ui: &Ui, picture: Rect, view: &View<'_>) {
    let camera = &view.model.piste.status.camera;
    let stale = camera.age_secs.is_some_and(|age| age > STALE_SECS);
    let key = match (&camera.trouble, camera.phase) {
        (Some(_), CameraPhase::Ended) => "piste-camera-refused",
        (Some(_), CameraPhase::Running) => "piste-camera-damaged",
        (Some(_), _) => "piste-camera-lost",
        (None, _) if stale => "piste-picture-stands",
        (None, _) if view.pictures.live().is_none() => "piste-camera-opening",
        (None, _) => return,
    };
    let ink = if camera.trouble.is_some() || stale { view.tokens.warning } else { view.tokens.accent };
    let width = picture.width() - 80.0;
    let written = |text: String, size, ink| ui.painter().layout(text, view.tokens.font(size), ink, width);
    let mut lines = vec![written(view.text(key), Size::Large, view.tokens.text)];
    lines.extend(camera.trouble.clone().map(|said| written(said, Size::Body, view.tokens.muted)));
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

/// Painted words, for those who hear the screen.
fn announce(ui: &Ui, place: Rect, text: &str) {
    let response = ui.interact(place, ui.scope_id().with("announced"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

fn banner(ui: &mut Ui, picture: Rect, view: &mut View<'_>) {
    let blind = view.model.settings.blind_mode;
    // A phrase that is judged anew has no verdict until that one is there.
    let judged_anew = matches!(view.model.piste.status.phase, Phase::Judging { .. });
    let counts = |verdict: &Arc<JudgeEvent>| !verdict.is_final() || !judged_anew;
    let failure = match &view.model.piste.status.phase {
        Phase::Failed { text, .. } => Some(text.clone()),
        _ => None,
    };
    if let Some(ruling) = view.model.piste.visible_ruling(blind).filter(|r| counts(r)).cloned() {
        // What the lamps said at once stands, though nobody has judged the pictures.
        let below = if failure.is_some() { FAILED_HEIGHT } else { 0.0 };
        let above = Rect::from_min_max(picture.min, picture.max - vec2(0.0, below));
        show_ruling(ui, above, &ruling, view);
    } else if view.model.piste.waits_for_own_call(blind) {
        let text = view.text("piste-blind");
        line(ui, picture, &text, view);
    }
    if let Some(text) = failure {
        failed(ui, picture, text, view);
    }
}

/// One line over the lower edge.
fn line(ui: &Ui, picture: Rect, text: &str, view: &View<'_>) {
    let bar = Rect::from_min_max(pos2(picture.left(), picture.bottom() - 64.0), picture.max);
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    let ink = view.tokens.text;
    announce(ui, bar, text);
    ui.painter().text(bar.center(), Align2::CENTER_CENTER, text, view.tokens.font(Size::Title), ink);
}

/// Three lines: what happened, why, what to press.
const FAILED_HEIGHT: f32 = 148.0;

/// What happened, what was saved, what to press.
fn failed(ui: &mut Ui, picture: Rect, text: String, view: &mut View<'_>) {
    let bar = Rect::from_min_max(pos2(picture.left(), picture.bottom() - FAILED_HEIGHT), picture.max);
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    ui.painter().rect_filled(Rect::from_min_size(bar.min, vec2(8.0, bar.height())), 0.0, view.tokens.warning);
    let builder = UiBuilder::new().max_rect(bar.shrink2(vec2(24.0, 12.0))).layout(Layout::top_down(Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.label(view.rich(view.text("piste-not-judged"), Size::Title, view.tokens.warning));
        ui.add(egui::Label::new(view.rich(text, Size::Body, view.tokens.text)).truncate());
        ui.horizontal(|ui| {
            let here = view.text("piste-judge-here");
            let button = KeyButton {
                text: &here,
                command: Command::Piste(PisteCommand::JudgeHere),
                standing: Standing::Next,
                width: 200.0,
            };
            show_key_button(ui, button, view);
            ui.label(view.rich(view.text("piste-phrase-kept"), Size::Body, view.tokens.muted));
        });
    });
}
