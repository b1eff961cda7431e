//! The running phrase on the timeline's axis: how fast each fencer goes forward or back, and the lights between; now is at the
//! right edge. Once the phrase is judged its lanes stand there, and a click opens that moment in the review.

use super::NAMES_WIDTH;
use super::axis::{Axis, Heights, LANES_PER_SIDE};
use super::lanes::{self, paint_light, side_colour};
use crate::command::{Command, PisteCommand};
use crate::model::TRAIL_SECS;
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use fencing::Side;
use fencing::time::Timestamp;
use vision::tracking::TrackSample;

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
    ui.painter().rect_filled(room, 8.0, view.tokens.surface);
    let ruling = view.model.piste.visible_ruling(view.model.settings.blind_mode).cloned();
    let judgement = ruling.as_ref().and_then(|ruling| ruling.own_judgement()).map(|judgement| &**judgement);
    let extent = judgement.map_or_else(
        || running_extent(view),
        |judged| {
            let samples = &judged.tracks.samples;
            let first = samples.first().map_or(Timestamp::ZERO, |sample| sample.at);
            (first, samples.last().map_or(Timestamp::from_secs(1.0), |sample| sample.at))
        },
    );
    let axis = Axis::new(room, NAMES_WIDTH * view.tokens.scale().max(1.0), extent, Heights::filling(room.height()));
    let Some(judgement) = judgement else {
        paint_running(&ui.painter_at(room), &axis, view);
        lanes::paint_names(ui, &axis, view);
        return;
    };
    lanes::paint_judged(ui, &axis, judgement, view);
    if let (true, Some(at)) = (response.clicked(), response.interact_pointer_pos()) {
        view.send(Command::Piste(PisteCommand::Replay(Some(axis.time(at.x)))));
    }
    let named = response.hover_pos().map(|at| lanes::named_at(&axis, at, Some(judgement), view)).unwrap_or_default();
    let hint = view.text("piste-timeline-hint");
    response.on_hover_text(if named.is_empty() { hint } else { named });
}

fn running_extent(view: &View<'_>) -> (Timestamp, Timestamp) {
    let end = view.model.piste.trail_end();
    (end.plus_secs(-TRAIL_SECS), end)
}

fn paint_running(painter: &Painter, axis: &Axis, view: &View<'_>) {
    paint_seconds(painter, axis, view);
    // What was seen stays while the phrase is judged.
    for side in Side::BOTH {
        paint_speed(painter, axis.lanes_of(side), side, axis, view);
    }
    let Some(phrase) = &view.model.piste.phrase else { return };
    if axis.contains(phrase.began) {
        painter.vline(axis.x(phrase.began), axis.room().y_range(), Stroke::new(2.0, view.tokens.accent));
    }
    for side in Side::BOTH {
        if let Some((at, lamp)) = phrase.lit[side] {
            paint_light(painter, pos2(axis.x(at), axis.row(LANES_PER_SIDE).center().y), side, lamp, view.tokens);
        }
    }
}

/// A mark every five seconds, counted back from now.
fn paint_seconds(painter: &Painter, axis: &Axis, view: &View<'_>) {
    let (_, end) = axis.secs_range();
    for back in [5.0, 10.0, 15.0] {
        let x = axis.x(Timestamp::from_secs(end - back));
        painter.vline(x, axis.room().y_range(), Stroke::new(1.0, view.tokens.line.gamma_multiply(0.6)));
        let text = format!("\u{2212}{back:.0} s");
        let at = pos2(x + 4.0, axis.row(LANES_PER_SIDE).center().y);
        painter.text(at, Align2::LEFT_CENTER, text, view.tokens.font(Size::Small), view.tokens.muted);
    }
}

/// Bars of forward speed upward, backward speed downward and only framed.
fn paint_speed(painter: &Painter, room: Rect, side: Side, axis: &Axis, view: &View<'_>) {
    let bars = (axis.x_range().span() / BAR_WIDTH) as usize;
    let mut speeds = vec![(0.0_f32, 0_u32); bars];
    let samples = &view.model.piste.trail.samples;
    for pair in samples.windows(4) {
        let [first, .., last] = pair else { continue };
        let Some(speed) = forward_speed(first, last, side) else { continue };
        let bar = ((axis.x(last.at) - axis.x_range().min) / BAR_WIDTH) as usize;
        if let (true, Some(place)) = (axis.contains(last.at), speeds.get_mut(bar.min(bars.saturating_sub(1)))) {
            *place = (place.0 + speed, place.1 + 1);
        }
    }
    let middle = room.center().y;
    for (i, (sum, count)) in speeds.into_iter().enumerate().filter(|(_, (_, count))| *count > 0) {
        let share = (sum / count as f32 / FULL_SPEED).clamp(-1.0, 1.0);
        let height = share * (room.height() / 2.0 - 2.0);
        let left = axis.x_range().min + i as f32 * BAR_WIDTH;
        let bar = Rect::from_two_pos(pos2(left, middle), pos2(left + BAR_WIDTH - 1.0, middle - height));
        let ink = if share >= 0.0 { side_colour(side, view.tokens) } else { view.tokens.muted };
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
