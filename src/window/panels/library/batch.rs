//! The queue: how far it is, what is judged now, what failed and why, what came out.

use super::{button, list::numbered};
use crate::command::{Command, Judged, LibraryCommand};
use crate::model::{Batch, BatchItem, BatchState, ItemState};
use crate::theme::Size;
use crate::view::View;
use egui::{Button, Frame, Label, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

/// Failures that are shown with their text; the others follow when these are done.
const MAX_FAILURES: usize = 20;

/// Shows the queue.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    if view.model.library.batch.items.is_empty() {
        nothing(ui, view);
        return;
    }
    progress(ui, view);
    controls(ui, view);
    ui.add_space(8.0);
    ScrollArea::vertical().id_salt("batch").auto_shrink(false).show(ui, |ui| {
        failures(ui, view);
        outcomes(ui, view);
    });
}

fn nothing(ui: &mut Ui, view: &mut View<'_>) {
    ui.label(view.rich(view.text("library-batch-empty"), Size::Body, view.tokens.muted));
    ui.add_space(8.0);
    let (chosen, unjudged) = (view.model.library.chosen.len(), view.model.library.unjudged);
    if chosen > 0 {
        numbered(ui, "library-judge-chosen", chosen, LibraryCommand::Judge(Judged::Chosen), view);
    }
    if unjudged > 0 {
        numbered(ui, "library-judge-unjudged", unjudged, LibraryCommand::Judge(Judged::Unjudged), view);
    }
}

fn progress(ui: &mut Ui, view: &View<'_>) {
    let batch = &view.model.library.batch;
    let (ended, all) = (batch.ended().to_string(), batch.items.len().to_string());
    let counted = view.words.with("library-of", &[("n", &ended), ("all", &all)]);
    ui.label(view.rich(&counted, Size::Title, view.tokens.text));
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    let share = batch.share().clamp(0.0, 1.0);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &counted));
    ui.painter().rect_filled(place, 4.0, view.tokens.raised);
    ui.painter().rect_filled(Rect::from_min_size(place.min, vec2(place.width() * share, 8.0)), 4.0, view.tokens.accent);
    // Two lines always, so that nothing below moves while phrases come and go.
    let (title, stage) = now(batch, view);
    ui.add(Label::new(view.rich(title, Size::Body, view.tokens.text)).truncate());
    ui.add(Label::new(view.rich(stage, Size::Small, view.tokens.muted)).truncate());
}

fn now(batch: &Batch, view: &View<'_>) -> (String, String) {
    match (batch.running(), batch.state) {
        (Some(item), state) => {
            let ItemState::Running { stage, share } = item.state else { return (item.title.clone(), String::new()) };
            let stage = format!("{}  {:.0} %", view.text(stage), share * 100.0);
            let pausing = if state == BatchState::Paused { view.text("library-pausing") } else { stage };
            (item.title.clone(), pausing)
        }
        (None, BatchState::Paused) if batch.is_open() => (view.text("library-paused"), String::new()),
        _ => (view.text("library-batch-done"), String::new()),
    }
}

fn controls(ui: &mut Ui, view: &mut View<'_>) {
    let batch = &view.model.library.batch;
    let (open, paused) = (batch.is_open(), batch.state == BatchState::Paused);
    let failed = batch.count(|state| matches!(state, ItemState::Failed(_) | ItemState::Stopped));
    let ended = batch.ended();
    ui.horizontal_wrapped(|ui| {
        if open {
            let key = if paused { "library-resume" } else { "library-pause" };
            button(ui, key, LibraryCommand::TogglePause, view);
            button(ui, "library-stop", LibraryCommand::StopJudging, view);
        }
        if failed > 0 {
            numbered(ui, "library-retry-all", failed, LibraryCommand::Retry(None), view);
        }
        if ended > 0 {
            button(ui, "library-clear", LibraryCommand::ClearBatch, view);
        }
    });
}

fn failures(ui: &mut Ui, view: &mut View<'_>) {
    let failed = |item: &&BatchItem| matches!(item.state, ItemState::Failed(_));
    let items: Vec<_> = view.model.library.batch.items.iter().filter(failed).cloned().collect();
    for item in items.iter().take(MAX_FAILURES) {
        failure(ui, item, view);
    }
    if items.len() > MAX_FAILURES {
        let more = (items.len() - MAX_FAILURES).to_string();
        ui.label(view.rich(view.words.with("library-more", &[("n", &more)]), Size::Small, view.tokens.warning));
    }
}

fn failure(ui: &mut Ui, item: &BatchItem, view: &mut View<'_>) {
    let ItemState::Failed(text) = &item.state else { return };
    let frame = Frame::new().fill(view.tokens.background).corner_radius(8).inner_margin(8);
    frame.stroke(egui::Stroke::new(1.0, view.tokens.warning)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(Label::new(view.rich(&item.title, Size::Body, view.tokens.text)).truncate());
        ui.add(Label::new(view.rich(text, Size::Small, view.tokens.warning)).wrap());
        let (name, spoken) = (view.text("library-retry"), format!("{}: {}", view.text("library-retry"), item.title));
        let response = ui.add(Button::new(name).min_size(vec2(28.0, 28.0)));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
        if response.clicked() {
            view.send(Command::Library(LibraryCommand::Retry(Some(item.clip.clone()))));
        }
    });
    ui.add_space(4.0);
}

/// Everything that is not a failure, in order; only what is in view is drawn.
fn outcomes(ui: &mut Ui, view: &View<'_>) {
    let items: Vec<_> =
        view.model.library.batch.items.iter().filter(|i| !matches!(i.state, ItemState::Failed(_))).collect();
    let height = view.tokens.font(Size::Small).size + 8.0;
    let first = ui.cursor().top();
    let visible = ui.clip_rect();
    let from = (((visible.top() - first) / height).floor().max(0.0) as usize).min(items.len());
    let count = ((visible.height() / height).ceil() as usize + 2).min(items.len() - from);
    ui.add_space(from as f32 * height);
    for item in items.iter().skip(from).take(count) {
        outcome(ui, item, height, view);
    }
    ui.add_space((items.len() - from - count) as f32 * height);
}

fn outcome(ui: &mut Ui, item: &BatchItem, height: f32, view: &View<'_>) {
    let state = match &item.state {
        ItemState::Done(outcome) => {
            let sure = outcome.confidence.map(|word| format!(" ({})", view.words.confidence(word))).unwrap_or_default();
            format!("{}{sure}", view.words.call(outcome.call))
        }
        ItemState::Waiting => view.text("library-waiting"),
        ItemState::Running { .. } => view.text("library-judging"),
        ItemState::Stopped => view.text("library-stopped"),
        ItemState::Failed(_) => String::new(),
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        let text = format!("{}  ·  {state}", item.title);
        ui.add(Label::new(view.rich(text, Size::Small, view.tokens.text)).truncate());
    });
}
