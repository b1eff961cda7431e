//! The verdict across the lower third: the call in large type on the winner's side, an arrow, the reason, the confidence.

use super::fencers::side_colour;
use super::{Anchor, Canvas, Colour, Layer, Shape, Weight, lanes};
use crate::overlay::words::OverlayWords;
use fencing::Side;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;
use vision::engine::Judgement;

/// Time before the end of the clip from which the verdict is displayed when no touch was signalled, in seconds.
const WITHOUT_TOUCH_SECS: f64 = 1.5;
/// Height of the banner in units.
const HEIGHT: f32 = 118.0;
/// Width of the call in units.
const CALL_WIDTH: f32 = 430.0;

/// Start of the verdict's display: the first touch, otherwise shortly before the end; `None` without any frame.
pub fn verdict_from(judgement: &Judgement) -> Option<Timestamp> {
    let without = || judgement.tracks.samples.last().map(|s| s.at.plus_secs(-WITHOUT_TOUCH_SECS));
    judgement.signals.first_touch().map(|e| e.at).or_else(without)
}

/// Draws the verdict, from its start on.
pub(super) fn banner(canvas: &mut Canvas, judgement: &Judgement, words: &OverlayWords, at: Timestamp) {
    if verdict_from(judgement).is_none_or(|from| at < from) {
        return;
    }
    let unit = canvas.unit;
    let margin = 20.0 * unit;
    let bottom = canvas.height() - lanes::height(unit) - 12.0 * unit;
    let rect = ImageRect { left: margin, top: bottom - HEIGHT * unit, right: canvas.width() - margin, bottom };
    let winner = judgement.verdict.call.winner();
    canvas.add(Layer::Panel, Shape::Rect { rect, corner: 8.0 * unit, ink: Colour::Surface.at(0.92) });
    let layout = Layout::new(rect, unit, winner);
    edge(canvas, rect, winner);
    call(canvas, &layout, words);
    details(canvas, &layout, judgement, words);
}

/// Positions in the banner: the call on the winner's side, the reasons on the other.
struct Layout {
    rect: ImageRect,
    unit: f32,
    winner: Option<Side>,
    /// Where the call begins or ends.
    call_x: f32,
    /// Where the reasons begin, and their width.
    reasons_x: f32,
    reasons_width: f32,
}

impl Layout {
    fn new(rect: ImageRect, unit: f32, winner: Option<Side>) -> Self {
        let arrow = if winner.is_some() { 92.0 } else { 32.0 } * unit;
        let call_width = (CALL_WIDTH * unit).min(rect.width() * 0.42);
        let reasons_width = rect.width() - call_width - 56.0 * unit;
        let (call_x, reasons_x) = match winner {
            Some(Side::Right) => (rect.right - arrow, rect.left + 28.0 * unit),
            _ => (rect.left + arrow, rect.left + call_width + 28.0 * unit),
        };
        Self { rect, unit, winner, call_x, reasons_x, reasons_width }
    }

    fn call_width(&self) -> f32 {
        self.rect.width() - self.reasons_width - 56.0 * self.unit - 100.0 * self.unit
    }

    fn y(&self, share: f32) -> f32 {
        self.rect.top + self.rect.height() * share
    }
}

/// The winner's edge in their colour; both edges neutral without a winner.
fn edge(canvas: &mut Canvas, rect: ImageRect, winner: Option<Side>) {
    let width = 12.0 * canvas.unit;
    let left = ImageRect { right: rect.left + width, ..rect };
    let right = ImageRect { left: rect.right - width, ..rect };
    let edges: &[(ImageRect, Colour)] = match winner {
        Some(Side::Left) => &[(left, Colour::Left)],
        Some(Side::Right) => &[(right, Colour::Right)],
        None => &[(left, Colour::Muted), (right, Colour::Muted)],
    };
    for (rect, colour) in edges {
        canvas.add(Layer::Mark, Shape::Rect { rect: *rect, corner: 6.0 * canvas.unit, ink: colour.ink() });
    }
}

fn call(canvas: &mut Canvas, layout: &Layout, words: &OverlayWords) {
    let (unit, y) = (layout.unit, layout.y(0.5));
    let anchor = if layout.winner == Some(Side::Right) { Anchor::End } else { Anchor::Start };
    if let Some(side) = layout.winner {
        canvas.add(Layer::Mark, arrow(layout, side));
    }
    let text = Shape::Text {
        at: ImagePoint::new(layout.call_x, y),
        anchor,
        size: 72.0 * unit,
        weight: Weight::Bold,
        max_width: layout.call_width(),
        text: words.call.clone(),
        ink: Colour::Text.ink(),
    };
    canvas.add(Layer::Label, text);
}

/// A triangle that points to the winner's side.
fn arrow(layout: &Layout, side: Side) -> Shape {
    let (unit, y) = (layout.unit, layout.y(0.5));
    let away = -side.forward_sign() * unit;
    let base = layout.call_x + away * 16.0;
    let tip = base + away * 44.0;
    let points = [(tip, y), (base, y - 34.0 * unit), (base, y + 34.0 * unit)];
    Shape::Polygon { points: points.map(|(x, y)| ImagePoint::new(x, y)).to_vec(), ink: side_colour(side).ink() }
}

fn details(canvas: &mut Canvas, layout: &Layout, judgement: &Judgement, words: &OverlayWords) {
    let unit = layout.unit;
    let lines = [
        (words.reason.as_str(), 0.24, 26.0, Weight::Bold, Colour::Text),
        (words.detail.as_str(), 0.53, 20.0, Weight::Regular, Colour::Muted),
    ];
    for (text, share, size, weight, colour) in lines {
        let text = Shape::Text {
            at: ImagePoint::new(layout.reasons_x, layout.y(share)),
            anchor: Anchor::Start,
            size: size * unit,
            weight,
            max_width: layout.reasons_width,
            text: text.to_owned(),
            ink: colour.ink(),
        };
        canvas.add(Layer::Label, text);
    }
    confidence(canvas, layout, judgement.verdict.confidence.0, &words.confidence);
}

/// The word for the confidence and a bar of that length.
fn confidence(canvas: &mut Canvas, layout: &Layout, sure: f64, word: &str) {
    if word.is_empty() {
        return;
    }
    let (unit, y) = (layout.unit, layout.y(0.80));
    let word_width = 130.0 * unit;
    let text = Shape::Text {
        at: ImagePoint::new(layout.reasons_x, y),
        anchor: Anchor::Start,
        size: 20.0 * unit,
        weight: Weight::Bold,
        max_width: word_width - 10.0 * unit,
        text: word.to_owned(),
        ink: Colour::Text.ink(),
    };
    canvas.add(Layer::Label, text);
    let left = layout.reasons_x + word_width;
    let full = (layout.reasons_width - word_width).clamp(0.0, 260.0 * unit);
    let share = if sure.is_finite() { sure.clamp(0.0, 1.0) as f32 } else { 0.0 };
    let colour = layout.winner.map_or(Colour::Muted, side_colour);
    for (width, ink) in [(full, Colour::Line.ink()), (full * share, colour.ink())] {
        let rect = ImageRect { left, top: y - 7.0 * unit, right: left + width, bottom: y + 7.0 * unit };
        canvas.add(Layer::Mark, Shape::Rect { rect, corner: 4.0 * unit, ink });
    }
}
