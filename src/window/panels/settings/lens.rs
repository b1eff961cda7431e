//! The lens of the camera.

use super::{on_off, row};
use crate::command::Command;
use crate::model::Setting;
use crate::theme::Size;
use crate::view::View;
use crate::widgets::show_lens_check;
use egui::{Slider, Ui};

/// Shows the card.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    let settings = &view.model.settings;
    let (enabled, strength, balance) = (settings.lens_enabled, settings.lens_strength, settings.lens_balance);
    row(ui, "settings-lens-on", view, |ui, view| {
        on_off(ui, view, enabled, |enabled| Setting::Lens { enabled, strength, balance });
    });
    let mut value = (strength, balance);
    let (name_strength, name_balance) = (view.text("settings-lens-strength"), view.text("settings-lens-balance"));
    let mut changed = false;
    row(ui, "settings-lens-strength", view, |ui, _| {
        let slider = ui.add_enabled(enabled, Slider::new(&mut value.0, -0.5..=0.5).fixed_decimals(2));
        slider.widget_info(|| egui::WidgetInfo::slider(enabled, value.0, &name_strength));
        changed |= slider.changed();
    });
    row(ui, "settings-lens-balance", view, |ui, _| {
        let slider = ui.add_enabled(enabled, Slider::new(&mut value.1, 0.0..=1.0).fixed_decimals(2));
        slider.widget_info(|| egui::WidgetInfo::slider(enabled, value.1, &name_balance));
        changed |= slider.changed();
    });
    if changed {
        view.send(Command::Set(Setting::Lens { enabled, strength: value.0, balance: value.1 }));
    }
    check(ui, view);
}

/// The picture that is open, as the setting corrects it.
fn check(ui: &mut Ui, view: &mut View<'_>) {
    let texture = view.pictures.review().cloned().filter(|_| !view.model.privacy);
    let hint = if texture.is_some() { "settings-lens-check-hint" } else { "settings-lens-no-picture" };
    ui.label(view.rich(view.text(hint), Size::Small, view.tokens.muted));
    if let Some(texture) = texture {
        show_lens_check(ui, &texture, view);
    }
}
