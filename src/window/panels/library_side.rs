//! The side of the library: figures (counts, agreement of referee and machine, fencers), filters, folders and the queue.

use crate::command::{Command, Judged, LibraryCommand, Narrow};
use crate::model::{Batch, BatchItem, BatchState, ItemState};
use crate::panels::library::{button, capitalised, heading, numbered};
use crate::panels::review_panel::weapon_key;
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{
    Align, Button, Color32, Frame, Key, Label, Layout, Rect, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};
use fencing::{ConfidenceWord, Side, Weapon};
use records::library::{Agreement, CallFilter, Share};
use std::path::{Path, PathBuf};

/// Number of fencers shown; the search finds the others.
const MAX_FENCERS: usize = 40;

/// Paints all figures.
pub(super) fn show_figures(ui: &mut Ui, view: &mut View<'_>) {
    card(ui, view, |ui, view| counts(ui, view));
    card(ui, view, |ui, view| agreement(ui, view));
    if !view.model.library.figures.fencers.is_empty() {
        card(ui, view, |ui, view| fencers(ui, view));
    }
    card(ui, view, super::teaching::show);
}

pub(super) fn card(ui: &mut Ui, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let frame = Frame::new().fill(view.tokens.background).corner_radius(8).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.spacing_mut().interact_size.y = 20.0;
        content(ui, view);
    });
    ui.add_space(8.0);
}

fn counts(ui: &mut Ui, view: &View<'_>) {
    heading(ui, "library-figures-of", view);
    let figures = &view.model.library.figures;
    let rows = [
        ("library-phrases", figures.phrases),
        ("library-judged", figures.judged),
        ("library-called", figures.called),
        ("library-too-close", figures.too_close),
        ("library-touches-left", figures.touches.left),
        ("library-touches-right", figures.touches.right),
        ("library-without", figures.without_touch),
    ];
    for (key, number) in rows {
        pair(ui, &view.text(key), &number.to_string(), view);
    }
}

/// A name on the left and its number on the right.
fn pair(ui: &mut Ui, name: &str, value: &str, view: &View<'_>) {
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(view.rich(value, Size::Body, view.tokens.text));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(view.rich(name, Size::Small, view.tokens.muted)).truncate());
            });
        });
    });
}

fn agreement(ui: &mut Ui, view: &View<'_>) {
    heading(ui, "library-agreement", view);
    let figures = &view.model.library.figures;
    if figures.agreement.all == 0 {
        ui.label(view.rich(view.text("library-agreement-none"), Size::Small, view.tokens.text));
        return;
    }
    let percent = format!("{:.0} %", 100.0 * figures.agreement.value());
    ui.label(view.rich(percent, Size::Title, view.tokens.text));
    one_share(ui, None, figures.agreement, view);
    for (word, share) in figures.by_confidence.iter().filter(|(_, share)| share.all > 0) {
        one_share(ui, Some(capitalised(&view.words.confidence(*word))), *share, view);
    }
    if figures.by_weapon.len() > 1 {
        for (weapon, of_weapon) in figures.by_weapon.iter().filter(|(_, f)| f.agreement.all > 0) {
            one_share(ui, Some(view.text(weapon_key(*weapon))), of_weapon.agreement, view);
        }
    }
    let sure = figures.by_confidence.iter().any(|(word, share)| *word == ConfidenceWord::Sure && share.all > 0);
    let key = if sure { "library-interval" } else { "library-interval-few" };
    ui.label(view.rich(view.text(key), Size::Small, view.tokens.muted));
}

fn one_share(ui: &mut Ui, name: Option<String>, share: Share, view: &View<'_>) {
    let language = view.words.language();
    let (low, high) = share.interval();
    let percent = |v: f64| language.number(100.0 * v, 0);
    let counted = view.words.with("library-of", &[("n", &share.right.to_string()), ("all", &share.all.to_string())]);
    let range = format!("{}–{} %", percent(low), percent(high));
    let name = name.unwrap_or_else(|| view.text("library-overall"));
    pair(ui, &name, &counted, view);
    share_bar(ui, share, &format!("{name}: {counted}, {range}"), view.tokens);
}

fn fencers(ui: &mut Ui, view: &View<'_>) {
    heading(ui, "library-fencers", view);
    let figures = &view.model.library.figures.fencers;
    let largest = figures.iter().flat_map(|f| [f.touches, f.against]).max().unwrap_or(0);
    for fencer in figures.iter().take(MAX_FENCERS) {
        let counts = view.words.with(
            "library-for-against",
            &[("for", &fencer.touches.to_string()), ("against", &fencer.against.to_string())],
        );
        pair(ui, &fencer.name, &counts, view);
        let colours = (view.tokens.accent, view.tokens.muted);
        against_bar(ui, (fencer.touches, fencer.against), largest, colours, view.tokens);
    }
    if figures.len() > MAX_FENCERS {
        let more = (figures.len() - MAX_FENCERS).to_string();
        ui.label(view.rich(view.words.with("library-more", &[("n", &more)]), Size::Small, view.tokens.muted));
    }
}

/// A share with its confidence interval (95 %) as a bracket, which is wide for few phrases.
fn share_bar(ui: &mut Ui, share: Share, spoken: &str, tokens: &Tokens) {
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken));
    response.on_hover_text(spoken);
    let track = Rect::from_min_max(pos2(place.left(), place.top() + 4.0), pos2(place.right(), place.bottom() - 4.0));
    let at = |value: f64| track.left() + track.width() * value.clamp(0.0, 1.0) as f32;
    let painter = ui.painter_at(place);
    painter.rect_filled(track, 3.0, tokens.raised);
    painter.rect_filled(Rect::from_min_max(track.min, pos2(at(share.value()), track.bottom())), 3.0, tokens.accent);
    let (low, high) = share.interval();
    let stroke = Stroke::new(2.0, tokens.text);
    let middle = track.center().y;
    painter.line_segment([pos2(at(low), middle), pos2(at(high), middle)], stroke);
    for end in [at(low), at(high)] {
        let end = end.clamp(place.left() + 1.0, place.right() - 1.0);
        painter.line_segment([pos2(end, place.top() + 2.0), pos2(end, place.bottom() - 2.0)], stroke);
    }
}

/// Two bars from the middle outwards, on the scale of the table's largest count.
fn against_bar(ui: &mut Ui, counts: (usize, usize), largest: usize, colours: (Color32, Color32), tokens: &Tokens) {
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    let painter = ui.painter_at(place);
    let middle = place.center().x;
    let length = |count: usize| (place.width() / 2.0 - 2.0) * count as f32 / largest.max(1) as f32;
    painter.rect_filled(place, 3.0, tokens.raised);
    let left = Rect::from_min_max(pos2(middle - length(counts.0), place.top()), pos2(middle - 1.0, place.bottom()));
    let right = Rect::from_min_max(pos2(middle + 1.0, place.top()), pos2(middle + length(counts.1), place.bottom()));
    for (bar, count, colour) in [(left, counts.0, colours.0), (right, counts.1, colours.1)] {
        if count > 0 {
            painter.rect_filled(bar, 2.0, colour);
        }
    }
    painter.line_segment([pos2(middle, place.top()), pos2(middle, place.bottom())], Stroke::new(1.0, tokens.line));
}

/// Ranges of confidence by word, with the bounds of `fencing::Confidence::word`; each ends just below the next.
const CONFIDENCES: [(&str, f64, f64); 4] = [
    ("confidence_sure", 0.90, 1.0),
    ("confidence_likely", 0.75, 0.8999),
    ("confidence_leaning", 0.60, 0.7499),
    ("confidence_too_close", 0.0001, 0.5999),
];

/// Paints all filters.
pub(super) fn show_filters(ui: &mut Ui, view: &mut View<'_>) {
    let query = view.model.library.query.clone();
    let weapons = Weapon::ALL.map(|w| (weapon_key(w), query.weapon == Some(w), w));
    group(ui, "library-weapon", &weapons, view, Narrow::Weapon);
    let calls = [
        ("library-left", CallFilter::Touch(Side::Left)),
        ("library-right", CallFilter::Touch(Side::Right)),
        ("library-no-touch", CallFilter::NoTouch),
        ("library-too-close", CallFilter::TooClose),
        ("library-unjudged", CallFilter::Unjudged),
    ];
    let calls = calls.map(|(key, call)| (key, query.call == Some(call), call));
    group(ui, "library-call", &calls, view, Narrow::Call);
    let agreements = [
        ("library-agrees", Agreement::Agrees),
        ("library-differs", Agreement::Differs),
        ("library-unknown", Agreement::Unknown),
    ];
    let agreements = agreements.map(|(key, one)| (key, query.agreement == Some(one), one));
    group(ui, "library-agreement", &agreements, view, Narrow::Agreement);
    let on = |low: f64| (query.least_confidence - low).abs() < 1e-9;
    let words = CONFIDENCES.map(|(key, low, high)| (key, on(low), (low, high)));
    group(ui, "library-confidence", &words, view, |range| {
        let (low, high) = range.unwrap_or((0.0, 1.0));
        Narrow::Confidence(low, high)
    });
    if !query.is_open() {
        button(ui, "library-everything", LibraryCommand::Narrow(Narrow::Nothing), view);
    }
}

fn switch(ui: &mut Ui, key: &str, on: bool, next: Narrow, view: &mut View<'_>) {
    let button = Button::new(capitalised(&view.text(key))).selected(on).min_size(vec2(28.0, 28.0));
    if ui.add(button).clicked() {
        view.send(Command::Library(LibraryCommand::Narrow(next)));
    }
}

/// A group of exclusive buttons; pressing the active one turns it off.
fn group<T: Copy>(
    ui: &mut Ui,
    title: &str,
    switches: &[(&'static str, bool, T)],
    view: &mut View<'_>,
    narrow: impl Fn(Option<T>) -> Narrow,
) {
    heading(ui, title, view);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.spacing_mut().button_padding = vec2(9.0, 4.0);
        for (key, on, value) in switches {
            let next = narrow((!on).then_some(*value));
            switch(ui, key, *on, next, view);
        }
    });
    ui.add_space(8.0);
}

/// Paints folders and ways to add one.
pub(super) fn show_places(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, "library-folders", view);
    recordings(ui, view);
    let loose = &view.model.library.loose;
    let places: Vec<_> = view.model.settings.library_folders.iter().chain(loose).cloned().collect();
    for place in &places {
        one(ui, place, view);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding.x = 8.0;
        button(ui, "cmd-library-add", LibraryCommand::AskForFolder, view);
        if !places.is_empty() {
            button(ui, "cmd-library-refresh", LibraryCommand::Refresh, view);
        }
    });
    typed(ui, view);
    troubles(ui, view);
}

/// The program's own recordings are always listed.
fn recordings(ui: &mut Ui, view: &View<'_>) {
    let own = view.model.settings.live.recordings.as_ref().unwrap_or(&view.model.default_recordings);
    let text = view.rich(view.text("library-recordings"), Size::Body, view.tokens.text);
    ui.add(egui::Label::new(text).truncate()).on_hover_text(own.display().to_string());
}

fn one(ui: &mut Ui, place: &Path, view: &mut View<'_>) {
    let name = place.file_name().unwrap_or(place.as_os_str()).to_string_lossy().into_owned();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let remove = Button::new("×").min_size(egui::vec2(28.0, 28.0));
            let label = view.words.with("library-remove", &[("name", &name)]);
            let response = ui.add(remove).on_hover_text(&label);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
            if response.clicked() {
                view.send(Command::Library(LibraryCommand::RemovePlace(place.to_owned())));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = view.rich(&name, Size::Body, view.tokens.text);
                ui.add(egui::Label::new(text).truncate()).on_hover_text(place.display().to_string());
            });
        });
    });
}

/// A field for a path: for systems without dialogs, and for scripts that drive the window.
fn typed(ui: &mut Ui, view: &mut View<'_>) {
    let id = egui::Id::unique("library-typed-path");
    let mut text: String = ui.data_mut(|d| d.get_temp(id).unwrap_or_default());
    let name = view.text("library-path");
    let field = view.field(ui, TextEdit::singleline(&mut text).hint_text(&name).desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if entered && !text.trim().is_empty() {
        let path = PathBuf::from(text.trim());
        text.clear();
        view.send(Command::Library(LibraryCommand::AddPlace(path)));
    }
    ui.data_mut(|d| d.insert_temp(id, text));
}

/// Problems of the scan, a few lines.
fn troubles(ui: &mut Ui, view: &View<'_>) {
    const SHOWN: usize = 4;
    let troubles = view.model.library.catalogue.troubles();
    for trouble in troubles.iter().take(SHOWN) {
        ui.label(view.rich(trouble.to_string(), Size::Small, view.tokens.warning));
    }
    if troubles.len() > SHOWN {
        let more = (troubles.len() - SHOWN).to_string();
        ui.label(view.rich(view.words.with("library-more", &[("n", &more)]), Size::Small, view.tokens.warning));
    }
}

/// Number of failures shown with their text.
const MAX_FAILURES: usize = 20;

/// Paints the queue.
pub(super) fn show_batch(ui: &mut Ui, view: &mut View<'_>) {
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
    let (done, all) = (batch.done().to_string(), batch.items.len().to_string());
    let counted = view.words.with("library-of", &[("n", &done), ("all", &all)]);
    ui.label(view.rich(&counted, Size::Title, view.tokens.text));
    progress_bar(ui, batch.share(), &counted, view.tokens);
    // Always two lines, so that nothing below moves while phrases come and go.
    let (title, stage) = now(batch, view);
    ui.add(Label::new(view.rich(title, Size::Body, view.tokens.text)).truncate());
    ui.add(Label::new(view.rich(stage, Size::Small, view.tokens.muted)).truncate());
}

/// A bar across the column; `share` is 0..1.
pub(super) fn progress_bar(ui: &mut Ui, share: f32, spoken: &str, tokens: &Tokens) {
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, spoken));
    ui.painter().rect_filled(place, 4.0, tokens.raised);
    let filled = Rect::from_min_size(place.min, vec2(place.width() * share.clamp(0.0, 1.0), place.height()));
    ui.painter().rect_filled(filled, 4.0, tokens.accent);
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
        _ if batch.done() == batch.items.len() => (view.text("library-batch-done"), String::new()),
        _ => (tally(batch, view), String::new()),
    }
}

/// Numbers of phrases without a judgement.
fn tally(batch: &Batch, view: &View<'_>) -> String {
    let counts = [
        ("library-count-failed", batch.count(|state| matches!(state, ItemState::Failed(_)))),
        ("library-count-stopped", batch.count(|state| *state == ItemState::Stopped)),
        ("library-count-waiting", batch.count(|state| *state == ItemState::Waiting)),
    ];
    let some = counts.into_iter().filter(|(_, n)| *n > 0);
    some.map(|(key, n)| view.words.with(key, &[("n", &n.to_string())])).collect::<Vec<_>>().join("  \u{b7}  ")
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
        if ended > 0 && !open {
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

/// Everything that is not a failure, in order; only visible rows are painted.
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
