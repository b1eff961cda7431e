//! The verdict of a live phrase over the lower third of the picture: the same banner as in the review, with the facts as
//! chips, who judged, and how the referee called.

use super::verdict_banner::{align_of, beside_edges, headline, paint_edges, row_from, side_colour};
use crate::command::{Command, PisteCommand};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, Color32, Layout, Rect, Ui, UiBuilder, pos2, vec2};
use fencing::{Call, Confidence};
use piste::{JudgeEvent, JudgeOrigin, Thoroughness};

/// Paints the banner into the lower part of `picture`. A chip opens its moment in the review.
pub(crate) fn show_ruling(ui: &mut Ui, picture: Rect, ruling: &JudgeEvent, view: &mut View<'_>) {
    let Some(call) = ruling.call() else { return };
    let scale = view.tokens.font(Size::Body).size / 15.0;
    let height = (188.0 * scale).min(picture.height() * 0.6);
    let banner = Rect::from_min_max(pos2(picture.left(), picture.bottom() - height), picture.max);
    let colour = side_colour(call, view.tokens);
    ui.painter().rect_filled(banner, 0.0, view.tokens.veil);
    paint_edges(ui, banner, call, (colour, scale));
    let inner = beside_edges(banner, call, scale).shrink2(vec2(0.0, 8.0));
    let align = align_of(call);
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::top_down(align));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(banner);
        ui.spacing_mut().item_spacing.y = 4.0;
        row_from(ui, align, |ui| first_line(ui, ruling, colour, view));
        let reason = match ruling.own_judgement() {
            Some(judgement) if judgement.signals.is_empty() => view.text("reason_open"),
            Some(judgement) => view.words.reason(&judgement.verdict),
            None => ruling.server.as_ref().map(|server| server.reason.clone()).unwrap_or_default(),
        };
        reason_line(ui, reason, view);
        // Over a low picture, with large text, whole lines stay away: nothing is cut through its middle.
        if ui.available_height() >= 40.0 {
            chips(ui, ruling, view);
        }
        if ui.available_height() >= 18.0 * scale {
            last_line(ui, ruling, view);
        }
    });
}

/// Smaller where it is long, and cut only where that is not enough; whole under the mouse.
fn reason_line(ui: &mut Ui, reason: String, view: &View<'_>) {
    let wide = |size| ui.painter().layout_no_wrap(reason.clone(), view.tokens.font(size), view.tokens.text).size().x;
    let room = ui.available_width();
    let fits = [Size::Large, Size::Body, Size::Small].into_iter().find(|size| wide(*size) <= room);
    let text = view.rich(&reason, fits.unwrap_or(Size::Small), view.tokens.text);
    ui.add(egui::Label::new(text).truncate()).on_hover_text(reason);
}

fn first_line(ui: &mut Ui, ruling: &JudgeEvent, colour: Color32, view: &View<'_>) {
    if ruling.own_judgement().is_some_and(|judgement| judgement.signals.is_empty()) {
        ui.label(view.rich(view.text("call_open"), Size::Call, view.tokens.text));
        return;
    }
    if let Some(judgement) = ruling.own_judgement() {
        headline(ui, &judgement.verdict, colour, view);
        return;
    }
    let Some(call) = ruling.call() else { return };
    ui.label(view.rich(view.words.call(call), Size::Call, colour).strong());
    if let Some(share) = ruling.confidence().filter(|_| call != Call::TooClose) {
        let word = view.words.confidence(Confidence(share).word());
        ui.label(view.rich(word, Size::Body, view.tokens.text)).on_hover_text(format!("{:.0} %", share * 100.0));
    }
}

/// The facts that decided, as many as fit into one line; what was missing instead where the call is open.
fn chips(ui: &mut Ui, ruling: &JudgeEvent, view: &mut View<'_>) {
    let Some(judgement) = ruling.own_judgement().cloned() else { return };
    row_from(ui, Align::Min, |ui| {
        ui.set_min_height(40.0);
        ui.label(view.rich(view.text("piste-why"), Size::Body, view.tokens.muted));
        for fact in &judgement.verdict.facts {
            let Some(text) = view.words.fact(fact) else { continue };
            let width = text_width(ui, &text, view) + 24.0;
            if width > ui.available_width() {
                break;
            }
            let button = egui::Button::new(text).min_size(vec2(0.0, 40.0));
            let clicked = ui.add(button).on_hover_text(view.text("piste-chip-hint")).clicked();
            if let (true, Some(span)) = (clicked, fact.span) {
                view.send(Command::Piste(PisteCommand::Replay(Some(span.start))));
            }
        }
        if let Some(missing) = view.words.missing(&judgement.verdict) {
            ui.add(egui::Label::new(view.rich(missing, Size::Body, view.tokens.warning)).truncate());
        }
    });
}

fn text_width(ui: &Ui, text: &str, view: &View<'_>) -> f32 {
    let font = view.tokens.font(Size::Body);
    ui.painter().layout_no_wrap(text.to_owned(), font, view.tokens.text).size().x
}

/// The referee's own call beside the machine's, and who judged.
fn last_line(ui: &mut Ui, ruling: &JudgeEvent, view: &View<'_>) {
    row_from(ui, Align::Min, |ui| {
        let own = view.model.piste.phrase.as_ref().and_then(|p| p.own_call);
        if let Some(own) = own {
            let agrees = Some(own) == ruling.call();
            let key = if agrees { "piste-agrees" } else { "piste-differs" };
            let text = format!("{}: {}. {}", view.text("own-call"), view.words.call(own), view.text(key));
            let ink = if agrees { view.tokens.text } else { view.tokens.warning };
            ui.label(view.rich(text, Size::Body, ink));
        }
        let who = match &ruling.origin {
            JudgeOrigin::Live => view.text("piste-judged-live"),
            JudgeOrigin::Recording => view.text("piste-judged-recording"),
            JudgeOrigin::Server(address) => format!("{} {address}", view.text("piste-judged-server")),
        };
        if !ruling.is_final() && ruling.thoroughness == Thoroughness::Coarse {
            let text = view.rich(view.text("piste-provisional"), Size::Body, view.tokens.warning);
            ui.add(egui::Label::new(text).truncate());
        }
        let delay = view.words.language().number(ruling.delay_secs, 1);
        let text = view.rich(format!("{who}, {delay} s"), Size::Small, view.tokens.muted);
        ui.add(egui::Label::new(text).truncate());
    });
}
