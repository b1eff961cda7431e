//! Pieces of the live cards: text that counts when it is finished, numbers, choices, and what came of a trial.

use super::row;
use crate::command::Command;
use crate::model::{LiveSettings, Setting, Trial};
use crate::theme::Size;
use crate::view::View;
use egui::{Role, TextEdit, Ui, WidgetInfo};

/// Changes the live settings. A change that changes nothing is none, and a second one of the same frame builds on the first.
pub(super) fn change(view: &mut View<'_>, change: impl FnOnce(&mut LiveSettings)) {
    let pending = view.out.iter().rev().find_map(|command| match command {
        Command::Set(Setting::Live(live)) => Some(live.as_ref()),
        _ => None,
    });
    let before = pending.unwrap_or(&view.model.settings.live).clone();
    let mut live = before.clone();
    change(&mut live);
    if live != before {
        view.send(Command::Set(Setting::Live(Box::new(live))));
    }
}

/// How a text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is.
    Plain,
    /// As dots.
    Hidden,
}

/// A field named by `key`; the new text once it was finished with Enter or by leaving the field.
pub(super) fn text(
    ui: &mut Ui,
    key: &str,
    current: &str,
    hint: &str,
    shown: Shown,
    view: &mut View<'_>,
) -> Option<String> {
    let id = egui::Id::unique(("settings-field", key));
    let mut typed: String = ui.data_mut(|d| d.get_temp(id)).unwrap_or_else(|| current.to_owned());
    let name = view.text(key);
    let mut finished = None;
    let field = TextEdit::singleline(&mut typed).hint_text(hint).desired_width(320.0);
    let field = view.field(ui, field.password(shown == Shown::Hidden));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    if field.lost_focus() {
        finished = Some(typed.trim().to_owned()).filter(|text| text != current);
        ui.data_mut(|d| d.remove_temp::<String>(id));
    } else if field.has_focus() {
        ui.data_mut(|d| d.insert_temp(id, typed));
    }
    finished
}

/// Buttons of which one is chosen.
pub(super) fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    all: &[(&str, T)],
    now: T,
    view: &mut View<'_>,
    take: impl Fn(&mut LiveSettings, T),
) {
    for (key, value) in all {
        let button = egui::Button::new(view.text(key)).selected(*value == now).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).clicked() {
            change(view, |live| take(live, *value));
        }
    }
}

/// A row with On and Off; each says by its name what it switches.
pub(super) fn switch(ui: &mut Ui, key: &str, now: bool, view: &mut View<'_>, take: impl Fn(&mut LiveSettings, bool)) {
    row(ui, key, view, |ui, view| {
        for (word, on) in [("on", true), ("off", false)] {
            let word = view.text(word);
            let name = format!("{}: {word}", view.text(key));
            let button = ui.add(egui::Button::new(word).selected(now == on).min_size(egui::vec2(28.0, 28.0)));
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, now == on, &name));
            if button.clicked() {
                change(view, |live| take(live, on));
            }
        }
    });
}

/// A row with a slider in a unit.
pub(super) fn slider(
    ui: &mut Ui,
    key: &str,
    (now, range, unit): (f64, std::ops::RangeInclusive<f64>, &str),
    view: &mut View<'_>,
    take: impl FnOnce(&mut LiveSettings, f64),
) {
    row(ui, key, view, |ui, view| {
        let mut value = now;
        let name = view.text(key);
        let slider = ui.add(egui::Slider::new(&mut value, range).suffix(format!(" {unit}")).fixed_decimals(0));
        slider.widget_info(|| WidgetInfo::slider(true, value, &name));
        if slider.changed() {
            change(view, |live| take(live, value));
        }
    });
}

/// What came of a trial, beside its button.
pub(super) fn outcome(ui: &mut Ui, trial: &Trial, view: &View<'_>) {
    let (text, ink) = match trial {
        Trial::Untried => return,
        Trial::Running => (view.text("settings-trying"), view.tokens.muted),
        Trial::Works(detail) => (format!("{} ({detail})", view.text("settings-works")), view.tokens.right),
        Trial::Fails(text) => (text.clone(), view.tokens.warning),
    };
    ui.label(view.rich(text, Size::Body, ink));
}
