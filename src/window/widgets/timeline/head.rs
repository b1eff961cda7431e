//! The playhead, and the loop with handles that can be dragged.

use super::axis::Axis;
use crate::command::{LoopEdge, ReviewCommand};
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, CursorIcon, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};
use fencing::time::Timestamp;

/// Half the width of what can be grabbed around a handle, in points.
const GRAB: f32 = 9.0;

/// Paints playhead and loop; a dragged handle moves its end of the loop.
pub(super) fn show(ui: &mut Ui, axis: &Axis, view: &mut View<'_>) {
    let (from, to, looping) = view.model.review.playback.loop_marks();
    if let (Some(from), Some(to)) = (from, to) {
        paint_stretch(ui, axis, from, to, view);
    }
    for (edge, mark) in [(LoopEdge::From, from), (LoopEdge::To, to)] {
        if let Some(at) = mark {
            handle(ui, axis, edge, at, looping, view);
        }
    }
    let now = view.model.review.playback.now();
    let x = axis.x(now);
    ui.painter().vline(x, axis.room().y_range(), Stroke::new(2.0, view.tokens.text));
    let top = axis.room().top();
    let cap = vec![pos2(x - 5.0, top), pos2(x + 5.0, top), pos2(x, top + 7.0)];
    ui.painter().add(Shape::convex_polygon(cap, view.tokens.text, Stroke::NONE));
}

fn paint_stretch(ui: &Ui, axis: &Axis, from: Timestamp, to: Timestamp, view: &View<'_>) {
    let (a, b) = (axis.x(from.min(to)), axis.x(from.max(to)));
    let stretch = Rect::from_x_y_ranges(a..=b, axis.room().y_range());
    ui.painter().rect_filled(stretch, 0.0, view.tokens.accent.gamma_multiply(0.12));
}

fn handle(ui: &mut Ui, axis: &Axis, edge: LoopEdge, at: Timestamp, looping: bool, view: &mut View<'_>) {
    let x = axis.x(at);
    let bottom = axis.room().bottom();
    let place = Rect::from_min_max(pos2(x - GRAB, bottom - 18.0), pos2(x + GRAB, bottom));
    let (name, key) = match edge {
        LoopEdge::From => ("I", "cmd-loop-start"),
        LoopEdge::To => ("O", "cmd-loop-end"),
    };
    let response = ui.interact(place, ui.scope_id().with(("loop", name)), Sense::drag());
    let label = view.text(key);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, &label));
    let colour = if looping { view.tokens.accent } else { view.tokens.muted };
    ui.painter().vline(x, axis.room().y_range(), Stroke::new(2.0, colour));
    ui.painter().rect_filled(place, 4.0, colour);
    let ink = view.tokens.on_accent;
    let middle = place.center() - vec2(0.0, 0.5);
    ui.painter().text(middle, Align2::CENTER_CENTER, name, view.tokens.font(Size::Small), ink);
    if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
        let at = axis.snapped(axis.time(pointer.x), &view.model.review.events());
        view.review(ReviewCommand::MoveLoop { edge, at });
    }
    view.focus_ring(ui, &response);
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}
