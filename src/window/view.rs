//! What a panel gets: the model to read, the words and colours to show it in, and an outbox for commands.

use super::command::{Command, ReviewCommand};
use super::fonts::Icon;
use super::model::Model;
use super::textures::Textures;
use super::theme::{Size, Tokens};
use egui::{Color32, RichText};
use fencing::wording::Words;

/// Whether a switch is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lit {
    /// It is on.
    On,
    /// It is off.
    Off,
}

impl From<bool> for Lit {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// Everything a panel may read, and the one thing it may write.
pub(crate) struct View<'a> {
    /// The state.
    pub model: &'a Model,
    /// Texts in the user's language.
    pub words: &'a Words,
    /// Colours and sizes.
    pub tokens: &'a Tokens,
    /// Textures that are ready to paint.
    pub textures: &'a Textures,
    /// Heading of the settings that is shown above the next row, so that none stands without one.
    pub heading: Option<String>,
    /// Commands of this frame, in order.
    pub out: Vec<Command>,
}

impl View<'_> {
    /// Asks for a command.
    pub(crate) fn send(&mut self, command: Command) {
        self.out.push(command);
    }

    /// Asks for a review command.
    pub(crate) fn review(&mut self, command: ReviewCommand) {
        self.out.push(Command::Review(command));
    }

    /// The text of a message key.
    pub(crate) fn text(&self, key: &str) -> String {
        self.words.text(key)
    }

    /// A number as the user's language writes it.
    pub(crate) fn number(&self, value: f64, decimals: usize) -> String {
        self.model.settings.language().number(value, decimals)
    }

    /// A text in a size and colour.
    pub(crate) fn rich(&self, text: impl Into<String>, size: Size, colour: Color32) -> RichText {
        RichText::new(text).font(self.tokens.font(size)).color(colour)
    }

    /// A hint under the mouse: what the command is called and its shortcut.
    pub(crate) fn hint(&self, key: &str, command: &Command) -> String {
        let name = self.text(key);
        self.model.keymap.chord_of(command).map_or_else(|| name.clone(), |chord| format!("{name}  ({})", chord.shown()))
    }

    /// A button that sends `command`, named by `key`, at least 28 points high.
    pub(crate) fn button(&mut self, ui: &mut egui::Ui, key: &str, command: Command) -> egui::Response {
        let hint = self.hint(key, &command);
        let button = egui::Button::new(self.text(key)).min_size(egui::vec2(28.0, 28.0));
        let response = ui.add(button).on_hover_text(hint);
        if response.clicked() {
            self.send(command);
        }
        response
    }

    /// A button that shows an icon and is called by its word.
    pub(crate) fn icon_button(&mut self, ui: &mut egui::Ui, icon: Icon, key: &str, command: Command) -> egui::Response {
        self.icon_toggle(ui, icon, key, Lit::Off, command)
    }

    /// An icon button that shows whether what it switches is on.
    pub(crate) fn icon_toggle(
        &mut self,
        ui: &mut egui::Ui,
        icon: Icon,
        key: &str,
        lit: Lit,
        command: Command,
    ) -> egui::Response {
        let hint = self.hint(key, &command);
        let glyph = RichText::new(icon.glyph()).font(self.tokens.icon_font(Size::Body));
        let button = egui::Button::new(glyph).selected(lit == Lit::On).min_size(egui::vec2(34.0, 28.0));
        let response = ui.add(button).on_hover_text(hint);
        self.named(&response, key);
        if response.clicked() {
            self.send(command);
        }
        response
    }

    /// A button with an icon before its word.
    pub(crate) fn icon_text_button(
        &mut self,
        ui: &mut egui::Ui,
        icon: Icon,
        key: &str,
        command: Command,
    ) -> egui::Response {
        let hint = self.hint(key, &command);
        let glyph = RichText::new(icon.glyph()).font(self.tokens.icon_font(Size::Body));
        let button = egui::Button::new((glyph, self.text(key))).min_size(egui::vec2(28.0, 28.0));
        let response = ui.add(button).on_hover_text(hint);
        self.named(&response, key);
        if response.clicked() {
            self.send(command);
        }
        response
    }

    /// Gives a button without words, or with an icon among them, its word as accessible name.
    pub(crate) fn named(&self, response: &egui::Response, key: &str) {
        let name = self.text(key);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, response.enabled(), &name));
    }

    /// Shows where the keyboard is on something that paints itself.
    pub(crate) fn focus_ring(&self, ui: &egui::Ui, response: &egui::Response) {
        if response.has_focus() {
            let stroke = egui::Stroke::new(2.0, self.tokens.focus);
            ui.painter().rect_stroke(response.rect, 4.0, stroke, egui::StrokeKind::Inside);
        }
    }

    /// A field for text, with a ring around it while the keyboard is in it: its frame alone is not visible enough.
    pub(crate) fn field(&self, ui: &mut egui::Ui, field: egui::TextEdit<'_>) -> egui::Response {
        let response = ui.add(field);
        self.focus_ring(ui, &response);
        response
    }

    /// Text that changes while it is watched, in a place as wide as `widest`: nothing beside it ever shifts.
    pub(crate) fn figures(&self, ui: &mut egui::Ui, text: &str, widest: &str, size: Size) -> egui::Response {
        let (font, colour) = (self.tokens.font(size), self.tokens.text);
        let room = ui.painter().layout_no_wrap(widest.to_owned(), font.clone(), colour).size();
        let (place, response) = ui.allocate_exact_size(room, egui::Sense::hover());
        ui.painter().text(place.right_center(), egui::Align2::RIGHT_CENTER, text, font, colour);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
        response
    }

    /// A button that shows whether what it switches is on.
    pub(crate) fn toggle(&mut self, ui: &mut egui::Ui, key: &str, on: bool, command: Command) {
        let hint = self.hint(key, &command);
        let button = egui::Button::new(self.text(key)).selected(on).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).on_hover_text(hint).clicked() {
            self.send(command);
        }
    }
}

/// Once something has another size than when it was shown last, paints the frame anew: nothing is seen out of place.
pub(crate) fn settle(ui: &egui::Ui, id: egui::Id, size: egui::Vec2) {
    let known: Option<egui::Vec2> = ui.data(|d| d.get_temp(id));
    if known != Some(size) {
        ui.data_mut(|d| d.insert_temp(id, size));
        ui.ctx().request_discard("something found its size");
        ui.ctx().request_repaint();
    }
}
