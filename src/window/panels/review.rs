//! The review screen: the large picture with the verdict over it, transport and lanes below, facts and procedure beside it.

use crate::command::{Command, ReviewCommand as R, Zoom};
use crate::fonts::Icon;
use crate::model::{DrawCommand, DrawnPoint, Judging, SPEEDS, Viewport};
use crate::panels::review_panel;
use crate::theme::Size;
use crate::view::{View, settle};
use crate::widgets::{
    Placement, SkeletonsOf, VerdictView, show_block, show_drawings, show_line, show_picture, show_skeletons,
    show_strip, show_strip_progress, show_strip_text, show_timeline, strip_height,
};
use egui::{Align2, CentralPanel, CursorIcon, Frame, Panel, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use fencing::Side;
use piste::Phase;
use records::overlay::fencers_lost_at;

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
        .show(ui, |ui| review_panel::show(ui, view));
    let transport = Panel::bottom("transport").frame(frame).show_separator_line(false);
    let transport = transport.show(ui, |ui| show_transport(ui, view));
    settle(ui, egui::Id::unique("transport-size"), transport.response.rect.size());
    if !view.model.privacy {
        let strip = Panel::bottom("verdict-strip").exact_size(strip_height(view.tokens));
        strip.frame(plain.fill(view.tokens.surface)).show_separator_line(false).show(ui, |ui| strip_of(ui, view));
    }
    CentralPanel::default().frame(plain).show(ui, |ui| hero(ui, view));
}

/// An empty review teaches: drop a clip, or press a key. A clip that is being opened shows its first picture.
fn nothing_open(ui: &mut Ui, view: &mut View<'_>) {
    let text = match view.model.review.loading {
        Some(share) => format!("{}  {:.0} %", view.text("stage-opening"), share * 100.0),
        None => view.text("review-empty"),
    };
    let opening = view.textures.review().filter(|_| view.model.review.loading.is_some() && !view.model.privacy);
    if let Some(first) = opening {
        let room = ui.available_rect_before_wrap();
        let placement = Placement::fit(room, first.aspect_ratio(), Viewport::default());
        show_picture(ui, &placement, Some(first), view.tokens);
        show_line(ui, placement.screen, text, view);
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
    let picture = show_frames(ui, room, view);
    let review = &view.model.review;
    // Only over the frame it is about: a verdict that has just come waits until its frame is painted.
    let visible = review.judgement().filter(|_| review.verdict_visible(view.model.blind()));
    if let Some(judgement) = visible.filter(|judgement| !judgement.signals.is_empty()) {
        let shown = VerdictView::of_judgement(judgement, view);
        show_block(ui, (picture, room), &shown, view);
    }
}

fn blank(ui: &Ui, room: Rect, view: &View<'_>) {
    ui.painter().rect_filled(room, 0.0, view.tokens.background);
    let (font, text) = (view.tokens.font(Size::Title), view.text("privacy-on"));
    ui.painter().text(room.center(), Align2::CENTER_CENTER, text, font, view.tokens.muted);
}

/// The strip under the picture: progress while the phrase is judged, the reason and the facts afterwards, and the way on
/// where there is no verdict.
fn strip_of(ui: &mut Ui, view: &mut View<'_>) {
    if let Some(pass) = &view.model.calling {
        let (at, all) = pass.position();
        let text = view.words.with("calling-keys", &[("at", &at.to_string()), ("all", &all.to_string())]);
        return show_strip_text(ui, &text, view.tokens.text, view);
    }
    let review = &view.model.review;
    let blind = view.model.blind();
    match (&review.judging, review.judgement().cloned()) {
        (Judging::Running { stage, share }, _) => {
            let (stage, share) = (*stage, *share);
            show_strip_progress(ui, stage, share, ("cmd-judge-cancel", Command::Review(R::CancelJudging)), view);
        }
        (Judging::Failed(_), None) => strip_text(ui, "review-failed", view),
        // The verdict that was there before a failure stays; the reason of the failure is on the right.
        (_, Some(judgement)) if judgement.signals.is_empty() => strip_text(ui, "touch-by-hand", view),
        (_, Some(judgement)) if review.verdict_allowed(blind) => {
            let shown = VerdictView::of_judgement(&judgement, view);
            show_strip(ui, &shown, |at| Command::Review(R::Seek(at)), view);
        }
        (_, Some(_)) => strip_text(ui, "review-blind", view),
        (Judging::Idle, None) => match judged_at_the_piste(view) {
            Some(text) => show_strip_text(ui, &text, view.tokens.text, view),
            None => strip_text(ui, "review-idle", view),
        },
    }
}

fn strip_text(ui: &mut Ui, key: &str, view: &View<'_>) {
    let text = view.text(key);
    show_strip_text(ui, &text, view.tokens.text, view);
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

/// How near a click must be to a drawing, in points.
const REACH: f32 = 9.0;
/// Space between two pictures.
const GAP: f32 = 4.0;

/// Shows the picture in `room`, two when a second clip is open; returns where the first one lies.
pub(super) fn show_frames(ui: &mut Ui, room: Rect, view: &mut View<'_>) -> Rect {
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
    show_picture(ui, &placement, view.textures.review(), view.tokens);
    if let Some(judgement) = review.judgement().filter(|_| review.shown.skeletons) {
        let at = review.playback.now();
        show_skeletons(ui, &placement, SkeletonsOf { judgement, at, words: view.words }, view.tokens);
    }
    show_drawings(ui, &placement, aspect, response.hover_pos(), view);
    lost_fencers(ui, placement.screen, view);
    pick_hint(ui, placement.screen, view);
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
    show_picture(ui, &placement, view.textures.beside(), view.tokens);
    if let Some(judgement) = beside.judgement.as_ref().filter(|_| review.shown.skeletons) {
        let at = beside.time_of(beside.frame_at(review.playback.now(), review.anchor()));
        show_skeletons(ui, &placement, SkeletonsOf { judgement, at, words: view.words }, view.tokens);
    }
    let title = beside.clip.title.clone();
    tag(ui, placement.screen, "B", &title, view);
}

/// Which clip is which, in the upper left corner.
fn tag(ui: &Ui, picture: Rect, letter: &str, title: &str, view: &View<'_>) {
    label_at(ui, picture, Align2::LEFT_TOP, &format!("{letter}  {title}"), view);
}

/// A line of text over an edge or a corner of the picture; a screen reader finds it, too.
fn label_at(ui: &Ui, picture: Rect, corner: Align2, text: &str, view: &View<'_>) {
    let font = view.tokens.font(Size::Body);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, view.tokens.text);
    let place = corner.align_size_within_rect(galley.size() + vec2(24.0, 12.0), picture).intersect(picture);
    let painter = ui.painter_at(place);
    painter.rect_filled(place, 0.0, view.tokens.veil);
    painter.galley(place.min + vec2(12.0, 6.0), galley, view.tokens.text);
    let id = ui.scope_id().with((corner, "label"));
    ui.interact(place, id, Sense::hover()).widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

/// A fencer who has no pose in this frame is said to be lost, at the edge of that side: without it a missing skeleton is overlooked.
fn lost_fencers(ui: &Ui, picture: Rect, view: &View<'_>) {
    let review = &view.model.review;
    let Some(judgement) = review.judgement().filter(|_| review.shown.skeletons) else { return };
    let lost = fencers_lost_at(&judgement.tracks, review.playback.now());
    let sides = [
        (Side::Left, Align2::LEFT_CENTER, "fencer-lost-left"),
        (Side::Right, Align2::RIGHT_CENTER, "fencer-lost-right"),
    ];
    for (_, corner, key) in sides.into_iter().filter(|(side, ..)| lost[*side]) {
        label_at(ui, picture, corner, &view.text(key), view);
    }
}

/// What the next click means.
fn pick_hint(ui: &Ui, picture: Rect, view: &View<'_>) {
    let Some(side) = view.model.review.picking else { return };
    let key = if side == Side::Left { "fencer-hint-left" } else { "fencer-hint-right" };
    label_at(ui, picture, Align2::CENTER_BOTTOM, &view.text(key), view);
}

/// A point on the screen in picture heights.
fn drawn_point(placement: &Placement, aspect: f32, at: egui::Pos2) -> DrawnPoint {
    let (x, y) = placement.share_from_screen(at);
    DrawnPoint { x: x * aspect, y }
}

fn use_mouse(ui: &Ui, placement: &Placement, aspect: f32, response: &Response, view: &mut View<'_>) {
    zoom(ui, placement, response, view);
    let reach = REACH / (placement.screen.height() / placement.seen.height());
    let (drawings, now) = (&view.model.review.drawings, view.model.review.playback.now());
    let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else { return };
    let at = drawn_point(placement, aspect, pointer);
    if view.model.review.picking.is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        if response.clicked() {
            let (x, y) = placement.share_from_screen(pointer);
            view.review(R::FencerHere { x, y });
            return;
        }
    } else if drawings.tool().is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    } else if drawings.is_near(at, reach, now) {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    let grabbing = drawings.is_grabbing();
    let may_grab = drawings.tool().is_none() && view.model.review.picking.is_none();
    if response.clicked() {
        view.review(R::Draw(DrawCommand::Click { at, reach }));
    } else if response.double_clicked() && !view.model.review.drawings.is_near(at, reach, now) {
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

/// Shows transport and lanes.
pub(super) fn show_transport(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_wrapped(|ui| {
        // One line at 1280 points: the picture above needs the height.
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 8.0;
        buttons(ui, view);
        ui.add_space(12.0);
        speeds(ui, view);
        ui.add_space(12.0);
        loop_buttons(ui, view);
        ui.add_space(12.0);
        position(ui, view);
    });
    if view.model.review.shown.timeline {
        show_timeline(ui, view);
    }
}

fn buttons(ui: &mut Ui, view: &mut View<'_>) {
    let playing = view.model.review.playback.shuttle.playing;
    let play = if playing { (Icon::Pause, "transport-pause") } else { (Icon::Play, "transport-play") };
    let all = [
        (Icon::ToStart, "transport-start", R::ToStart),
        (Icon::StepBack, "transport-back", R::Step(-1)),
        (play.0, play.1, R::TogglePlay),
        (Icon::StepForward, "transport-forward", R::Step(1)),
        (Icon::ToEnd, "transport-end", R::ToEnd),
    ];
    for (icon, key, command) in all {
        view.icon_button(ui, icon, key, Command::Review(command));
    }
    view.icon_text_button(ui, Icon::Touch, "transport-touch", Command::Review(R::ToTouch));
    view.icon_button(ui, Icon::Replay, "cmd-replay-touch", Command::Review(R::ReplayTouch));
}

fn speeds(ui: &mut Ui, view: &mut View<'_>) {
    let shuttle = view.model.review.playback.shuttle;
    let shown = format!("{:.0} %", shuttle.speed * 100.0 * f64::from(shuttle.direction));
    view.figures(ui, &shown, "-800 %", Size::Large);
    ui.add_space(4.0);
    for share in SPEEDS {
        let percent = (share * 100.0).round() as u16;
        let on = (shuttle.speed - share).abs() < 1e-9;
        let button = egui::Button::new(format!("{percent}")).selected(on).min_size(egui::vec2(34.0, 28.0));
        if ui.add(button).clicked() {
            view.review(R::SpeedPercent(percent));
        }
    }
}

fn position(ui: &mut Ui, view: &View<'_>) {
    let playback = &view.model.review.playback;
    view.figures(ui, &format!("{} s", view.number(playback.now().secs(), 3)), "000.000 s", Size::Large);
    ui.add_space(12.0);
    let frames = format!("{} / {}", playback.cursor() + 1, playback.len());
    let widest = format!("{0} / {0}", playback.len());
    view.figures(ui, &frames, &widest, Size::Body);
}

fn loop_buttons(ui: &mut Ui, view: &mut View<'_>) {
    let (from, to, looping) = view.model.review.playback.loop_marks();
    view.button(ui, "transport-loop-start", Command::Review(R::LoopStart));
    view.button(ui, "transport-loop-end", Command::Review(R::LoopEnd));
    view.icon_toggle(ui, Icon::Loop, "cmd-loop", looping.into(), Command::Review(R::ToggleLoop));
    ui.add_enabled_ui(looping || from.is_some() || to.is_some(), |ui| {
        view.icon_button(ui, Icon::Close, "cmd-loop-clear", Command::Review(R::ClearLoop));
    });
}
