//! A large button with its key written on it, for the live screen: at least 40 points high, readable at arm's length.

use crate::command::{Chord, Command};
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Color32, Galley, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use std::sync::Arc;

/// How much a button stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The one thing to do next.
    Next,
    /// Possible.
    Plain,
    /// Chosen.
    Chosen,
}

/// What a button says and does.
pub(crate) struct KeyButton<'a> {
    /// The text on it, in the window's language.
    pub text: &'a str,
    /// What it sends; its key is written beside the text.
    pub command: Command,
    /// How much it stands out.
    pub standing: Standing,
    /// Width in points; grows when the text needs more.
    pub width: f32,
}

/// Word and key of a button, laid out.
struct Face {
    text: Arc<Galley>,
    key: Arc<Galley>,
    ink: Color32,
    key_ink: Color32,
}

impl Face {
    fn of(ui: &Ui, button: &KeyButton<'_>, view: &View<'_>) -> Self {
        let chord = view.model.keymap.chord_of(&button.command).map(Chord::shown).unwrap_or_default();
        let (size, ink, key_ink) = match button.standing {
            Standing::Next => (Size::Title, view.tokens.on_accent, view.tokens.on_accent),
            Standing::Chosen => (Size::Large, view.tokens.on_accent, view.tokens.on_accent),
            Standing::Plain => (Size::Large, view.tokens.text, view.tokens.muted),
        };
        let text = ui.painter().layout_no_wrap(button.text.to_owned(), view.tokens.font(size), ink);
        let key = ui.painter().layout_no_wrap(chord, view.tokens.font(Size::Small), key_ink);
        Self { text, key, ink, key_ink }
    }

    fn width(&self) -> f32 {
        let gap = if self.key.size().x > 0.0 { 12.0 } else { 0.0 };
        self.text.size().x + gap + self.key.size().x
    }
}

/// How wide the button is when it is shown.
pub(crate) fn key_button_width(ui: &Ui, button: &KeyButton<'_>, view: &View<'_>) -> f32 {
    button.width.max(Face::of(ui, button, view).width() + 28.0)
}

/// Shows the button; a click sends its command.
pub(crate) fn show_key_button(ui: &mut Ui, button: KeyButton<'_>, view: &mut View<'_>) -> Response {
    let fill = if button.standing == Standing::Plain { view.tokens.raised } else { view.tokens.accent };
    let face = Face::of(ui, &button, view);
    let content = face.width();
    let height = ui.available_height().clamp(40.0, 48.0).max(face.text.size().y + 12.0);
    let (room, response) = ui.allocate_exact_size(vec2(button.width.max(content + 28.0), height), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, button.text));
    let painter = ui.painter();
    painter.rect(room, 8.0, fill, edge(&response, view), StrokeKind::Inside);
    let (left, middle) = (room.center().x - content / 2.0, room.center().y);
    let (text, key) = (face.text.size(), face.key.size());
    painter.galley(egui::pos2(left, middle - text.y / 2.0), face.text, face.ink);
    painter.galley(egui::pos2(left + content - key.x, middle - key.y / 2.0), face.key, face.key_ink);
    if response.clicked() {
        view.send(button.command);
    }
    response
}

fn edge(response: &Response, view: &View<'_>) -> Stroke {
    if response.hovered() || response.has_focus() {
        Stroke::new(2.0, view.tokens.text)
    } else {
        Stroke::new(1.0, view.tokens.line)
    }
}

/// Text in the largest size up to `size`, in points, that fits into `width`.
pub(crate) fn paint_fitting(
    painter: &egui::Painter,
    at: (egui::Pos2, Align2),
    text: &str,
    size: f32,
    width: f32,
    ink: (Color32, &View<'_>),
) {
    let mut font = egui::FontId { size, ..ink.1.tokens.font(Size::Body) };
    let natural = painter.layout_no_wrap(text.to_owned(), font.clone(), ink.0).size().x;
    if natural > width && natural > 0.0 {
        font.size = (font.size * width / natural).max(10.0);
    }
    painter.text(at.0, at.1, text, font, ink.0);
}
