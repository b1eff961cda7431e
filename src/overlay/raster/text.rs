//! One line of text in a given width: drawn smaller when it is long, cut with an ellipsis when that is not enough.

use super::fill::{Canvas, Paint};
use crate::geometry::ImagePoint;
use crate::overlay::scene::Anchor;
use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

/// The smallest part of its size that a long text may be drawn at before it is cut.
const MIN_SHRINK: f32 = 0.6;

/// Height of this typeface's capitals, in em.
const CAPITAL_EM: f32 = 0.714;

/// Where a line of text goes.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) at: ImagePoint,
    pub(super) anchor: Anchor,
    pub(super) size: f32,
    pub(super) max_width: f32,
}

/// Draws a line of text, its capitals centred on the height of its point.
pub(super) fn draw(canvas: &mut Canvas<'_>, font: &FontRef<'_>, text: &str, line: Line, paint: Paint) {
    if text.is_empty() || !(line.size > 0.5 && line.max_width > 1.0 && line.at.is_finite()) {
        return;
    }
    let (glyphs, size) = fitted(font, text, in_font_units(font, line));
    let scaled = font.as_scaled(PxScale::from(size));
    let width = advance(font, &glyphs, size);
    let start = match line.anchor {
        Anchor::Start => line.at.x,
        Anchor::Middle => line.at.x - width / 2.0,
        Anchor::End => line.at.x - width,
    };
    let capital = CAPITAL_EM * size / em_to_font(font);
    let baseline = line.at.y + capital / 2.0;
    let mut x = start;
    let mut before: Option<GlyphId> = None;
    for id in glyphs {
        x += before.map_or(0.0, |previous| scaled.kern(previous, id));
        let glyph = id.with_scale_and_position(PxScale::from(size), point(x, baseline));
        if let Some(outline) = font.outline_glyph(glyph) {
            let origin = outline.px_bounds().min;
            outline.draw(|dx, dy, cover| {
                canvas.blend(origin.x as i64 + i64::from(dx), origin.y as i64 + i64::from(dy), paint, cover);
            });
        }
        x += scaled.h_advance(id);
        before = Some(id);
    }
}

/// The typeface library measures size from ascent to descent; scenes measure the em.
fn em_to_font(font: &FontRef<'_>) -> f32 {
    font.height_unscaled() / font.units_per_em().unwrap_or(1000.0)
}

fn in_font_units(font: &FontRef<'_>, line: Line) -> Line {
    Line { size: line.size * em_to_font(font), ..line }
}

/// Width of a run of glyphs at a size.
fn advance(font: &FontRef<'_>, glyphs: &[GlyphId], size: f32) -> f32 {
    let scaled = font.as_scaled(PxScale::from(size));
    let kerns: f32 = glyphs.windows(2).map(|pair| scaled.kern(pair[0], pair[1])).sum();
    glyphs.iter().map(|id| scaled.h_advance(*id)).sum::<f32>() + kerns
}

/// The glyphs that are drawn and the size at which they fit.
fn fitted(font: &FontRef<'_>, text: &str, line: Line) -> (Vec<GlyphId>, f32) {
    let mut glyphs: Vec<GlyphId> = text.chars().filter(|c| !c.is_control()).map(|c| font.glyph_id(c)).collect();
    let width = advance(font, &glyphs, line.size);
    if width <= line.max_width {
        return (glyphs, line.size);
    }
    let shrink = (line.max_width / width).max(MIN_SHRINK);
    let size = line.size * shrink;
    if advance(font, &glyphs, size) <= line.max_width * 1.001 {
        return (glyphs, size);
    }
    let ellipsis = font.glyph_id('…');
    let room = line.max_width - font.as_scaled(PxScale::from(size)).h_advance(ellipsis);
    while !glyphs.is_empty() && advance(font, &glyphs, size) > room {
        glyphs.pop();
    }
    glyphs.push(ellipsis);
    (glyphs, size)
}
