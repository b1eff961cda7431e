//! Everything that can be set, in cards; a change counts at once and is kept.

use crate::fencing::Weapon;
use crate::gui::command::Command;
use crate::gui::model::{Setting, ThemeChoice};
use crate::gui::panels::review_column::weapon_key;
use crate::gui::theme::Size;
use crate::gui::view::View;
use crate::wording::Language;
use egui::{CentralPanel, Frame, ScrollArea, Slider, Ui};

/// Shows the screen.
pub(crate) fn show_settings(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().show(ui, |ui| {
            card(ui, "settings-look", view, look);
            card(ui, "settings-judge", view, judge);
            card(ui, "settings-lens", view, lens);
            card(ui, "settings-keys", view, keys);
            view.button(ui, "settings-reset", Command::Set(Setting::Reset));
        });
    });
}

fn card(ui: &mut Ui, title: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let frame = Frame::new().fill(view.tokens.surface).corner_radius(8).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(view.rich(view.text(title), Size::Large, view.tokens.text));
        ui.add_space(4.0);
        content(ui, view);
    });
    ui.add_space(12.0);
}

fn row(ui: &mut Ui, key: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    ui.horizontal_wrapped(|ui| {
        let (place, _) = ui.allocate_exact_size(egui::vec2(240.0, 28.0), egui::Sense::hover());
        let builder = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::left_to_right(egui::Align::Center));
        ui.scope_builder(builder, |ui| ui.label(view.text(key)));
        content(ui, view);
    });
}

fn look(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-language", view, |ui, view| {
        for language in Language::ALL {
            let on = view.model.settings.language == language.code();
            let button = egui::Button::new(language.native_name()).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::Language(language.code().to_owned())));
            }
        }
    });
    row(ui, "settings-theme", view, |ui, view| {
        let themes = [
            ("theme-dark", ThemeChoice::Dark),
            ("theme-light", ThemeChoice::Light),
            ("theme-contrast", ThemeChoice::HighContrast),
        ];
        for (key, theme) in themes {
            view.toggle(ui, key, view.model.settings.theme == theme, Command::Set(Setting::Theme(theme)));
        }
    });
    row(ui, "settings-text-size", view, |ui, view| {
        for percent in [80_u8, 100, 120, 140, 160] {
            let scale = f32::from(percent) / 100.0;
            let on = (view.model.settings.text_scale.0 - scale).abs() < 0.01;
            let button = egui::Button::new(format!("{percent} %")).selected(on).min_size(egui::vec2(28.0, 28.0));
            if ui.add(button).clicked() {
                view.send(Command::Set(Setting::TextScale(scale)));
            }
        }
    });
}

fn judge(ui: &mut Ui, view: &mut View<'_>) {
    row(ui, "settings-weapon", view, |ui, view| {
        for weapon in Weapon::ALL {
            let on = view.model.settings.weapon() == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
        }
    });
    row(ui, "settings-min-confidence", view, |ui, view| {
        let mut share = view.model.settings.min_confidence;
        let label = view.text("settings-min-confidence");
        let slider = ui.add(Slider::new(&mut share, 0.5..=0.95).fixed_decimals(2).text(""));
        slider.widget_info(|| egui::WidgetInfo::slider(true, share, &label));
        if slider.changed() {
            view.send(Command::Set(Setting::MinConfidence(share)));
        }
    });
    row(ui, "settings-accurate", view, |ui, view| on_off(ui, view, view.model.settings.accurate, Setting::Accurate));
    row(ui, "settings-blind", view, |ui, view| on_off(ui, view, view.model.settings.blind_mode, Setting::BlindMode));
}

fn on_off(ui: &mut Ui, view: &mut View<'_>, now: bool, setting: impl Fn(bool) -> Setting) {
    for (key, on) in [("on", true), ("off", false)] {
        view.toggle(ui, key, now == on, Command::Set(setting(on)));
    }
}

fn lens(ui: &mut Ui, view: &mut View<'_>) {
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
}

/// Every shortcut as a field: type another, or clear it. What clashes or names no key is said beside it.
fn keys(ui: &mut Ui, view: &mut View<'_>) {
    let clashes = view.model.keymap.clashes();
    let rows: Vec<_> = view.model.keymap.rows().to_vec();
    egui::Grid::new("keys").num_columns(3).spacing([24.0, 4.0]).show(ui, |ui| {
        for (listed, chord) in &rows {
            let label = ui.label(view.text(listed.key));
            let shown = view.model.settings.shortcuts.get(listed.key).cloned();
            let mut text = shown.unwrap_or_else(|| chord.as_ref().map(ToString::to_string).unwrap_or_default());
            let field = ui.add(egui::TextEdit::singleline(&mut text).desired_width(140.0)).labelled_by(label.id);
            if field.changed() {
                view.send(Command::Set(Setting::Shortcut(listed.key.to_owned(), text.clone())));
            }
            ui.label(view.rich(complaint(listed.key, &text, &clashes, view), Size::Small, view.tokens.warning));
            ui.end_row();
        }
    });
}

fn complaint(key: &str, text: &str, clashes: &[crate::gui::command::Clash], view: &View<'_>) -> String {
    if let (false, Err(why)) = (text.is_empty(), text.parse::<crate::gui::command::Chord>()) {
        return why;
    }
    let other = clashes.iter().find_map(|c| match c.commands {
        (a, b) if a == key => Some(b),
        (a, b) if b == key => Some(a),
        _ => None,
    });
    other.map_or_else(String::new, |other| format!("{}: {}", view.text("settings-clash"), view.text(other)))
}
