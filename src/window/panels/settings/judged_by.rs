//! Who judges live phrases: this machine, a server, or nobody.

use super::fields::{Shown, change, choice, outcome, text};
use super::row;
use crate::command::{Command, PisteCommand};
use crate::model::JudgeKind;
use crate::view::View;
use egui::Ui;
use settings::Secret;

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-judged-by", view, |ui, view| {
        let all = [
            ("judged-here", JudgeKind::Here),
            ("judged-by-server", JudgeKind::Server),
            ("judged-by-nobody", JudgeKind::Nobody),
        ];
        choice(ui, &all, view.model.settings.live.judged_by, view, |live, kind| live.judged_by = kind);
    });
    match view.model.settings.live.judged_by {
        JudgeKind::Here => row(ui, "settings-accelerator", view, |ui, view| {
            let cpu = view.model.settings.live.accelerator == "cpu";
            let all = [("accelerator-auto", false), ("accelerator-cpu", true)];
            choice(ui, &all, cpu, view, |live, cpu| if cpu { "cpu" } else { "auto" }.clone_into(&mut live.accelerator));
        }),
        JudgeKind::Server => server(ui, view),
        JudgeKind::Nobody => {}
    }
}

fn server(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-server-address", view, |ui, view| {
        let now = view.model.settings.live.server_address.clone();
        if let Some(address) = text(ui, "settings-server-address", &now, "192.168.1.10:8000", Shown::Plain, view) {
            change(view, |live| live.server_address = address);
        }
    });
    row(ui, "settings-server-token", view, |ui, view| {
        let now = view.model.settings.live.server_token.reveal().to_owned();
        if let Some(token) = text(ui, "settings-server-token", &now, "", Shown::Hidden, view) {
            change(view, |live| live.server_token = Secret::new(token));
        }
    });
    row(ui, "settings-server-test", view, |ui, view| {
        let server = view.model.settings.live.server();
        view.button(ui, "settings-test", Command::Piste(PisteCommand::TryServer(server)));
        let tried = view.model.piste.devices.server_tried.clone();
        outcome(ui, &tried, view);
    });
}
