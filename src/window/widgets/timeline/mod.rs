//! The timeline: lanes of both fencers and the box, distance and speed under them, one time axis and one playhead for all.
//!
//! `axis` and `bars` compute every place without painting; `lanes`, `plot` and `head` paint what stands there. `live` shows
//! the running phrase of the piste on the same axis, and its lanes once it is judged.

mod axis;
mod bars;
mod head;
mod lanes;
mod live;
mod plot;

pub(crate) use live::show_live_timeline;

use crate::command::ReviewCommand;
use crate::view::View;
use axis::{Axis, Heights};
use egui::{Role, Sense, Ui, WidgetInfo, vec2};

/// Room for names and values, at normal text size.
const NAMES_WIDTH: f32 = 118.0;

/// Shows the timeline over the whole width; dragging moves the playhead, which snaps to events.
pub(crate) fn show_timeline(ui: &mut Ui, view: &mut View<'_>) {
    let scale = view.tokens.scale();
    let heights = Heights::of(ui.ctx().content_rect().height(), scale);
    let size = vec2(ui.available_width(), heights.total());
    let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let name = view.text("cmd-timeline");
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &name));
    let axis = Axis::new(room, NAMES_WIDTH * scale, view.model.review.timeline_extent(), heights);
    ui.painter().rect_filled(room, 8.0, view.tokens.surface);
    lanes::paint(ui, &axis, view);
    if axis.has_plots() {
        plot::paint(ui, &axis, view);
    }
    if let (true, Some(at)) = (response.dragged() || response.clicked(), response.interact_pointer_pos()) {
        let wanted = axis.time(at.x);
        view.review(ReviewCommand::Seek(axis.snapped(wanted, &view.model.review.events())));
    }
    let scroll = ui.input(|input| input.smooth_scroll_delta().y);
    if let (true, Some(at)) = (scroll != 0.0, response.hover_pos()) {
        let factor = f64::from(scroll / 200.0).exp();
        view.review(ReviewCommand::ZoomTimeline { factor, at: axis.time(at.x) });
    }
    head::show(ui, &axis, view);
    view.focus_ring(ui, &response);
    let judgement = view.model.review.judgement().map(AsRef::as_ref);
    let named = response.hover_pos().map(|at| lanes::named_at(&axis, at, judgement, view)).unwrap_or_default();
    if !named.is_empty() && !response.dragged() {
        response.on_hover_text_at_pointer(named);
    }
}
