//! The running phrase in three lanes: how fast each fencer goes forward or back, and the lamps between; now is at the right
//! edge. Once the phrase is judged the lanes show what both did, and a click opens that moment in the review.

use crate::command::{Command, PisteCommand};
use crate::model::TRAIL_SECS;
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Color32, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use fencing::actions::ActionKind;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalKind};
use vision::engine::Judgement;
use vision::tracking::TrackSample;

/// Room for the lanes' names, at normal text size.
const NAMES_WIDTH: f32 = 72.0;
/// Width of one bar of speed.
const BAR_WIDTH: f32 = 4.0;
/// Speed that fills a lane, in body heights per second: a lunge moves the hips by about one and a half.
const FULL_SPEED: f32 = 1.6;

/// Shows the timeline over the whole room of `ui`.
pub(crate) fn show_live_timeline(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(room, Sense::click());
    let name = view.text("piste-timeline");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let painter = ui.painter_at(room);
    painter.rect_filled(room, 8.0, view.tokens.surface);
    let lanes = Rect::from_min_max(
        pos2(room.left() + NAMES_WIDTH * view.tokens.scale().max(1.0), room.top() + 4.0),
        room.max - vec2(8.0, 4.0),
    );
    paint_names(&painter, lanes, room.left() + 12.0, view);
    let ruling = view.model.piste.visible_ruling(view.model.settings.blind_mode).cloned();
    match ruling.as_ref().and_then(|r| r.own_judgement()).map(std::convert::AsRef::as_ref) {
        Some(judgement) => {
            let axis = paint_judged(&painter, lanes, judgement, view);
            if let (true, Some(at)) = (response.clicked(), response.interact_pointer_pos()) {
                view.send(Command::Piste(PisteCommand::Replay(Some(axis.time(at.x)))));
            }
            response.on_hover_text(view.text("piste-timeline-hint"));
        }
        None => paint_running(&painter, lanes, view),
    }
}

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

/// Left fencer above, box in the middle, right fencer below, as they stand on the screen.
fn lane(lanes: Rect, row: usize) -> Rect {
    let height = lanes.height() / 3.0;
    Rect::from_min_size(pos2(lanes.left(), lanes.top() + row as f32 * height), vec2(lanes.width(), height))
}

const fn row_of(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 2,
    }
}

fn colour(side: Side, view: &View<'_>) -> Color32 {
    match side {
        Side::Left => view.tokens.left,
        Side::Right => view.tokens.right,
    }
}

fn paint_names(painter: &Painter, lanes: Rect, left: f32, view: &View<'_>) {
    let name = |row: usize, key: &str, ink: Color32| {
        let at = pos2(left, lane(lanes, row).center().y);
        painter.text(at, Align2::LEFT_CENTER, view.text(key), view.tokens.font(Size::Small), ink);
    };
    name(0, "piste-left-short", view.tokens.left);
    name(1, "lane-box", view.tokens.muted);
    name(2, "piste-right-short", view.tokens.right);
    for row in 1..3 {
        painter.hline(lanes.x_range(), lane(lanes, row).top(), Stroke::new(1.0, view.tokens.line.gamma_multiply(0.6)));
    }
}

fn paint_running(painter: &Painter, lanes: Rect, view: &View<'_>) {
    let piste = &view.model.piste;
    let start = piste.trail_end().plus_secs(-TRAIL_SECS);
    let axis = Axis { start, secs: TRAIL_SECS, left: lanes.left(), width: lanes.width() };
    paint_seconds(painter, lanes, &axis, view);
    // What was seen stays while the phrase is judged.
    for side in Side::BOTH {
        paint_speed(painter, lane(lanes, row_of(side)), side, &axis, view);
    }
    let Some(phrase) = &piste.phrase else { return };
    if phrase.began > start {
        painter.vline(axis.x(phrase.began), lanes.y_range(), Stroke::new(2.0, view.tokens.accent));
    }
    for side in Side::BOTH {
        if let Some((at, lamp)) = phrase.lit[side] {
            paint_lamp(painter, pos2(axis.x(at), lane(lanes, 1).center().y), side, lamp, view);
        }
    }
}

/// A mark every five seconds, counted back from now.
fn paint_seconds(painter: &Painter, lanes: Rect, axis: &Axis, view: &View<'_>) {
    for back in [5.0, 10.0, 15.0] {
        let x = axis.x(axis.start.plus_secs(axis.secs - back));
        painter.vline(x, lanes.y_range(), Stroke::new(1.0, view.tokens.line.gamma_multiply(0.6)));
        let text = format!("\u{2212}{back:.0} s");
        let at = pos2(x + 4.0, lane(lanes, 1).center().y);
        painter.text(at, Align2::LEFT_CENTER, text, view.tokens.font(Size::Small), view.tokens.muted);
    }
}

/// Bars of forward speed upward, backward speed downward and only framed.
fn paint_speed(painter: &Painter, room: Rect, side: Side, axis: &Axis, view: &View<'_>) {
    let bars = (room.width() / BAR_WIDTH) as usize;
    let mut speeds = vec![(0.0_f32, 0_u32); bars];
    let samples = &view.model.piste.trail.samples;
    for pair in samples.windows(4) {
        let [first, .., last] = pair else { continue };
        let Some(speed) = forward_speed(first, last, side) else { continue };
        let bar = ((axis.x(last.at) - axis.left) / BAR_WIDTH) as usize;
        if let (true, Some(place)) = (last.at >= axis.start, speeds.get_mut(bar.min(bars.saturating_sub(1)))) {
            *place = (place.0 + speed, place.1 + 1);
        }
    }
    let middle = room.center().y;
    for (i, (sum, count)) in speeds.into_iter().enumerate().filter(|(_, (_, count))| *count > 0) {
        let share = (sum / count as f32 / FULL_SPEED).clamp(-1.0, 1.0);
        let height = share * (room.height() / 2.0 - 2.0);
        let left = axis.left + i as f32 * BAR_WIDTH;
        let bar = Rect::from_two_pos(pos2(left, middle), pos2(left + BAR_WIDTH - 1.0, middle - height));
        let ink = if share >= 0.0 { colour(side, view) } else { view.tokens.muted };
        painter.rect_filled(bar.expand2(vec2(0.0, 0.5)), 0.0, ink);
    }
}

/// Body heights per second towards the opponent.
fn forward_speed(first: &TrackSample, last: &TrackSample, side: Side) -> Option<f32> {
    let (a, b) = (first.poses[side].as_ref()?.bounds(0.3)?, last.poses[side].as_ref()?.bounds(0.3)?);
    let secs = last.at.secs_since(first.at) as f32;
    let height = b.bottom - b.top;
    let sane = secs > 0.0 && secs < 0.5 && height > 1.0;
    let moved = (b.centre().x - last.camera_shift.x) - (a.centre().x - first.camera_shift.x);
    sane.then(|| side.forward_sign() * moved / height / secs)
}

fn paint_judged(painter: &Painter, lanes: Rect, judgement: &Judgement, view: &View<'_>) -> Axis {
    let samples = &judgement.tracks.samples;
    let first = samples.first().map_or(Timestamp::ZERO, |s| s.at);
    let last = samples.last().map_or(Timestamp::from_secs(1.0), |s| s.at);
    let secs = last.secs_since(first).max(0.1);
    let axis = Axis { start: first, secs, left: lanes.left(), width: lanes.width() };
    for (side, actions) in judgement.timeline.actions.iter() {
        let room = lane(lanes, row_of(side)).shrink2(vec2(0.0, 3.0));
        for action in actions {
            let (from, to) = (axis.x(action.span.start), axis.x(action.span.end));
            let place = Rect::from_min_max(pos2(from, room.top()), pos2(to.max(from + 2.0), room.bottom()));
            paint_action(painter, place, action.kind, colour(side, view), view);
        }
    }
    for event in judgement.signals.events() {
        let at = pos2(axis.x(event.at), lane(lanes, 1).center().y);
        match event.kind {
            SignalKind::Lamp { side, lamp } if lamp != Lamp::Off => paint_lamp(painter, at, side, lamp, view),
            SignalKind::BladeContact => paint_contact(painter, at, view),
            _ => {}
        }
    }
    axis
}

/// Forward is filled, backward and standing only framed; the arm is a bar along the lane's lower edge.
fn paint_action(painter: &Painter, place: Rect, kind: ActionKind, ink: Color32, view: &View<'_>) {
    let frame = |ink| painter.rect_stroke(place, 2.0, Stroke::new(1.5, ink), StrokeKind::Inside);
    let bar = Rect::from_min_max(pos2(place.left(), place.bottom() - 4.0), place.max);
    match kind {
        ActionKind::Advance => painter.rect_filled(place, 2.0, ink.gamma_multiply(0.5)),
        ActionKind::Lunge | ActionKind::Fleche | ActionKind::FinalMovement => painter.rect_filled(place, 2.0, ink),
        ActionKind::ArmExtension | ActionKind::PointInLine => painter.rect_filled(bar, 0.0, view.tokens.text),
        ActionKind::Retreat => frame(ink),
        _ => frame(view.tokens.muted),
    };
}

fn paint_contact(painter: &Painter, at: egui::Pos2, view: &View<'_>) {
    for d in [vec2(4.0, 4.0), vec2(4.0, -4.0)] {
        painter.line_segment([at - d, at + d], Stroke::new(2.0, view.tokens.text));
    }
}

/// A lamp as an arrow towards its side, so that two of one moment stand back to back; white ones have a frame as well.
fn paint_lamp(painter: &Painter, at: egui::Pos2, side: Side, lamp: Lamp, view: &View<'_>) {
    let out = -side.forward_sign();
    let points = vec![at + vec2(12.0 * out, 0.0), at + vec2(out, -8.0), at + vec2(out, 8.0)];
    let ink = if lamp == Lamp::Valid { colour(side, view) } else { view.tokens.white };
    painter.add(egui::Shape::convex_polygon(points, ink, Stroke::new(1.5, view.tokens.text)));
    let ring = Rect::from_center_size(at + vec2(6.0 * out, 0.0), vec2(18.0, 20.0));
    if lamp != Lamp::Valid {
        painter.rect_stroke(ring, 2.0, Stroke::new(1.5, view.tokens.muted), StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_maps_there_and_back() {
        let axis = Axis { start: Timestamp::from_secs(2.0), secs: 10.0, left: 100.0, width: 500.0 };
        assert!((axis.x(Timestamp::from_secs(7.0)) - 350.0).abs() < 1e-3);
        assert!((axis.time(350.0).secs() - 7.0).abs() < 1e-6);
        assert_eq!(axis.time(-50.0), axis.start);
    }
}
