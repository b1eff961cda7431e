//! The public screen: a window of its own for a projector or a television, with lights, score, clock, names, the frame and the call.
//! It has no controls and no state; it reads the same model as the window.

use crate::model::{Screen, Viewport};
use crate::panels::bout::face;
use crate::view::View;
use crate::widgets::{Placement, paint_fitting, paint_glass, show_picture};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use fencing::{Call, Confidence, Side};

/// Heights of the bands above and below the frame, as shares of the window's height: names, score and clock; the call.
const HEAD_SHARE: f32 = 0.17;
const CALL_SHARE: f32 = 0.13;
/// Width of a light, as a share of the window's width.
const LIGHT_SHARE: f32 = 0.07;
/// Space around everything, as a share of the window's height.
const GAP_SHARE: f32 = 0.015;

/// Paints the screen into all of `ui`.
pub(crate) fn show_public(ui: &mut Ui, view: &View<'_>) {
    let room = ui.max_rect();
    ui.painter().rect_filled(room, 0.0, view.tokens.background);
    let gap = room.height() * GAP_SHARE;
    let (head, rest) = room.split_top_bottom_at_fraction(HEAD_SHARE);
    let (middle, foot) = rest.split_top_bottom_at_y(rest.bottom() - room.height() * CALL_SHARE);
    scoreboard(ui, head.shrink(gap), view);
    let light = room.width() * LIGHT_SHARE;
    let (left, others) = middle.split_left_right_at_x(middle.left() + light);
    let (picture, right) = others.split_left_right_at_x(others.right() - light);
    for (side, place) in [(Side::Left, left), (Side::Right, right)] {
        let lamp = view.model.piste.status.lamps[side];
        paint_glass(ui.painter(), place.shrink(gap), side, lamp, view.tokens);
        let name = format!("{}: {}", view.words.side_at_start(side), view.words.lamp(lamp));
        named(ui, place, &format!("light-{}", side.as_str()), &name);
    }
    show_frame(ui, picture.shrink2(vec2(0.0, gap)), view);
    call(ui, foot.shrink(gap), view);
}

/// A name for screen readers.
fn named(ui: &Ui, place: Rect, id: &str, text: &str) {
    let response = ui.interact(place, ui.scope_id().with(id), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

/// Names at the sides, the score beside them, the clock in the middle with the period under it.
fn scoreboard(ui: &Ui, room: Rect, view: &View<'_>) {
    let sheet = &view.model.bout.sheet;
    let (height, width) = (room.height(), room.width());
    let write = |at, align, text: &str, size: f32, width: f32, ink| {
        paint_fitting(ui.painter(), (at, align), text, size, width, (ink, view));
    };
    let ink = view.tokens.text;
    for (side, colour) in [(Side::Left, view.tokens.left), (Side::Right, view.tokens.right)] {
        let outwards = -side.forward_sign();
        let score = pos2(room.center().x + outwards * width * 0.17, room.center().y);
        write(score, Align2::CENTER_CENTER, &sheet.score[side].to_string(), height * 0.9, width * 0.12, ink);
        let edge = room.center().x + outwards * width * 0.5;
        let align = if side == Side::Left { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER };
        let name = &sheet.names[side];
        let name = if name.is_empty() { view.words.side_at_start(side) } else { name.clone() };
        write(pos2(edge, room.center().y), align, &name, height * 0.5, width * 0.24, ink);
        let bar = Rect::from_center_size(pos2(edge - outwards * width * 0.12, room.bottom()), vec2(width * 0.24, 4.0));
        ui.painter().rect_filled(bar, 0.0, colour);
        if sheet.priority == Some(side) {
            let dot = pos2(room.center().x + outwards * width * 0.245, room.center().y);
            ui.painter().circle_filled(dot, height * 0.08, view.tokens.accent);
        }
        let said = format!("{name} {}", sheet.score[side]);
        named(ui, Rect::from_center_size(score, vec2(width * 0.12, height)), side.as_str(), &said);
    }
    let clock = face(sheet.clock_secs);
    let ink = if sheet.clock_secs <= 0.0 { view.tokens.warning } else { ink };
    write(room.center_top() + vec2(0.0, height * 0.4), Align2::CENTER_CENTER, &clock, height * 0.6, width * 0.2, ink);
    let period = format!("{} {}", view.text("bout-period"), sheet.period);
    let under = room.center_bottom() - vec2(0.0, height * 0.02);
    write(under, Align2::CENTER_BOTTOM, &period, height * 0.22, width * 0.2, view.tokens.muted);
    named(ui, Rect::from_center_size(room.center(), vec2(width * 0.2, height)), "clock", &clock);
}

/// The frame that the window shows: of the clip under review, otherwise of the camera.
fn show_frame(ui: &Ui, room: Rect, view: &View<'_>) {
    let reviewed = view.model.screen == Screen::Review;
    let texture = if reviewed { view.textures.review() } else { view.textures.live() };
    let texture = texture.filter(|_| !view.model.privacy);
    let aspect = texture.map_or(16.0 / 9.0, egui::TextureHandle::aspect_ratio);
    let placement = Placement::fit(room, aspect, Viewport::default());
    show_picture(ui, &placement, texture, view.tokens);
}

/// What stands in the lowest band.
struct ShownCall {
    call: Option<Call>,
    text: String,
    /// How sure the machine is; empty for a referee's call, and where the machine does not say.
    certainty: String,
}

impl ShownCall {
    /// The referee's call; before it the machine's, where it may be shown. Of the clip under review, otherwise of the piste's phrase.
    fn of(view: &View<'_>) -> Option<Self> {
        let model = view.model;
        let phrase = model.piste.phrase.as_ref();
        let own = if model.screen == Screen::Review { model.review.own_call } else { phrase?.own_call };
        if let Some(call) = own {
            return Some(Self { call: own, text: view.words.call(call), certainty: String::new() });
        }
        let (call, text, confidence) = if model.screen == Screen::Review {
            let visible = model.review.judgement().filter(|_| model.review.verdict_visible(model.blind()));
            let verdict = &visible.filter(|judgement| !judgement.signals.is_empty())?.verdict;
            (Some(verdict.call), view.words.call_of(verdict), Some(verdict.confidence.0))
        } else {
            let ruling = model.piste.visible_ruling(model.settings.blind_mode)?;
            let call = ruling.call();
            (call, call.map(|call| view.words.call(call))?, ruling.confidence())
        };
        let confidence = confidence.filter(|_| call != Some(Call::TooClose)).map(Confidence);
        let certainty = confidence.map(|sure| view.words.confidence(sure.word())).unwrap_or_default();
        Some(Self { call, text, certainty })
    }
}

/// The call in large letters, on a ground of the winner's colour at the winner's end.
fn call(ui: &Ui, room: Rect, view: &View<'_>) {
    let Some(shown) = ShownCall::of(view) else { return };
    ui.painter().rect_filled(room, 8.0, view.tokens.surface);
    if let Some(side) = shown.call.and_then(Call::winner) {
        let width = room.width() * 0.12;
        let place = match side {
            Side::Left => Rect::from_min_size(room.min, vec2(width, room.height())),
            Side::Right => Rect::from_min_size(pos2(room.right() - width, room.top()), vec2(width, room.height())),
        };
        let colour = if side == Side::Left { view.tokens.left } else { view.tokens.right };
        ui.painter().rect_filled(place, 8.0, colour);
        let arrow = if side == Side::Left { "\u{2190}" } else { "\u{2192}" };
        let at = (place.center(), Align2::CENTER_CENTER);
        paint_fitting(ui.painter(), at, arrow, room.height() * 0.7, width, (view.tokens.on_lamp, view));
    }
    let ink = (view.tokens.text, view);
    let has_certainty = !shown.certainty.is_empty();
    let (share, shift) = if has_certainty { (0.5, room.height() * 0.12) } else { (0.65, 0.0) };
    let at = (room.center() - vec2(0.0, shift), Align2::CENTER_CENTER);
    paint_fitting(ui.painter(), at, &shown.text, room.height() * share, room.width() * 0.7, ink);
    if has_certainty {
        let at = (room.center_bottom() - vec2(0.0, room.height() * 0.06), Align2::CENTER_BOTTOM);
        let size = room.height() * 0.24;
        paint_fitting(ui.painter(), at, &shown.certainty, size, room.width() * 0.7, (view.tokens.muted, view));
    }
    named(ui, room, "call", &shown.text);
}
