//! The two lamps: dark when off, the whole panel lit when on, always with a word, white ones hatched.

use super::fencers::side_colour;
use super::{Anchor, Canvas, Colour, Ink, Layer, Shape, Weight};
use crate::overlay::words::OverlayWords;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind, SignalLog};

/// A side's lamp at a time. A light without a time is lit from the last signal of the phrase on.
pub fn lamp_at(signals: &SignalLog, side: Side, at: Timestamp) -> Lamp {
    let mut state = Lamp::Off;
    for event in signals.events().iter().take_while(|e| e.at <= at) {
        match event.kind {
            SignalKind::Lamp { side: whose, lamp } if whose == side => state = lamp,
            _ => {}
        }
    }
    let ended = signals.events().last().is_none_or(|last| last.at <= at);
    signals.final_lamps().filter(|_| ended).map_or(state, |lamps| lamps[side])
}

/// Both lamps in the upper corners.
pub(super) fn lamps(canvas: &mut Canvas, lit: PerSide<Lamp>, words: &OverlayWords) {
    for side in Side::BOTH {
        lamp(canvas, side, lit[side], words);
    }
}

fn lamp(canvas: &mut Canvas, side: Side, state: Lamp, words: &OverlayWords) {
    let unit = canvas.unit;
    let (margin, width, height) = (20.0 * unit, 200.0 * unit, 64.0 * unit);
    let left = match side {
        Side::Left => margin,
        Side::Right => canvas.width() - margin - width,
    };
    let rect = ImageRect { left, top: margin, right: left + width, bottom: margin + height };
    let (glass, word, ink): (Ink, &str, Ink) = match state {
        Lamp::Off => (Colour::Surface.at(0.75), words.side(side), Colour::Muted.ink()),
        Lamp::Valid => (side_colour(side).ink(), &words.touch, Colour::Shade.ink()),
        Lamp::OffTarget => (Colour::White.ink(), &words.off_target, Colour::Shade.ink()),
        Lamp::Fault => (Colour::Warning.ink(), &words.fault, Colour::Shade.ink()),
    };
    let corner = 8.0 * unit;
    let rim = grown(rect, 3.0 * unit);
    canvas.add(Layer::Panel, Shape::Rect { rect: rim, corner: corner + 3.0 * unit, ink: Colour::Shade.at(0.85) });
    canvas.add(Layer::Mark, Shape::Rect { rect, corner, ink: glass });
    if state == Lamp::OffTarget {
        hatch(canvas, rect);
    }
    let text = Shape::Text {
        at: rect.centre(),
        anchor: Anchor::Middle,
        size: 28.0 * unit,
        weight: Weight::Bold,
        max_width: width - if state == Lamp::OffTarget { 84.0 } else { 20.0 } * unit,
        text: word.to_owned(),
        ink,
    };
    canvas.add(Layer::Label, text);
}

/// Slanted stripes at both ends of a white lamp, so that white is also recognisable by shape.
fn hatch(canvas: &mut Canvas, rect: ImageRect) {
    let unit = canvas.unit;
    let (top, bottom) = (rect.top + 8.0 * unit, rect.bottom - 8.0 * unit);
    for x in [6.0, 16.0, 168.0, 178.0] {
        let from = ImagePoint::new(rect.left + (x + 12.0) * unit, top);
        let to = ImagePoint::new(rect.left + x * unit, bottom);
        canvas.add(Layer::Mark, Shape::Line { from, to, width: 3.0 * unit, ink: Colour::Muted.ink() });
    }
}

/// A rectangle enlarged on all sides.
pub(super) fn grown(rect: ImageRect, by: f32) -> ImageRect {
    ImageRect { left: rect.left - by, top: rect.top - by, right: rect.right + by, bottom: rect.bottom + by }
}
