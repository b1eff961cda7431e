//! What a panel gets: the model to read, the words and colours to show it in, and an outbox for commands.

use super::command::{Command, ReviewCommand};
use super::model::Model;
use super::pictures::Pictures;
use super::theme::{Size, Tokens};
use crate::wording::Words;
use egui::{Color32, RichText};

/// Everything a panel may read, and the one thing it may write.
pub(crate) struct View<'a> {
    /// The state.
    pub model: &'a Model,
    /// Texts in the user's language.
    pub words: &'a Words,
    /// Colours and sizes.
    pub tokens: &'a Tokens,
    /// Pictures that are ready to paint.
    pub pictures: &'a Pictures,
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

    /// A text in a size and colour.
    pub(crate) fn rich(&self, text: impl Into<String>, size: Size, colour: Color32) -> RichText {
        RichText::new(text).font(self.tokens.font(size)).color(colour)
    }

    /// A hint under the mouse: what the command is called and its shortcut.
    pub(crate) fn hint(&self, key: &str, command: &Command) -> String {
        let name = self.text(key);
        self.model.keymap.chord_of(command).map_or_else(|| name.clone(), |chord| format!("{name}  ({chord})"))
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

    /// A button that shows whether what it switches is on.
    pub(crate) fn toggle(&mut self, ui: &mut egui::Ui, key: &str, on: bool, command: Command) {
        let hint = self.hint(key, &command);
        let button = egui::Button::new(self.text(key)).selected(on).min_size(egui::vec2(28.0, 28.0));
        if ui.add(button).on_hover_text(hint).clicked() {
            self.send(command);
        }
    }
}
