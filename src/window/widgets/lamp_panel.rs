//! One side's light beside the picture: dark when off, the whole panel lit when on. Colour, shape and word say the same
//! thing, so that it is recognisable in grey too; arrow and the word "touch" belong to the verdict. Score and name stand below.

use super::key_button::paint_fitting;
use crate::command::{BoutCommand, Command, LampsByHand, PisteCommand};
use crate::model::{ApparatusKind, CardTally};
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{Align2, Color32, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use fencing::{Lamp, Side};
use piste::Phase;

/// Room that the buttons take at the foot of a panel.
const BUTTONS: f32 = 64.0;
/// Height over the buttons at which everything has its usual size.
const FULL_HEIGHT: f32 = 400.0;

/// Paints one side into the whole room of `ui`. Without a box a click is a touch; after the verdict it sets the lamp right.
pub(crate) fn show_lamp_panel(ui: &mut Ui, side: Side, view: &mut View<'_>) {
    let room = ui.max_rect();
    let lamp = view.model.piste.status.lamps[side];
    let sense = if by_hand(view) { Sense::click() } else { Sense::hover() };
    let response = ui.interact(room, ui.scope_id().with(("lamp", side.as_str())), sense);
    let description = format!("{}: {}", view.words.side_at_start(side), view.words.lamp(lamp));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &description));
    let painter = ui.painter_at(room);
    paint_glass(&painter, room, side, lamp, view.tokens);
    if response.hovered() && by_hand(view) {
        painter.rect_stroke(room, 12.0, Stroke::new(2.0, view.tokens.text), StrokeKind::Inside);
    }
    paint_words(&painter, room, side, lamp, view);
    score_buttons(ui, room, side, view);
    let command = Command::Piste(PisteCommand::Lamps(LampsByHand::One(side)));
    let key = if side == Side::Left { "cmd-lamp-left" } else { "cmd-lamp-right" };
    if by_hand(view) {
        let hint = view.hint(key, &command);
        if response.on_hover_text(hint).clicked() {
            view.send(command);
        }
    }
}

/// Whether a hand may light the lamp: there is no box, or the phrase is over and its lamps may be set right.
fn by_hand(view: &View<'_>) -> bool {
    let over = matches!(view.model.piste.status.phase, Phase::Judged(_) | Phase::Failed { .. });
    over || view.model.settings.live.apparatus != ApparatusKind::Box
}

fn side_colour(side: Side, tokens: &Tokens) -> Color32 {
    match side {
        Side::Left => tokens.left,
        Side::Right => tokens.right,
    }
}

/// Ground and ink of a lamp.
fn colours(side: Side, lamp: Lamp, tokens: &Tokens) -> (Color32, Color32) {
    match lamp {
        Lamp::Off => (tokens.surface, tokens.text),
        Lamp::Valid => (side_colour(side, tokens), tokens.on_lamp),
        Lamp::OffTarget => (tokens.white, tokens.picture),
        Lamp::Fault => (tokens.warning, tokens.picture),
    }
}

pub(crate) fn paint_glass(painter: &Painter, room: Rect, side: Side, lamp: Lamp, tokens: &Tokens) {
    let (ground, _) = colours(side, lamp, tokens);
    painter.rect_filled(room, 12.0, ground);
    match lamp {
        Lamp::Off => {
            let rim = side_colour(side, tokens);
            painter.rect_stroke(room.shrink(1.0), 12.0, Stroke::new(2.0, rim), StrokeKind::Inside);
        }
        Lamp::Valid => {}
        Lamp::OffTarget | Lamp::Fault => {
            let band = Rect::from_min_max(room.min, pos2(room.right(), room.top() + 56.0)).shrink(8.0);
            hatch(painter, band, tokens);
            hatch(painter, band.translate(vec2(0.0, room.height() - 56.0)), tokens);
            painter.rect_stroke(room, 12.0, Stroke::new(3.0, tokens.picture), StrokeKind::Inside);
        }
    }
}

/// Slanted stripes, so that white differs from red and green by shape.
fn hatch(painter: &Painter, band: Rect, tokens: &Tokens) {
    let painter = painter.with_clip_rect(band);
    let mut x = band.left() - band.height();
    while x < band.right() {
        let line = [pos2(x, band.bottom()), pos2(x + band.height(), band.top())];
        painter.line_segment(line, Stroke::new(6.0, tokens.picture.gamma_multiply(0.55)));
        x += 18.0;
    }
}

/// What the words stand in: all of the panel but the buttons at its foot. A low panel has smaller words.
struct Column {
    middle: f32,
    top: f32,
    height: f32,
    width: f32,
    /// Share of the usual size that fits.
    fit: f32,
}

impl Column {
    fn of(room: Rect, scale: f32) -> Self {
        let height = (room.height() - BUTTONS).max(40.0);
        let fit = (height / (FULL_HEIGHT * scale)).min(1.0);
        Self { middle: room.center().x, top: room.top(), height, width: room.width() - 24.0, fit }
    }

    fn at(&self, share: f32) -> Pos2 {
        pos2(self.middle, self.top + self.height * share)
    }

    fn write(&self, painter: &Painter, at: Pos2, (text, size): (&str, Size), (ink, view): (Color32, &View<'_>)) {
        let size = view.tokens.font(size).size * self.fit;
        paint_fitting(painter, (at, Align2::CENTER_CENTER), text, size, self.width, (ink, view));
    }
}

fn paint_words(painter: &Painter, room: Rect, side: Side, lamp: Lamp, view: &View<'_>) {
    let (_, ink) = colours(side, lamp, view.tokens);
    let column = Column::of(room, view.tokens.scale());
    let sheet = &view.model.bout.sheet;
    let quiet = if lamp == Lamp::Off { view.tokens.muted } else { ink };
    let white = matches!(lamp, Lamp::OffTarget | Lamp::Fault);
    let side_at = column.at(if white { 0.17 } else { 0.07 });
    let side_word = view.text(if side == Side::Left { "piste-left" } else { "piste-right" });
    column.write(painter, side_at, (&side_word, Size::Title), (quiet, view));
    paint_shape(painter, (column.at(0.34), 30.0 * view.tokens.scale() * column.fit), side, lamp, view.tokens);
    let word = match lamp {
        Lamp::Off => String::new(),
        Lamp::Valid => view.text("piste-light"),
        Lamp::OffTarget => view.text("piste-off-target"),
        Lamp::Fault => view.text("piste-fault"),
    };
    column.write(painter, column.at(0.53), (&word, Size::Call), (ink, view));
    column.write(painter, column.at(0.72), (&sheet.score[side].to_string(), Size::Huge), (ink, view));
    column.write(painter, column.at(0.86), (&sheet.names[side], Size::Title), (ink, view));
    paint_cards(painter, column.at(0.945), sheet.cards[side], ink, view);
    if sheet.priority == Some(side) {
        let at = side_at + vec2(0.0, 26.0 * view.tokens.scale() * column.fit);
        column.write(painter, at, (&view.text("bout-priority"), Size::Body), (ink, view));
    }
}

/// The light itself: an empty ring when off, a full disc when valid, a struck ring off target, a triangle for a fault.
fn paint_shape(painter: &Painter, (at, r): (Pos2, f32), side: Side, lamp: Lamp, tokens: &Tokens) {
    let (_, ink) = colours(side, lamp, tokens);
    match lamp {
        Lamp::Off => {
            painter.circle_stroke(at, r * 0.8, Stroke::new(3.0, side_colour(side, tokens)));
        }
        Lamp::Valid => {
            painter.circle_filled(at, r, ink);
        }
        Lamp::OffTarget => {
            painter.circle_stroke(at, r * 0.8, Stroke::new(6.0, ink));
            painter.line_segment([at + vec2(-r, r), at + vec2(r, -r)], Stroke::new(6.0, ink));
        }
        Lamp::Fault => {
            let points = vec![at + vec2(0.0, -r), at + vec2(r, r * 0.8), at + vec2(-r, r * 0.8)];
            painter.add(Shape::closed_line(points, Stroke::new(6.0, ink)));
            painter.line_segment([at + vec2(0.0, -r * 0.35), at + vec2(0.0, r * 0.5)], Stroke::new(6.0, ink));
        }
    }
}

/// Small cards with their letter, so that yellow and red differ without colour.
fn paint_cards(painter: &Painter, at: Pos2, cards: CardTally, ink: Color32, view: &View<'_>) {
    let tokens = view.tokens;
    let all = [
        (cards.yellow, tokens.yellow, "card-yellow-letter"),
        (cards.red, tokens.left, "card-red-letter"),
        (cards.black, tokens.picture, "card-black-letter"),
        (cards.passivity, tokens.raised, "card-passive-letter"),
    ];
    let shown: Vec<_> = all.into_iter().filter(|(n, ..)| *n > 0).collect();
    let start = at.x - (shown.len() as f32 - 1.0) * 18.0;
    for (i, (count, colour, letter)) in shown.into_iter().enumerate() {
        let card = Rect::from_center_size(pos2(start + i as f32 * 36.0, at.y), vec2(30.0, 22.0));
        painter.rect(card, 3.0, colour, Stroke::new(1.5, ink), StrokeKind::Outside);
        let on = if colour == tokens.picture || colour == tokens.raised { tokens.white } else { tokens.picture };
        let on = if colour == tokens.raised { tokens.text } else { on };
        let times = if count > 1 { format!("{}{count}", view.text(letter)) } else { view.text(letter) };
        painter.text(card.center(), Align2::CENTER_CENTER, times, tokens.font(Size::Small), on);
    }
}

fn score_buttons(ui: &mut Ui, room: Rect, side: Side, view: &mut View<'_>) {
    let middle = pos2(room.center().x, room.bottom() - 34.0);
    for (sign, dx, touches) in [("\u{2212}", -24.0, -1_i16), ("+", 24.0, 1)] {
        let place = Rect::from_center_size(middle + vec2(dx, 0.0), vec2(40.0, 40.0));
        let command = Command::Bout(BoutCommand::Score(side, touches));
        let key = match (side, touches) {
            (Side::Left, 1) => "cmd-score-left",
            (Side::Right, 1) => "cmd-score-right",
            (Side::Left, _) => "cmd-unscore-left",
            (Side::Right, _) => "cmd-unscore-right",
        };
        let name = view.text(key);
        // The sign keeps its size when text is larger: it is large already, and the panel is not.
        let sign = egui::RichText::new(sign).size(24.0).color(view.tokens.text);
        let button = egui::Button::new(sign).min_size(place.size());
        let response = ui.put(place, button);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if response.on_hover_text(&name).clicked() {
            view.send(command);
        }
    }
}
