//! One line of text within a width: long text is drawn smaller, then truncated with an ellipsis. Characters that the Latin font lacks
//! are drawn with the Chinese one.

use super::fill::{Canvas, Paint};
use crate::overlay::scene::Anchor;
use ab_glyph::{Font, FontRef, GlyphId, InvalidFont, PxScale, PxScaleFont, ScaleFont, point};
use fencing::geometry::ImagePoint;

/// The bundled fonts (SIL Open Font License, `assets/fonts/OFL.txt`): Noto Sans Regular for Latin, Greek and Cyrillic, then Noto Sans SC
/// with the Chinese characters of the message files.
pub(super) const REGULAR: [&[u8]; 2] = [
    include_bytes!("../../../../assets/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansSC-Regular-subset.otf"),
];

/// The same in bold.
pub(super) const BOLD: [&[u8]; 2] = [
    include_bytes!("../../../../assets/fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/NotoSansSC-Bold-subset.otf"),
];

/// Smallest scale at which a long text is drawn before it is truncated.
const MIN_SHRINK: f32 = 0.6;

/// Height of the Latin font's capitals, in em. Chinese characters are centred on the same line.
const CAPITAL_EM: f32 = 0.714;

/// Fonts of one weight; the first that has a character draws it.
pub(super) struct Face {
    fonts: [FontRef<'static>; 2],
}

impl Face {
    /// Loads the fonts of a weight, the preferred one first.
    pub(super) fn read([usual, other]: [&'static [u8]; 2]) -> Result<Self, InvalidFont> {
        Ok(Self { fonts: [FontRef::try_from_slice(usual)?, FontRef::try_from_slice(other)?] })
    }

    fn sign(&self, c: char) -> Sign<'_> {
        let [usual, _] = &self.fonts;
        let known = self.fonts.iter().map(|font| Sign { font, id: font.glyph_id(c) }).find(|sign| sign.id.0 != 0);
        known.unwrap_or_else(|| Sign { font: usual, id: usual.glyph_id(c) })
    }
}

/// A glyph of one of the fonts.
#[derive(Clone, Copy)]
struct Sign<'a> {
    font: &'a FontRef<'static>,
    id: GlyphId,
}

impl<'a> Sign<'a> {
    /// The font at a size in em; the library itself measures from ascent to descent.
    fn scaled(self, em: f32) -> PxScaleFont<&'a FontRef<'static>> {
        let per_em = self.font.height_unscaled() / self.font.units_per_em().unwrap_or(1000.0);
        self.font.as_scaled(PxScale::from(em * per_em))
    }

    fn advance(self, em: f32) -> f32 {
        self.scaled(em).h_advance(self.id)
    }

    /// Kerning with the preceding glyph; none between two fonts.
    fn kern_after(self, before: Self, em: f32) -> f32 {
        if std::ptr::eq(self.font, before.font) { self.scaled(em).kern(before.id, self.id) } else { 0.0 }
    }
}

/// Position of a line of text.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) at: ImagePoint,
    pub(super) anchor: Anchor,
    /// Size in em.
    pub(super) size: f32,
    pub(super) max_width: f32,
}

/// Draws a line of text with its capitals centred on the point.
pub(super) fn draw(canvas: &mut Canvas<'_>, face: &Face, text: &str, line: Line, paint: Paint) {
    if text.is_empty() || !(line.size > 0.5 && line.max_width > 1.0 && line.at.is_finite()) {
        return;
    }
    let (signs, em) = fitted(face, text, line);
    let width = advance(&signs, em);
    let baseline = line.at.y + CAPITAL_EM * em / 2.0;
    let mut x = match line.anchor {
        Anchor::Start => line.at.x,
        Anchor::Middle => line.at.x - width / 2.0,
        Anchor::End => line.at.x - width,
    };
    let mut before: Option<Sign<'_>> = None;
    for sign in signs {
        x += before.map_or(0.0, |before| sign.kern_after(before, em));
        let glyph = sign.id.with_scale_and_position(sign.scaled(em).scale(), point(x, baseline));
        if let Some(outline) = sign.font.outline_glyph(glyph) {
            let origin = outline.px_bounds().min;
            outline.draw(|dx, dy, cover| {
                canvas.blend(origin.x as i64 + i64::from(dx), origin.y as i64 + i64::from(dy), paint, cover);
            });
        }
        x += sign.advance(em);
        before = Some(sign);
    }
}

/// Width of a run of glyphs at a size in em.
fn advance(signs: &[Sign<'_>], em: f32) -> f32 {
    let pairs = signs.iter().zip(signs.iter().skip(1));
    let kerns: f32 = pairs.map(|(before, sign)| sign.kern_after(*before, em)).sum();
    signs.iter().map(|sign| sign.advance(em)).sum::<f32>() + kerns
}

/// The glyphs to draw and the size in em at which they fit.
fn fitted<'a>(face: &'a Face, text: &str, line: Line) -> (Vec<Sign<'a>>, f32) {
    let mut signs: Vec<Sign<'a>> = text.chars().filter(|c| !c.is_control()).map(|c| face.sign(c)).collect();
    let width = advance(&signs, line.size);
    if width <= line.max_width {
        return (signs, line.size);
    }
    let em = line.size * (line.max_width / width).max(MIN_SHRINK);
    if advance(&signs, em) <= line.max_width * 1.001 {
        return (signs, em);
    }
    let ellipsis = face.sign('…');
    let room = line.max_width - ellipsis.advance(em);
    while !signs.is_empty() && advance(&signs, em) > room {
        signs.pop();
    }
    signs.push(ellipsis);
    (signs, em)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::wording::{Language, Words};

    #[test]
    fn every_word_over_a_picture_has_its_signs() {
        let face = Face::read(BOLD).unwrap();
        for language in Language::ALL {
            let words = Words::new(language);
            let keys = ["piste-left", "piste-off-target", "overlay-too-close", "overlay-box", "action-arm-extension"];
            let text: String = keys.iter().map(|key| words.text(key)).chain(["ÄÖÜäöüßéñ… ±".to_owned()]).collect();
            let strange: String = text.chars().filter(|c| face.sign(*c).id.0 == 0).collect();
            assert!(strange.is_empty(), "{language:?}: no sign for {strange}");
        }
    }
}
