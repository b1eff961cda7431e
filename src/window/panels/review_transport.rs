//! Transport and timeline under the picture: speed shown large, frame and time in figures that do not shift.

use crate::command::{Command, ReviewCommand as R};
use crate::icons::Icon;
use crate::model::SPEEDS;
use crate::theme::Size;
use crate::view::View;
use crate::widgets::show_timeline;
use egui::Ui;

/// Shows transport and lanes.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_wrapped(|ui| {
        // One line at 1280 points: the picture above needs the height.
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 8.0;
        buttons(ui, view);
        ui.add_space(12.0);
        speeds(ui, view);
        ui.add_space(12.0);
        loop_buttons(ui, view);
        ui.add_space(12.0);
        position(ui, view);
    });
    if view.model.review.shown.timeline {
        show_timeline(ui, view);
    }
}

fn buttons(ui: &mut Ui, view: &mut View<'_>) {
    let playing = view.model.review.playback.shuttle.playing;
    let play = if playing { (Icon::Pause, "transport-pause") } else { (Icon::Play, "transport-play") };
    let all = [
        (Icon::ToStart, "transport-start", R::ToStart),
        (Icon::StepBack, "transport-back", R::Step(-1)),
        (play.0, play.1, R::TogglePlay),
        (Icon::StepForward, "transport-forward", R::Step(1)),
        (Icon::ToEnd, "transport-end", R::ToEnd),
    ];
    for (icon, key, command) in all {
        view.icon_button(ui, icon, key, Command::Review(command));
    }
    view.icon_text_button(ui, Icon::Touch, "transport-touch", Command::Review(R::ToTouch));
    view.icon_button(ui, Icon::Replay, "cmd-replay-touch", Command::Review(R::ReplayTouch));
}

fn speeds(ui: &mut Ui, view: &mut View<'_>) {
    let shuttle = view.model.review.playback.shuttle;
    let shown = format!("{:.0} %", shuttle.speed * 100.0 * f64::from(shuttle.direction));
    view.figures(ui, &shown, "-800 %", Size::Title);
    ui.add_space(4.0);
    for share in SPEEDS {
        let percent = (share * 100.0).round() as u16;
        let on = (shuttle.speed - share).abs() < 1e-9;
        let button = egui::Button::new(format!("{percent}")).selected(on).min_size(egui::vec2(34.0, 28.0));
        if ui.add(button).clicked() {
            view.review(R::SpeedPercent(percent));
        }
    }
}

fn position(ui: &mut Ui, view: &View<'_>) {
    let playback = &view.model.review.playback;
    view.figures(ui, &format!("{} s", view.number(playback.now().secs(), 3)), "000.000 s", Size::Large);
    ui.add_space(12.0);
    let frames = format!("{} / {}", playback.cursor() + 1, playback.len());
    let widest = format!("{0} / {0}", playback.len());
    view.figures(ui, &frames, &widest, Size::Large);
}

fn loop_buttons(ui: &mut Ui, view: &mut View<'_>) {
    let (_, _, looping) = view.model.review.playback.loop_marks();
    view.button(ui, "transport-loop-start", Command::Review(R::LoopStart));
    view.button(ui, "transport-loop-end", Command::Review(R::LoopEnd));
    view.icon_toggle(ui, Icon::Loop, "cmd-loop", looping.into(), Command::Review(R::ToggleLoop));
}
