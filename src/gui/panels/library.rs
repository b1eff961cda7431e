//! Phrases on disk.

use crate::gui::view::View;
use egui::{CentralPanel, Frame, Ui};

/// Shows the screen.
pub(crate) fn show_library(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| ui.label(view.text("screen-library")));
}
