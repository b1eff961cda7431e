//! Drawings on the picture: what is there and when it is shown, what is being drawn or moved, and the way back. Does not depend on the toolkit.
//!
//! Points are in *picture heights*: y runs from 0 at the top to 1 at the bottom, x from 0 to the aspect ratio. In this space
//! angles and distances are undistorted, whatever the size of the picture or of the screen.

use fencing::geometry::{FrameSize, ImagePoint};
use fencing::time::{Span, Timestamp};
use records::overlay::{Anchor, Colour, Layer, Shape, Weight};

/// How many steps back are kept.
const UNDO_STEPS: usize = 100;
/// How far from its span a drawing is still shown: less than half a frame at 240 frames per second, more than the rounding of a
/// frame's time.
const SAME_FRAME_SECS: f64 = 0.002;

/// A command for the drawings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DrawCommand {
    /// Takes a tool in hand; the same one again puts it away.
    Take(Tool),
    /// A click on the picture; what lies within `reach` of it counts as touched.
    Click {
        /// Where.
        at: DrawnPoint,
        /// How near is near, in picture heights.
        reach: f32,
    },
    /// The mouse goes down to move something.
    Grab {
        /// Where.
        at: DrawnPoint,
        /// How near is near, in picture heights.
        reach: f32,
    },
    /// The mouse moves with what it grabbed.
    DragTo(DrawnPoint),
    /// The mouse lets go.
    Release,
    /// Takes the chosen figure away; the last one when none is chosen.
    Delete,
    /// The frames on which the chosen figure is shown; `None` for the whole clip.
    ShowOn(Option<Span>),
    /// The chosen line is this many metres long; every line says its length from then on.
    Calibrate(f32),
    /// Undoes the last change.
    Undo,
    /// Removes everything.
    Clear,
}

/// What is held by the mouse: one end of a figure, or all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grip {
    End { figure: usize, end: usize },
    Whole { figure: usize, last: DrawnPoint },
}

/// A figure and the frames that show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// The figure.
    pub figure: Figure,
    /// From the first to the last frame that shows it; `None` for the whole clip.
    pub shown: Option<Span>,
}

impl Drawn {
    /// Whether the frame of a time shows it.
    pub fn is_shown_at(&self, at: Timestamp) -> bool {
        self.shown.is_none_or(|span| {
            at.secs() >= span.start.secs() - SAME_FRAME_SECS && at.secs() <= span.end.secs() + SAME_FRAME_SECS
        })
    }
}

/// What one step of undo brings back.
#[derive(Clone, Debug, Default, PartialEq)]
struct DrawingSheet {
    figures: Vec<Drawn>,
    metres_per_height: Option<f32>,
}

/// Everything that was drawn on one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawings {
    sheet: DrawingSheet,
    before: Vec<DrawingSheet>,
    tool: Option<Tool>,
    pending: Vec<DrawnPoint>,
    chosen: Option<usize>,
    grip: Option<Grip>,
}

impl Drawings {
    /// What is drawn, on whatever frames.
    pub fn figures(&self) -> &[Drawn] {
        &self.sheet.figures
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.sheet.figures.is_empty()
    }

    /// The tool in hand.
    pub fn tool(&self) -> Option<Tool> {
        self.tool
    }

    /// Metres per picture height, once a line was given its length.
    pub fn scale(&self) -> Option<f32> {
        self.sheet.metres_per_height
    }

    /// The figure that is chosen, and the frames that show it.
    pub fn chosen_drawing(&self) -> Option<Drawn> {
        self.sheet.figures.get(self.chosen?).copied()
    }

    /// The length of the chosen line in metres; `None` when no line is chosen or nothing was calibrated.
    pub fn chosen_metres(&self) -> Option<f32> {
        Some(self.chosen_drawing()?.figure.length()? * self.scale()?)
    }

    /// The figure that is chosen.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Whether the mouse holds something.
    pub fn is_grabbing(&self) -> bool {
        self.grip.is_some()
    }

    /// How many steps can be undone, the clicks of an unfinished figure among them.
    pub fn undo_depth(&self) -> usize {
        self.before.len() + self.pending.len()
    }

    /// What the figure in hand would be if the next click came at `pointer`; `None` before its first click.
    pub fn preview(&self, pointer: DrawnPoint) -> Option<Figure> {
        let tool = self.tool?;
        let mut points = self.pending.clone();
        points.push(pointer);
        if points.len() < 2 { None } else { tool.figure(&points).or_else(|| Tool::Line.figure(&points)) }
    }

    /// Whether a figure that the frame of `now` shows, or one of its ends, lies within `reach` of a point.
    pub fn is_near(&self, at: DrawnPoint, reach: f32, now: Timestamp) -> bool {
        self.touched(at, reach, now).is_some()
    }

    /// Puts the tool away; whether one was in hand.
    pub fn put_away(&mut self) -> bool {
        self.pending.clear();
        self.tool.take().is_some()
    }

    /// Carries out a command while the frame of `now` is on the screen.
    pub fn apply(&mut self, command: DrawCommand, now: Timestamp) {
        match command {
            DrawCommand::Take(tool) => {
                let same = self.tool == Some(tool);
                self.put_away();
                self.tool = (!same).then_some(tool);
            }
            DrawCommand::Click { at, reach } => self.click(at, reach, now),
            DrawCommand::Grab { at, reach } => self.grab(at, reach, now),
            DrawCommand::DragTo(at) => self.drag_to(at),
            DrawCommand::Release => self.grip = None,
            DrawCommand::Delete => self.delete(now),
            DrawCommand::ShowOn(shown) => self.show_on(shown),
            DrawCommand::Calibrate(metres) => self.calibrate(metres),
            DrawCommand::Undo => self.undo(),
            DrawCommand::Clear => {
                self.remember();
                self.sheet.figures.clear();
                self.chosen = None;
            }
        }
    }

    fn click(&mut self, at: DrawnPoint, reach: f32, now: Timestamp) {
        let Some(tool) = self.tool else {
            self.chosen = self.touched(at, reach, now).map(Grip::figure);
            return;
        };
        self.pending.push(at);
        if let Some(figure) = tool.figure(&self.pending) {
            self.remember();
            self.sheet.figures.push(Drawn { figure, shown: None });
            self.chosen = Some(self.sheet.figures.len() - 1);
            self.put_away();
        }
    }

    fn grab(&mut self, at: DrawnPoint, reach: f32, now: Timestamp) {
        self.grip = self.touched(at, reach, now);
        if let Some(grip) = self.grip {
            self.chosen = Some(grip.figure());
            self.remember();
        }
    }

    fn drag_to(&mut self, at: DrawnPoint) {
        match &mut self.grip {
            Some(Grip::End { figure, end }) => {
                if let Some(point) =
                    self.sheet.figures.get_mut(*figure).and_then(|f| f.figure.points_mut().get_mut(*end))
                {
                    *point = at;
                }
            }
            Some(Grip::Whole { figure, last }) => {
                let (dx, dy) = (at.x - last.x, at.y - last.y);
                *last = at;
                for point in self.sheet.figures.get_mut(*figure).into_iter().flat_map(|f| f.figure.points_mut()) {
                    *point = DrawnPoint { x: point.x + dx, y: point.y + dy };
                }
            }
            None => {}
        }
    }

    /// Only what the frame shows is deleted: a drawing of another frame would vanish unseen.
    fn delete(&mut self, now: Timestamp) {
        let is_shown = |i: &usize| self.sheet.figures.get(*i).is_some_and(|f| f.is_shown_at(now));
        let last = (0..self.sheet.figures.len()).rev().find(is_shown);
        let Some(index) = self.chosen.filter(is_shown).or(last) else { return };
        self.remember();
        self.sheet.figures.remove(index);
        self.chosen = None;
    }

    fn show_on(&mut self, shown: Option<Span>) {
        if self.chosen_drawing().is_none() {
            return;
        }
        self.remember();
        if let Some(drawn) = self.chosen.and_then(|index| self.sheet.figures.get_mut(index)) {
            drawn.shown = shown;
        }
    }

    fn calibrate(&mut self, metres: f32) {
        let length = self.chosen_drawing().and_then(|drawn| drawn.figure.length());
        let Some(length) = length.filter(|length| *length > 0.0 && metres.is_finite() && metres > 0.0) else { return };
        self.remember();
        self.sheet.metres_per_height = Some(metres / length);
    }

    fn undo(&mut self) {
        if !self.pending.is_empty() {
            self.pending.pop();
        } else if let Some(sheet) = self.before.pop() {
            self.sheet = sheet;
            self.chosen = None;
        }
        self.grip = None;
    }

    fn remember(&mut self) {
        self.before.push(self.sheet.clone());
        let excess = self.before.len().saturating_sub(UNDO_STEPS);
        self.before.drain(..excess);
    }

    /// What a click at a point would hold: an end before a whole, what was drawn later before what lies under it.
    fn touched(&self, at: DrawnPoint, reach: f32, now: Timestamp) -> Option<Grip> {
        let shown = |(_, f): &(usize, &Drawn)| f.is_shown_at(now);
        let numbered = || self.sheet.figures.iter().enumerate().rev().filter(shown);
        let end = numbered().find_map(|(figure, f)| {
            let near = f.figure.points().iter().position(|p| p.distance(at) <= reach);
            near.map(|end| Grip::End { figure, end })
        });
        let whole = || numbered().find(|(_, f)| f.figure.distance(at) <= reach);
        end.or_else(|| whole().map(|(figure, _)| Grip::Whole { figure, last: at }))
    }
}

impl Grip {
    const fn figure(self) -> usize {
        match self {
            Self::End { figure, .. } | Self::Whole { figure, .. } => figure,
        }
    }
}

/// A point on the picture in picture heights: y from 0 (top) to 1, x from 0 to the aspect ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DrawnPoint {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl DrawnPoint {
    /// Distance in picture heights.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Distance to the stretch between two points.
    fn distance_to_stretch(self, from: Self, to: Self) -> f32 {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length_squared = dx * dx + dy * dy;
        let along = ((self.x - from.x) * dx + (self.y - from.y) * dy) / length_squared.max(f32::EPSILON);
        let along = along.clamp(0.0, 1.0);
        self.distance(Self { x: from.x + dx * along, y: from.y + dy * along })
    }
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Two clicks.
    Line,
    /// Three clicks: an arm's end, the corner, the other arm's end.
    Angle,
    /// Two clicks: the tail, the tip.
    Arrow,
    /// Two clicks: the middle, a point of the edge.
    Circle,
}

impl Tool {
    /// The figure through these points; `None` until there are enough.
    pub fn figure(self, points: &[DrawnPoint]) -> Option<Figure> {
        match (self, points) {
            (Self::Line, [a, b, ..]) => Some(Figure::Line([*a, *b])),
            (Self::Arrow, [tail, tip, ..]) => Some(Figure::Arrow([*tail, *tip])),
            (Self::Circle, [middle, edge, ..]) => Some(Figure::Circle([*middle, *edge])),
            (Self::Angle, [a, corner, b, ..]) => Some(Figure::Angle([*a, *corner, *b])),
            _ => None,
        }
    }
}

/// One drawn figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A line from end to end.
    Line([DrawnPoint; 2]),
    /// An angle: one arm's end, the corner, the other arm's end.
    Angle([DrawnPoint; 3]),
    /// An arrow: its tail, its tip.
    Arrow([DrawnPoint; 2]),
    /// A circle: its middle, a point of its edge.
    Circle([DrawnPoint; 2]),
}

impl Figure {
    /// Its points in the order of the clicks.
    pub fn points(&self) -> &[DrawnPoint] {
        match self {
            Self::Line(points) | Self::Arrow(points) | Self::Circle(points) => points,
            Self::Angle(points) => points,
        }
    }

    /// Its points, to be moved.
    pub fn points_mut(&mut self) -> &mut [DrawnPoint] {
        match self {
            Self::Line(points) | Self::Arrow(points) | Self::Circle(points) => points,
            Self::Angle(points) => points,
        }
    }

    /// The angle in degrees, 0..180; `None` for a line and for an angle with an arm of no length.
    pub fn degrees(&self) -> Option<f32> {
        let Self::Angle([a, corner, b]) = self else { return None };
        let arm = |end: &DrawnPoint| (end.x - corner.x, end.y - corner.y);
        let ((ax, ay), (bx, by)) = (arm(a), arm(b));
        let has_length = (ax, ay) != (0.0, 0.0) && (bx, by) != (0.0, 0.0);
        has_length.then(|| (ax * by - ay * bx).abs().atan2(ax * bx + ay * by).to_degrees())
    }

    /// Length in picture heights; `None` for all but a line.
    pub fn length(&self) -> Option<f32> {
        let Self::Line([a, b]) = self else { return None };
        Some(a.distance(*b))
    }

    /// Distance from a point to the nearest part of the figure.
    pub fn distance(&self, at: DrawnPoint) -> f32 {
        if let Self::Circle([middle, edge]) = self {
            return (at.distance(*middle) - edge.distance(*middle)).abs();
        }
        let stretches = self.points().windows(2);
        stretches.map(|ends| at.distance_to_stretch(ends[0], ends[1])).fold(f32::INFINITY, f32::min)
    }
}

/// Radius of an angle's arc in picture heights; less where an arm is shorter.
const ARC_RADIUS: f32 = 0.06;
/// Pieces of the arc.
const ARC_PIECES: usize = 16;
/// Distance of the number from the corner, as a share of the arc's radius.
const LABEL_REACH: f32 = 1.9;
/// Pieces of a circle.
const CIRCLE_PIECES: usize = 64;
/// Length of the strokes of an arrow's head in picture heights; at most half the arrow.
const ARROW_HEAD: f32 = 0.035;
/// Angle between an arrow's shaft and the strokes of its head, in radians (28 degrees).
const ARROW_SPREAD: f32 = 0.49;
/// Distance of a length from the middle of its line, in picture heights.
const LENGTH_REACH: f32 = 0.035;

/// The parts of one figure, in picture heights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureLayout {
    /// Thick strokes.
    pub strokes: Vec<[DrawnPoint; 2]>,
    /// The arc of an angle or the whole of a circle as a chain of points; empty for a line.
    pub arc: Vec<DrawnPoint>,
    /// Places to grab.
    pub handles: Vec<DrawnPoint>,
    /// The number and its middle.
    pub label: Option<(DrawnPoint, String)>,
}

/// Lays out a figure. With `metres_per_height` a line says its length.
pub fn layout_of(figure: &Figure, metres_per_height: Option<f32>) -> FigureLayout {
    let points = figure.points();
    let strokes = points.windows(2).map(|ends| [ends[0], ends[1]]).collect();
    let mut layout = FigureLayout { strokes, handles: points.to_vec(), ..FigureLayout::default() };
    match figure {
        Figure::Circle([middle, edge]) => {
            layout.strokes.clear();
            layout.arc = circle(*middle, *edge);
        }
        Figure::Arrow([tail, tip]) => layout.strokes.extend(arrow_head(*tail, *tip)),
        Figure::Line([a, b]) => layout.label = metres_per_height.map(|scale| length_label(*a, *b, scale)),
        Figure::Angle(_) => lay_out_angle(figure, &mut layout),
    }
    layout
}

fn circle(middle: DrawnPoint, edge: DrawnPoint) -> Vec<DrawnPoint> {
    let radius = middle.distance(edge);
    let turn = std::f32::consts::TAU / CIRCLE_PIECES as f32;
    let on_edge = |angle: f32| DrawnPoint { x: middle.x + angle.cos() * radius, y: middle.y + angle.sin() * radius };
    (0..=CIRCLE_PIECES).map(|i| on_edge(i as f32 * turn)).collect()
}

/// The two strokes that end at the tip.
fn arrow_head(tail: DrawnPoint, tip: DrawnPoint) -> [[DrawnPoint; 2]; 2] {
    let back = (tail.y - tip.y).atan2(tail.x - tip.x);
    let length = ARROW_HEAD.min(tail.distance(tip) / 2.0);
    let barb = |angle: f32| DrawnPoint { x: tip.x + angle.cos() * length, y: tip.y + angle.sin() * length };
    [back - ARROW_SPREAD, back + ARROW_SPREAD].map(|angle| [barb(angle), tip])
}

/// The length beside the middle of the line, in whole centimetres: no decimal sign, so the same in every language.
fn length_label(a: DrawnPoint, b: DrawnPoint, metres_per_height: f32) -> (DrawnPoint, String) {
    let middle = DrawnPoint { x: f32::midpoint(a.x, b.x), y: f32::midpoint(a.y, b.y) - LENGTH_REACH };
    (middle, format!("{:.0} cm", a.distance(b) * metres_per_height * 100.0))
}

fn lay_out_angle(figure: &Figure, layout: &mut FigureLayout) {
    if let (Figure::Angle([a, corner, b]), Some(degrees)) = (figure, figure.degrees()) {
        let radius = ARC_RADIUS.min(a.distance(*corner) * 0.6).min(b.distance(*corner) * 0.6);
        let (start, sweep) = arc_between(*a, *corner, *b);
        let on_circle = |angle: f32, radius: f32| DrawnPoint {
            x: corner.x + angle.cos() * radius,
            y: corner.y + angle.sin() * radius,
        };
        layout.arc =
            (0..=ARC_PIECES).map(|i| on_circle(start + sweep * i as f32 / ARC_PIECES as f32, radius)).collect();
        let middle = on_circle(start + sweep / 2.0, radius.max(0.03) * LABEL_REACH);
        layout.label = Some((middle, format!("{degrees:.0}°")));
    }
}

/// Direction of the first arm and the turn to the second one, the short way round, in radians.
fn arc_between(a: DrawnPoint, corner: DrawnPoint, b: DrawnPoint) -> (f32, f32) {
    use std::f32::consts::{PI, TAU};
    let direction = |end: DrawnPoint| (end.y - corner.y).atan2(end.x - corner.x);
    let (from, to) = (direction(a), direction(b));
    let turn = (to - from).rem_euclid(TAU);
    (from, if turn > PI { turn - TAU } else { turn })
}

/// Thickness of a stroke in picture heights; its dark edge is twice as thick.
const STROKE: f32 = 0.004;
/// Size of the numbers in picture heights.
const NUMBERS: f32 = 0.04;

impl Drawings {
    /// Everything that the frame of `at` shows, in pixels of a picture of `picture` size.
    pub fn shapes(&self, picture: FrameSize, at: Timestamp) -> Vec<(Layer, Shape)> {
        let height = picture.height as f32;
        let place = |p: DrawnPoint| ImagePoint::new(p.x * height, p.y * height);
        let mut shapes = Vec::new();
        let shown = self.figures().iter().filter(|drawn| drawn.is_shown_at(at));
        for layout in shown.map(|drawn| layout_of(&drawn.figure, self.scale())) {
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
    use super::*;

    const NOW: Timestamp = Timestamp::ZERO;

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    fn click(drawings: &mut Drawings, x: f32, y: f32) {
        drawings.apply(DrawCommand::Click { at: at(x, y), reach: 0.02 }, NOW);
    }

    fn with_angle() -> Drawings {
        let mut d = Drawings::default();
        d.apply(DrawCommand::Take(Tool::Angle), NOW);
        for (x, y) in [(0.5, 0.2), (0.5, 0.5), (0.8, 0.5)] {
            click(&mut d, x, y);
        }
        d
    }

    #[test]
    fn three_clicks_make_an_angle_and_put_the_tool_away() {
        let d = with_angle();
        assert_eq!((d.figures().len(), d.tool(), d.chosen()), (1, None, Some(0)));
        assert!((d.figures()[0].figure.degrees().unwrap() - 90.0).abs() < 0.01);
    }

    #[test]
    fn an_end_is_moved_before_the_whole_and_both_can_be_taken_back() {
        let mut d = with_angle();
        d.apply(DrawCommand::Grab { at: at(0.8, 0.51), reach: 0.02 }, NOW);
        d.apply(DrawCommand::DragTo(at(0.8, 0.8)), NOW);
        d.apply(DrawCommand::Release, NOW);
        assert!((d.figures()[0].figure.degrees().unwrap() - 135.0).abs() < 0.01);
        d.apply(DrawCommand::Grab { at: at(0.5, 0.35), reach: 0.02 }, NOW);
        d.apply(DrawCommand::DragTo(at(0.6, 0.35)), NOW);
        d.apply(DrawCommand::Release, NOW);
        assert!((d.figures()[0].figure.points()[1].x - 0.6).abs() < 1e-6);
        assert!((d.figures()[0].figure.degrees().unwrap() - 135.0).abs() < 0.01, "moving keeps the angle");
        d.apply(DrawCommand::Undo, NOW);
        d.apply(DrawCommand::Undo, NOW);
        assert!((d.figures()[0].figure.degrees().unwrap() - 90.0).abs() < 0.01);
        d.apply(DrawCommand::Undo, NOW);
        assert!(d.is_empty());
        d.apply(DrawCommand::Undo, NOW);
    }

    #[test]
    fn delete_takes_the_chosen_one_and_clear_takes_all() {
        let mut d = with_angle();
        d.apply(DrawCommand::Take(Tool::Line), NOW);
        click(&mut d, 0.1, 0.1);
        assert!(d.preview(at(0.2, 0.2)).is_some());
        click(&mut d, 0.3, 0.1);
        click(&mut d, 0.5, 0.5);
        assert_eq!(d.chosen(), Some(0));
        d.apply(DrawCommand::Delete, NOW);
        assert_eq!(d.figures(), [Drawn { figure: Figure::Line([at(0.1, 0.1), at(0.3, 0.1)]), shown: None }]);
        d.apply(DrawCommand::Clear, NOW);
        d.apply(DrawCommand::Delete, NOW);
        assert!(d.is_empty());
    }

    #[test]
    fn a_click_into_the_void_chooses_nothing_and_a_half_drawn_figure_can_be_dropped() {
        let mut d = with_angle();
        click(&mut d, 1.5, 0.9);
        assert_eq!(d.chosen(), None);
        d.apply(DrawCommand::Take(Tool::Line), NOW);
        click(&mut d, 0.1, 0.1);
        assert!(d.put_away() && !d.put_away());
        assert_eq!(d.figures().len(), 1);
    }

    #[test]
    fn a_calibrated_line_says_its_length_and_so_does_every_other_line() {
        let mut d = Drawings::default();
        for ends in [[(0.1, 0.5), (0.8, 0.5)], [(0.2, 0.2), (0.2, 0.3)]] {
            d.apply(DrawCommand::Take(Tool::Line), NOW);
            for (x, y) in ends {
                click(&mut d, x, y);
            }
        }
        let length = |d: &Drawings, i: usize| layout_of(&d.figures()[i].figure, d.scale()).label.map(|(_, text)| text);
        assert_eq!((length(&d, 0), length(&d, 1), d.chosen_metres()), (None, None, None), "nothing is known yet");
        click(&mut d, 0.3, 0.5);
        d.apply(DrawCommand::Calibrate(14.0), NOW);
        assert_eq!((length(&d, 0).as_deref(), length(&d, 1).as_deref()), (Some("1400 cm"), Some("200 cm")));
        assert!(d.chosen_metres().is_some_and(|m| (m - 14.0).abs() < 1e-4));
        d.apply(DrawCommand::Calibrate(f32::NAN), NOW);
        d.apply(DrawCommand::Calibrate(0.0), NOW);
        assert_eq!(length(&d, 1).as_deref(), Some("200 cm"), "no length is no calibration");
        d.apply(DrawCommand::Undo, NOW);
        assert_eq!(length(&d, 0), None, "the calibration is taken back like any other step");
    }

    #[test]
    fn only_a_chosen_line_calibrates() {
        let mut d = with_angle();
        d.apply(DrawCommand::Calibrate(2.0), NOW);
        assert_eq!((d.scale(), d.chosen_metres()), (None, None));
    }

    #[test]
    fn a_drawing_of_one_frame_is_neither_seen_nor_touched_nor_exported_elsewhere() {
        let later = Timestamp::from_secs(0.5);
        let size = FrameSize::new(1920, 1080);
        let mut d = with_angle();
        assert!(!d.shapes(size, later).is_empty(), "a new drawing is on the whole clip");
        d.apply(DrawCommand::ShowOn(Some(Span::between(NOW, NOW))), NOW);
        assert!(d.is_near(at(0.5, 0.5), 0.02, NOW) && !d.is_near(at(0.5, 0.5), 0.02, later));
        assert!(!d.shapes(size, NOW).is_empty() && d.shapes(size, later).is_empty());
        d.apply(DrawCommand::Click { at: at(0.5, 0.5), reach: 0.02 }, later);
        assert_eq!(d.chosen(), None, "what is not seen is not chosen");
        d.apply(DrawCommand::Delete, later);
        assert_eq!(d.figures().len(), 1, "what is not seen is not deleted");
        d.apply(DrawCommand::Click { at: at(0.5, 0.5), reach: 0.02 }, NOW);
        d.apply(DrawCommand::ShowOn(Some(Span::between(NOW, later))), NOW);
        assert!(d.is_near(at(0.5, 0.5), 0.02, later));
        d.apply(DrawCommand::Undo, NOW);
        assert!(!d.is_near(at(0.5, 0.5), 0.02, later));
    }

    #[test]
    fn a_circle_is_touched_on_its_edge_and_an_arrow_has_a_head() {
        let circle = Figure::Circle([at(0.5, 0.5), at(0.7, 0.5)]);
        assert!(circle.distance(at(0.5, 0.3)) < 1e-5 && circle.distance(at(0.5, 0.45)) > 0.1);
        let layout = layout_of(&circle, Some(7.0));
        assert!(layout.strokes.is_empty() && layout.label.is_none());
        assert!(layout.arc.iter().all(|p| (p.distance(at(0.5, 0.5)) - 0.2).abs() < 1e-5));
        assert!(layout.arc[0].distance(*layout.arc.last().unwrap()) < 1e-5, "closed");
        let arrow = layout_of(&Figure::Arrow([at(0.1, 0.5), at(0.9, 0.5)]), Some(7.0));
        assert_eq!((arrow.strokes.len(), arrow.label), (3, None));
        let tips: Vec<_> = arrow.strokes[1..].iter().map(|[from, to]| (from.x < 0.9, *to == at(0.9, 0.5))).collect();
        assert_eq!(tips, [(true, true), (true, true)], "both strokes of the head run to the second click");
    }
}

#[cfg(test)]
mod figure_tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    #[test]
    fn degrees_of_known_angles() {
        let angle = |b| Figure::Angle([at(1.0, 0.0), at(0.0, 0.0), b]).degrees();
        for (end, expected) in
            [((0.0, 1.0), 90.0), ((0.0, -2.0), 90.0), ((-3.0, 0.0), 180.0), ((5.0, 0.0), 0.0), ((1.0, 1.0), 45.0)]
        {
            assert!((angle(at(end.0, end.1)).unwrap() - expected).abs() < 1e-3, "{end:?}");
        }
        assert_eq!(angle(at(0.0, 0.0)), None);
        assert_eq!(Figure::Line([at(0.0, 0.0), at(1.0, 0.0)]).degrees(), None);
    }

    #[test]
    fn distance_is_to_the_stretch_and_not_to_the_endless_line() {
        let line = Figure::Line([at(0.0, 0.0), at(1.0, 0.0)]);
        assert!((line.distance(at(0.5, 0.3)) - 0.3).abs() < 1e-6);
        assert!((line.distance(at(2.0, 0.0)) - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn an_angle_does_not_change_when_it_is_turned_or_moved(
            (ax, ay) in (-1.0_f32..1.0, -1.0_f32..1.0), (bx, by) in (-1.0_f32..1.0, -1.0_f32..1.0),
            turn in 0.0_f32..6.0, (dx, dy) in (-2.0_f32..2.0, -2.0_f32..2.0),
        ) {
            prop_assume!(ax.hypot(ay) > 0.1 && bx.hypot(by) > 0.1);
            let moved = |x: f32, y: f32| at(x * turn.cos() - y * turn.sin() + dx, x * turn.sin() + y * turn.cos() + dy);
            let before = Figure::Angle([at(ax, ay), at(0.0, 0.0), at(bx, by)]).degrees().unwrap();
            let after = Figure::Angle([moved(ax, ay), moved(0.0, 0.0), moved(bx, by)]).degrees().unwrap();
            prop_assert!((before - after).abs() < 0.1 && (0.0..=180.0).contains(&after));
        }
    }
}

#[cfg(test)]
mod layout_tests {
    use super::*;

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    #[test]
    fn the_arc_runs_the_short_way_from_arm_to_arm() {
        let layout = layout_of(&Figure::Angle([at(1.0, 0.5), at(0.5, 0.5), at(0.5, 0.1)]), None);
        assert_eq!(layout.label.as_ref().unwrap().1, "90°");
        let (first, last) = (layout.arc[0], layout.arc[ARC_PIECES]);
        assert!((first.y - 0.5).abs() < 1e-4 && first.x > 0.5);
        assert!((last.x - 0.5).abs() < 1e-4 && last.y < 0.5);
        assert!(layout.arc.iter().all(|p| p.x >= 0.499 && p.y <= 0.501), "inside the quarter");
    }

    #[test]
    fn a_line_has_two_handles_and_no_number() {
        let layout = layout_of(&Figure::Line([at(0.0, 0.0), at(1.0, 1.0)]), None);
        assert_eq!((layout.strokes.len(), layout.handles.len(), layout.label, layout.arc.len()), (1, 2, None, 0));
    }

    #[test]
    fn an_arm_of_no_length_shows_no_number() {
        let layout = layout_of(&Figure::Angle([at(0.5, 0.5), at(0.5, 0.5), at(0.9, 0.5)]), None);
        assert!(layout.label.is_none() && layout.strokes.len() == 2);
    }
}

#[cfg(test)]
mod shapes_tests {
    use super::*;
    use super::{DrawCommand, Tool};

    const NOW: Timestamp = Timestamp::ZERO;

    #[test]
    fn shapes_grow_with_the_picture_and_the_dark_edge_lies_under_the_stroke() {
        let mut drawings = Drawings::default();
        drawings.apply(DrawCommand::Take(Tool::Line), NOW);
        for (x, y) in [(0.0, 0.5), (1.0, 0.5)] {
            drawings.apply(DrawCommand::Click { at: DrawnPoint { x, y }, reach: 0.01 }, NOW);
        }
        let shapes = drawings.shapes(FrameSize::new(1920, 1080), NOW);
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
