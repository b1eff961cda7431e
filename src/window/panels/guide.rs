//! The help window (F1): the keys of the screen that is shown, the guides, and a search over them.

use super::chrome::{shortcuts, sized_window};
use crate::command::Command;
use crate::guide::{self, Block, Guide, PAGES, Span, Style};
use crate::theme::Size;
use crate::view::View;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Ui};

/// Width of the list of pages, in points at the normal text size.
const LIST_WIDTH: f32 = 190.0;
/// Width of the whole, in points at the normal text size: lines of some 80 characters.
const WIDTH: f32 = 860.0;

/// The picture that the guides show.
const REVIEW: &[u8] = include_bytes!("../../../assets/review.png");

/// Shows the window.
pub(super) fn show_help(ui: &Ui, view: &mut View<'_>) {
    sized_window(ui, view, "help-title", WIDTH, |ui, view, highest| {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(LIST_WIDTH * view.tokens.scale());
                column("guide-list", highest).show(ui, |ui| list(ui, view));
            });
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                let page = view.model.guide.page;
                column(("guide-page", page), highest).show(ui, |ui| match page {
                    None => shortcuts(ui, view),
                    Some(page) => show_page(ui, page, view),
                });
            });
        });
    });
}

/// Both columns scroll by themselves, and each page stays where it was left.
fn column(name: impl egui::AsIdSalt, highest: f32) -> egui::ScrollArea {
    egui::ScrollArea::vertical().id_salt(name).auto_shrink([false, true]).max_height(highest)
}

fn list(ui: &mut Ui, view: &mut View<'_>) {
    let mut typed = view.model.guide.search.clone();
    let label = ui.label(view.text("guide-search"));
    let field =
        view.field(ui, egui::TextEdit::singleline(&mut typed).desired_width(f32::INFINITY)).labelled_by(label.id);
    if field.changed() {
        view.send(Command::ShowGuide(Guide { search: typed.clone(), ..view.model.guide.clone() }));
    }
    if typed.trim().is_empty() {
        entry(ui, view, &view.text("guide-keys"), None, 0);
        for page in 0..PAGES.len() {
            entry(ui, view, guide::title(page), Some(page), 0);
        }
        ui.add_space(8.0);
        let version = format!("Fencing Referee {}", view.model.version);
        ui.add(egui::Label::new(view.rich(version, Size::Small, view.tokens.muted)).wrap());
        return;
    }
    let hits = guide::search(&typed);
    if hits.is_empty() {
        ui.label(view.text("guide-none"));
    }
    for hit in hits.iter().take(40) {
        entry(ui, view, &hit.text, Some(hit.page), hit.block);
    }
}

/// A line of the list that leads somewhere.
fn entry(ui: &mut Ui, view: &mut View<'_>, text: &str, page: Option<usize>, block: usize) {
    let shown = &view.model.guide;
    let chosen = shown.page == page && shown.block == block;
    let button = egui::Button::new(text).selected(chosen).wrap().min_size(egui::vec2(ui.available_width(), 28.0));
    let target = Guide { page, block, search: shown.search.clone() };
    if ui.add(button).clicked() {
        view.send(Command::ShowGuide(target));
    }
}

fn show_page(ui: &mut Ui, page: usize, view: &View<'_>) {
    let Some((name, text)) = PAGES.get(page) else { return };
    // What was asked for is scrolled to once; afterwards the reader scrolls.
    let (wanted, id) = ((page, view.model.guide.block), egui::Id::unique("guide-scrolled"));
    let scrolled: Option<(usize, usize)> = ui.data(|data| data.get_temp(id));
    for (index, block) in guide::blocks(text).iter().enumerate() {
        let response = ui.push_id((name, index), |ui| show_block(ui, block, view)).response;
        if index == wanted.1 && scrolled != Some(wanted) {
            response.scroll_to_me(Some(Align::TOP));
            ui.data_mut(|data| data.insert_temp(id, wanted));
        }
    }
}

fn show_block(ui: &mut Ui, block: &Block, view: &View<'_>) {
    match block {
        Block::Heading(level, words) => {
            ui.add_space(if *level == 1 { 2.0 } else { 10.0 });
            line(ui, words, if *level == 1 { Size::Title } else { Size::Large }, view);
        }
        Block::Paragraph(words) => line(ui, words, Size::Body, view),
        Block::Item(marker, words) => {
            ui.horizontal_top(|ui| {
                ui.label(view.rich(marker, Size::Body, view.tokens.accent));
                line(ui, words, Size::Body, view);
            });
        }
        Block::Code(text) => {
            let frame = egui::Frame::new().fill(view.tokens.raised).corner_radius(6).inner_margin(8);
            frame
                .show(ui, |ui| ui.add(egui::Label::new(egui::RichText::new(text).monospace()).wrap().selectable(true)));
        }
        Block::Table(rows) => {
            // The last column takes what the others leave.
            egui::Grid::new("table").striped(true).spacing([12.0, 4.0]).show(ui, |ui| {
                for (index, row) in rows.iter().enumerate() {
                    table_row(ui, row, if index == 0 { Size::Large } else { Size::Body }, view);
                }
            });
        }
        Block::Image(_, about) => picture(ui, about, view),
    }
}

/// A row of a table, all of whose columns are equally wide at most.
fn table_row(ui: &mut Ui, row: &[Vec<Span>], size: Size, view: &View<'_>) {
    let widest = (WIDTH - LIST_WIDTH - 60.0) * view.tokens.scale() / row.len().max(1) as f32;
    for cell in row {
        ui.vertical(|ui| {
            ui.set_max_width(widest);
            line(ui, cell, size, view);
        });
    }
    ui.end_row();
}

fn line(ui: &mut Ui, words: &[Span], size: Size, view: &View<'_>) {
    let tokens = view.tokens;
    let mut job = LayoutJob::default();
    for span in words {
        let (mut font, mut colour, mut background) = (tokens.font(size), tokens.text, egui::Color32::TRANSPARENT);
        match span.style {
            Style::Plain => {}
            Style::Strong => colour = tokens.accent,
            Style::Code => {
                font.family = egui::FontFamily::Monospace;
                background = tokens.raised;
            }
        }
        job.append(&span.text, 0.0, TextFormat { background, ..TextFormat::simple(font, colour) });
    }
    ui.add(egui::Label::new(job).wrap().selectable(true));
}

/// The one picture, loaded when a page that has it is first shown.
fn picture(ui: &mut Ui, about: &str, view: &View<'_>) {
    let id = egui::Id::unique("guide-picture");
    let known: Option<egui::TextureHandle> = ui.data(|data| data.get_temp(id));
    let texture = known.or_else(|| {
        let read = eframe::icon_data::from_png_bytes(REVIEW).ok()?;
        let size = [read.width as usize, read.height as usize];
        let image = egui::ColorImage::from_rgba_unmultiplied(size, &read.rgba);
        let texture = ui.ctx().load_texture("guide-picture", image, egui::TextureOptions::LINEAR);
        ui.data_mut(|data| data.insert_temp(id, texture.clone()));
        Some(texture)
    });
    if let Some(texture) = texture {
        let shown = ui.add(egui::Image::new(&texture).max_width(ui.available_width()));
        shown.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about));
    }
    ui.label(view.rich(about, Size::Small, view.tokens.muted));
}
