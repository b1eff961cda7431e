//! Transport and timeline under the picture: speed shown large, frame and time in figures that do not shift.

use crate::gui::command::ReviewCommand as R;
use crate::gui::model::SPEEDS;
use crate::gui::theme::Size;
use crate::gui::view::View;
use crate::gui::widgets::show_lanes;
use egui::Ui;

/// Shows transport and lanes.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_wrapped(|ui| {
        buttons(ui, view);
        ui.separator();
        speeds(ui, view);
        ui.separator();
        position(ui, view);
        ui.separator();
        loop_buttons(ui, view);
    });
    if view.model.review.shown.timeline {
        let judgement = view.model.review.judgement().cloned();
        show_lanes(ui, judgement.as_deref(), view);
    }
}

fn buttons(ui: &mut Ui, view: &mut View<'_>) {
    let playing = view.model.review.playback.shuttle.playing;
    let all = [
        ("transport-start", R::ToStart),
        ("transport-back", R::Step(-1)),
        (if playing { "transport-pause" } else { "transport-play" }, R::TogglePlay),
        ("transport-forward", R::Step(1)),
        ("transport-end", R::ToEnd),
        ("transport-touch", R::ToTouch),
    ];
    for (key, command) in all {
        view.button(ui, key, crate::gui::command::Command::Review(command));
    }
}

fn speeds(ui: &mut Ui, view: &mut View<'_>) {
    let shuttle = view.model.review.playback.shuttle;
    let shown = format!("{:>3.0} %", shuttle.speed * 100.0 * f64::from(shuttle.direction));
    ui.label(view.rich(shown, Size::Title, view.tokens.text));
    for share in SPEEDS {
        let percent = (share * 100.0).round() as u16;
        let on = (shuttle.speed - share).abs() < 1e-9;
        let button = egui::Button::new(format!("{percent}")).selected(on).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).clicked() {
            view.review(R::SpeedPercent(percent));
        }
    }
}

fn position(ui: &mut Ui, view: &View<'_>) {
    let playback = &view.model.review.playback;
    let text = format!("{:>8.3} s   {:>5} / {}", playback.now().secs(), playback.cursor() + 1, playback.len());
    ui.label(view.rich(text, Size::Large, view.tokens.text));
}

fn loop_buttons(ui: &mut Ui, view: &mut View<'_>) {
    let (_, _, looping) = view.model.review.playback.loop_marks();
    view.button(ui, "transport-loop-start", crate::gui::command::Command::Review(R::LoopStart));
    view.button(ui, "transport-loop-end", crate::gui::command::Command::Review(R::LoopEnd));
    view.toggle(ui, "cmd-loop", looping, crate::gui::command::Command::Review(R::ToggleLoop));
}
