//! The controls of the piste: one button that follows the state, the referee's call, weapon, overlay and clock.

use crate::command::{Command, LivePart, OwnCall, PisteCommand};
use crate::model::{Offer, Setting};
use crate::panels::review_panel::weapon_key;
use crate::panels::show_clock;
use crate::theme::Size;
use crate::view::View;
use crate::widgets::{KeyButton, Standing, key_button_width, show_key_button};
use egui::{Align, Align2, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use fencing::{Side, Weapon};

/// Width of the big button.
const BIG: f32 = 232.0;

/// Paints the row.
pub(super) fn show(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        // Everything here is pressed in a hurry.
        ui.spacing_mut().interact_size.y = 40.0;
        // The referee's call keeps its position, so that the hand learns it. It moves only when it would cost the clock its space.
        let (offer, rest) = (widest_offer(ui, view), own_call_width(ui, view) + clock_width(ui, view));
        let fixed = if offer + rest + 36.0 <= ui.available_width() { offer } else { 0.0 };
        let room = vec2(fixed, ui.available_height());
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(fixed);
            next(ui, view);
        });
        ui.add_space(12.0);
        own_call(ui, view);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| right_side(ui, view));
    });
}

/// The main button, and the others beside it.
fn next(ui: &mut Ui, view: &mut View<'_>) {
    match view.model.piste.offer(view.model.camera_chosen()) {
        Offer::ChooseCamera => button(ui, "piste-choose-camera", PisteCommand::Go, Standing::Next, view),
        Offer::Start => {
            button(ui, "piste-start", PisteCommand::Go, Standing::Next, view);
            button(ui, "piste-halt", PisteCommand::Halt, Standing::Plain, view);
        }
        Offer::Recording(secs) => {
            recording(ui, secs, view);
            button(ui, "piste-halt", PisteCommand::Halt, Standing::Next, view);
            button(ui, "piste-cancel", PisteCommand::Cancel, Standing::Plain, view);
        }
        Offer::Ending => {
            let text = view.text("piste-ending");
            progress(ui, &text, 0.0, view);
        }
        Offer::Judging(stage, share) => {
            let text = view.text(stage);
            progress(ui, &text, share, view);
            button(ui, "piste-cancel", PisteCommand::Cancel, Standing::Plain, view);
        }
        Offer::Next => {
            button(ui, "piste-next", PisteCommand::Go, Standing::Next, view);
            button(ui, "piste-replay", PisteCommand::Replay(None), Standing::Plain, view);
        }
    }
}

/// Width of the widest set of buttons: that of a running phrase, or with a long word for the next one.
fn widest_offer(ui: &Ui, view: &View<'_>) -> f32 {
    let gap = ui.spacing().item_spacing.x;
    let of = |key: &str, command, standing| key_button_width(ui, &key_button(&view.text(key), command, standing), view);
    let halt = of("piste-halt", PisteCommand::Halt, Standing::Next);
    let cancel = of("piste-cancel", PisteCommand::Cancel, Standing::Plain);
    let next = of("piste-next", PisteCommand::Go, Standing::Next);
    let replay = of("piste-replay", PisteCommand::Replay(None), Standing::Plain);
    (recording_width(ui, view) + gap + halt + gap + cancel).max(next + gap + replay)
}

fn key_button(text: &str, command: PisteCommand, standing: Standing) -> KeyButton<'_> {
    let width = match (standing, &command) {
        (Standing::Next, PisteCommand::Go) => BIG,
        (_, PisteCommand::Halt) => 128.0,
        _ => 0.0,
    };
    KeyButton { text, command: Command::Piste(command), standing, width }
}

fn button(ui: &mut Ui, key: &str, command: PisteCommand, standing: Standing, view: &mut View<'_>) {
    let text = view.text(key);
    let response = show_key_button(ui, key_button(&text, command, standing), view);
    if key == "piste-halt" && standing == Standing::Plain {
        response.on_hover_text(view.text("piste-halt-hint"));
    }
}

/// Width for the word and any time.
fn recording_width(ui: &Ui, view: &View<'_>) -> f32 {
    let words = ["piste-recording", "piste-recording-memory"];
    let word = words.map(|key| text_width(ui, &view.text(key), Size::Large, view)).into_iter().fold(0.0, f32::max);
    BIG.max(44.0 + word + 16.0 + text_width(ui, "0:00.0", Size::Title, view) + 16.0)
}

/// Dark background, a red ring and the time; not a button.
fn recording(ui: &mut Ui, secs: f64, view: &View<'_>) {
    let on_disk = view.model.piste.status.recorder.trouble.is_none();
    let key = if on_disk { "piste-recording" } else { "piste-recording-memory" };
    let (word, ink) = (view.text(key), view.tokens.text);
    let written = |text: String, size| ui.painter().layout_no_wrap(text, view.tokens.font(size), ink);
    let word_galley = written(word.clone(), Size::Large);
    let time = format!("{}:{:04.1}", (secs / 60.0) as u32, secs % 60.0);
    let time_galley = written(time.clone(), Size::Title);
    let room = vec2(recording_width(ui, view), 48.0 * view.tokens.scale().max(1.0));
    let (room, response) = ui.allocate_exact_size(room, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{word} {time}")));
    let painter = ui.painter();
    painter.rect(room, 8.0, view.tokens.surface, Stroke::new(2.0, view.tokens.left), StrokeKind::Inside);
    painter.circle_filled(room.left_center() + vec2(24.0, 0.0), 8.0, view.tokens.left);
    let put = |at, anchor: Align2, galley: std::sync::Arc<egui::Galley>| {
        painter.galley(anchor.anchor_size(at, galley.size()).min, galley, ink);
    };
    put(room.left_center() + vec2(44.0, 0.0), Align2::LEFT_CENTER, word_galley);
    put(room.right_center() - vec2(16.0, 0.0), Align2::RIGHT_CENTER, time_galley);
}

/// The stage over a progress bar.
fn progress(ui: &mut Ui, text: &str, share: f32, view: &View<'_>) {
    let room = vec2((BIG + 60.0) * view.tokens.scale().max(1.0), 48.0 * view.tokens.scale().max(1.0));
    let (room, response) = ui.allocate_exact_size(room, Sense::hover());
    let share = share.clamp(0.0, 1.0);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, text));
    let painter = ui.painter();
    painter.rect(room, 8.0, view.tokens.surface, Stroke::new(1.0, view.tokens.line), StrokeKind::Inside);
    let filled = Rect::from_min_size(room.min, vec2(room.width() * share, room.height()));
    painter.rect_filled(filled.intersect(room), 8.0, view.tokens.accent.gamma_multiply(0.45));
    let ink = view.tokens.text;
    painter.text(room.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, text, view.tokens.font(Size::Large), ink);
    if share > 0.0 {
        let at = room.right_center() - vec2(16.0, 0.0);
        let percent = format!("{:.0} %", share * 100.0);
        painter.text(at, Align2::RIGHT_CENTER, percent, view.tokens.font(Size::Large), ink);
    }
}

fn own_call(ui: &mut Ui, view: &mut View<'_>) {
    let weapon = view.model.settings.weapon();
    let called = view.model.piste.phrase.as_ref().and_then(|p| p.own_call);
    ui.label(view.rich(view.text("own-call"), Size::Body, view.tokens.muted));
    for (key, call) in own_calls(weapon) {
        let chosen = called == Some(call.call(weapon));
        let standing = if chosen { Standing::Chosen } else { Standing::Plain };
        let text = view.text(key);
        show_key_button(ui, own_call_button(&text, call, standing), view);
    }
}

fn own_calls(weapon: Weapon) -> [(&'static str, OwnCall); 3] {
    let none = if weapon.has_right_of_way() { "own-none" } else { "own-double" };
    [("own-left", OwnCall::For(Side::Left)), (none, OwnCall::None), ("own-right", OwnCall::For(Side::Right))]
}

fn own_call_button(text: &str, call: OwnCall, standing: Standing) -> KeyButton<'_> {
    KeyButton { text, command: Command::Piste(PisteCommand::OwnCall(call)), standing, width: 88.0 }
}

fn own_call_width(ui: &Ui, view: &View<'_>) -> f32 {
    let gap = ui.spacing().item_spacing.x;
    let calls = own_calls(view.model.settings.weapon())
        .map(|(key, call)| gap + key_button_width(ui, &own_call_button(&view.text(key), call, Standing::Plain), view));
    text_width(ui, &view.text("own-call"), Size::Body, view) + calls.iter().sum::<f32>()
}

/// Width of the clock with its margins.
fn clock_width(ui: &Ui, view: &View<'_>) -> f32 {
    text_width(ui, "00:00", Size::Title, view) + 40.0
}

/// The rest of the row: with large text the less important parts are left out; all of them are available elsewhere.
fn right_side(ui: &mut Ui, view: &mut View<'_>) {
    if has_room(ui, "00:00", Size::Title, view) {
        show_clock(ui, Size::Title, view);
    }
    let overlay = view.text("piste-overlay");
    if has_room(ui, &overlay, Size::Body, view) {
        ui.menu_button(view.rich(overlay, Size::Body, view.tokens.text), |ui| overlay_menu(ui, view));
    }
    let weapon = view.text(weapon_key(view.model.settings.weapon()));
    if has_room(ui, &weapon, Size::Body, view) {
        ui.menu_button(view.rich(weapon, Size::Body, view.tokens.text), |ui| weapon_menu(ui, view));
    }
    let period = format!("{} {}", view.text("bout-period-short"), view.model.bout.sheet.period);
    if has_room(ui, &period, Size::Body, view) {
        ui.label(view.rich(period, Size::Body, view.tokens.muted));
    }
}

/// Whether a button with this text fits.
fn has_room(ui: &Ui, text: &str, size: Size, view: &View<'_>) -> bool {
    text_width(ui, text, size, view) + 40.0 <= ui.available_width()
}

fn text_width(ui: &Ui, text: &str, size: Size, view: &View<'_>) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), view.tokens.font(size), view.tokens.text).size().x
}

fn weapon_menu(ui: &mut Ui, view: &mut View<'_>) {
    for weapon in Weapon::ALL {
        let on = view.model.settings.weapon() == weapon;
        view.toggle(ui, weapon_key(weapon), on, Command::Set(Setting::Weapon(weapon)));
    }
}

fn overlay_menu(ui: &mut Ui, view: &mut View<'_>) {
    let shown = view.model.piste.shown;
    let parts = [
        ("cmd-live-skeletons", shown.skeletons, PisteCommand::Toggle(LivePart::Skeletons)),
        ("cmd-live-tracks", shown.tracks, PisteCommand::Toggle(LivePart::Tracks)),
        ("cmd-live-line", shown.piste_line, PisteCommand::Toggle(LivePart::PisteLine)),
        ("cmd-live-lamps", shown.lamps, PisteCommand::Toggle(LivePart::Lamps)),
        ("cmd-live-verdict", shown.verdict, PisteCommand::ToggleVerdict),
    ];
    for (key, on, command) in parts {
        view.toggle(ui, key, on, Command::Piste(command));
    }
}
