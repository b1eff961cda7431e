//! Teaching the judge, beside the library's list: how many calls there are and are wanted, the way there, and what it was worth.

use crate::command::LibraryCommand;
use crate::model::{ClubJudge, Taught, Teaching};
use crate::panels::library::{button, heading};
use crate::panels::library_side::progress_bar;
use crate::theme::Size;
use crate::view::View;
use egui::{Label, Ui};
use records::collecting::WANTED_PHRASES;

/// Reasons shown of phrases that could not be used.
const MAX_REASONS: usize = 5;

/// Paints what stands on the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "library-teaching", view);
    in_use(ui, view);
    match view.model.library.teaching.clone() {
        Teaching::Collecting { done, all } => {
            let numbers = [("n", &*(done + 1).min(all).to_string()), ("all", &*all.to_string())];
            let text = view.words.with("library-teaching-collecting", &numbers);
            return running(ui, &text, done as f32 / all.max(1) as f32, view);
        }
        Teaching::Learning => return running(ui, &view.text("library-teaching-learning"), 1.0, view),
        Teaching::Done(taught) => result(ui, &taught, view),
        Teaching::Failed(text) => {
            ui.add(Label::new(view.rich(text, Size::Small, view.tokens.warning)).wrap());
        }
        Teaching::Idle => {}
    }
    offer(ui, view);
}

fn plain(ui: &mut Ui, text: &str, view: &View<'_>) {
    ui.add(Label::new(view.rich(text, Size::Small, view.tokens.muted)).wrap());
}

fn prominent(ui: &mut Ui, text: &str, view: &View<'_>) -> egui::Response {
    ui.add(Label::new(view.rich(text, Size::Body, view.tokens.text)).wrap())
}

/// Says when a club's own judge is in use, with the way back.
fn in_use(ui: &mut Ui, view: &mut View<'_>) {
    let Some(models) = view.model.settings.call_models.clone() else { return };
    prominent(ui, &view.text("library-judged-by-club"), view).on_hover_text(models.display().to_string());
    button(ui, "library-judge-built-in", LibraryCommand::JudgeWith(None), view);
}

/// How many calls there are, and what can be done with them.
fn offer(ui: &mut Ui, view: &mut View<'_>) {
    let called = view.model.library.called;
    let numbers = [("n", &*called.to_string()), ("wanted", &*WANTED_PHRASES.to_string())];
    let counted = view.words.with("library-teaching-count", &numbers);
    prominent(ui, &counted, view);
    progress_bar(ui, called as f32 / WANTED_PHRASES as f32, &counted, view.tokens);
    plain(ui, &view.words.with("library-teaching-why", &numbers), view);
    ui.horizontal_wrapped(|ui| {
        if called >= WANTED_PHRASES {
            button(ui, "cmd-library-teach", LibraryCommand::Teach, view);
        }
        if called > 0 {
            button(ui, "cmd-library-save-records", LibraryCommand::SaveRecords, view);
        }
    });
    if called > 0 {
        plain(ui, &view.text("library-teaching-holds"), view);
    }
}

fn running(ui: &mut Ui, text: &str, share: f32, view: &mut View<'_>) {
    prominent(ui, text, view);
    progress_bar(ui, share, text, view.tokens);
    button(ui, "library-stop", LibraryCommand::StopTeaching, view);
}

/// What was saved, and whether the judge got better.
fn result(ui: &mut Ui, taught: &Taught, view: &mut View<'_>) {
    let saved = [("n", &*taught.phrases.to_string()), ("path", &*taught.records.display().to_string())];
    prominent(ui, &view.words.with("library-teaching-saved", &saved), view);
    if !taught.left_out.is_empty() {
        let count = taught.left_out.len().to_string();
        plain(ui, &view.words.with("library-teaching-left-out", &[("n", &count)]), view);
        taught.left_out.iter().take(MAX_REASONS).for_each(|reason| plain(ui, reason, view));
    }
    let Some(ClubJudge { adapted, models }) = &taught.judge else { return };
    let (before, after) = adapted.right;
    let key = if adapted.is_better() { "library-teaching-better" } else { "library-teaching-no-better" };
    let (n, before, after) = (adapted.phrases.to_string(), before.to_string(), after.to_string());
    prominent(ui, &view.words.with(key, &[("n", &n), ("before", &before), ("after", &after)]), view);
    if adapted.is_better() && view.model.settings.call_models.as_ref() != Some(models) {
        button(ui, "library-judge-with", LibraryCommand::JudgeWith(Some(models.clone())), view);
    }
}
