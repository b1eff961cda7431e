//! Teaching the judge, beside the library's list: how many calls there are and are wanted, the way there, and what it was worth.

use crate::command::{Command, LibraryCommand};
use crate::model::{ClubJudge, Taught, Teaching};
use crate::panels::library::{button, heading};
use crate::theme::Size;
use crate::view::View;
use egui::{Frame, Label, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use records::collecting::WANTED_PHRASES;

/// Reasons shown of phrases that could not be used.
const MAX_REASONS: usize = 5;

/// Paints the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).corner_radius(8).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        heading(ui, "library-teaching", view);
        in_use(ui, view);
        match view.model.library.teaching.clone() {
            Teaching::Idle => offer(ui, view),
            Teaching::Collecting { done, all } => {
                let numbers = [("n", (done + 1).min(all).to_string()), ("all", all.to_string())];
                let text = filled(view, "library-teaching-collecting", &numbers);
                running(ui, &text, done as f32 / all.max(1) as f32, view);
            }
            Teaching::Learning => running(ui, &view.text("library-teaching-learning"), 1.0, view),
            Teaching::Done(taught) => {
                result(ui, &taught, view);
                offer(ui, view);
            }
            Teaching::Failed(text) => {
                ui.add(Label::new(view.rich(text, Size::Small, view.tokens.warning)).wrap());
                offer(ui, view);
            }
        }
    });
    ui.add_space(8.0);
}

fn filled(view: &View<'_>, key: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    view.words.with(key, &values)
}

fn plain(ui: &mut Ui, text: String, view: &View<'_>) {
    ui.add(Label::new(view.rich(text, Size::Small, view.tokens.muted)).wrap());
}

/// Says when a club's own judge is in use, with the way back.
fn in_use(ui: &mut Ui, view: &mut View<'_>) {
    let Some(models) = view.model.settings.call_models.clone() else { return };
    let text = view.rich(view.text("library-judged-by-club"), Size::Body, view.tokens.text);
    ui.add(Label::new(text).wrap()).on_hover_text(models.display().to_string());
    button(ui, "library-judge-built-in", LibraryCommand::JudgeWith(None), view);
}

/// How many calls there are, and what can be done with them.
fn offer(ui: &mut Ui, view: &mut View<'_>) {
    let called = view.model.library.called;
    let numbers = [("n", called.to_string()), ("wanted", WANTED_PHRASES.to_string())];
    let counted = filled(view, "library-teaching-count", &numbers);
    ui.label(view.rich(&counted, Size::Body, view.tokens.text));
    bar(ui, called as f32 / WANTED_PHRASES as f32, &counted, view);
    plain(ui, filled(view, "library-teaching-why", &numbers), view);
    ui.horizontal_wrapped(|ui| {
        if called >= WANTED_PHRASES {
            button(ui, "cmd-library-teach", LibraryCommand::Teach, view);
        }
        if called > 0 {
            button(ui, "cmd-library-save-records", LibraryCommand::SaveRecords, view);
        }
    });
    if called > 0 {
        plain(ui, view.text("library-teaching-holds"), view);
    }
}

fn running(ui: &mut Ui, text: &str, share: f32, view: &mut View<'_>) {
    ui.label(view.rich(text, Size::Body, view.tokens.text));
    bar(ui, share, text, view);
    button(ui, "library-stop", LibraryCommand::StopTeaching, view);
}

fn bar(ui: &mut Ui, share: f32, spoken: &str, view: &View<'_>) {
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, spoken));
    ui.painter().rect_filled(place, 4.0, view.tokens.raised);
    let filled = Rect::from_min_size(place.min, vec2(place.width() * share.clamp(0.0, 1.0), place.height()));
    ui.painter().rect_filled(filled, 4.0, view.tokens.accent);
}

/// What was saved, and whether the judge got better.
fn result(ui: &mut Ui, taught: &Taught, view: &mut View<'_>) {
    let saved = [("n", taught.phrases.to_string()), ("path", taught.records.display().to_string())];
    ui.add(Label::new(view.rich(filled(view, "library-teaching-saved", &saved), Size::Body, view.tokens.text)).wrap());
    if !taught.left_out.is_empty() {
        let count = [("n", taught.left_out.len().to_string())];
        plain(ui, filled(view, "library-teaching-left-out", &count), view);
        for reason in taught.left_out.iter().take(MAX_REASONS) {
            plain(ui, reason.clone(), view);
        }
    }
    let Some(ClubJudge { adapted, models }) = &taught.judge else { return };
    let (before, after) = adapted.right;
    let better = adapted.is_better();
    let key = if better { "library-teaching-better" } else { "library-teaching-no-better" };
    let numbers = [("n", adapted.phrases.to_string()), ("before", before.to_string()), ("after", after.to_string())];
    ui.add(Label::new(view.rich(filled(view, key, &numbers), Size::Body, view.tokens.text)).wrap());
    if better && view.model.settings.call_models.as_ref() != Some(models) {
        let command = LibraryCommand::JudgeWith(Some(models.clone()));
        view.button(ui, "library-judge-with", Command::Library(command));
    }
}
