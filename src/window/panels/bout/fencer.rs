//! One fencer's column: name, score, cards.

use super::{centred, large};
use crate::command::{BoutCommand, Command};
use crate::model::Card;
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Color32, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use fencing::Side;

/// Shows the column.
pub(super) fn show(ui: &mut Ui, side: Side, view: &mut View<'_>) {
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

/// The side as colour, place and word.
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

/// A card with its colour, its name on the button, and how many were shown.
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
