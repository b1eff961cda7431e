//! What is recorded, from when to when, where to, and what may go.

use super::fields::{Shown, change, choice, slider, text};
use super::row;
use crate::command::{Command, PisteCommand};
use crate::model::PruneRule;
use crate::view::View;
use egui::Ui;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let live = view.model.settings.live.clone();
    slider(ui, "settings-pre-roll", (live.pre_roll_secs, 0.0..=30.0, "s"), view, |live, s| live.pre_roll_secs = s);
    slider(ui, "settings-post-roll", (live.post_roll_secs, 0.0..=10.0, "s"), view, |live, s| live.post_roll_secs = s);
    slider(ui, "settings-memory", (live.memory_secs, 5.0..=120.0, "s"), view, |live, s| live.memory_secs = s);
    row(ui, "settings-recordings", view, folder);
    row(ui, "settings-pruning", view, |ui, view| {
        let all = [("prune-never", PruneRule::Never), ("prune-old", PruneRule::Old), ("prune-full", PruneRule::Full)];
        choice(ui, &all, view.model.settings.live.pruning, view, |live, rule| live.pruning = rule);
    });
    let days = f64::from(live.prune_days);
    match live.pruning {
        PruneRule::Never => {}
        PruneRule::Old => {
            slider(ui, "settings-prune-days", (days, 1.0..=365.0, "d"), view, |live, d| live.prune_days = d as u32);
        }
        PruneRule::Full => {
            let now = (live.prune_gigabytes, 1.0..=500.0, "GB");
            slider(ui, "settings-prune-free", now, view, |live, gb| live.prune_gigabytes = gb);
        }
    }
}

fn folder(ui: &mut Ui, view: &mut View<'_>) {
    let usual = view.model.default_recordings.display().to_string();
    let now = view.model.settings.live.recordings.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    if let Some(path) = text(ui, "settings-recordings", &now, &usual, Shown::Plain, view) {
        change(view, |live| live.recordings = (!path.is_empty()).then(|| path.into()));
    }
    view.button(ui, "settings-choose-folder", Command::Piste(PisteCommand::AskForRecordings));
}
