//! Figures of the phrases that are listed: counts, agreement of referee and machine, each fencer.

use super::{bars, capitalised, heading};
use crate::panels::review_column::weapon_key;
use crate::theme::Size;
use crate::view::View;
use egui::{Frame, Ui};
use fencing::ConfidenceWord;
use records::library::Share;

/// Fencers that are shown; the search finds the others.
const MAX_FENCERS: usize = 40;

/// Shows all figures of the list.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    card(ui, view, counts);
    card(ui, view, agreement);
    if !view.model.library.figures.fencers.is_empty() {
        card(ui, view, fencers);
    }
}

fn card(ui: &mut Ui, view: &View<'_>, content: impl FnOnce(&mut Ui, &View<'_>)) {
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
    bars::share(ui, share, &format!("{name}: {counted}, {range}"), view.tokens);
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
        bars::against(ui, (fencer.touches, fencer.against), largest, colours, view.tokens);
    }
    if figures.len() > MAX_FENCERS {
        let more = (figures.len() - MAX_FENCERS).to_string();
        ui.label(view.rich(view.words.with("library-more", &[("n", &more)]), Size::Small, view.tokens.muted));
    }
}
