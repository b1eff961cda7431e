//! Timeline of both fencers: two rows each (feet, hand), one for the apparatus, and a playhead.

use super::fencers::side_colour;
use super::{Anchor, Canvas, Colour, Layer, Shape, Weight};
use crate::overlay::words::OverlayWords;
use fencing::actions::{Action, ActionKind};
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::{Span, Timestamp};
use fencing::{Lamp, Side, SignalKind};
use vision::engine::Judgement;

/// Longest displayed time, in seconds; longer phrases scroll.
const MAX_SHOWN_SECS: f64 = 12.0;
/// Height of one row in units.
const ROW: f32 = 17.0;
/// Rows: feet and hand of the left fencer, of the right fencer, the apparatus.
const ROWS: f32 = 5.0;
/// Space above and below the rows in units.
const PADDING: f32 = 7.0;
/// Start of the rows and margin at their end, in units.
const LABELS: f32 = 92.0;
const END: f32 = 16.0;

/// Height of the panel in pixels.
pub(super) fn height(unit: f32) -> f32 {
    (ROW * ROWS + 2.0 * PADDING) * unit
}

/// The displayed time span on the width of the rows.
struct Axis {
    shown: Span,
    left: f32,
    width: f32,
}

impl Axis {
    fn new(canvas: &Canvas, judgement: &Judgement, at: Timestamp) -> Self {
        let samples = &judgement.tracks.samples;
        let events = judgement.signals.events();
        let starts = [samples.first().map(|s| s.at), events.first().map(|e| e.at)];
        let ends = [samples.last().map(|s| s.at), events.last().map(|e| e.at)];
        let start = starts.into_iter().flatten().min().unwrap_or(at);
        let end = ends.into_iter().flatten().max().unwrap_or(at);
        let shown = window(Span::between(start, end), at);
        let left = LABELS * canvas.unit;
        Self { shown, left, width: canvas.width() - left - END * canvas.unit }
    }

    /// Horizontal position of a time, clamped to the rows.
    fn x(&self, at: Timestamp) -> f32 {
        let share = at.secs_since(self.shown.start) / self.shown.secs().max(0.1);
        self.left + share.clamp(0.0, 1.0) as f32 * self.width
    }
}

/// The whole phrase if it is short, otherwise the part around `at`.
fn window(whole: Span, at: Timestamp) -> Span {
    if whole.secs() <= MAX_SHOWN_SECS {
        return whole;
    }
    let latest_start = whole.end.plus_secs(-MAX_SHOWN_SECS);
    let start = at.plus_secs(-MAX_SHOWN_SECS * 0.75).clamp(whole.start, latest_start);
    Span { start, end: start.plus_secs(MAX_SHOWN_SECS) }
}

/// Draws the panel at the bottom.
pub(super) fn lanes(canvas: &mut Canvas, judgement: &Judgement, words: &OverlayWords, at: Timestamp) {
    let axis = Axis::new(canvas, judgement, at);
    let unit = canvas.unit;
    let top = canvas.height() - height(unit);
    let panel = ImageRect { left: 0.0, top, right: canvas.width(), bottom: canvas.height() };
    canvas.add(Layer::Panel, Shape::Rect { rect: panel, corner: 0.0, ink: Colour::Shade.at(0.78) });
    let first_row = top + PADDING * unit;
    for (lane, side) in [0.0, 2.0].into_iter().zip(Side::BOTH) {
        let y = first_row + lane * ROW * unit;
        name(canvas, words.side(side), y + ROW * unit, side_colour(side));
        bars(canvas, &judgement.timeline.actions[side], side, words, &axis, y);
    }
    let box_row = first_row + 4.0 * ROW * unit;
    name(canvas, &words.apparatus, box_row + ROW * unit / 2.0, Colour::Muted);
    apparatus(canvas, judgement, &axis, box_row);
    playhead(canvas, &axis, at, top);
}

fn name(canvas: &mut Canvas, text: &str, y: f32, colour: Colour) {
    let unit = canvas.unit;
    let text = Shape::Text {
        at: ImagePoint::new(14.0 * unit, y),
        anchor: Anchor::Start,
        size: 14.0 * unit,
        weight: Weight::Bold,
        max_width: (LABELS - 20.0) * unit,
        text: text.to_owned(),
        ink: colour.ink(),
    };
    canvas.add(Layer::Label, text);
}

/// Row of an action: feet above, hand and blade below.
const fn row_of(kind: ActionKind) -> f32 {
    match kind {
        ActionKind::ArmExtension
        | ActionKind::ArmWithdrawal
        | ActionKind::PointInLine
        | ActionKind::Parry
        | ActionKind::Beat => 1.0,
        _ => 0.0,
    }
}

/// Opacity of a bar: full for actions that gain ground, faint for those that give ground.
const fn strength(kind: ActionKind) -> f32 {
    match kind {
        ActionKind::Pause | ActionKind::Retreat | ActionKind::ArmWithdrawal => 0.30,
        ActionKind::Advance => 0.60,
        _ => 0.95,
    }
}

/// Draws the bars of a fencer. Of overlapping ones the most important is on top, and words are written only where nothing covers them.
fn bars(canvas: &mut Canvas, actions: &[Action], side: Side, words: &OverlayWords, axis: &Axis, y: f32) {
    let mut shown: Vec<&Action> = actions.iter().filter(|a| axis.shown.overlap_secs(a.span) > 0.0).collect();
    shown.sort_by_key(|action| action.kind.prominence());
    for (place, action) in shown.iter().enumerate() {
        let rect = bar(canvas, action, side, axis, y + row_of(action.kind) * ROW * canvas.unit);
        let above = shown.get(place + 1..).unwrap_or_default().iter();
        let covering = above.filter(|o| row_of(o.kind) == row_of(action.kind) && o.span.end > action.span.start);
        let free = covering.map(|other| axis.x(other.span.start)).fold(rect.right, f32::min);
        word(canvas, ImageRect { right: free, ..rect }, words.action(action.kind), strength(action.kind));
    }
}

fn bar(canvas: &mut Canvas, action: &Action, side: Side, axis: &Axis, y: f32) -> ImageRect {
    let unit = canvas.unit;
    let left = axis.x(action.span.start);
    let right = axis.x(action.span.end).max(left + 3.0 * unit);
    let rect = ImageRect { left, top: y + unit, right, bottom: y + (ROW - 1.5) * unit };
    canvas.add(Layer::Mark, Shape::Rect { rect, corner: 3.0 * unit, ink: side_colour(side).at(strength(action.kind)) });
    rect
}

/// Writes the name of an action within the free part of its bar, if it fits.
fn word(canvas: &mut Canvas, free: ImageRect, word: &str, strength: f32) {
    let unit = canvas.unit;
    let needed = (ems(word) * 12.5 + 8.0) * unit;
    if word.is_empty() || free.width() <= needed {
        return;
    }
    let colour = if strength > 0.5 { Colour::Shade } else { Colour::Text };
    let text = Shape::Text {
        at: ImagePoint::new(free.left + 5.0 * unit, free.centre().y),
        anchor: Anchor::Start,
        size: 11.5 * unit,
        weight: Weight::Bold,
        max_width: free.width() - 8.0 * unit,
        text: word.to_owned(),
        ink: colour.ink(),
    };
    canvas.add(Layer::Label, text);
}

/// Approximate width of a word in em: 0.6 for a Latin letter on average, 1 for a Chinese character.
fn ems(word: &str) -> f32 {
    word.chars().map(|c| if c < '\u{2e80}' { 0.6 } else { 1.0 }).sum()
}

/// Lamps as squares in their colour, blade contacts as diamonds.
fn apparatus(canvas: &mut Canvas, judgement: &Judgement, axis: &Axis, top: f32) {
    let (unit, y) = (canvas.unit, top + ROW * canvas.unit / 2.0);
    let half = 6.0 * unit;
    for event in judgement.signals.events().iter().filter(|e| axis.shown.contains(e.at)) {
        let x = axis.x(event.at);
        let lamp = |colour: Colour| {
            let rect = ImageRect { left: x - half, top: y - half, right: x + half, bottom: y + half };
            Shape::Rect { rect, corner: 2.0 * unit, ink: colour.ink() }
        };
        let shape = match event.kind {
            SignalKind::Lamp { side, lamp: Lamp::Valid } => lamp(side_colour(side)),
            SignalKind::Lamp { lamp: Lamp::OffTarget, .. } => lamp(Colour::White),
            SignalKind::Lamp { lamp: Lamp::Fault, .. } | SignalKind::SelfContact { .. } => lamp(Colour::Muted),
            SignalKind::BladeContact => diamond(x, y, half),
            _ => continue,
        };
        canvas.add(Layer::Mark, shape);
    }
}

fn diamond(x: f32, y: f32, half: f32) -> Shape {
    let points = [(x - half, y), (x, y - half), (x + half, y), (x, y + half)];
    Shape::Polygon { points: points.map(|(x, y)| ImagePoint::new(x, y)).to_vec(), ink: Colour::Warning.ink() }
}

fn playhead(canvas: &mut Canvas, axis: &Axis, at: Timestamp, top: f32) {
    let x = axis.x(at);
    let (from, to) = (ImagePoint::new(x, top + 2.0 * canvas.unit), ImagePoint::new(x, canvas.height()));
    canvas.add(Layer::Label, Shape::Line { from, to, width: 2.5 * canvas.unit, ink: Colour::Accent.ink() });
}
