//! Drawings as shapes of a scene, for saved stills and clips.

use super::{Drawings, DrawnPoint, layout_of};
use fencing::geometry::{ImagePoint, PictureSize};
use records::overlay::{Anchor, Colour, Layer, Shape, Weight};

/// Thickness of a stroke in picture heights; its dark edge is twice as thick.
const STROKE: f32 = 0.004;
/// Size of the numbers in picture heights.
const NUMBERS: f32 = 0.04;

impl Drawings {
    /// Everything that is drawn, in pixels of a picture of `picture` size.
    pub fn shapes(&self, picture: PictureSize) -> Vec<(Layer, Shape)> {
        let height = picture.height as f32;
        let place = |p: DrawnPoint| ImagePoint::new(p.x * height, p.y * height);
        let mut shapes = Vec::new();
        for layout in self.figures().iter().map(layout_of) {
            let arc = layout.arc.windows(2).map(|ends| [ends[0], ends[1]]);
            for [from, to] in layout.strokes.iter().copied().chain(arc) {
                let line = |width: f32, colour: Colour| Shape::Line {
                    from: place(from),
                    to: place(to),
                    width: width * height,
                    ink: colour.ink(),
                };
                shapes.push((Layer::Outline, line(STROKE * 2.0, Colour::Shade)));
                shapes.push((Layer::Mark, line(STROKE, Colour::Warning)));
            }
            shapes.extend(layout.label.map(|(at, text)| (Layer::Label, number(place(at), text, height))));
        }
        shapes.sort_by_key(|(layer, _)| *layer);
        shapes
    }
}

fn number(at: ImagePoint, text: String, height: f32) -> Shape {
    let size = NUMBERS * height;
    let ink = Colour::Warning.ink();
    Shape::Text { at, anchor: Anchor::Middle, size, weight: Weight::Bold, max_width: size * 4.0, text, ink }
}

#[cfg(test)]
mod tests {
    use super::super::{DrawCommand, Tool};
    use super::*;

    #[test]
    fn shapes_grow_with_the_picture_and_the_dark_edge_lies_under_the_stroke() {
        let mut drawings = Drawings::default();
        drawings.apply(DrawCommand::Take(Tool::Line));
        for (x, y) in [(0.0, 0.5), (1.0, 0.5)] {
            drawings.apply(DrawCommand::Click { at: DrawnPoint { x, y }, reach: 0.01 });
        }
        let shapes = drawings.shapes(PictureSize::new(1920, 1080));
        let ends: Vec<_> = shapes
            .iter()
            .filter_map(|(layer, shape)| match shape {
                Shape::Line { to, .. } => Some((*layer, *to)),
                _ => None,
            })
            .collect();
        let end = ImagePoint::new(1080.0, 540.0);
        assert_eq!(ends, [(Layer::Outline, end), (Layer::Mark, end)]);
    }
}
