//! The review screen: the picture as the hero, the verdict over it, transport and lanes below, facts and procedure beside.

use super::{review_column, review_picture, review_transport};
use crate::command::Command;
use crate::icons::Icon;
use crate::model::{Judging, Review, Viewport};
use crate::theme::Size;
use crate::view::{View, settle};
use crate::widgets::{Placement, show_picture, show_progress, show_verdict, verdict_height};
use egui::{Align2, CentralPanel, Frame, Panel, Rect, Ui, vec2};
use piste::Phase;

/// From this width on a picture holds the whole banner, at normal text size.
const WIDE_ENOUGH: f32 = 640.0;
/// Width of the column beside the picture, at normal text size.
const COLUMN: f32 = 300.0;

/// Shows the screen.
pub(crate) fn show_review(ui: &mut Ui, view: &mut View<'_>) {
    let plain = Frame::new().fill(view.tokens.background);
    if view.model.review.clip.is_none() {
        CentralPanel::default().frame(plain).show(ui, |ui| nothing_open(ui, view));
        return;
    }
    let frame = plain.inner_margin(12);
    let width = (COLUMN * view.tokens.scale()).min(ui.available_width() * 0.4);
    Panel::right("facts")
        .exact_size(width)
        .resizable(false)
        .frame(frame.fill(view.tokens.surface))
        .show_separator_line(false)
        .show(ui, |ui| review_column::show(ui, view));
    let transport = Panel::bottom("transport").frame(frame).show_separator_line(false);
    let transport = transport.show(ui, |ui| review_transport::show(ui, view));
    settle(ui, egui::Id::unique("transport-size"), transport.response.rect.size());
    CentralPanel::default().frame(plain).show(ui, |ui| hero(ui, view));
}

/// An empty review teaches: drop a clip, or press a key. A clip that is being opened shows its first picture.
fn nothing_open(ui: &mut Ui, view: &mut View<'_>) {
    let text = match view.model.review.loading {
        Some(share) => format!("{}  {:.0} %", view.text("stage-opening"), share * 100.0),
        None => view.text("review-empty"),
    };
    let opening = view.pictures.review().filter(|_| view.model.review.loading.is_some() && !view.model.privacy);
    if let Some(first) = opening {
        let room = ui.available_rect_before_wrap();
        let placement = Placement::fit(room, first.aspect_ratio(), Viewport::default());
        show_picture(ui, &placement, Some(first), view.tokens);
        line(ui, placement.screen, text, view);
        return;
    }
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.36);
        ui.label(view.rich(Icon::Review.glyph(), Size::Huge, view.tokens.muted));
        ui.label(view.rich(text, Size::Title, view.tokens.text));
        ui.add_space(4.0);
        ui.label(view.rich(view.text("review-empty-hint"), Size::Body, view.tokens.muted));
        ui.add_space(16.0);
        view.icon_text_button(ui, Icon::Open, "cmd-open", Command::AskForClip);
        ui.add_space(4.0);
        view.button(ui, "cmd-open-path", Command::TogglePathPrompt);
    });
}

/// The picture, or two of them, with what lies over it.
fn hero(ui: &mut Ui, view: &mut View<'_>) {
    let room = ui.available_rect_before_wrap();
    if view.model.privacy {
        blank(ui, room, view);
        return;
    }
    let picture = review_picture::show(ui, above_the_verdict(ui, room, view), view);
    // Over a small picture the words need the room beside it too.
    let narrow = picture.width() < WIDE_ENOUGH * view.tokens.seen_from_afar(ui.ctx()).scale();
    let place = match (view.model.review.beside.is_some(), narrow) {
        (true, _) => room,
        (false, true) => Rect::from_x_y_ranges(room.x_range(), picture.y_range()),
        (false, false) => picture,
    };
    banner(ui, place, view);
}

/// Two pictures are low enough to stand above the verdict, which would cover half of each; one has it on its lower third.
fn above_the_verdict(ui: &Ui, room: Rect, view: &View<'_>) -> Rect {
    let review = &view.model.review;
    let aspect = review.clip.as_ref().map_or(16.0 / 9.0, |clip| clip.aspect);
    let free = room.height() - verdict_height(&view.tokens.seen_from_afar(ui.ctx()));
    if review.beside.is_none() || !review.shown.verdict || free < room.width() / 2.0 / aspect {
        return room;
    }
    Rect::from_min_size(room.min, vec2(room.width(), free))
}

fn blank(ui: &Ui, room: Rect, view: &View<'_>) {
    ui.painter().rect_filled(room, 0.0, view.tokens.background);
    let (font, text) = (view.tokens.font(Size::Title), view.text("privacy-on"));
    ui.painter().text(room.center(), Align2::CENTER_CENTER, text, font, view.tokens.muted);
}

/// Progress while it is judged, the verdict afterwards, the reason and the way on when it failed.
fn banner(ui: &mut Ui, picture: Rect, view: &mut View<'_>) {
    let review: &Review = &view.model.review;
    match &review.judging {
        Judging::Running { stage, share } => show_progress(ui, picture, stage, *share, view),
        Judging::Done(judgement) => {
            let judgement = std::sync::Arc::clone(judgement);
            // Nothing was called: what is left to do stands where the call would.
            if judgement.signals.is_empty() {
                hint(ui, picture, "touch-by-hand", view);
            } else if review.verdict_visible(view.model.settings.blind_mode) {
                show_verdict(ui, picture, &judgement.verdict, view);
            } else if review.shown.verdict {
                hint(ui, picture, "review-blind", view);
            }
        }
        Judging::Failed(_) => hint(ui, picture, "review-failed", view),
        Judging::Idle => match judged_at_the_piste(view) {
            Some(text) => line(ui, picture, text, view),
            None => hint(ui, picture, "review-idle", view),
        },
    }
}

/// How far the piste is with this phrase, while it judges it.
fn judged_at_the_piste(view: &View<'_>) -> Option<String> {
    let model = view.model;
    let (open, last) = (model.review.clip.as_ref()?, model.last_phrase.phrase.as_ref()?);
    match model.piste.status.phase {
        Phase::Judging { stage, share } if open.path == last.clip => {
            Some(format!("{}  {:.0} %", view.text(stage), share * 100.0))
        }
        _ => None,
    }
}

fn hint(ui: &Ui, picture: Rect, key: &str, view: &View<'_>) {
    line(ui, picture, view.text(key), view);
}

fn line(ui: &Ui, picture: Rect, text: String, view: &View<'_>) {
    let height = 48.0 * view.tokens.scale();
    let bar = Rect::from_min_max(egui::pos2(picture.left(), picture.bottom() - height), picture.max);
    ui.painter().rect_filled(bar, 0.0, view.tokens.veil);
    let inner = bar.shrink2(vec2(12.0, 0.0));
    let galley = ui.painter().layout(text, view.tokens.font(Size::Body), view.tokens.text, inner.width());
    ui.painter().galley(inner.center() - galley.size() / 2.0, galley, view.tokens.text);
}
