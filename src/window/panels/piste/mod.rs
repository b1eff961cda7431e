//! The live screen: the picture as the hero between two lamps, the running phrase below it, then what to do next.

mod closing;
mod controls;
mod hero;
mod no_camera;
mod status_line;

use crate::theme::Size;
use crate::view::View;
use crate::widgets::{show_lamp_panel, show_live_timeline};
use egui::{CentralPanel, Frame, Margin, Panel, Ui};
use fencing::Side;

/// Shows the screen.
pub(crate) fn show_piste(ui: &mut Ui, view: &mut View<'_>) {
    let scale = view.tokens.font(Size::Body).size / 15.0;
    let ground = Frame::new().fill(view.tokens.background);
    let strip = |height: f32| (height * scale.max(1.0)).round();
    Panel::bottom("piste-status")
        .exact_size(strip(30.0))
        .show_separator_line(false)
        .frame(Frame::new().fill(view.tokens.surface).inner_margin(Margin::symmetric(12, 2)))
        .show(ui, |ui| status_line::show(ui, view));
    Panel::bottom("piste-controls")
        .exact_size(strip(64.0))
        .show_separator_line(false)
        .frame(ground.inner_margin(Margin::symmetric(12, 8)))
        .show(ui, |ui| controls::show(ui, view));
    Panel::bottom("piste-timeline")
        .exact_size(strip(76.0))
        .show_separator_line(false)
        .frame(ground.inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 0 }))
        .show(ui, |ui| show_live_timeline(ui, view));
    let width = lamp_width(ui);
    for side in Side::BOTH {
        let margin = Margin { left: 12, right: 12, top: 12, bottom: 0 };
        let panel = match side {
            Side::Left => Panel::left("piste-lamp-left"),
            Side::Right => Panel::right("piste-lamp-right"),
        };
        panel
            .exact_size(width)
            .resizable(false)
            .show_separator_line(false)
            .frame(ground.inner_margin(margin))
            .show(ui, |ui| show_lamp_panel(ui, side, view));
    }
    let margin = Margin { left: 0, right: 0, top: 12, bottom: 0 };
    CentralPanel::default().frame(ground.inner_margin(margin)).show(ui, |ui| hero::show(ui, view));
    closing::show(ui, view);
}

/// What a picture of 16:9 leaves on either side, within what a lamp needs to be read and what it may take.
fn lamp_width(ui: &Ui) -> f32 {
    let room = ui.available_rect_before_wrap();
    let picture = (room.height() - 12.0) * 16.0 / 9.0;
    ((room.width() - picture) / 2.0).clamp(176.0, 300.0)
}
