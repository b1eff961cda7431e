//! Lines and angles over the picture: the layout of the model, brought to the screen.

use super::Placement;
use crate::model::{DrawnPoint, FigureLayout, layout_of};
use crate::theme::Size;
use crate::view::View;
use egui::{Align2, Pos2, Stroke, Ui, vec2};

/// Paints everything drawn, and what the tool in hand would draw to `pointer`.
pub(crate) fn show_drawings(ui: &Ui, placement: &Placement, aspect: f32, pointer: Option<Pos2>, view: &View<'_>) {
    let drawings = &view.model.review.drawings;
    let place = |p: DrawnPoint| placement.screen_from_share(p.x / aspect, p.y);
    for (index, figure) in drawings.figures().iter().enumerate() {
        paint(ui, placement, &layout_of(figure), &place, view);
        if drawings.chosen() == Some(index) {
            handles(ui, placement, figure.points(), &place, view);
        }
    }
    if let Some(pointer) = pointer {
        let (x, y) = placement.share_from_screen(pointer);
        if let Some(figure) = drawings.preview(DrawnPoint { x: x * aspect, y }) {
            paint(ui, placement, &layout_of(&figure), &place, view);
        }
    }
}

fn paint(ui: &Ui, placement: &Placement, layout: &FigureLayout, place: &dyn Fn(DrawnPoint) -> Pos2, view: &View<'_>) {
    let painter = ui.painter_at(placement.screen);
    let strokes = layout.strokes.iter().copied();
    let arc = layout.arc.windows(2).map(|ends| [ends[0], ends[1]]);
    let all: Vec<_> = strokes.chain(arc).map(|[a, b]| [place(a), place(b)]).collect();
    for (width, colour) in [(5.0, view.tokens.picture), (2.5, view.tokens.mark)] {
        for ends in &all {
            painter.line_segment(*ends, Stroke::new(width, colour));
        }
    }
    if let Some((at, text)) = &layout.label {
        let galley = painter.layout_no_wrap(text.clone(), view.tokens.font(Size::Large), view.tokens.mark);
        let ground = Align2::CENTER_CENTER.anchor_size(place(*at), galley.size());
        painter.rect_filled(ground.expand2(vec2(5.0, 1.0)), 4.0, view.tokens.picture.gamma_multiply(0.75));
        painter.galley(ground.min, galley, view.tokens.mark);
    }
}

fn handles(ui: &Ui, placement: &Placement, points: &[DrawnPoint], place: &dyn Fn(DrawnPoint) -> Pos2, view: &View<'_>) {
    let painter = ui.painter_at(placement.screen);
    for point in points {
        painter.circle(place(*point), 5.0, view.tokens.picture, Stroke::new(2.0, view.tokens.mark));
    }
}
