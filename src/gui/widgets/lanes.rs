//! The timeline: one lane per kind of action and fencer, lamps and blade contacts between them, the playhead across all.
//!
//! Layout is computed without painting (and tested); painting follows it.

use crate::actions::ActionKind;
use crate::engine::Judgement;
use crate::fencing::{Lamp, Side, SignalKind};
use crate::gui::command::ReviewCommand;
use crate::gui::theme::{Size, Tokens};
use crate::gui::view::View;
use crate::time::Timestamp;
use egui::{Align2, Color32, Rect, Sense, Stroke, Ui, pos2, vec2};

/// Kinds of action that share one lane, with the lane's message key.
const LANES: [(&str, &[ActionKind]); 4] = [
    ("lane-feet", &[ActionKind::Advance, ActionKind::Retreat, ActionKind::Pause]),
    ("lane-lunge", &[ActionKind::Lunge, ActionKind::Fleche, ActionKind::FinalMovement]),
    ("lane-arm", &[ActionKind::ArmExtension, ActionKind::ArmWithdrawal, ActionKind::PointInLine]),
    ("lane-blade", &[ActionKind::Parry, ActionKind::Beat]),
];

/// Height of one lane in points.
const LANE_HEIGHT: f32 = 16.0;
/// Room for the lanes' names.
const NAMES_WIDTH: f32 = 96.0;

/// The map between time and the lanes' width.
#[derive(Clone, Copy, Debug)]
struct Axis {
    start: Timestamp,
    secs: f64,
    left: f32,
    width: f32,
}

impl Axis {
    fn x(&self, at: Timestamp) -> f32 {
        self.left + self.width * (at.secs_since(self.start) / self.secs).clamp(0.0, 1.0) as f32
    }

    fn time(&self, x: f32) -> Timestamp {
        self.start.plus_secs(self.secs * f64::from(((x - self.left) / self.width).clamp(0.0, 1.0)))
    }
}

/// Shows the lanes of a judged clip over the whole width; dragging moves the playhead, which snaps to events.
pub(crate) fn show_lanes(ui: &mut Ui, judgement: Option<&Judgement>, view: &mut View<'_>) {
    let rows = LANES.len() * 2 + 1;
    let size = vec2(ui.available_width(), rows as f32 * LANE_HEIGHT + 8.0);
    let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let (start, end) = view.model.review.playback.extent();
    let left = room.left() + NAMES_WIDTH;
    let axis = Axis { start, secs: end.secs_since(start).max(0.001), left, width: (room.right() - left).max(1.0) };
    ui.painter().rect_filled(room, 4.0, view.tokens.surface);
    if let Some(judgement) = judgement {
        paint_actions(ui, room, &axis, judgement, view);
        paint_box(ui, room, &axis, judgement, view.tokens);
    }
    paint_names(ui, room, view);
    paint_playhead(ui, room, &axis, view);
    if let (true, Some(at)) = (response.dragged() || response.clicked(), response.interact_pointer_pos()) {
        let wanted = axis.time(at.x);
        view.review(ReviewCommand::Seek(snapped(wanted, &axis, &view.model.review.events())));
    }
}

/// The event within 5 points of where the mouse is, otherwise the place itself.
fn snapped(wanted: Timestamp, axis: &Axis, events: &[Timestamp]) -> Timestamp {
    let near = |e: &&Timestamp| (axis.x(**e) - axis.x(wanted)).abs() <= 5.0;
    let distance = |e: &&Timestamp| e.secs_since(wanted).abs();
    events.iter().filter(near).min_by(|a, b| distance(a).total_cmp(&distance(b))).copied().unwrap_or(wanted)
}

/// Row of a lane: the left fencer's lanes above the box, the right fencer's mirrored below it.
fn row(side: Side, lane: usize) -> usize {
    match side {
        Side::Left => lane,
        Side::Right => LANES.len() * 2 - lane,
    }
}

fn row_top(room: Rect, row: usize) -> f32 {
    room.top() + 4.0 + row as f32 * LANE_HEIGHT
}

fn paint_actions(ui: &Ui, room: Rect, axis: &Axis, judgement: &Judgement, view: &View<'_>) {
    for (side, actions) in judgement.timeline.actions.iter() {
        for action in actions {
            let Some(lane) = LANES.iter().position(|(_, kinds)| kinds.contains(&action.kind)) else { continue };
            let top = row_top(room, row(side, lane));
            let (from, to) = (axis.x(action.span.start), axis.x(action.span.end));
            let place = Rect::from_min_max(pos2(from, top + 1.0), pos2(to.max(from + 2.0), top + LANE_HEIGHT - 1.0));
            paint_action(ui, place, action.kind, side_colour(side, view.tokens), view);
        }
    }
}

/// Forward actions are filled, backward ones hatched, pauses only framed: the lane reads without colour too.
fn paint_action(ui: &Ui, place: Rect, kind: ActionKind, colour: Color32, view: &View<'_>) {
    let painter = ui.painter_at(place);
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
    let name = view.text(kind_key(kind));
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

/// Message key of an action.
pub(crate) const fn kind_key(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Advance => "action-advance",
        ActionKind::Retreat => "action-retreat",
        ActionKind::Pause => "action-pause",
        ActionKind::Lunge => "action-lunge",
        ActionKind::Fleche => "action-fleche",
        ActionKind::ArmExtension => "action-arm-extension",
        ActionKind::ArmWithdrawal => "action-arm-withdrawal",
        ActionKind::PointInLine => "action-point-in-line",
        ActionKind::FinalMovement => "action-final-movement",
        ActionKind::Parry => "action-parry",
        ActionKind::Beat => "action-beat",
    }
}

/// Lamps as triangles that point to their side, blade contacts as crosses, the lockout as a band.
fn paint_box(ui: &Ui, room: Rect, axis: &Axis, judgement: &Judgement, tokens: &Tokens) {
    let middle = row_top(room, LANES.len()) + LANE_HEIGHT / 2.0;
    let painter = ui.painter_at(room);
    if let Some(touch) = judgement.signals.first_touch() {
        let end = touch.at.plus_secs(judgement.weapon.timings().lockout_secs);
        let band = Rect::from_min_max(pos2(axis.x(touch.at), middle - 7.0), pos2(axis.x(end), middle + 7.0));
        painter.rect_filled(band, 0.0, tokens.raised);
    }
    for event in judgement.signals.events() {
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

fn paint_names(ui: &Ui, room: Rect, view: &View<'_>) {
    let name = |row: usize, key: &str, colour: Color32| {
        let at = pos2(room.left() + 6.0, row_top(room, row) + LANE_HEIGHT / 2.0);
        ui.painter().text(at, Align2::LEFT_CENTER, view.text(key), view.tokens.font(Size::Small), colour);
    };
    for side in Side::BOTH {
        for (lane, (key, _)) in LANES.iter().enumerate() {
            name(row(side, lane), key, side_colour(side, view.tokens));
        }
    }
    name(LANES.len(), "lane-box", view.tokens.muted);
}

fn paint_playhead(ui: &Ui, room: Rect, axis: &Axis, view: &View<'_>) {
    let playback = &view.model.review.playback;
    let (from, to, looping) = playback.loop_marks();
    for mark in [from, to].into_iter().flatten() {
        let colour = if looping { view.tokens.accent } else { view.tokens.muted };
        ui.painter().vline(axis.x(mark), room.y_range(), Stroke::new(2.0, colour));
    }
    ui.painter().vline(axis.x(playback.now()), room.y_range(), Stroke::new(2.0, view.tokens.text));
}

fn side_colour(side: Side, tokens: &Tokens) -> Color32 {
    match side {
        Side::Left => tokens.left,
        Side::Right => tokens.right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_playhead_snaps_to_an_event_within_reach_and_not_beyond() {
        let axis = Axis { start: Timestamp::ZERO, secs: 10.0, left: 0.0, width: 1000.0 };
        let events = [Timestamp::from_secs(5.0)];
        assert_eq!(snapped(Timestamp::from_secs(5.04), &axis, &events), events[0]);
        assert_eq!(snapped(Timestamp::from_secs(5.2), &axis, &events), Timestamp::from_secs(5.2));
    }

    #[test]
    fn the_right_fencers_lanes_mirror_the_left_ones_around_the_box() {
        assert_eq!((row(Side::Left, 0), row(Side::Right, 0), row(Side::Right, 3)), (0, 8, 5));
    }
}
