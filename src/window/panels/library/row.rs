//! One phrase of the list: its picture, who and when, what the referee and the machine said, and whether they agree.

use crate::command::{Command, LibraryCommand};
use crate::model::Choice;
use crate::panels::review_column::weapon_key;
use crate::theme::Size;
use crate::view::View;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, Color32, CornerRadius, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use fencing::{Call, Side};
use records::library::{Agreement, Entry};
use std::sync::Arc;
use time::macros::format_description;

/// Height of a row: picture of 16:9 with its margin, more when text is larger.
pub(super) fn height(view: &View<'_>) -> f32 {
    (64.0 * view.model.settings.text_scale.0).clamp(64.0, 104.0)
}

/// Where the parts of a row stand.
struct Columns {
    picture: Rect,
    words: Rect,
    own: Rect,
    machine: Rect,
    mark: Rect,
    open: Rect,
}

impl Columns {
    fn of(row: Rect, open_width: f32) -> Self {
        let inner = row.shrink2(vec2(8.0, 5.0));
        let picture = Rect::from_min_size(inner.min, vec2(inner.height() * 16.0 / 9.0, inner.height()));
        let open =
            Rect::from_center_size(pos2(inner.right() - open_width / 2.0, inner.center().y), vec2(open_width, 32.0));
        let mark = Rect::from_min_max(pos2(open.left() - 36.0, inner.top()), pos2(open.left() - 8.0, inner.bottom()));
        let call = ((inner.width() - picture.width()) * 0.2).clamp(96.0, 190.0);
        let machine =
            Rect::from_min_max(pos2(mark.left() - call, inner.top()), pos2(mark.left() - 8.0, inner.bottom()));
        let own =
            Rect::from_min_max(pos2(machine.left() - call, inner.top()), pos2(machine.left() - 8.0, inner.bottom()));
        let words =
            Rect::from_min_max(pos2(picture.right() + 12.0, inner.top()), pos2(own.left() - 8.0, inner.bottom()));
        Self { picture, words, own, machine, mark, open }
    }
}

/// Shows a row and sends what is done with it.
pub(super) fn show(ui: &mut Ui, at: usize, height: f32, view: &mut View<'_>) {
    let Some(entry) = view.model.library.listed.get(at).map(Arc::clone) else { return };
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    // Not a stop for the tabulator: arrows move through ten thousand rows, Enter opens.
    let response = ui.interact(place, Id::unique(("library-row", at)), Sense::CLICK);
    let chosen = view.model.library.chosen.contains(&entry.path);
    let spoken = spoken(&entry, view);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &spoken));
    ground(ui, place, at, chosen, &response, view);
    let columns = Columns::of(place, open_width(ui, view));
    picture(ui, columns.picture, &entry, view);
    words(ui, columns.words, &entry, view);
    calls(ui, &columns, &entry, view);
    mark(ui, columns.mark, entry.agreement(), view);
    open(ui, columns.open, at, &entry, view);
    clicks(ui, at, &response, view);
}

fn open_width(ui: &Ui, view: &View<'_>) -> f32 {
    let font = view.tokens.font(Size::Body);
    ui.painter().layout_no_wrap(view.text("library-open"), font, Color32::WHITE).size().x + 26.0
}

fn clicks(ui: &Ui, at: usize, response: &Response, view: &mut View<'_>) {
    if response.double_clicked() {
        view.send(Command::Library(LibraryCommand::OpenRow(at)));
    } else if response.clicked() {
        let keys = ui.input(|i| i.modifiers);
        let choice = match (keys.command, keys.shift) {
            (true, _) => Choice::Toggle,
            (false, true) => Choice::UpTo,
            (false, false) => Choice::Only,
        };
        view.send(Command::Library(LibraryCommand::Choose { row: at, choice }));
    }
    if let Some(text) = view.model.library.listed.get(at).and_then(|entry| entry.trouble.clone()) {
        response.clone().on_hover_text(text);
    }
}

/// Chosen rows have a bar at their edge and a raised ground, the one under the cursor a frame: shape, not colour alone.
fn ground(ui: &Ui, place: Rect, at: usize, chosen: bool, response: &Response, view: &View<'_>) {
    let tokens = view.tokens;
    let fill = if chosen || response.hovered() { tokens.raised } else { tokens.surface };
    ui.painter().rect_filled(place, 6.0, fill);
    if chosen {
        let edge = Rect::from_min_size(place.min, vec2(4.0, place.height()));
        ui.painter().rect_filled(edge, CornerRadius { nw: 6, sw: 6, ne: 0, se: 0 }, tokens.accent);
    }
    if at == view.model.library.cursor {
        ui.painter().rect_stroke(place, 6.0, Stroke::new(2.0, tokens.accent), StrokeKind::Inside);
    }
}

fn picture(ui: &Ui, place: Rect, entry: &Entry, view: &View<'_>) {
    let painter = ui.painter_at(place);
    painter.rect_filled(place, 4.0, view.tokens.picture);
    if view.model.privacy {
        return;
    }
    if let Some(texture) = view.pictures.thumbnail(&entry.path) {
        let size = texture.size_vec2();
        let shrink = (place.width() / size.x.max(1.0)).min(place.height() / size.y.max(1.0));
        let shown = Rect::from_center_size(place.center(), size * shrink);
        painter.image(texture.id(), shown, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    } else if entry.trouble.is_some() {
        // White on the black of every picture, in all themes.
        let font = view.tokens.font(Size::Title);
        painter.text(place.center(), Align2::CENTER_CENTER, "!", font, Color32::WHITE);
    }
}

fn words(ui: &Ui, place: Rect, entry: &Entry, view: &View<'_>) {
    let fencers = entry.fencers_line();
    let (first, rest) = if fencers.is_empty() { (entry.title.clone(), None) } else { (fencers, Some(&entry.title)) };
    let lines = three_lines(place);
    line(ui, lines[0], &first, (Size::Body, view.tokens.text), view);
    let second = rest.cloned().unwrap_or_else(|| entry.folder.clone());
    if let Some(trouble) = &entry.trouble {
        line(ui, lines[1], trouble, (Size::Small, view.tokens.warning), view);
    } else {
        line(ui, lines[1], &second, (Size::Small, view.tokens.muted), view);
    }
    line(ui, lines[2], &facts(entry, view), (Size::Small, view.tokens.muted), view);
}

fn three_lines(place: Rect) -> [Rect; 3] {
    let step = place.height() / 3.0;
    [0.0, 1.0, 2.0].map(|n| Rect::from_min_size(pos2(place.left(), place.top() + n * step), vec2(place.width(), step)))
}

/// When, what weapon, how long.
fn facts(entry: &Entry, view: &View<'_>) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let when = entry.recorded_at.and_then(|at| at.format(format).ok());
    let weapon = entry.weapon.map(|w| view.text(weapon_key(w)));
    let length = entry.duration_secs.map(|secs| format!("{} s", view.words.language().number(secs, 1)));
    [when, weapon, length].into_iter().flatten().collect::<Vec<_>>().join("  ·  ")
}

/// One line that is cut with an ellipsis where it does not fit.
fn line(ui: &Ui, place: Rect, text: &str, (size, colour): (Size, Color32), view: &View<'_>) {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), view.tokens.font(size), colour);
    job.wrap = TextWrapping::truncate_at_width(place.width().max(8.0));
    job.halign = Align::LEFT;
    let galley = ui.painter().layout_job(job);
    let top = place.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(place.left(), top), galley, colour);
}

/// A text from the top of its place down, wrapped once and cut after that.
fn two_lines(ui: &Ui, place: Rect, text: &str, view: &View<'_>) {
    let mut job = LayoutJob::simple(text.to_owned(), view.tokens.font(Size::Small), view.tokens.text, place.width());
    job.wrap = TextWrapping { max_width: place.width().max(8.0), max_rows: 2, ..TextWrapping::default() };
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(place.min, galley, view.tokens.text);
}

fn calls(ui: &Ui, columns: &Columns, entry: &Entry, view: &View<'_>) {
    let own = entry.own_call;
    call(ui, columns.own, ("opinion-referee", own, String::new()), view);
    let machine = entry.machine.as_ref();
    let hidden = view.model.settings.blind_mode && own.is_none();
    let (shown, sure) = match machine {
        Some(_) if hidden => (None, view.text("library-hidden")),
        // A call that is too close says so itself.
        Some(m) if m.call == Call::TooClose => (Some(m.call), String::new()),
        Some(m) => (Some(m.call), m.confidence.map(|c| view.words.confidence(c.word())).unwrap_or_default()),
        None => (None, String::new()),
    };
    call(ui, columns.machine, ("opinion-machine", shown, sure), view);
}

/// Who said it and how sure, and below it what, in two lines where one is too short; a bar in the side's colour stands on the
/// side that gets the touch.
fn call(ui: &Ui, place: Rect, (who, said, sure): (&str, Option<Call>, String), view: &View<'_>) {
    let lines = three_lines(place.shrink2(vec2(10.0, 0.0)));
    let who = view.text(who);
    let caption = if sure.is_empty() { who } else { format!("{who} · {sure}") };
    line(ui, lines[0], &caption, (Size::Small, view.tokens.muted), view);
    let text = said.map_or_else(|| "–".to_owned(), |call| view.words.call(call));
    two_lines(ui, lines[1].union(lines[2]), &text, view);
    let sides = match said {
        Some(Call::Touch(side)) => vec![side],
        Some(Call::Double) => Side::BOTH.to_vec(),
        _ => Vec::new(),
    };
    for side in sides {
        let (x, colour) = match side {
            Side::Left => (place.left(), view.tokens.left),
            Side::Right => (place.right() - 4.0, view.tokens.right),
        };
        let bar = Rect::from_min_size(pos2(x, place.top() + 4.0), vec2(4.0, place.height() - 8.0));
        ui.painter().rect_filled(bar, 2.0, colour);
    }
}

/// A tick where both say the same, a cross where they do not, nothing where one is silent.
fn mark(ui: &Ui, place: Rect, agreement: Agreement, view: &View<'_>) {
    let c = place.center();
    let at = |x: f32, y: f32| c + vec2(x, y);
    match agreement {
        Agreement::Agrees => {
            let stroke = Stroke::new(2.5, view.tokens.text);
            ui.painter().line_segment([at(-6.0, 0.0), at(-2.0, 5.0)], stroke);
            ui.painter().line_segment([at(-2.0, 5.0), at(7.0, -6.0)], stroke);
        }
        Agreement::Differs => {
            let stroke = Stroke::new(2.5, view.tokens.warning);
            ui.painter().line_segment([at(-6.0, -6.0), at(6.0, 6.0)], stroke);
            ui.painter().line_segment([at(-6.0, 6.0), at(6.0, -6.0)], stroke);
        }
        Agreement::Unknown => {}
    }
}

fn open(ui: &mut Ui, place: Rect, at: usize, entry: &Entry, view: &mut View<'_>) {
    let name = view.text("library-open");
    // A child of its own: the next row begins below this one, not below the button.
    let mut inside = ui.new_child(UiBuilder::new().max_rect(place));
    let response = inside.add_sized(place.size(), Button::new(&name));
    let spoken = format!("{name}: {}", entry.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
    if response.clicked() {
        view.send(Command::Library(LibraryCommand::OpenRow(at)));
    }
}

/// The row in words, for a screen reader.
fn spoken(entry: &Entry, view: &View<'_>) -> String {
    let said = |who: &str, call: Option<Call>| call.map(|c| format!("{}: {}", view.text(who), view.words.call(c)));
    let hidden = view.model.settings.blind_mode && entry.own_call.is_none();
    let machine = entry.machine.as_ref().map(|m| m.call).filter(|_| !hidden);
    let parts = [
        Some(entry.title.clone()),
        Some(entry.fencers_line()).filter(|line| !line.is_empty()),
        said("opinion-referee", entry.own_call),
        said("opinion-machine", machine),
        entry.trouble.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
