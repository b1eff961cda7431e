//! The timeline of the page: a lane for each fencer and one for the apparatus.

use super::escaped;
use fencing::actions::{Action, ActionKind};
use fencing::time::Timestamp;
use fencing::wording::Words;
use fencing::{Lamp, Side, SignalKind};
use std::fmt::Write;
use vision::engine::Judgement;

const WIDTH: f64 = 900.0;
const LEFT_EDGE: f64 = 84.0;
const RIGHT_EDGE: f64 = 20.0;
const ROW: f64 = 22.0;
/// Rows of one fencer: footwork, big movements, arm and blade.
const ROWS: usize = 3;
/// Maximum number of bars of a lane.
const MAX_BARS: usize = 400;
/// Maximum number of seconds with a line.
const MAX_LINES: f64 = 15.0;

/// Converts times to x coordinates.
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

    /// Whole seconds, or every fifth, tenth, ... of a long phrase.
    fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let steps = [1.0, 5.0, 10.0, 60.0, 600.0];
        let step = steps.into_iter().find(|step| (self.to - self.from) / step <= MAX_LINES).unwrap_or(3600.0);
        let first = (self.from / step).ceil();
        (0..100).map(move |i| (first + f64::from(i)) * step).take_while(|secs| *secs <= self.to)
    }
}

/// Appends the drawing.
pub(super) fn draw(out: &mut String, judgement: &Judgement, words: &Words) {
    let axis = Axis::of(judgement);
    let lane = ROW * ROWS as f64;
    let height = lane * 2.0 + ROW * 3.0;
    let label = escaped(&words.text("report-timeline"));
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">");
    draw_seconds(out, &axis, height, words);
    for (i, side) in Side::BOTH.into_iter().enumerate() {
        let top = ROW * 0.5 + i as f64 * (lane + ROW * 0.5);
        draw_lane(out, judgement, side, &axis, top, words);
    }
    draw_apparatus(out, judgement, &axis, lane * 2.0 + ROW * 1.5, words);
    out.push_str("</svg>\n");
}

fn draw_seconds(out: &mut String, axis: &Axis, height: f64, words: &Words) {
    for secs in axis.ticks() {
        let x = axis.x(Timestamp::from_secs(secs));
        let number = words.language().number(secs, 0);
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} 4v{:.0}\"/><text class=\"axis\" text-anchor=\"middle\" x=\"{x:.1}\" \
             y=\"{:.0}\">{number} s</text>",
            height - 22.0,
            height - 5.0
        );
    }
}

fn draw_lane(out: &mut String, judgement: &Judgement, side: Side, axis: &Axis, top: f64, words: &Words) {
    let (key, class) = match side {
        Side::Left => ("piste-left-short", "l"),
        Side::Right => ("piste-right-short", "r"),
    };
    let name = escaped(&words.text(key));
    let _ =
        writeln!(out, "<text class=\"{class}\" font-weight=\"700\" x=\"8\" y=\"{:.0}\">{name}</text>", top + ROW * 1.8);
    let mut actions: Vec<&Action> = judgement.timeline.actions[side].iter().take(MAX_BARS).collect();
    actions.sort_by_key(|action| action.kind.prominence());
    for (place, action) in actions.iter().enumerate() {
        let above = actions.get(place + 1..).unwrap_or_default().iter();
        let covering = above.filter(|o| row_of(o.kind) == row_of(action.kind) && o.span.end > action.span.start);
        let free = covering.map(|other| axis.x(other.span.start)).fold(f64::INFINITY, f64::min);
        draw_bar(out, action, class, axis, (top + row_of(action.kind) * ROW, free), words);
    }
}

/// Row of an action: footwork above, big movements in the middle, arm and blade below.
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

/// Draws a bar at `y`, with its name if that ends before `free_until`, where a bar on top of it begins.
fn draw_bar(out: &mut String, action: &Action, class: &str, axis: &Axis, (y, free_until): (f64, f64), words: &Words) {
    let (x0, x1) = (axis.x(action.span.start), axis.x(action.span.end));
    let idle = matches!(action.kind, ActionKind::Pause | ActionKind::Retreat | ActionKind::ArmWithdrawal);
    let (width, opacity) = ((x1 - x0).max(3.0), if idle { 0.25 } else { 1.0 });
    let name = words.action(action.kind);
    let number = |at: Timestamp| words.language().number(at.secs(), 2);
    let (from, to) = (number(action.span.start), number(action.span.end));
    let hint = words.with("report-span", &[("what", &name), ("from", &from), ("to", &to)]);
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x0:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"3\" \
         fill-opacity=\"{opacity}\"><title>{}</title></rect>",
        ROW - 4.0,
        escaped(&hint)
    );
    if width.min(free_until - x0) > length_of(&name) + 8.0 {
        let ink = if idle { "" } else { " class=\"on\"" };
        let _ = writeln!(out, "<text{ink} x=\"{:.1}\" y=\"{:.1}\">{}</text>", x0 + 4.0, y + ROW - 9.0, escaped(&name));
    }
}

/// Approximate width of a word at 12 pixels: 6.5 for a Latin letter, 12 for a Chinese character.
fn length_of(word: &str) -> f64 {
    word.chars().map(|c| if c < '\u{2e80}' { 6.5 } else { 12.0 }).sum()
}

fn draw_apparatus(out: &mut String, judgement: &Judgement, axis: &Axis, y: f64, words: &Words) {
    let _ = writeln!(out, "<text x=\"8\" y=\"{:.0}\">{}</text>", y + 14.0, escaped(&words.text("lane-box")));
    if let Some(touch) = judgement.signals.first_touch() {
        let x = axis.x(touch.at);
        let _ = writeln!(out, "<path class=\"touch\" d=\"M{x:.1} 4v{:.0}\"/>", y + 14.0);
    }
    for event in judgement.signals.events().iter().take(MAX_BARS) {
        let x = axis.x(event.at);
        let of = |side: Side, key: &str| format!("{}: {}", words.side_at_start(side), words.text(key));
        let (colour, name) = match event.kind {
            SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid } => ("var(--left)", of(Side::Left, "report-lamp")),
            SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid } => {
                ("var(--right)", of(Side::Right, "report-lamp"))
            }
            SignalKind::Lamp { side, lamp: Lamp::OffTarget | Lamp::Fault } => {
                ("var(--none)", of(side, "report-white-lamp"))
            }
            SignalKind::BladeContact => ("var(--box)", words.text("report-blades-met")),
            _ => continue,
        };
        let at = words.language().number(event.at.secs(), 3);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {y:.1}v18\" stroke=\"{colour}\" stroke-width=\"5\"><title>{} {at} s</title></path>",
            escaped(&name)
        );
    }
}
