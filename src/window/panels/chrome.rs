//! The frame around every screen: tabs on top, under them what has to be read, above everything what passes by itself.

use crate::command::Command;
use crate::icons::Icon;
use crate::model::{Notice, Screen, Weight};
use crate::theme::Size;
use crate::view::View;
use egui::{Align, Color32, Layout, Panel, Ui};

/// Shows the top bar.
pub(crate) fn show_chrome(ui: &mut Ui, view: &mut View<'_>) {
    let frame = egui::Frame::new().fill(view.tokens.surface).inner_margin(egui::Margin::symmetric(12, 4));
    Panel::top("tabs").exact_size(44.0 * view.tokens.scale().max(1.0)).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            for screen in Screen::ALL {
                tab(ui, screen, view);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| right_side(ui, view));
        });
    });
    staying(ui, view);
    passing(ui, view);
}

fn tab(ui: &mut Ui, screen: Screen, view: &mut View<'_>) {
    let chosen = view.model.screen == screen;
    let colour = if chosen { view.tokens.on_accent } else { view.tokens.text };
    let text = view.rich(view.text(screen.key()), Size::Body, colour);
    let icon = egui::RichText::new(icon_of(screen).glyph()).font(view.tokens.icon_font(Size::Body)).color(colour);
    let fill = if chosen { view.tokens.accent } else { view.tokens.surface };
    let button = egui::Button::new((icon, text)).fill(fill).stroke(egui::Stroke::NONE).min_size(egui::vec2(72.0, 32.0));
    let hint = view.hint(screen.key(), &Command::Show(screen));
    let response = ui.add(button).on_hover_text(hint);
    view.named(&response, screen.key());
    view.focus_ring(ui, &response);
    if response.clicked() {
        view.send(Command::Show(screen));
    }
}

const fn icon_of(screen: Screen) -> Icon {
    match screen {
        Screen::Piste => Icon::Piste,
        Screen::Review => Icon::Review,
        Screen::Library => Icon::Library,
        Screen::Bout => Icon::Bout,
        Screen::Settings => Icon::Settings,
    }
}

fn right_side(ui: &mut Ui, view: &mut View<'_>) {
    view.icon_text_button(ui, Icon::Keys, "cmd-help", Command::ToggleHelp);
    view.icon_text_button(ui, Icon::Commands, "cmd-palette", Command::TogglePalette);
}

/// Failures and hints on a strip of their own: they stay, so they may cover neither picture nor lamps nor a button.
fn staying(ui: &mut Ui, view: &mut View<'_>) {
    let shown: Vec<_> = view.model.notices.staying().cloned().collect();
    if shown.is_empty() {
        return;
    }
    let frame = egui::Frame::new().fill(view.tokens.raised).inner_margin(egui::Margin::symmetric(12, 6));
    Panel::top("notices").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            let (name, font) = (view.text("cmd-dismiss"), view.tokens.font(Size::Body));
            let button = ui.painter().layout_no_wrap(name, font, view.tokens.text).size().x + 40.0;
            let width = (ui.available_width() - button).max(120.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                for notice in &shown {
                    line(ui, notice, view);
                }
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                view.button(ui, "cmd-dismiss", Command::DismissNotices);
            });
        });
    });
}

fn line(ui: &mut Ui, notice: &Notice, view: &View<'_>) {
    ui.horizontal(|ui| {
        let icon = if notice.weight == Weight::Hint { Icon::Hint } else { Icon::Warning };
        let ink = ink_of(notice, view);
        ui.label(egui::RichText::new(icon.glyph()).font(view.tokens.icon_font(Size::Body)).color(ink));
        let text = view.rich(translated(view, &notice.text), Size::Body, view.tokens.text);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn ink_of(notice: &Notice, view: &View<'_>) -> Color32 {
    match notice.weight {
        Weight::Done | Weight::Hint => view.tokens.accent,
        Weight::Warning | Weight::Failure => view.tokens.warning,
    }
}

/// What was done, for a moment, over the upper edge of the picture: neither lamps nor verdict nor a button lie there.
fn passing(ui: &Ui, view: &View<'_>) {
    let shown: Vec<_> = view.model.notices.passing(view.model.now_secs).cloned().collect();
    if shown.is_empty() {
        return;
    }
    let area = egui::Area::new(egui::Id::unique("passing")).anchor(egui::Align2::CENTER_TOP, [0.0, 56.0]);
    area.order(egui::Order::Foreground).interactable(false).show(ui.ctx(), |ui| {
        for notice in shown {
            let stroke = egui::Stroke::new(2.0, ink_of(&notice, view));
            let frame = egui::Frame::new().fill(view.tokens.surface).stroke(stroke).corner_radius(8).inner_margin(12);
            frame.show(ui, |ui| {
                ui.set_max_width(520.0);
                ui.label(view.rich(translated(view, &notice.text), Size::Body, view.tokens.text));
            });
        }
    });
}

/// A notice is a message key, perhaps followed by a path, or already a sentence.
pub(super) fn translated(view: &View<'_>, text: &str) -> String {
    if !text.starts_with("notice-") {
        return text.to_owned();
    }
    let (key, rest) = text.split_once(' ').unwrap_or((text, ""));
    format!("{} {rest}", view.text(key)).trim_end().to_owned()
}
