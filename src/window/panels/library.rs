//! The library screen: folders and filters on the left, the list in the middle, figures or the queue on the right.

use crate::command::{Chord, Command, Judged, LibraryCommand, Narrow};
use crate::model::{Choice, LibrarySide};
use crate::panels::library_side;
use crate::panels::review_panel::weapon_key;
use crate::theme::Size;
use crate::view::View;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, CentralPanel, Color32, ComboBox, CornerRadius, Frame, Id, Layout, Panel, Rect, Response,
    Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use fencing::{Call, Side};
use records::library::{Agreement, Entry, ExportFormat, SortBy};
use std::ops::Range;
use std::sync::Arc;
use time::macros::format_description;

/// Width of the folders and filters.
const LEFT: f32 = 232.0;
/// Width of figures and queue.
const RIGHT: f32 = 296.0;
/// Below this width, folders and filters share the column of figures and queue.
const THREE_COLUMNS: f32 = 1120.0;

/// Paints the screen.
pub(crate) fn show_library(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().fill(view.tokens.surface).inner_margin(12);
    let library = &view.model.library;
    let is_new = library.catalogue.is_empty() && library.looking.is_none() && library.batch.items.is_empty();
    let three = ui.available_width() >= THREE_COLUMNS;
    if three || is_new {
        let left = Panel::left("library-places").exact_size(LEFT).resizable(false).frame(frame);
        left.show(ui, |ui| scrolled(ui, "places", view, left_column));
    }
    if !is_new {
        let right = Panel::right("library-side").exact_size(RIGHT).resizable(false).frame(frame);
        right.show(ui, |ui| right_column(ui, three, view));
    }
    let ground = Frame::new().fill(view.tokens.background).inner_margin(12);
    CentralPanel::default().frame(ground).show(ui, |ui| show_list(ui, view));
}

fn scrolled(ui: &mut Ui, id: &str, view: &mut View<'_>, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| content(ui, view));
}

fn left_column(ui: &mut Ui, view: &mut View<'_>) {
    library_side::show_places(ui, view);
    if !view.model.library.catalogue.is_empty() {
        ui.add_space(12.0);
        library_side::show_filters(ui, view);
    }
}

fn right_column(ui: &mut Ui, three: bool, view: &mut View<'_>) {
    let all = [
        ("library-figures", LibrarySide::Figures),
        ("library-batch", LibrarySide::Batch),
        ("library-folders", LibrarySide::Places),
    ];
    // With a column of their own the folders need no tab.
    let offered = if three { &all[..2] } else { &all[..] };
    let side = view.model.library.side;
    let side = if three && side == LibrarySide::Places { LibrarySide::Figures } else { side };
    ui.horizontal_wrapped(|ui| {
        for (key, one) in offered.iter().copied() {
            view.toggle(ui, key, side == one, Command::Library(LibraryCommand::ShowSide(one)));
        }
    });
    ui.add_space(8.0);
    match side {
        LibrarySide::Figures => scrolled(ui, "figures", view, library_side::show_figures),
        LibrarySide::Batch => library_side::show_batch(ui, view),
        LibrarySide::Places => scrolled(ui, "places", view, left_column),
    }
}

/// A small heading over a group.
pub(super) fn heading(ui: &mut Ui, key: &str, view: &View<'_>) {
    ui.label(view.rich(view.text(key), Size::Small, view.tokens.muted));
}

/// Capitalises a word of a sentence for use on its own.
pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A button that sends a command of the library.
pub(super) fn button(ui: &mut Ui, key: &str, command: LibraryCommand, view: &mut View<'_>) {
    view.button(ui, key, Command::Library(command));
}

/// Paints the middle of the screen.
fn show_list(ui: &mut Ui, view: &mut View<'_>) {
    if !view.model.library.catalogue.is_empty() {
        search_and_order(ui, view);
        counts_and_actions(ui, view);
    }
    offer(ui, view);
    if view.model.library.listed.is_empty() {
        show_empty(ui, view);
    } else {
        rows(ui, view);
    }
}

fn search_and_order(ui: &mut Ui, view: &mut View<'_>) {
    let strip = vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(strip, Layout::right_to_left(Align::Center), |ui| {
        order(ui, view);
        search(ui, view);
    });
}

const fn sort_key(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Newest => "library-sort-newest",
        SortBy::Oldest => "library-sort-oldest",
        SortBy::Title => "library-sort-title",
        SortBy::LeastSure => "library-sort-least-sure",
    }
}

fn order(ui: &mut Ui, view: &mut View<'_>) {
    let now = view.model.library.query.sort;
    let name = view.text("library-sort");
    let shown = view.text(sort_key(now));
    let menu = ComboBox::from_id_salt("library-sort").width(156.0).selected_text(&shown).show_ui(ui, |ui| {
        for sort in SortBy::ALL {
            if ui.selectable_label(sort == now, view.text(sort_key(sort))).clicked() {
                view.send(Command::Library(LibraryCommand::Narrow(Narrow::Sort(sort))));
            }
        }
    });
    menu.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("{name}: {shown}")));
}

fn search(ui: &mut Ui, view: &mut View<'_>) {
    let mut text = view.model.library.query.text.clone();
    let name = view.text("library-search");
    let field = view.field(ui, TextEdit::singleline(&mut text).hint_text(&name).desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    if view.model.library.search_wanted {
        field.request_focus();
        view.send(Command::Library(LibraryCommand::Painted(view.model.library.visible.clone())));
    }
    if field.changed() {
        view.send(Command::Library(LibraryCommand::Narrow(Narrow::Text(text))));
    }
}

fn counts_and_actions(ui: &mut Ui, view: &mut View<'_>) {
    let library = &view.model.library;
    let (shown, all) = (library.listed.len().to_string(), library.catalogue.len().to_string());
    let mut text = view.words.with("library-count", &[("shown", &shown), ("all", &all)]);
    if let Some(found) = library.looking {
        let found = view.words.with("library-looking-count", &[("n", &found.to_string())]);
        text = format!("{text}   {found}");
    }
    let (chosen, unjudged, uncalled) = (library.chosen.len(), library.unjudged, library.uncalled);
    ui.horizontal_wrapped(|ui| {
        ui.label(view.rich(text, Size::Small, view.tokens.muted));
        if chosen > 0 {
            numbered(ui, "library-judge-chosen", chosen, LibraryCommand::Judge(Judged::Chosen), view);
        }
        if unjudged > 0 {
            numbered(ui, "library-judge-unjudged", unjudged, LibraryCommand::Judge(Judged::Unjudged), view);
        }
        if uncalled > 0 {
            numbered(ui, "library-call-uncalled", uncalled, LibraryCommand::CallUncalled, view);
        }
        button(ui, "cmd-library-export-csv", LibraryCommand::Export(ExportFormat::Csv), view);
    });
    ui.add_space(4.0);
}

/// A button with a count in its name.
pub(super) fn numbered(ui: &mut Ui, key: &str, number: usize, command: LibraryCommand, view: &mut View<'_>) {
    let name = view.words.with(key, &[("n", &number.to_string())]);
    let response = ui.add(egui::Button::new(name).min_size(egui::vec2(28.0, 28.0)));
    let command = Command::Library(command);
    let chord = view.model.keymap.chord_of(&command).map(Chord::shown);
    let response = match chord {
        Some(chord) => response.on_hover_text(chord),
        None => response,
    };
    if response.clicked() {
        view.send(command);
    }
}

/// Offers to judge dropped clips.
fn offer(ui: &mut Ui, view: &mut View<'_>) {
    if view.model.library.offer.is_empty() || view.model.library.looking.is_some() {
        return;
    }
    let offered = view.model.library.offered_entries().len();
    if offered == 0 {
        view.send(Command::Library(LibraryCommand::DeclineOffer));
        return;
    }
    view.tokens.card().stroke(egui::Stroke::new(1.0, view.tokens.accent)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let text = view.words.with("library-offer", &[("n", &offered.to_string())]);
            ui.label(view.rich(text, Size::Body, view.tokens.text));
            button(ui, "library-offer-yes", LibraryCommand::Judge(Judged::Offered), view);
            button(ui, "library-offer-no", LibraryCommand::DeclineOffer, view);
        });
        ui.set_width(ui.available_width());
    });
    ui.add_space(8.0);
}

/// The visible rows; the others cost nothing.
fn rows(ui: &mut Ui, view: &mut View<'_>) {
    let height = row_height(view);
    ui.spacing_mut().item_spacing.y = 4.0;
    let mut area = ScrollArea::vertical().id_salt("library-rows").auto_shrink(false);
    if let Some(wanted) = view.model.library.reveal {
        area = area.vertical_scroll_offset(revealing(ui, wanted, height + 4.0, view));
    }
    let total = view.model.library.listed.len();
    let shown: Range<usize> = area
        .show_rows(ui, height, total, |ui, range| {
            for at in range.clone() {
                show_row(ui, at, height, view);
            }
            range
        })
        .inner;
    if view.model.library.reveal.is_some() || shown != view.model.library.visible {
        view.send(Command::Library(LibraryCommand::Painted(shown)));
    }
}

/// The smallest scrolling that makes a row visible.
fn revealing(ui: &Ui, row: usize, pitch: f32, view: &View<'_>) -> f32 {
    let room = ui.available_height();
    let first = view.model.library.visible.start as f32 * pitch;
    let top = row as f32 * pitch;
    if top < first + pitch {
        (top - pitch).max(0.0)
    } else if top + 2.0 * pitch > first + room {
        (top + 2.0 * pitch - room).max(0.0)
    } else {
        first
    }
}

/// Height of a row: the thumbnail with its margin, more with large text.
fn row_height(view: &View<'_>) -> f32 {
    (64.0 * view.model.settings.text_scale.0).clamp(64.0, 104.0)
}

/// Positions of the parts of a row.
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

/// Paints a row and handles its input.
fn show_row(ui: &mut Ui, at: usize, row_height: f32, view: &mut View<'_>) {
    let Some(entry) = view.model.library.listed.get(at).map(Arc::clone) else { return };
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), row_height), Sense::hover());
    // Not a tab stop: arrow keys move through ten thousand rows, Enter opens.
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

/// Selected rows have a bar at their edge and a raised background, the one under the cursor a frame: shape, not colour alone.
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
    if let Some(texture) = view.textures.thumbnail(&entry.path) {
        let size = texture.size_vec2();
        let shrink = (place.width() / size.x.max(1.0)).min(place.height() / size.y.max(1.0));
        let shown = Rect::from_center_size(place.center(), size * shrink);
        painter.image(texture.id(), shown, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    } else if entry.trouble.is_some() {
        // White on black, in all themes.
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

/// Date, weapon, length.
fn facts(entry: &Entry, view: &View<'_>) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let when = entry.recorded_at.and_then(|at| at.format(format).ok());
    let weapon = entry.weapon.map(|w| view.text(weapon_key(w)));
    let length = entry.duration_secs.map(|secs| format!("{} s", view.words.language().number(secs, 1)));
    [when, weapon, length].into_iter().flatten().collect::<Vec<_>>().join("  ·  ")
}

/// One line, truncated with an ellipsis.
fn line(ui: &Ui, place: Rect, text: &str, (size, colour): (Size, Color32), view: &View<'_>) {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), view.tokens.font(size), colour);
    job.wrap = TextWrapping::truncate_at_width(place.width().max(8.0));
    job.halign = Align::LEFT;
    let galley = ui.painter().layout_job(job);
    let top = place.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(place.left(), top), galley, colour);
}

/// A text of at most two lines, truncated after that.
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
        // The call "too close" implies its confidence.
        Some(m) if m.call == Call::TooClose => (Some(m.call), String::new()),
        Some(m) => (Some(m.call), m.confidence.map(|c| view.words.confidence(c.word())).unwrap_or_default()),
        None => (None, String::new()),
    };
    call(ui, columns.machine, ("opinion-machine", shown, sure), view);
}

/// A call: who made it with which confidence, below it the call, in two lines if necessary; a bar in the side's colour on the side that
/// gets the touch.
fn call(ui: &Ui, place: Rect, (who, opinion, sure): (&str, Option<Call>, String), view: &View<'_>) {
    let lines = three_lines(place.shrink2(vec2(10.0, 0.0)));
    let who = view.text(who);
    let caption = if sure.is_empty() { who } else { format!("{who} · {sure}") };
    line(ui, lines[0], &caption, (Size::Small, view.tokens.muted), view);
    let text = opinion.map_or_else(|| "–".to_owned(), |call| view.words.call(call));
    two_lines(ui, lines[1].union(lines[2]), &text, view);
    let sides = match opinion {
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

/// A tick if both agree, a cross if they differ, nothing if one made no call.
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

/// The row as text, for screen readers.
fn spoken(entry: &Entry, view: &View<'_>) -> String {
    let opinion = |who: &str, call: Option<Call>| call.map(|c| format!("{}: {}", view.text(who), view.words.call(c)));
    let hidden = view.model.settings.blind_mode && entry.own_call.is_none();
    let machine = entry.machine.as_ref().map(|m| m.call).filter(|_| !hidden);
    let parts = [
        Some(entry.title.clone()),
        Some(entry.fencers_line()).filter(|line| !line.is_empty()),
        opinion("opinion-referee", entry.own_call),
        opinion("opinion-machine", machine),
        entry.trouble.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Paints the reason for an empty list, and what to do.
fn show_empty(ui: &mut Ui, view: &mut View<'_>) {
    let library = &view.model.library;
    let (title, detail, buttons): (&str, &str, Vec<(&str, Command)>) = if library.looking.is_some() {
        ("library-looking", "library-looking-detail", Vec::new())
    } else if !library.catalogue.is_empty() {
        let all = Command::Library(LibraryCommand::Narrow(Narrow::Nothing));
        ("library-nothing-fits", "library-nothing-fits-detail", vec![("library-everything", all)])
    } else if view.model.settings.library_folders.is_empty() && library.loose.is_empty() {
        ("library-empty", "library-empty-detail", ways_in())
    } else {
        ("library-no-phrase", "library-no-phrase-detail", ways_in())
    };
    let room = ui.available_rect_before_wrap();
    let place = room.shrink2(egui::vec2((room.width() * 0.15).max(8.0), room.height() * 0.36));
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)), |ui| {
        ui.label(view.rich(view.text(title), Size::Title, view.tokens.text));
        ui.label(view.rich(view.text(detail), Size::Body, view.tokens.muted));
        ui.add_space(8.0);
        for (key, command) in buttons {
            view.button(ui, key, command);
        }
    });
}

fn ways_in() -> Vec<(&'static str, Command)> {
    vec![("cmd-library-add", Command::Library(LibraryCommand::AskForFolder)), ("cmd-open", Command::AskForClip)]
}
