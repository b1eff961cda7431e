//! The status line, symbols with words: a circle is fine, a triangle needs attention, a square is broken.

use crate::model::{ApparatusKind, BOX_SILENT_SECS, JudgeKind};
use crate::theme::Size;
use crate::view::View;
use apparatus::Connection;
use egui::{Color32, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};
use piste::{JudgeOrigin, Phase};

/// Frame rate below which the order of two actions cannot be determined (rules-and-apparatus, section 3.8).
const FEW_FPS: f64 = 45.0;
/// Free space below which a warning is shown, in bytes: about half an hour of 1080p60.
const LITTLE_SPACE: u64 = 10_000_000_000;

/// State of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    Care,
    Broken,
    Idle,
}

/// Paints the line.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        for (health, text, hint) in [camera(view), apparatus(view), judge(view), disk(view), memory(view)] {
            dot(ui, health, &text, &hint, view);
        }
        if view.model.piste.recording() {
            let kept = view.model.piste.status.recorder.trouble.is_none() && view.model.camera_chosen();
            let (health, key) =
                if kept { (Health::Well, "piste-status-recording") } else { (Health::Broken, "piste-status-not-kept") };
            dot(ui, health, &view.text(key), "", view);
        }
    });
}

fn dot(ui: &mut Ui, health: Health, text: &str, hint: &str, view: &View<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (room, response) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
        paint_mark(ui, room, health, view);
        let ink = if matches!(health, Health::Idle) { view.tokens.muted } else { view.tokens.text };
        let label = ui.label(view.rich(text, Size::Small, ink));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text));
        if !hint.is_empty() {
            response.union(label).on_hover_text(hint);
        }
    });
}

fn paint_mark(ui: &Ui, room: Rect, health: Health, view: &View<'_>) {
    let painter = ui.painter();
    let (at, r) = (room.center(), 5.0);
    match health {
        Health::Well => painter.circle_filled(at, r, view.tokens.right),
        Health::Idle => painter.circle_stroke(at, r - 0.5, Stroke::new(1.5, view.tokens.muted)),
        Health::Broken => painter.rect_filled(Rect::from_center_size(at, vec2(10.0, 10.0)), 0.0, view.tokens.left),
        Health::Care => {
            let points = vec![at + vec2(0.0, -6.0), at + vec2(6.0, 5.0), at + vec2(-6.0, 5.0)];
            painter.add(Shape::convex_polygon(points, view.tokens.warning, Stroke::new(0.0, Color32::TRANSPARENT)))
        }
    };
}

fn camera(view: &View<'_>) -> (Health, String, String) {
    let camera = &view.model.piste.status.camera;
    let word = view.text("piste-status-camera");
    if camera.name.is_empty() && view.model.settings.live.camera.is_none() {
        return (Health::Idle, view.text("piste-status-no-camera"), String::new());
    }
    let fps = view.words.language().number(camera.measured_fps, 1);
    let hint = format!("{} {} ({})", camera.name, camera.format, camera.lost);
    match (&camera.trouble, camera.measured_fps) {
        (Some(text), _) => (Health::Broken, format!("{word} \u{2013}"), text.clone()),
        (None, fps_now) if fps_now > 0.0 && fps_now < FEW_FPS => {
            let millis = view.words.language().number(1000.0 / fps_now, 0);
            let why = view.words.with("piste-status-few-fps", &[("fps", &fps), ("ms", &millis)]);
            (Health::Care, format!("{word} {fps} fps"), format!("{hint}\n{why}"))
        }
        _ => (Health::Well, format!("{word} {fps} fps"), hint),
    }
}

fn apparatus(view: &View<'_>) -> (Health, String, String) {
    let state = &view.model.piste.status.apparatus;
    match view.model.settings.live.apparatus {
        ApparatusKind::Keys => return (Health::Idle, view.text("piste-status-keys"), String::new()),
        ApparatusKind::Picture => return (Health::Well, view.text("piste-status-picture"), String::new()),
        ApparatusKind::Box => {}
    }
    let name = state.protocol.map_or_else(|| view.text("piste-status-box"), |p| p.title().to_owned());
    let short: String = name.split([' ', ',']).next().unwrap_or_default().to_owned();
    let age = state.age_secs(view.model.piste.now);
    let shown = match age {
        Some(age) if age < 10.0 => format!("{short} {:.0} ms", age * 1000.0),
        Some(age) => format!("{short} {age:.0} s"),
        None => format!("{short} \u{2013}"),
    };
    match &state.connection {
        Connection::Waiting { reason, .. } | Connection::Failed { reason } => (Health::Broken, shown, reason.clone()),
        Connection::Open if state.hint.is_some() => {
            (Health::Broken, shown, state.hint.map_or_else(String::new, |hint| hint.advice().to_owned()))
        }
        // A box in a guessed protocol does not count as connected.
        Connection::Open if age.is_some() && !state.is_understood() => {
            (Health::Broken, view.text("piste-status-box-unknown"), view.text("piste-status-box-unknown-hint"))
        }
        Connection::Open if age.is_some_and(|age| age < BOX_SILENT_SECS) => (Health::Well, shown, name),
        Connection::Open if age.is_some() => {
            let secs = view.words.language().number(age.unwrap_or_default(), 1);
            (Health::Broken, view.words.with("piste-status-box-silent", &[("box", &short), ("secs", &secs)]), name)
        }
        _ => (Health::Care, shown, name),
    }
}

fn judge(view: &View<'_>) -> (Health, String, String) {
    let live = &view.model.settings.live;
    match (live.judged_by, &view.model.piste.status.engine) {
        (JudgeKind::Nobody, _) => (Health::Idle, view.text("piste-status-nobody"), String::new()),
        (JudgeKind::Server, _) => server(view),
        (JudgeKind::Here, None) if !view.model.camera_chosen() => {
            (Health::Idle, view.text("piste-status-engine-waits"), String::new())
        }
        (JudgeKind::Here, None) => (Health::Idle, view.text("piste-status-engine-loading"), String::new()),
        (JudgeKind::Here, Some(Ok(()))) => fencers_in_frame(view),
        (JudgeKind::Here, Some(Err(text))) => (Health::Broken, view.text("piste-status-engine-broken"), text.clone()),
    }
}

/// Nobody asks a server between two phrases, so all that is known is whether it judged the last one.
fn server(view: &View<'_>) -> (Health, String, String) {
    let text = format!("{} {}", view.text("piste-status-server"), view.model.settings.live.server_address);
    match &view.model.piste.status.phase {
        Phase::Failed { text: why, .. } => (Health::Broken, text, why.clone()),
        Phase::Judged(ruling) if matches!(ruling.origin, JudgeOrigin::Server(_)) => (Health::Well, text, String::new()),
        _ => (Health::Idle, text, view.text("piste-status-server-untested")),
    }
}

/// Whom the judge sees: a fencer who is not in the picture cannot be judged.
fn fencers_in_frame(view: &View<'_>) -> (Health, String, String) {
    if view.model.piste.looks_behind() {
        return (Health::Care, view.text("piste-status-behind"), view.text("piste-status-behind-hint"));
    }
    let (health, key) = match view.model.piste.status.in_frame.map(|seen| (seen.left, seen.right)) {
        None | Some((true, true)) => (Health::Well, "piste-status-engine"),
        Some((true, false)) => (Health::Care, "piste-status-right-missing"),
        Some((false, true)) => (Health::Care, "piste-status-left-missing"),
        Some((false, false)) => (Health::Care, "piste-status-both-missing"),
    };
    (health, view.text(key), String::new())
}

fn disk(view: &View<'_>) -> (Health, String, String) {
    let recorder = &view.model.piste.status.recorder;
    let word = view.text("piste-status-disk");
    let gigabytes = |bytes: u64| format!("{word} {:.0} GB", bytes as f64 / 1e9);
    match (&recorder.trouble, recorder.free_bytes) {
        (Some(text), _) => (Health::Broken, word, text.clone()),
        (None, None) => (Health::Idle, format!("{word} \u{2013}"), String::new()),
        (None, Some(free)) if free < LITTLE_SPACE => (Health::Care, gigabytes(free), String::new()),
        (None, Some(free)) => (Health::Well, gigabytes(free), String::new()),
    }
}

fn memory(view: &View<'_>) -> (Health, String, String) {
    let recorder = &view.model.piste.status.recorder;
    let wanted = view.model.settings.live.pre_roll_secs;
    let had = recorder.memory_secs.min(wanted);
    let health = if had + 0.5 >= wanted && wanted > 0.0 { Health::Well } else { Health::Idle };
    let text = format!("{} {} s", view.text("piste-status-pre-roll"), view.words.language().number(had, 0));
    (health, text, format!("{:.0} MB", recorder.memory_bytes as f64 / 1e6))
}
