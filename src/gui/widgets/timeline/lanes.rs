//! One lane per kind of action and fencer, lamps and blade contacts between them.

use super::axis::{Axis, LANES_PER_SIDE, lane_row};
use crate::actions::ActionKind;
use crate::engine::Judgement;
use crate::fencing::{Lamp, Side, SignalKind, SignalLog};
use crate::gui::theme::{Size, Tokens};
use crate::gui::view::View;
use egui::{Align2, Color32, Rect, Stroke, Ui, pos2, vec2};

/// Kinds of action that share one lane, with the lane's message key.
const LANES: [(&str, &[ActionKind]); LANES_PER_SIDE] = [
    ("lane-feet", &[ActionKind::Advance, ActionKind::Retreat, ActionKind::Pause]),
    ("lane-lunge", &[ActionKind::Lunge, ActionKind::Fleche, ActionKind::FinalMovement]),
    ("lane-arm", &[ActionKind::ArmExtension, ActionKind::ArmWithdrawal, ActionKind::PointInLine]),
    ("lane-blade", &[ActionKind::Parry, ActionKind::Beat]),
];

/// Paints lanes and names; before the verdict only what the apparatus said.
pub(super) fn paint(ui: &Ui, axis: &Axis, view: &View<'_>) {
    let review = &view.model.review;
    match review.judgement() {
        Some(judgement) => {
            paint_lockout(ui, axis, judgement, view.tokens);
            paint_actions(ui, axis, judgement, view);
            paint_box(ui, axis, &judgement.signals, view.tokens);
        }
        None => paint_box(ui, axis, &review.signals, view.tokens),
    }
    paint_names(ui, axis, view);
}

fn paint_actions(ui: &Ui, axis: &Axis, judgement: &Judgement, view: &View<'_>) {
    for (side, actions) in judgement.timeline.actions.iter() {
        for action in actions {
            let Some(lane) = LANES.iter().position(|(_, kinds)| kinds.contains(&action.kind)) else { continue };
            let row = axis.row(lane_row(side, lane));
            let (from, to) = (axis.x(action.span.start), axis.x(action.span.end));
            let place = Rect::from_x_y_ranges(from..=to.max(from + 2.0), row.y_range()).shrink2(vec2(0.0, 1.0));
            paint_action(ui, place, action.kind, side_colour(side, view.tokens), view);
        }
    }
}

/// Forward actions are filled, backward ones hatched, pauses only framed: the lane reads without colour too.
fn paint_action(ui: &Ui, place: Rect, kind: ActionKind, colour: Color32, view: &View<'_>) {
    // Letters may reach a little over the bar, never beyond its ends.
    let painter = ui.painter_at(place.expand2(vec2(0.0, 4.0)));
    match kind {
        ActionKind::Pause => {
            painter.rect_stroke(place, 2.0, Stroke::new(1.5, view.tokens.muted), egui::StrokeKind::Inside);
        }
        ActionKind::Retreat | ActionKind::ArmWithdrawal => {
            painter.rect_stroke(place, 2.0, Stroke::new(1.0, colour), egui::StrokeKind::Inside);
            let mut x = place.left() - place.height();
            while x < place.right() {
                painter.line_segment(
                    [pos2(x, place.bottom()), pos2(x + place.height(), place.top())],
                    Stroke::new(1.0, colour),
                );
                x += 6.0;
            }
        }
        _ => {
            painter.rect_filled(place, 2.0, colour);
        }
    }
    let name = view.words.action(kind);
    let width = ui.painter().layout_no_wrap(name.clone(), view.tokens.font(Size::Small), view.tokens.text).size().x;
    if width + 6.0 < place.width() {
        let ink = if matches!(kind, ActionKind::Pause | ActionKind::Retreat | ActionKind::ArmWithdrawal) {
            view.tokens.text
        } else {
            view.tokens.on_lamp
        };
        painter.text(place.center(), Align2::CENTER_CENTER, name, view.tokens.font(Size::Small), ink);
    }
}

/// How long a second touch still counts, as a band over the box's lane.
fn paint_lockout(ui: &Ui, axis: &Axis, judgement: &Judgement, tokens: &Tokens) {
    let Some(touch) = judgement.signals.first_touch() else { return };
    let end = touch.at.plus_secs(judgement.weapon.timings().lockout_secs);
    let band = Rect::from_x_y_ranges(axis.x(touch.at)..=axis.x(end), axis.row(LANES_PER_SIDE).y_range());
    ui.painter().rect_filled(band, 0.0, tokens.raised);
    ui.painter().rect_stroke(band, 0.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Inside);
}

/// Lamps as triangles that point to their side, blade contacts as crosses.
fn paint_box(ui: &Ui, axis: &Axis, signals: &SignalLog, tokens: &Tokens) {
    let middle = axis.row(LANES_PER_SIDE).center().y;
    let painter = ui.painter_at(axis.room());
    for event in signals.events() {
        let at = pos2(axis.x(event.at), middle);
        match event.kind {
            SignalKind::Lamp { side, lamp } if lamp != Lamp::Off => {
                let colour = if lamp == Lamp::Valid { side_colour(side, tokens) } else { tokens.white };
                let tip = at + vec2(0.0, -7.0 * side.forward_sign());
                let base = 5.0 * side.forward_sign();
                painter.add(egui::Shape::convex_polygon(
                    vec![tip, at + vec2(-5.0, base), at + vec2(5.0, base)],
                    colour,
                    Stroke::new(1.0, tokens.text),
                ));
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

/// Names in the text's colour; whose lanes they are is said by a letter and a bar in the fencer's colour.
fn paint_names(ui: &Ui, axis: &Axis, view: &View<'_>) {
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

fn side_colour(side: Side, tokens: &Tokens) -> Color32 {
    match side {
        Side::Left => tokens.left,
        Side::Right => tokens.right,
    }
}
