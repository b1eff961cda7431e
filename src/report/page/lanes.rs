//! The page's drawing: a lane for each fencer and one for the apparatus, over time.

use super::words;
use crate::actions::{Action, ActionKind};
use crate::engine::Judgement;
use crate::fencing::{Lamp, Side, SignalKind};
use crate::time::Timestamp;
use std::fmt::Write;

const WIDTH: f64 = 900.0;
const LEFT_EDGE: f64 = 70.0;
const RIGHT_EDGE: f64 = 20.0;
const ROW: f64 = 22.0;
/// Rows of one fencer: footwork, big movements, arm and blade.
const ROWS: usize = 3;
/// Most bars of one lane.
const MAX_BARS: usize = 400;

/// Time to x.
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn of(judgement: &Judgement) -> Self {
        let samples = &judgement.tracks.samples;
        let signals = judgement.signals.events();
        let firsts = [samples.first().map(|s| s.at), signals.first().map(|e| e.at)];
        let lasts = [samples.last().map(|s| s.at), signals.last().map(|e| e.at)];
        let from = firsts.into_iter().flatten().min().unwrap_or_default().secs();
        let to = lasts.into_iter().flatten().max().unwrap_or_default().secs();
        Self { from, to: to.max(from + 0.1) }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let share = (at.secs() - self.from) / (self.to - self.from);
        LEFT_EDGE + share.clamp(0.0, 1.0) * (WIDTH - LEFT_EDGE - RIGHT_EDGE)
    }
}

/// Appends the drawing.
pub(super) fn draw(out: &mut String, judgement: &Judgement) {
    let axis = Axis::of(judgement);
    let lane = ROW * ROWS as f64;
    let height = lane * 2.0 + ROW * 3.0;
    let _ = writeln!(out, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Timeline of the phrase\">");
    for (i, side) in Side::BOTH.into_iter().enumerate() {
        let top = ROW * 0.5 + i as f64 * (lane + ROW * 0.5);
        draw_lane(out, judgement, side, &axis, top);
    }
    draw_apparatus(out, judgement, &axis, lane * 2.0 + ROW * 1.5);
    let _ = writeln!(out, "<text class=\"axis\" x=\"{LEFT_EDGE}\" y=\"{:.0}\">{:.2} s</text>", height - 4.0, axis.from);
    let _ = writeln!(
        out,
        "<text class=\"axis\" text-anchor=\"end\" x=\"{:.0}\" y=\"{:.0}\">{:.2} s</text></svg>",
        WIDTH - RIGHT_EDGE,
        height - 4.0,
        axis.to
    );
}

fn draw_lane(out: &mut String, judgement: &Judgement, side: Side, axis: &Axis, top: f64) {
    let (name, colour) = match side {
        Side::Left => ("Left", "#e5383b"),
        Side::Right => ("Right", "#2fb344"),
    };
    let _ = writeln!(out, "<text x=\"8\" y=\"{:.0}\">{name}</text>", top + ROW * 1.8);
    for action in judgement.timeline.actions[side].iter().take(MAX_BARS) {
        draw_bar(out, action, colour, axis, top + row_of(action.kind) * ROW);
    }
}

/// Footwork above, big movements in the middle, arm and blade below.
const fn row_of(kind: ActionKind) -> f64 {
    match kind {
        ActionKind::Advance | ActionKind::Retreat | ActionKind::Pause => 0.0,
        ActionKind::Lunge | ActionKind::Fleche | ActionKind::FinalMovement => 1.0,
        ActionKind::ArmExtension
        | ActionKind::ArmWithdrawal
        | ActionKind::PointInLine
        | ActionKind::Parry
        | ActionKind::Beat => 2.0,
    }
}

fn draw_bar(out: &mut String, action: &Action, colour: &str, axis: &Axis, y: f64) {
    let (x0, x1) = (axis.x(action.span.start), axis.x(action.span.end));
    let idle = matches!(action.kind, ActionKind::Pause | ActionKind::Retreat | ActionKind::ArmWithdrawal);
    let (width, opacity) = ((x1 - x0).max(3.0), if idle { 0.25 } else { 0.75 });
    let name = words::spoken(&format!("{:?}", action.kind).to_lowercase());
    let (from, to) = (action.span.start.secs(), action.span.end.secs());
    let _ = writeln!(
        out,
        "<rect x=\"{x0:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"3\" fill=\"{colour}\" fill-opacity=\"{opacity}\"><title>{name} {from:.2} to {to:.2} s</title></rect>",
        ROW - 4.0
    );
    if width > name.len() as f64 * 6.5 + 6.0 {
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{name}</text>", x0 + 4.0, y + ROW - 9.0);
    }
}

fn draw_apparatus(out: &mut String, judgement: &Judgement, axis: &Axis, y: f64) {
    let _ = writeln!(out, "<text x=\"8\" y=\"{:.0}\">Box</text>", y + 14.0);
    for event in judgement.signals.events().iter().take(MAX_BARS) {
        let x = axis.x(event.at);
        let (colour, name) = match event.kind {
            SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid } => ("#e5383b", "left lamp"),
            SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid } => ("#2fb344", "right lamp"),
            SignalKind::Lamp { lamp: Lamp::OffTarget | Lamp::Fault, .. } => ("#f4f6f8", "white lamp"),
            SignalKind::BladeContact => ("#f2a93b", "blades met"),
            _ => continue,
        };
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {y:.1}v18\" stroke=\"{colour}\" stroke-width=\"4\"><title>{name} {:.3} s</title></path>",
            event.at.secs()
        );
    }
}
