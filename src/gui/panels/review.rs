//! The review screen: the picture as the hero, the verdict over it, transport and lanes below, facts and procedure beside.

use super::{review_column, review_transport};
use crate::gui::command::{Command, ReviewCommand, Zoom};
use crate::gui::model::{Judging, Review};
use crate::gui::theme::Size;
use crate::gui::view::View;
use crate::gui::widgets::{Placement, show_picture, show_progress, show_skeletons, show_verdict};
use egui::{Align2, CentralPanel, Frame, Panel, Rect, Sense, Ui, vec2};

/// Shows the screen.
pub(crate) fn show_review(ui: &mut Ui, view: &mut View<'_>) {
    if view.model.review.clip.is_none() {
        CentralPanel::default().show(ui, |ui| nothing_open(ui, view));
        return;
    }
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    Panel::bottom("transport").frame(frame).show(ui, |ui| review_transport::show(ui, view));
    Panel::right("facts").exact_size(300.0).resizable(false).frame(frame).show(ui, |ui| review_column::show(ui, view));
    CentralPanel::default().frame(Frame::new().fill(view.tokens.background)).show(ui, |ui| hero(ui, view));
}

/// An empty review teaches: drop a clip, or press a key.
fn nothing_open(ui: &mut Ui, view: &mut View<'_>) {
    let text = match view.model.review.loading {
        Some(share) => format!("{}  {:.0} %", view.text("stage-opening"), share * 100.0),
        None => view.text("review-empty"),
    };
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.4);
        ui.label(view.rich(text, Size::Title, view.tokens.muted));
        ui.add_space(16.0);
        view.button(ui, "cmd-open", Command::AskForClip);
    });
}

fn hero(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    let review = &view.model.review;
    let aspect = review.clip.as_ref().map_or(16.0 / 9.0, |c| c.aspect);
    let placement = Placement::fit(room, aspect, review.viewport);
    let response = ui.interact(placement.screen, ui.scope_id().with("picture"), Sense::click_and_drag());
    if view.model.privacy {
        blank(ui, room, view);
        return;
    }
    show_picture(ui, &placement, view.pictures.review(), view.tokens);
    show_skeletons(ui, &placement, view);
    zoom_and_pan(ui, &placement, &response, view);
    banner(ui, placement.screen, view);
}

fn blank(ui: &Ui, room: Rect, view: &View<'_>) {
    ui.painter().rect_filled(room, 0.0, view.tokens.background);
    ui.painter().text(
        room.center(),
        Align2::CENTER_CENTER,
        view.text("privacy-on"),
        view.tokens.font(Size::Title),
        view.tokens.muted,
    );
}

fn zoom_and_pan(ui: &Ui, placement: &Placement, response: &egui::Response, view: &mut View<'_>) {
    let scroll = ui.input(|i| i.smooth_scroll_delta().y + 200.0 * (i.zoom_delta() - 1.0));
    if let (true, Some(at)) = (scroll != 0.0, response.hover_pos()) {
        let (x, y) = placement.share_from_screen(at);
        view.review(ReviewCommand::Zoom(Zoom::By { factor: (scroll / 200.0).exp(), x, y }));
    }
    if response.dragged() {
        let moved = response.drag_delta() / placement.screen.size() * placement.seen.size();
        view.review(ReviewCommand::Zoom(Zoom::Pan { dx: -moved.x, dy: -moved.y }));
    }
    if response.double_clicked() {
        view.review(ReviewCommand::Zoom(Zoom::Reset));
    }
}

/// Progress while it is judged, the verdict afterwards, the reason and the way on when it failed.
fn banner(ui: &mut Ui, picture: Rect, view: &mut View<'_>) {
    let review: &Review = &view.model.review;
    match &review.judging {
        Judging::Running { stage, share } => show_progress(ui, picture, stage, *share, view),
        Judging::Done(judgement) => {
            let judgement = std::sync::Arc::clone(judgement);
            if review.verdict_visible(view.model.settings.blind_mode) {
                show_verdict(ui, picture, &judgement.verdict, view);
            } else if review.shown.verdict {
                hint(ui, picture, "review-blind", vec2(0.0, -24.0), view);
            }
        }
        Judging::Failed(_) => hint(ui, picture, "review-failed", vec2(0.0, -24.0), view),
        Judging::Idle => hint(ui, picture, "review-idle", vec2(0.0, -24.0), view),
    }
}

fn hint(ui: &Ui, picture: Rect, key: &str, offset: egui::Vec2, view: &View<'_>) {
    let bar = Rect::from_min_max(egui::pos2(picture.left(), picture.bottom() - 48.0), picture.max);
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    let at = picture.center_bottom() + offset;
    ui.painter().text(at, Align2::CENTER_CENTER, view.text(key), view.tokens.font(Size::Large), view.tokens.text);
}
