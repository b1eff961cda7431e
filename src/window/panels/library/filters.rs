//! What narrows the list: one group of switches for each part of the query; a second press lets everything in again.

use super::{capitalised, heading};
use crate::command::{Command, LibraryCommand, Narrow};
use crate::panels::review_column::weapon_key;
use crate::view::View;
use egui::{Button, Ui, vec2};
use fencing::{Side, Weapon};
use records::library::{Agreement, CallFilter};

/// Confidence by words, with the bounds that `fencing::Confidence::word` draws; the end of one is just below the next.
const CONFIDENCES: [(&str, f64, f64); 4] = [
    ("confidence_sure", 0.90, 1.0),
    ("confidence_likely", 0.75, 0.8999),
    ("confidence_leaning", 0.60, 0.7499),
    ("confidence_too_close", 0.0001, 0.5999),
];

/// Shows all groups.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
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
        super::button(ui, "library-everything", LibraryCommand::Narrow(Narrow::Nothing), view);
    }
}

fn switch(ui: &mut Ui, key: &str, on: bool, next: Narrow, view: &mut View<'_>) {
    let button = Button::new(capitalised(&view.text(key))).selected(on).min_size(vec2(28.0, 28.0));
    if ui.add(button).clicked() {
        view.send(Command::Library(LibraryCommand::Narrow(next)));
    }
}

/// One group: what is on is switched off by the next press.
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
