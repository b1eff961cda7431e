//! The verdict over the lower third of the picture: who, why, how sure. Readable from two metres, in grey as in colour.

use crate::command::ReviewCommand;
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{Align, Align2, Color32, Layout, Rect, Ui, UiBuilder, pos2, vec2};
use fencing::right_of_way::Verdict;
use fencing::{Call, Side};

/// How high the banner is where there is room.
pub(crate) fn verdict_height(tokens: &Tokens) -> f32 {
    124.0 * tokens.scale()
}

/// Paints the banner into the lower part of `picture`; the facts, each a click to its frame, stand beside the picture.
pub(crate) fn show_verdict(ui: &mut Ui, picture: Rect, verdict: &Verdict, view: &View<'_>) {
    // Read from across the hall, as on the piste.
    let tokens = view.tokens.seen_from_afar(ui.ctx());
    let view =
        &View { model: view.model, words: view.words, tokens: &tokens, pictures: view.pictures, out: Vec::new() };
    let height = verdict_height(&tokens).min(picture.height());
    let banner = Rect::from_min_max(pos2(picture.left(), picture.bottom() - height), picture.max);
    let colour = side_colour(verdict.call, view.tokens);
    ui.painter().rect_filled(banner, 0.0, view.tokens.veil);
    paint_edges(ui, banner, verdict.call, (colour, tokens.scale()));
    let inner = beside_edges(banner, verdict.call, tokens.scale()).shrink2(vec2(0.0, 10.0));
    let align = align_of(verdict.call);
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::top_down(align)), |ui| {
        row_from(ui, align, |ui| headline(ui, verdict, colour, view));
        ui.label(view.rich(view.words.reason(verdict), Size::Large, view.tokens.text));
    });
}

/// The colour of the side that scores; the text colour when nobody does.
pub(super) fn side_colour(call: Call, tokens: &Tokens) -> Color32 {
    match call.winner() {
        Some(Side::Left) => tokens.left,
        Some(Side::Right) => tokens.right,
        None => tokens.muted,
    }
}

/// The call stands on the winner's side: place tells it before a word is read.
pub(super) const fn align_of(call: Call) -> Align {
    match call {
        Call::Touch(Side::Right) => Align::Max,
        _ => Align::Min,
    }
}

/// A row from one side on.
pub(super) fn row_from(ui: &mut Ui, align: Align, content: impl FnOnce(&mut Ui)) {
    let layout = match align {
        Align::Max => Layout::right_to_left(Align::Center),
        _ => Layout::left_to_right(Align::Center),
    };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), ui.spacing().interact_size.y), layout, content);
}

/// What the edges leave of a banner.
pub(super) fn beside_edges(banner: Rect, call: Call, scale: f32) -> Rect {
    let room = |side: Side| match call {
        Call::Touch(winner) if winner == side => EDGE * scale + 16.0,
        Call::Double => EDGE * scale + 16.0,
        _ => 24.0,
    };
    let (left, right) = (banner.left() + room(Side::Left), banner.right() - room(Side::Right));
    Rect::from_x_y_ranges(left..=right, banner.y_range())
}

/// Width of the bar on the winner's edge, at normal text size.
const EDGE: f32 = 56.0;

/// A broad bar and an arrow on the winner's own edge: shape and place say the side, not colour alone.
pub(super) fn paint_edges(ui: &Ui, banner: Rect, call: Call, (colour, scale): (Color32, f32)) {
    let edge = EDGE * scale;
    let painter = ui.painter_at(banner);
    let bar = |side: Side| match side {
        Side::Left => Rect::from_min_size(banner.min, vec2(edge, banner.height())),
        Side::Right => Rect::from_min_size(pos2(banner.right() - edge, banner.top()), vec2(edge, banner.height())),
    };
    match call {
        Call::Touch(side) => {
            let place = bar(side);
            painter.rect_filled(place, 0.0, colour);
            paint_arrow(&painter, place, side, scale);
        }
        Call::Double => {
            for side in Side::BOTH {
                painter.rect_filled(bar(side), 0.0, colour);
            }
        }
        _ => {}
    }
}

fn paint_arrow(painter: &egui::Painter, place: Rect, side: Side, scale: f32) {
    let (middle, reach) = (place.center(), 18.0 * scale * -side.forward_sign());
    let tip = middle + vec2(reach, 0.0);
    let back = [-30.0, 30.0].map(|y| middle + vec2(-reach, y * scale));
    painter.add(egui::Shape::convex_polygon(vec![tip, back[0], back[1]], Color32::WHITE, egui::Stroke::NONE));
}

pub(super) fn headline(ui: &mut Ui, verdict: &Verdict, colour: Color32, view: &View<'_>) {
    // In the text's colour: readable from two metres and in grey; the edge, its arrow and the bar carry the side's colour.
    ui.label(view.rich(view.words.call(verdict.call), Size::Call, view.tokens.text).strong());
    ui.add_space(16.0);
    // How sure it is that it is not sure would only confuse.
    if verdict.call != Call::TooClose {
        confidence(ui, verdict, colour, view);
    }
    margin(ui, verdict, view);
}

/// A word and a bar first; the number only under the mouse.
fn confidence(ui: &mut Ui, verdict: &Verdict, colour: Color32, view: &View<'_>) {
    let word = view.words.confidence(verdict.confidence.word());
    ui.label(view.rich(word, Size::Body, view.tokens.text));
    let (rect, response) = ui.allocate_exact_size(vec2(120.0, 10.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, 5.0, view.tokens.raised);
    let share = verdict.confidence.0.clamp(0.0, 1.0) as f32;
    ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height())), 5.0, colour);
    response.on_hover_text(format!("{:.0} %", verdict.confidence.0 * 100.0));
}

/// By how much somebody was ahead.
fn margin(ui: &mut Ui, verdict: &Verdict, view: &View<'_>) {
    let margin = verdict.margin.map(|margin| view.words.margin(&margin)).unwrap_or_default();
    let font = view.tokens.font(Size::Body);
    // With large text there may be no room: a line that grew would push the reason over the edge.
    if ui.painter().layout_no_wrap(margin.clone(), font, view.tokens.muted).size().x <= ui.available_width() {
        ui.label(view.rich(margin, Size::Body, view.tokens.muted));
    }
}

/// The banner while the phrase is judged: the stage's name, a bar, and the way out.
pub(crate) fn show_progress(ui: &mut Ui, picture: Rect, stage: &str, share: f32, view: &mut View<'_>) {
    let banner = Rect::from_min_max(pos2(picture.left(), picture.bottom() - 64.0), picture.max);
    ui.painter().rect_filled(banner, 0.0, view.tokens.veil);
    let bar = Rect::from_min_size(banner.min, vec2(banner.width() * share.clamp(0.0, 1.0), 6.0));
    ui.painter().rect_filled(bar, 0.0, view.tokens.accent);
    let text = format!("{}  {:.0} %", view.text(stage), share * 100.0);
    ui.painter().text(
        banner.left_center() + vec2(16.0, 3.0),
        Align2::LEFT_CENTER,
        text,
        view.tokens.font(Size::Large),
        view.tokens.text,
    );
    let place = Rect::from_center_size(pos2(banner.right() - 90.0, banner.center().y + 3.0), vec2(150.0, 40.0));
    let name = view.text("cmd-judge-cancel");
    if ui.put(place, egui::Button::new(name)).clicked() {
        view.review(ReviewCommand::CancelJudging);
    }
}
