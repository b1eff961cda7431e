//! One lane per kind of action and fencer, lamps and blade contacts between them.

use super::axis::{Axis, LANES_PER_SIDE, lane_row};
use super::bars::{Bar, bars, under};
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, Ui, pos2, vec2};
use fencing::actions::ActionKind;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalKind, SignalLog};
use vision::engine::Judgement;

/// Kinds of action that share one lane, with the lane's message key.
const LANES: [(&str, &[ActionKind]); LANES_PER_SIDE] = [
    (
        "lane-feet",
        &[
            ActionKind::Advance,
            ActionKind::Retreat,
            ActionKind::Pause,
            ActionKind::Lunge,
            ActionKind::Fleche,
            ActionKind::FinalMovement,
        ],
    ),
    (
        "lane-arm",
        &[
            ActionKind::ArmExtension,
            ActionKind::ArmWithdrawal,
            ActionKind::PointInLine,
            ActionKind::Parry,
            ActionKind::Beat,
        ],
    ),
];

/// Paints lanes and names; before the verdict only what the apparatus said.
pub(super) fn paint(ui: &Ui, axis: &Axis, view: &View<'_>) {
    let review = &view.model.review;
    if let Some(judgement) = review.judgement() {
        paint_judged(ui, axis, judgement, view);
    } else {
        paint_box(ui, axis, &review.signals, view.tokens);
        paint_names(ui, axis, view);
    }
}

/// Paints what both fencers did and what the apparatus reported.
pub(super) fn paint_judged(ui: &Ui, axis: &Axis, judgement: &Judgement, view: &View<'_>) {
    paint_lockout(ui, axis, judgement, view.tokens);
    paint_actions(ui, axis, judgement, view);
    paint_box(ui, axis, &judgement.signals, view.tokens);
    paint_names(ui, axis, view);
}

fn paint_actions(ui: &Ui, axis: &Axis, judgement: &Judgement, view: &View<'_>) {
    for (side, bar) in all_bars(axis, judgement) {
        paint_bar(ui, &bar, side_colour(side, view.tokens), view);
    }
}

/// Every bar of both fencers.
fn all_bars(axis: &Axis, judgement: &Judgement) -> impl Iterator<Item = (Side, Bar)> {
    Side::BOTH.into_iter().flat_map(move |side| {
        LANES.iter().enumerate().flat_map(move |(lane, (_, kinds))| {
            let found = bars(axis, axis.row(lane_row(side, lane)), &judgement.timeline.actions[side], kinds);
            found.into_iter().map(move |bar| (side, bar))
        })
    })
}

/// What stands at a place, by name and time; empty where nothing does.
pub(super) fn named_at(axis: &Axis, at: Pos2, judgement: Option<&Judgement>, view: &View<'_>) -> String {
    let Some(judgement) = judgement else { return String::new() };
    let found = under(all_bars(axis, judgement).map(|(_, bar)| bar), at);
    let secs = |at: Timestamp| view.number(at.secs(), 2);
    let line = |bar: &Bar| {
        let (name, span) = (view.words.action(bar.action.kind), bar.action.span);
        format!("{name}  {}\u{2013}{} s", secs(span.start), secs(span.end))
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Forward actions are filled, backward ones hatched, pauses only framed: the lane reads without colour too.
fn paint_bar(ui: &Ui, bar: &Bar, colour: Color32, view: &View<'_>) {
    let place = bar.place;
    // Letters may reach a little over the bar, never beyond its ends.
    let painter = ui.painter_at(place.expand2(vec2(0.0, 4.0)));
    let solid = match bar.action.kind {
        ActionKind::Pause => {
            painter.rect_stroke(place, 2.0, Stroke::new(1.5, view.tokens.muted), egui::StrokeKind::Inside);
            false
        }
        ActionKind::Retreat | ActionKind::ArmWithdrawal => {
            hatch(&painter, place, colour);
            false
        }
        _ => {
            painter.rect_filled(place, 2.0, colour);
            true
        }
    };
    if bar.alone {
        paint_name(&painter, place, &view.words.action(bar.action.kind), solid, view);
    }
}

fn hatch(painter: &Painter, place: Rect, colour: Color32) {
    painter.rect_stroke(place, 2.0, Stroke::new(1.0, colour), egui::StrokeKind::Inside);
    let painter = painter.with_clip_rect(place);
    let mut x = place.left() - place.height();
    while x < place.right() {
        let line = [pos2(x, place.bottom()), pos2(x + place.height(), place.top())];
        painter.line_segment(line, Stroke::new(1.0, colour));
        x += 6.0;
    }
}

/// The name where it fits; otherwise in a tooltip. On a hatched bar it gets a ground of its own.
fn paint_name(painter: &Painter, place: Rect, name: &str, solid: bool, view: &View<'_>) {
    let ink = if solid { view.tokens.on_lamp } else { view.tokens.text };
    let galley = painter.layout_no_wrap(name.to_owned(), view.tokens.font(Size::Small), ink);
    if galley.size().x + 6.0 >= place.width() {
        return;
    }
    let at = Align2::CENTER_CENTER.anchor_size(place.center(), galley.size());
    if !solid {
        let ground = Rect::from_x_y_ranges(at.x_range().expand(3.0), place.shrink(1.5).y_range());
        painter.rect_filled(ground, 0.0, view.tokens.surface);
    }
    painter.galley(at.min, galley, ink);
}

/// How long a second touch still counts, as a band over the box's lane.
fn paint_lockout(ui: &Ui, axis: &Axis, judgement: &Judgement, tokens: &Tokens) {
    let Some(touch) = judgement.signals.first_touch().filter(|touch| axis.contains(touch.at)) else { return };
    let end = judgement.weapon.lockout_end(touch.at);
    let band = Rect::from_x_y_ranges(axis.x(touch.at)..=axis.x(end), axis.row(LANES_PER_SIDE).y_range());
    ui.painter().rect_filled(band, 0.0, tokens.raised);
    ui.painter().rect_stroke(band, 0.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Inside);
}

/// Lamps as triangles that point to their side's lanes, blade contacts as crosses.
fn paint_box(ui: &Ui, axis: &Axis, signals: &SignalLog, tokens: &Tokens) {
    let middle = axis.row(LANES_PER_SIDE).center().y;
    let painter = ui.painter_at(axis.room());
    for event in signals.events().iter().filter(|event| axis.contains(event.at)) {
        let at = pos2(axis.x(event.at), middle);
        match event.kind {
            SignalKind::Lamp { side, lamp } if lamp != Lamp::Off => {
                paint_light(&painter, at, side, lamp, tokens);
            }
            SignalKind::BladeContact => {
                for d in [vec2(4.0, 4.0), vec2(4.0, -4.0)] {
                    painter.line_segment([at - d, at + d], Stroke::new(2.0, tokens.text));
                }
            }
            _ => {}
        }
    }
}

/// One light: filled in its side's colour when valid, white otherwise.
pub(super) fn paint_light(painter: &Painter, at: Pos2, side: Side, lamp: Lamp, tokens: &Tokens) {
    let colour = if lamp == Lamp::Valid { side_colour(side, tokens) } else { tokens.white };
    painter.add(egui::Shape::convex_polygon(lamp_mark(at, side), colour, Stroke::new(1.0, tokens.text)));
}

/// A triangle in the half of the row that is its side's, so that two lamps of one moment stand above each other.
fn lamp_mark(at: Pos2, side: Side) -> Vec<Pos2> {
    let up = -side.forward_sign();
    vec![at + vec2(0.0, 8.0 * up), at + vec2(-6.0, up), at + vec2(6.0, up)]
}

/// Names in the text's colour; whose lanes they are is said by a letter and a bar in the fencer's colour.
pub(super) fn paint_names(ui: &Ui, axis: &Axis, view: &View<'_>) {
    let name = |row: usize, key: &str, colour: Color32| {
        let at = axis.row(row).left_center() + vec2(12.0, 0.0);
        ui.painter().text(at, Align2::LEFT_CENTER, view.text(key), view.tokens.font(Size::Small), colour);
    };
    for side in Side::BOTH {
        let rows = (0..LANES.len()).map(|lane| axis.row(lane_row(side, lane)));
        let all = rows.reduce(Rect::union).unwrap_or(Rect::NOTHING);
        let bar = Rect::from_min_size(all.min + vec2(2.0, 1.0), vec2(4.0, all.height() - 2.0));
        ui.painter().rect_filled(bar, 2.0, side_colour(side, view.tokens));
        let word = view.text(if side == Side::Left { "side-left-short" } else { "side-right-short" });
        let at = pos2(axis.x_range().min - 10.0, all.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, word, view.tokens.font(Size::Large), view.tokens.text);
        for (lane, (key, _)) in LANES.iter().enumerate() {
            name(lane_row(side, lane), key, view.tokens.muted);
        }
    }
    name(LANES.len(), "lane-box", view.tokens.muted);
}

pub(super) fn side_colour(side: Side, tokens: &Tokens) -> Color32 {
    match side {
        Side::Left => tokens.left,
        Side::Right => tokens.right,
    }
}
