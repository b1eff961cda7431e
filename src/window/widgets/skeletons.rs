//! Both fencers' skeletons over the picture, from the same scene that the saved video shows.

use super::Placement;
use crate::theme::Tokens;
use egui::{Align2, Color32, Pos2, Stroke, Ui};
use fencing::time::Timestamp;
use fencing::wording::Words;
use records::overlay::{Colour, Ink, OverlayWords, Part, Scene, Shape, scene_at};
use vision::engine::Judgement;

/// Whose skeletons, and when.
#[derive(Clone, Copy)]
pub(crate) struct SkeletonsOf<'a> {
    /// The judged phrase.
    pub judgement: &'a Judgement,
    /// The frame that is shown.
    pub at: Timestamp,
    /// The words of the window.
    pub words: &'a Words,
}

/// Paints piste line, skeletons and tags of one frame.
pub(crate) fn show_skeletons(ui: &Ui, placement: &Placement, of: SkeletonsOf<'_>, tokens: &Tokens) {
    let words = OverlayWords::of_the_piste(of.words);
    let scene = scene_at(of.judgement, &words, of.at, &[Part::PisteLine, Part::Skeletons]);
    show_scene(ui, placement, &scene, tokens);
}

/// Paints a scene over its picture.
pub(crate) fn show_scene(ui: &Ui, placement: &Placement, scene: &Scene, tokens: &Tokens) {
    let (width, height) = (scene.picture.width.max(1) as f32, scene.picture.height.max(1) as f32);
    let scale = placement.screen.width() / (placement.seen.width() * width);
    let painter = ui.painter_at(placement.screen);
    let place = |p: fencing::geometry::ImagePoint| placement.screen_from_share(p.x / width, p.y / height);
    for (_, shape) in &scene.shapes {
        paint(&painter, shape, &place, scale, tokens);
    }
}

fn paint(
    painter: &egui::Painter,
    shape: &Shape,
    place: &dyn Fn(fencing::geometry::ImagePoint) -> Pos2,
    scale: f32,
    tokens: &Tokens,
) {
    match shape {
        Shape::Line { from, to, width, ink } => {
            painter.line_segment([place(*from), place(*to)], Stroke::new(width * scale, colour(*ink, tokens)));
        }
        Shape::Circle { centre, radius, ink } => {
            painter.circle_filled(place(*centre), radius * scale, colour(*ink, tokens));
        }
        Shape::Polygon { points, ink } => {
            let points = points.iter().map(|p| place(*p)).collect();
            painter.add(egui::Shape::convex_polygon(points, colour(*ink, tokens), Stroke::NONE));
        }
        Shape::Rect { rect, corner, ink } => {
            let corners = [(rect.left, rect.top), (rect.right, rect.bottom)];
            let [min, max] = corners.map(|(x, y)| place(fencing::geometry::ImagePoint::new(x, y)));
            painter.rect_filled(egui::Rect::from_min_max(min, max), corner * scale, colour(*ink, tokens));
        }
        Shape::Text { at, size, text, ink, .. } => {
            let font = egui::FontId::proportional(size * scale);
            painter.text(place(*at), Align2::CENTER_CENTER, text, font, colour(*ink, tokens));
        }
    }
}

/// The theme's colour for a meaning. Marks on the picture keep the dark theme's ground, whatever the window wears.
fn colour(ink: Ink, tokens: &Tokens) -> Color32 {
    let base = match ink.colour {
        Colour::Left => tokens.left,
        Colour::Right => tokens.right,
        Colour::Warning => tokens.warning,
        Colour::Accent => tokens.accent,
        Colour::White | Colour::Text => tokens.white,
        Colour::Surface | Colour::Shade | Colour::Line => tokens.picture,
        Colour::Muted => tokens.muted,
    };
    base.gamma_multiply(ink.alpha)
}
