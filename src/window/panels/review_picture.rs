//! The picture of the review with what can be done on it: magnify, move, draw; and the second picture beside it.

use crate::command::{ReviewCommand as R, Zoom};
use crate::model::{DrawCommand, DrawnPoint};
use crate::theme::Size;
use crate::view::View;
use crate::widgets::{Placement, SkeletonsOf, show_drawings, show_picture, show_skeletons};
use egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// How near a click must be to a drawing, in points.
const REACH: f32 = 9.0;
/// Space between two pictures.
const GAP: f32 = 4.0;

/// Shows the picture in `room`, two when a second clip is open; returns where the first one lies.
pub(super) fn show(ui: &mut Ui, room: Rect, view: &mut View<'_>) -> Rect {
    if view.model.review.beside.is_none() {
        return first(ui, room, view);
    }
    let half = (room.width() - GAP) / 2.0;
    let left = Rect::from_min_size(room.min, vec2(half, room.height()));
    let right = Rect::from_min_size(pos2(room.right() - half, room.top()), vec2(half, room.height()));
    let placed = first(ui, left, view);
    second(ui, right, view);
    placed
}

fn first(ui: &mut Ui, room: Rect, view: &mut View<'_>) -> Rect {
    let review = &view.model.review;
    let aspect = review.clip.as_ref().map_or(16.0 / 9.0, |c| c.aspect);
    let placement = Placement::fit(room, aspect, review.viewport);
    let response = ui.interact(placement.screen, ui.scope_id().with("picture"), Sense::click_and_drag());
    let name = view.text("picture");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    show_picture(ui, &placement, view.pictures.review(), view.tokens);
    if let Some(judgement) = review.judgement().filter(|_| review.shown.skeletons) {
        let at = review.playback.now();
        show_skeletons(ui, &placement, SkeletonsOf { judgement, at, words: view.words }, view.tokens);
    }
    show_drawings(ui, &placement, aspect, response.hover_pos(), view);
    use_mouse(ui, &placement, aspect, &response, view);
    if view.model.review.beside.is_some() {
        let title = view.model.review.clip.as_ref().map(|c| c.title.clone()).unwrap_or_default();
        tag(ui, placement.screen, "A", &title, view);
    }
    view.focus_ring(ui, &response);
    placement.screen
}

fn second(ui: &Ui, room: Rect, view: &mut View<'_>) {
    let review = &view.model.review;
    let Some(beside) = &review.beside else { return };
    let placement = Placement::fit(room, beside.clip.aspect, review.viewport);
    show_picture(ui, &placement, view.pictures.beside(), view.tokens);
    if let Some(judgement) = beside.judgement.as_ref().filter(|_| review.shown.skeletons) {
        let at = beside.time_of(beside.frame_at(review.playback.now(), review.anchor()));
        show_skeletons(ui, &placement, SkeletonsOf { judgement, at, words: view.words }, view.tokens);
    }
    let title = beside.clip.title.clone();
    tag(ui, placement.screen, "B", &title, view);
}

/// Which clip is which, in the upper left corner.
fn tag(ui: &Ui, picture: Rect, letter: &str, title: &str, view: &View<'_>) {
    let font = view.tokens.font(Size::Body);
    let galley = ui.painter().layout_no_wrap(format!("{letter}  {title}"), font, view.tokens.text);
    let place = Rect::from_min_size(picture.min, galley.size() + vec2(24.0, 12.0)).intersect(picture);
    let painter = ui.painter_at(place);
    painter.rect_filled(place, 0.0, view.tokens.veil);
    painter.galley(place.min + vec2(12.0, 6.0), galley, view.tokens.text);
}

/// A point on the screen in picture heights.
fn drawn_point(placement: &Placement, aspect: f32, at: egui::Pos2) -> DrawnPoint {
    let (x, y) = placement.share_from_screen(at);
    DrawnPoint { x: x * aspect, y }
}

fn use_mouse(ui: &Ui, placement: &Placement, aspect: f32, response: &Response, view: &mut View<'_>) {
    zoom(ui, placement, response, view);
    let reach = REACH / (placement.screen.height() / placement.seen.height());
    let drawings = &view.model.review.drawings;
    let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else { return };
    let at = drawn_point(placement, aspect, pointer);
    if drawings.tool().is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    } else if drawings.is_near(at, reach) {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    let grabbing = drawings.is_grabbing();
    let may_grab = drawings.tool().is_none();
    if response.clicked() {
        view.review(R::Draw(DrawCommand::Click { at, reach }));
    } else if response.double_clicked() && !view.model.review.drawings.is_near(at, reach) {
        view.review(R::Zoom(Zoom::Reset));
    }
    if response.drag_started() && may_grab {
        let pressed = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
        view.review(R::Draw(DrawCommand::Grab { at: drawn_point(placement, aspect, pressed), reach }));
    } else if response.dragged() && grabbing {
        view.review(R::Draw(DrawCommand::DragTo(at)));
    } else if response.dragged() {
        let moved = response.drag_delta() / placement.screen.size() * placement.seen.size();
        view.review(R::Zoom(Zoom::Pan { dx: -moved.x, dy: -moved.y }));
    }
    if response.drag_stopped() && grabbing {
        view.review(R::Draw(DrawCommand::Release));
    }
}

fn zoom(ui: &Ui, placement: &Placement, response: &Response, view: &mut View<'_>) {
    let scroll = ui.input(|i| i.smooth_scroll_delta().y + 200.0 * (i.zoom_delta() - 1.0));
    if let (true, Some(at)) = (scroll != 0.0, response.hover_pos()) {
        let (x, y) = placement.share_from_screen(at);
        view.review(R::Zoom(Zoom::By { factor: (scroll / 200.0).exp(), x, y }));
    }
    let magnified = view.model.review.viewport.zoom;
    if magnified > 1.01 {
        let (corner, font) = (placement.screen.right_top() + vec2(-12.0, 8.0), view.tokens.font(Size::Body));
        let galley = ui.painter().layout_no_wrap(format!("{magnified:.1}×"), font, view.tokens.text);
        let place = Align2::RIGHT_TOP.anchor_size(corner, galley.size());
        ui.painter().rect_filled(place.expand2(vec2(6.0, 2.0)), 4.0, view.tokens.veil);
        ui.painter().galley(place.min, galley, view.tokens.text);
    }
}
