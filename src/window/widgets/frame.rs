//! A picture fitted into its place, magnified as the viewport says, and the map between the two.

use crate::model::{DrawnPoint, Figure, FigureLayout, MAGNIFICATION, Viewport, layout_of};
use crate::theme::{Size, Tokens};
use crate::view::View;
use egui::{Align2, Color32, Pos2, Rect, Stroke, TextureHandle, Ui, Vec2, pos2, vec2};
use fencing::time::Timestamp;
use fencing::wording::Words;
use records::overlay::{Colour, Ink, OverlayWords, Part, Scene, Shape, scene_at};
use vision::engine::Judgement;

/// Where a picture lies on the screen and which part of it is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    /// The visible part on the screen.
    pub screen: Rect,
    /// The visible part of the picture, as shares of its width and height.
    pub seen: Rect,
}

impl Placement {
    /// Fits a picture of `aspect` (width over height) into `room` and cuts it to the viewport.
    pub(crate) fn fit(room: Rect, aspect: f32, viewport: Viewport) -> Self {
        let wide = room.width() / room.height().max(1.0) > aspect;
        let size =
            if wide { vec2(room.height() * aspect, room.height()) } else { vec2(room.width(), room.width() / aspect) };
        let seen = Rect::from_center_size(pos2(viewport.centre.0, viewport.centre.1), Vec2::splat(1.0 / viewport.zoom));
        Self { screen: Rect::from_center_size(room.center(), size), seen }
    }

    /// A point given as shares of the picture, on the screen.
    pub(crate) fn screen_from_share(&self, x: f32, y: f32) -> Pos2 {
        let inside = vec2((x - self.seen.left()) / self.seen.width(), (y - self.seen.top()) / self.seen.height());
        self.screen.min + inside * self.screen.size()
    }

    /// A point on the screen as shares of the picture.
    pub(crate) fn share_from_screen(&self, at: Pos2) -> (f32, f32) {
        let inside = (at - self.screen.min) / self.screen.size();
        (self.seen.left() + inside.x * self.seen.width(), self.seen.top() + inside.y * self.seen.height())
    }
}

/// Paints the visible part of `texture`, or plain ground while there is none.
pub(crate) fn show_picture(ui: &Ui, placement: &Placement, texture: Option<&TextureHandle>, tokens: &Tokens) {
    let painter = ui.painter_at(placement.screen);
    painter.rect_filled(placement.screen, 0.0, tokens.picture);
    if let Some(texture) = texture {
        painter.image(texture.id(), placement.screen, placement.seen, egui::Color32::WHITE);
    }
}

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
    let (width, height) = (scene.frame_size.width.max(1) as f32, scene.frame_size.height.max(1) as f32);
    let scale = placement.screen.width() / (placement.seen.width() * width);
    let painter = ui.painter_at(placement.screen);
    let place = |p: fencing::geometry::ImagePoint| placement.screen_from_share(p.x / width, p.y / height);
    for (_, shape) in &scene.shapes {
        paint_shape(&painter, shape, &place, scale, tokens);
    }
}

fn paint_shape(
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

/// Paints everything drawn, and what the tool in hand would draw to `pointer`.
pub(crate) fn show_drawings(ui: &Ui, placement: &Placement, aspect: f32, pointer: Option<Pos2>, view: &View<'_>) {
    let drawings = &view.model.review.drawings;
    let place = |p: DrawnPoint| placement.screen_from_share(p.x / aspect, p.y);
    let now = view.model.review.playback.now();
    for (index, drawn) in drawings.figures().iter().enumerate().filter(|(_, drawn)| drawn.is_shown_at(now)) {
        magnify(ui, placement, aspect, &drawn.figure, view);
        paint_figure(ui, placement, &drawings.layout(drawn, now, view.words), &place, view);
        if drawings.chosen() == Some(index) {
            handles(ui, placement, drawn.figure.points(), &place, view);
        }
    }
    if let Some(pointer) = pointer {
        let (x, y) = placement.share_from_screen(pointer);
        if let Some(figure) = drawings.preview(DrawnPoint { x: x * aspect, y }) {
            paint_figure(ui, placement, &layout_of(&figure, drawings.scale()), &place, view);
        }
    }
}

/// Points around the edge of a magnifier.
const MAGNIFIER_EDGE: u16 = 64;

/// Paints the enlarged picture under a magnifier.
fn magnify(ui: &Ui, placement: &Placement, aspect: f32, figure: &Figure, view: &View<'_>) {
    let (Figure::Magnifier([middle, edge]), Some(texture)) = (figure, view.textures.review()) else { return };
    let radius = middle.distance(*edge);
    let mut mesh = egui::Mesh::with_texture(texture.id());
    let mut add = |dx: f32, dy: f32| {
        let (x, y) = ((middle.x + dx) / aspect, middle.y + dy);
        let seen = pos2((middle.x + dx / MAGNIFICATION) / aspect, middle.y + dy / MAGNIFICATION);
        mesh.vertices.push(egui::epaint::Vertex {
            pos: placement.screen_from_share(x, y),
            uv: pos2(seen.x.clamp(0.0, 1.0), seen.y.clamp(0.0, 1.0)),
            color: Color32::WHITE,
        });
    };
    add(0.0, 0.0);
    for i in 0..MAGNIFIER_EDGE {
        let angle = f32::from(i) / f32::from(MAGNIFIER_EDGE) * std::f32::consts::TAU;
        add(angle.cos() * radius, angle.sin() * radius);
    }
    for i in 0..u32::from(MAGNIFIER_EDGE) {
        mesh.add_triangle(0, i + 1, (i + 1) % u32::from(MAGNIFIER_EDGE) + 1);
    }
    ui.painter_at(placement.screen).add(mesh);
}

fn paint_figure(
    ui: &Ui,
    placement: &Placement,
    layout: &FigureLayout,
    place: &dyn Fn(DrawnPoint) -> Pos2,
    view: &View<'_>,
) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_survives_the_way_to_the_screen_and_back() {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(1000.0, 400.0));
        let placement = Placement::fit(room, 16.0 / 9.0, Viewport { zoom: 3.0, centre: (0.4, 0.6) });
        let (x, y) = placement.share_from_screen(placement.screen_from_share(0.45, 0.55));
        assert!((x - 0.45).abs() < 1e-5 && (y - 0.55).abs() < 1e-5);
        assert!((placement.screen.width() / placement.screen.height() - 16.0 / 9.0).abs() < 1e-4);
    }
}
