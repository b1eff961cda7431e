//! The frame around every screen: tabs on top, below them notices that stay, above everything those that disappear.

use super::guide::show_help;
use crate::command::{Chord, Command, Listed, Scope};
use crate::fonts::Icon;
use crate::guide::Guide;
use crate::model::{Condition, Notice, Screen, Weight};
use crate::theme::Size;
use crate::view::{View, settle};
use egui::{Align, Color32, Key, Layout, Panel, Ui};

/// Paints the top bar.
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
    let buttons =
        [(Icon::Keys, "cmd-help", Command::ToggleHelp), (Icon::Commands, "cmd-palette", Command::TogglePalette)];
    let font = view.tokens.font(Size::Body);
    let wide = |key: &str| ui.painter().layout_no_wrap(view.text(key), font.clone(), view.tokens.text).size().x + 60.0;
    let words: f32 = buttons.iter().map(|(_, key, _)| wide(key)).sum();
    // With large text or long words the buttons become icons before anything overlaps.
    let room = ui.available_width() - SENTENCE_WIDTH * view.tokens.scale() >= words;
    for (icon, key, command) in buttons {
        if room {
            view.icon_text_button(ui, icon, key, command);
        } else {
            view.icon_button(ui, icon, key, command);
        }
    }
    condition(ui, view);
}

/// Width reserved for the status sentence, in points at the normal text size.
const SENTENCE_WIDTH: f32 = 200.0;

/// State of the piste in one sentence, on every screen; a click leads there.
fn condition(ui: &mut Ui, view: &mut View<'_>) {
    let condition = view.model.condition();
    let secs = |secs: f64| view.words.language().number(secs, 0);
    let text = match condition {
        Condition::Unused => return,
        Condition::CameraLost(None) => view.text("condition-camera-lost"),
        Condition::CameraLost(Some(age)) => view.words.with("condition-camera-lost-for", &[("secs", &secs(age))]),
        Condition::NotOnDisk => view.text("condition-not-on-disk"),
        Condition::BoxSilent => view.text("condition-box-silent"),
        Condition::NotJudged => view.text("condition-not-judged"),
        Condition::Recording(age) => view.words.with("condition-recording", &[("secs", &secs(age))]),
        Condition::Judging => view.text("condition-judging"),
        Condition::Ready => view.text("condition-ready"),
    };
    let alarm = condition.loses_touches();
    let (fill, ink) =
        if alarm { (view.tokens.warning, view.tokens.background) } else { (view.tokens.surface, view.tokens.text) };
    let mark = if matches!(condition, Condition::Recording(_)) { "\u{25cf} " } else { "" };
    let label = view.rich(format!("{mark}{text}"), Size::Body, ink);
    let button = egui::Button::new(label).fill(fill).stroke(egui::Stroke::NONE).truncate();
    let response = ui.add(button).on_hover_text(&text);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &text));
    if response.clicked() {
        view.send(Command::Show(Screen::Piste));
    }
}

/// Failures and hints in their own strip: they stay, so they must not cover picture, lamps or buttons.
fn staying(ui: &mut Ui, view: &mut View<'_>) {
    let shown: Vec<_> = view.model.notices.staying().cloned().collect();
    if shown.is_empty() {
        return;
    }
    let frame = egui::Frame::new().fill(view.tokens.raised).inner_margin(egui::Margin::symmetric(12, 6));
    Panel::top("notices").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            let names = ["cmd-dismiss", "guide-what-to-do"];
            let font = view.tokens.font(Size::Body);
            let wide =
                |key| ui.painter().layout_no_wrap(view.text(key), font.clone(), view.tokens.text).size().x + 40.0;
            let failed = shown.iter().any(|notice| notice.weight == Weight::Failure);
            let buttons: f32 = names.into_iter().take(if failed { 2 } else { 1 }).map(wide).sum();
            let width = (ui.available_width() - buttons).max(120.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                for notice in &shown {
                    line(ui, notice, view);
                }
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                view.button(ui, "cmd-dismiss", Command::DismissNotices);
                if failed {
                    view.button(ui, "guide-what-to-do", Command::ShowGuide(Guide::troubleshooting()));
                }
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

/// Success messages, for a moment, over the upper edge of the picture, where neither lamps nor verdict nor buttons are.
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

/// A notice is a message key, perhaps followed by a path, or a sentence.
pub(super) fn translated(view: &View<'_>, text: &str) -> String {
    if !text.starts_with("notice-") {
        return text.to_owned();
    }
    let (key, rest) = text.split_once(' ').unwrap_or((text, ""));
    format!("{} {rest}", view.text(key)).trim_end().to_owned()
}

/// Paints open windows.
pub(crate) fn show_overlays(ui: &mut Ui, view: &mut View<'_>) {
    if ui.input(|input| !input.raw.hovered_files.is_empty()) {
        drop_here(ui, view);
    }
    if view.model.palette.is_some() {
        palette(ui, view);
    }
    if view.model.path_prompt.is_some() {
        path_prompt_window(ui, view);
    }
    if view.model.help_open {
        show_help(ui, view);
    }
    if view.model.notices.history_open {
        window(ui, view, "notices-title", notices);
    }
}

/// Hint while a clip is dragged over the window.
fn drop_here(ui: &Ui, view: &View<'_>) {
    let room = ui.ctx().content_rect();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop-here"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(room, 0.0, view.tokens.veil);
    let frame = egui::Stroke::new(4.0, view.tokens.accent);
    painter.rect_stroke(room.shrink(12.0), 12.0, frame, egui::StrokeKind::Inside);
    let (text, font) = (view.text("drop-here"), view.tokens.font(Size::Title));
    painter.text(room.center(), egui::Align2::CENTER_CENTER, &text, font, view.tokens.text);
    let response = ui.interact(room, egui::Id::unique("drop-here-told"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
}

/// Space for title, button and margins of such a window, in points at the normal text size.
const AROUND: f32 = 140.0;

/// Width of a list in a window, in points at the normal text size.
const LIST_WIDTH: f32 = 480.0;

/// A scrolling list in the middle.
fn window(ui: &Ui, view: &mut View<'_>, title: &str, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    sized_window(ui, view, title, LIST_WIDTH, |ui, view, highest| {
        let list = egui::ScrollArea::vertical().auto_shrink([false, true]).max_height(highest);
        list.show(ui, |ui| content(ui, view));
    });
}

/// A window in the middle with a close button; `width` in points at the normal text size. `content` gets the available height, in points.
pub(super) fn sized_window(
    ui: &Ui,
    view: &mut View<'_>,
    title: &str,
    width: f32,
    content: impl FnOnce(&mut Ui, &mut View<'_>, f32),
) {
    let room = ui.ctx().content_rect().size();
    let scale = view.tokens.scale();
    // On a low screen the list shrinks, never the button below it.
    let highest = (room.y - AROUND * scale).clamp(80.0, 480.0 * scale.max(1.0));
    egui::Window::new(view.text(title))
        .id(egui::Id::unique(title))
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0])
        .show(ui.ctx(), |ui| {
            // One width from the first frame on, so that title and list agree.
            ui.set_width((width * scale).min(room.x - 48.0));
            content(ui, view, highest);
            view.button(ui, "close", Command::CloseTop);
            // The frame has the size that its content had in the previous frame.
            settle(ui, egui::Id::unique((title, "size")), ui.min_size());
        });
}

fn path_prompt_window(ui: &Ui, view: &mut View<'_>) {
    if let Some(title) = view.model.path_prompt.as_ref().map(|prompt| prompt.purpose.key()) {
        window(ui, view, title, path_prompt);
    }
}

/// A field for a path, in place of a file dialog.
fn path_prompt(ui: &mut Ui, view: &mut View<'_>) {
    let mut typed = view.model.path_prompt.as_ref().map(|prompt| prompt.text.clone()).unwrap_or_default();
    let label = ui.label(view.text("path-prompt"));
    let field = view.field(ui, egui::TextEdit::singleline(&mut typed).desired_width(420.0)).labelled_by(label.id);
    // Before the field gets the keyboard focus back: it loses the focus only if it had it.
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if ui.memory(|m| m.focused().is_none()) {
        field.request_focus();
    }
    if field.changed() {
        view.send(Command::TypePath(typed));
    }
    ui.horizontal(|ui| {
        view.button(ui, "path-open", Command::OpenTypedPath);
        view.button(ui, "path-browse", Command::BrowsePath);
    });
    if entered {
        view.send(Command::OpenTypedPath);
    }
}

/// The shortcuts of the current screen first, then those that work everywhere, then the other screens'.
pub(super) fn shortcuts(ui: &mut Ui, view: &mut View<'_>) {
    let here = view.model.screen.scope();
    let others = Screen::ALL.into_iter().map(Screen::scope).chain([Scope::Calling]).filter(|scope| *scope != here);
    for scope in [here, Scope::Everywhere].into_iter().chain(others) {
        keys_of(ui, scope, view);
    }
}

fn keys_of(ui: &mut Ui, scope: Scope, view: &View<'_>) {
    let mut rows = view.model.keymap.rows().iter().filter(|(listed, _)| listed.scope == scope).peekable();
    if rows.peek().is_none() {
        return;
    }
    let screen = Screen::ALL.into_iter().find(|screen| screen.scope() == scope);
    let title = match scope {
        Scope::Calling => view.text("cmd-library-call-uncalled"),
        _ => view.text(screen.map_or("help-everywhere", Screen::key)),
    };
    ui.add_space(8.0);
    ui.label(view.rich(title, Size::Large, view.tokens.text));
    egui::Grid::new(("shortcuts", scope)).num_columns(2).min_col_width(150.0).spacing([16.0, 4.0]).show(ui, |ui| {
        for (listed, chord) in rows {
            let chord = chord.as_ref().map(Chord::shown).unwrap_or_default();
            ui.label(view.rich(chord, Size::Body, view.tokens.accent));
            ui.label(view.text(listed.key));
            ui.end_row();
        }
    });
}

fn notices(ui: &mut Ui, view: &mut View<'_>) {
    for notice in view.model.notices.history().iter().rev() {
        let text = translated(view, &notice.text);
        ui.label(text);
    }
    if view.model.notices.history().is_empty() {
        ui.label(view.text("notices-none"));
    }
}

/// All listed commands by name: type a few letters, Enter runs the first.
fn palette(ui: &Ui, view: &mut View<'_>) {
    let id = egui::Id::unique("palette-text");
    let mut typed: String = ui.data_mut(|d| d.get_temp(id).unwrap_or_default());
    let mut chosen = None;
    window(ui, view, "cmd-palette", |ui, view| {
        let label = ui.label(view.text("palette-hint"));
        let field = view.field(ui, egui::TextEdit::singleline(&mut typed)).labelled_by(label.id);
        field.request_focus();
        let found = matching(view, &typed);
        if found.is_empty() {
            ui.label(view.text("palette-none"));
        }
        let enter = ui.input(|i| i.key_pressed(Key::Enter));
        for (i, listed) in found.iter().take(12).enumerate() {
            let name = view.hint(listed.key, &listed.command);
            if ui.button(name).clicked() || (enter && i == 0) {
                chosen = Some(listed.command.clone());
            }
        }
    });
    if let Some(command) = chosen {
        typed.clear();
        view.send(Command::TogglePalette);
        view.send(command);
    }
    ui.data_mut(|d| d.insert_temp(id, typed));
}

/// Commands whose name contains all typed words.
fn matching(view: &View<'_>, typed: &str) -> Vec<Listed> {
    let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
    let fits = |listed: &Listed| {
        let name = view.text(listed.key).to_lowercase();
        words.iter().all(|w| name.contains(w))
    };
    view.model.keymap.rows().iter().map(|(l, _)| l.clone()).filter(fits).collect()
}
