//! The bout: two fencers with names, score and cards, and between them clock, period and priority.

use crate::command::{BoutCommand, Command};
use crate::model::{Card, MINUTE_SECS, PERIOD_SECS, Setting};
use crate::panels::review_panel::weapon_key;
use crate::theme::Size;
use crate::view::{View, settle};
use egui::{
    Align2, CentralPanel, Color32, Frame, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use fencing::{Side, Weapon};

/// Space between the columns.
const GAP: f32 = 12.0;

/// Paints the screen.
pub(crate) fn show_bout(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().show(ui, |ui| {
            let width = (ui.available_width() - 2.0 * GAP).max(600.0);
            let height = ui.available_height().max(520.0);
            ui.spacing_mut().item_spacing.x = GAP;
            ui.horizontal_top(|ui| {
                column(ui, vec2(width * 0.32, height), view, |ui, view| show_fencer(ui, Side::Left, view));
                column(ui, vec2(width * 0.36, height), view, middle);
                column(ui, vec2(width * 0.32, height), view, |ui, view| show_fencer(ui, Side::Right, view));
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
    centred(ui, "public-screen", |ui| {
        let on = view.model.public_screen;
        view.toggle(ui, "cmd-public-screen", on, Command::TogglePublicScreen);
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

/// A row centred in its column, using its width of the previous frame.
pub(super) fn centred(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with(name);
    let known: Vec2 = ui.data(|d| d.get_temp(id).unwrap_or_default());
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - known.x) / 2.0).max(0.0));
        let row = ui.horizontal(content);
        settle(ui, id, row.response.rect.size());
    });
}

/// A button for touch: 44 points high.
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
    let text = format!("{} {}", view.text("bout-quiet"), face(quiet));
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

/// The draw of priority with its result: an arrow to the side, and the word.
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

/// Paints a column.
fn show_fencer(ui: &mut Ui, side: Side, view: &mut View<'_>) {
    head(ui, side, view);
    name(ui, side, view);
    ui.add_space(8.0);
    score(ui, side, view);
    ui.add_space(8.0);
    ui.separator();
    ui.label(view.rich(view.text("bout-cards"), Size::Body, view.tokens.muted));
    for card in Card::ALL {
        card_row(ui, side, card, view);
    }
}

fn side_colour(side: Side, view: &View<'_>) -> Color32 {
    match side {
        Side::Left => view.tokens.left,
        Side::Right => view.tokens.right,
    }
}

/// The side by colour, position and word.
fn head(ui: &mut Ui, side: Side, view: &View<'_>) {
    let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    ui.painter().rect_filled(bar, 6.0, side_colour(side, view));
    let word = view.text(if side == Side::Left { "piste-left" } else { "piste-right" });
    let font = view.tokens.font(Size::Large);
    ui.painter().text(bar.center(), Align2::CENTER_CENTER, word, font, view.tokens.on_lamp);
}

fn name(ui: &mut Ui, side: Side, view: &mut View<'_>) {
    let mut name = view.model.bout.sheet.names[side].clone();
    let hint = view.text("bout-name-hint");
    let field = egui::TextEdit::singleline(&mut name).hint_text(hint.as_str()).font(view.tokens.font(Size::Title));
    let field = view.field(ui, field.desired_width(f32::INFINITY).align(egui::Align2::CENTER_CENTER));
    let label = view.text(if side == Side::Left { "bout-name-left" } else { "bout-name-right" });
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &label));
    if field.changed() {
        view.send(Command::Bout(BoutCommand::Name(side, name)));
    }
}

fn score(ui: &mut Ui, side: Side, view: &mut View<'_>) {
    let touches = view.model.bout.sheet.score[side];
    let (less, more) = match side {
        Side::Left => ("cmd-unscore-left", "cmd-score-left"),
        Side::Right => ("cmd-unscore-right", "cmd-score-right"),
    };
    centred(ui, "score", |ui| {
        score_button(ui, "\u{2212}", less, BoutCommand::Score(side, -1), view);
        let font = view.tokens.font(Size::Huge);
        let (room, response) =
            ui.allocate_exact_size(vec2(120.0, 72.0).max(egui::Vec2::splat(font.size)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, touches.to_string()));
        ui.painter().text(room.center(), Align2::CENTER_CENTER, touches, font, view.tokens.text);
        score_button(ui, "+", more, BoutCommand::Score(side, 1), view);
    });
    if view.model.bout.followed.score {
        ui.label(view.rich(view.text("bout-from-box"), Size::Small, view.tokens.muted));
    }
}

fn score_button(ui: &mut Ui, sign: &str, key: &str, command: BoutCommand, view: &mut View<'_>) {
    let (name, command) = (view.text(key), Command::Bout(command));
    let hint = view.hint(key, &command);
    let button = egui::Button::new(view.rich(sign, Size::Call, view.tokens.text)).min_size(vec2(72.0, 72.0));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.on_hover_text(hint).clicked() {
        view.send(command);
    }
}

/// A card with its colour, its name, and its count.
fn card_row(ui: &mut Ui, side: Side, card: Card, view: &mut View<'_>) {
    let count = view.model.bout.sheet.cards[side].count(card);
    let (key, row) = match (card, side) {
        (Card::Yellow, Side::Left) => ("cmd-yellow-left", "card-yellow"),
        (Card::Yellow, Side::Right) => ("cmd-yellow-right", "card-yellow"),
        (Card::Red, Side::Left) => ("cmd-red-left", "card-red"),
        (Card::Red, Side::Right) => ("cmd-red-right", "card-red"),
        (Card::Black, Side::Left) => ("cmd-black-left", "card-black"),
        (Card::Black, Side::Right) => ("cmd-black-right", "card-black"),
        (Card::Passivity, Side::Left) => ("cmd-passive-left", "card-passive"),
        (Card::Passivity, Side::Right) => ("cmd-passive-right", "card-passive"),
    };
    let colour = match card {
        Card::Yellow => view.tokens.yellow,
        Card::Red => view.tokens.left,
        Card::Black => view.tokens.picture,
        Card::Passivity => view.tokens.muted,
    };
    ui.horizontal(|ui| {
        let (room, _) = ui.allocate_exact_size(vec2(36.0, 44.0), Sense::hover());
        let shape = egui::Rect::from_center_size(pos2(room.center().x, room.center().y), vec2(26.0, 36.0));
        let stroke = Stroke::new(1.5, view.tokens.text);
        let fill = if count > 0 { colour } else { colour.gamma_multiply(0.35) };
        ui.painter().rect(shape, 4.0, fill, stroke, StrokeKind::Inside);
        let command = Command::Bout(BoutCommand::Card(side, card));
        let response = large(ui, row, command, true, view);
        let name = view.text(key);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let ink = if count > 0 { view.tokens.text } else { view.tokens.muted };
            ui.label(view.rich(count.to_string(), Size::Title, ink));
        });
    });
}

/// Below this the clock displays tenths, in seconds, as the apparatus does.
const TENTHS_BELOW_SECS: f64 = 10.0;

/// Minutes and seconds; tenths in the last ten seconds. Rounded up, as on the apparatus.
pub(super) fn face(secs: f64) -> String {
    if secs > 0.0 && secs < TENTHS_BELOW_SECS {
        return format!("0:{:04.1}", (secs * 10.0).floor() / 10.0);
    }
    let whole = secs.ceil().max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Paints the clock at a size.
pub(crate) fn show_clock(ui: &mut Ui, size: Size, view: &mut View<'_>) {
    let bout = &view.model.bout;
    let text = face(bout.sheet.clock_secs);
    let font = view.tokens.font(size);
    let widest = ui.painter().layout_no_wrap("00:00".to_owned(), font.clone(), view.tokens.text).size();
    let (room, response) = ui.allocate_exact_size(vec2(widest.x + 24.0, widest.y.max(32.0) + 8.0), Sense::click());
    let (running, ended) = (bout.running, bout.sheet.clock_secs <= 0.0);
    let name = format!("{} {text}", view.text("bout-clock"));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let stroke = if running { Stroke::new(2.0, view.tokens.accent) } else { Stroke::new(1.0, view.tokens.line) };
    ui.painter().rect(room, 8.0, view.tokens.raised, stroke, StrokeKind::Inside);
    let ink = if ended { view.tokens.warning } else { view.tokens.text };
    ui.painter().text(room.center(), Align2::CENTER_CENTER, text, font, ink);
    let command = Command::Bout(BoutCommand::ToggleClock);
    let hint = view.hint("cmd-clock", &command);
    if response.on_hover_text(hint).clicked() {
        view.send(command);
    }
}

#[cfg(test)]
mod tests {
    use super::face;

    #[test]
    fn a_second_that_has_begun_is_shown_and_the_last_ten_have_tenths() {
        let check = |secs, text: &str| assert_eq!(face(secs), text, "{secs}");
        check(180.0, "3:00");
        check(179.2, "3:00");
        check(60.0, "1:00");
        check(9.96, "0:09.9");
        check(0.05, "0:00.0");
        check(0.0, "0:00");
    }
}
