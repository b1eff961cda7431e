//! The bout: two fencers with names, score and cards, and between them clock, period and priority.

mod clock;
mod fencer;

pub(crate) use clock::show_clock;

use crate::command::{BoutCommand, Command};
use crate::model::{MINUTE_SECS, PERIOD_SECS, Setting};
use crate::panels::review_column::weapon_key;
use crate::theme::Size;
use crate::view::{View, settle};
use egui::{CentralPanel, Frame, ScrollArea, Ui, Vec2, vec2};
use fencing::{Side, Weapon};

/// Room between the columns.
const GAP: f32 = 12.0;

/// Shows the screen.
pub(crate) fn show_bout(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().show(ui, |ui| {
            let width = (ui.available_width() - 2.0 * GAP).max(600.0);
            let height = ui.available_height().max(520.0);
            ui.spacing_mut().item_spacing.x = GAP;
            ui.horizontal_top(|ui| {
                column(ui, vec2(width * 0.32, height), view, |ui, view| fencer::show(ui, Side::Left, view));
                column(ui, vec2(width * 0.36, height), view, middle);
                column(ui, vec2(width * 0.32, height), view, |ui, view| fencer::show(ui, Side::Right, view));
            });
        });
    });
}

fn column(ui: &mut Ui, size: egui::Vec2, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let (room, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let edge = egui::Stroke::new(1.0, view.tokens.edge);
    ui.painter().rect(room, 12.0, view.tokens.surface, edge, egui::StrokeKind::Inside);
    let layout = egui::Layout::top_down(egui::Align::Center);
    // A child of its own: a scope would move the next column by this one's margin.
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(room.shrink(16.0)).layout(layout));
    inside.spacing_mut().item_spacing = vec2(8.0, 10.0);
    content(&mut inside, view);
}

fn middle(ui: &mut Ui, view: &mut View<'_>) {
    title(ui, view);
    weapons(ui, view);
    ui.add_space(8.0);
    show_clock(ui, Size::Huge, view);
    clock_buttons(ui, view);
    ui.separator();
    period(ui, view);
    ui.separator();
    priority(ui, view);
    ui.separator();
    centred(ui, "sheet", |ui| {
        let can = view.model.bout.can_undo();
        large(ui, "cmd-undo", Command::Bout(BoutCommand::Undo), can, view);
        large(ui, "cmd-bout-new", Command::Bout(BoutCommand::New), true, view);
    });
}

fn title(ui: &mut Ui, view: &mut View<'_>) {
    let mut title = view.model.bout.sheet.title.clone();
    let hint = view.text("bout-title-hint");
    let field = egui::TextEdit::singleline(&mut title).hint_text(hint.as_str()).font(view.tokens.font(Size::Large));
    let field = view.field(ui, field.desired_width(f32::INFINITY).align(egui::Align2::CENTER_CENTER));
    let name = view.text("bout-title");
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &name));
    if field.changed() {
        view.send(Command::Bout(BoutCommand::Title(title)));
    }
}

fn weapons(ui: &mut Ui, view: &mut View<'_>) {
    centred(ui, "weapons", |ui| {
        for weapon in Weapon::ALL {
            let on = view.model.settings.weapon() == weapon;
            view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
        }
    });
}

/// A row in the middle of its column: as wide as it was when it was shown last.
pub(super) fn centred(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with(name);
    let known: Vec2 = ui.data(|d| d.get_temp(id).unwrap_or_default());
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - known.x) / 2.0).max(0.0));
        let row = ui.horizontal(content);
        settle(ui, id, row.response.rect.size());
    });
}

/// A button for the finger: 44 points high.
pub(super) fn large(ui: &mut Ui, key: &str, command: Command, enabled: bool, view: &mut View<'_>) -> egui::Response {
    let hint = view.hint(key, &command);
    let button = egui::Button::new(view.text(key)).min_size(vec2(44.0, 44.0));
    let response = ui.add_enabled(enabled, button).on_hover_text(hint);
    if response.clicked() {
        view.send(command);
    }
    response
}

fn clock_buttons(ui: &mut Ui, view: &mut View<'_>) {
    let running = view.model.bout.running;
    let key = if running { "bout-clock-stop" } else { "bout-clock-run" };
    centred(ui, "clock-run", |ui| {
        large(ui, key, Command::Bout(BoutCommand::ToggleClock), true, view);
        large(ui, "bout-three-minutes", Command::Bout(BoutCommand::SetClock(PERIOD_SECS)), true, view);
        large(ui, "bout-one-minute", Command::Bout(BoutCommand::SetClock(MINUTE_SECS)), true, view);
    });
    centred(ui, "clock-shift", |ui| {
        for secs in [-10.0, -1.0, 1.0, 10.0] {
            let text = format!("{}{:.0} s", if secs < 0.0 { "\u{2212}" } else { "+" }, f64::abs(secs));
            let to = view.model.bout.sheet.clock_secs + secs;
            if ui.add(egui::Button::new(text).min_size(vec2(52.0, 40.0))).clicked() {
                view.send(Command::Bout(BoutCommand::SetClock(to)));
            }
        }
    });
    if view.model.bout.followed.clock {
        ui.label(view.rich(view.text("bout-from-box"), Size::Small, view.tokens.muted));
    }
    let quiet = view.model.bout.sheet.quiet_secs;
    let ink = if quiet >= MINUTE_SECS { view.tokens.warning } else { view.tokens.muted };
    let text = format!("{} {}", view.text("bout-quiet"), clock::face(quiet));
    ui.label(view.rich(text, Size::Body, ink));
}

fn period(ui: &mut Ui, view: &mut View<'_>) {
    let text = format!("{} {}", view.text("bout-period"), view.model.bout.sheet.period);
    centred(ui, "period", |ui| {
        large(ui, "bout-period-less", Command::Bout(BoutCommand::Period(-1)), true, view);
        ui.label(view.rich(text, Size::Title, view.tokens.text));
        large(ui, "bout-period-more", Command::Bout(BoutCommand::Period(1)), true, view);
    });
}

/// The lot with its result: an arrow to the side, and the word.
fn priority(ui: &mut Ui, view: &mut View<'_>) {
    let (text, ink) = match view.model.bout.sheet.priority {
        Some(Side::Left) => (format!("\u{2190} {}", view.text("piste-left")), view.tokens.left),
        Some(Side::Right) => (format!("{} \u{2192}", view.text("piste-right")), view.tokens.right),
        None => (view.text("bout-no-priority"), view.tokens.muted),
    };
    ui.label(view.rich(view.text("bout-priority"), Size::Body, view.tokens.muted));
    ui.label(view.rich(text, Size::Title, ink));
    centred(ui, "priority", |ui| {
        large(ui, "cmd-priority", Command::Bout(BoutCommand::DrawPriority), true, view);
        let has = view.model.bout.sheet.priority.is_some();
        large(ui, "cmd-priority-clear", Command::Bout(BoutCommand::ClearPriority), has, view);
    });
}
