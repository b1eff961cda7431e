//! Lines and angles drawn on the picture: what is there, what is being drawn or moved, and the way back. Does not depend on the toolkit.
//!
//! Points are in *picture heights*: y runs from 0 at the top to 1 at the bottom, x from 0 to the aspect ratio. In this space
//! angles and distances are undistorted, whatever the size of the picture or of the screen.

use fencing::geometry::{ImagePoint, PictureSize};
use records::overlay::{Anchor, Colour, Layer, Shape, Weight};

/// How many steps back are kept.
const UNDO_STEPS: usize = 100;

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

/// Everything that was drawn on one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawings {
    figures: Vec<Figure>,
    before: Vec<Vec<Figure>>,
    tool: Option<Tool>,
    pending: Vec<DrawnPoint>,
    chosen: Option<usize>,
    grip: Option<Grip>,
}

impl Drawings {
    /// What is drawn.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// The tool in hand.
    pub fn tool(&self) -> Option<Tool> {
        self.tool
    }

    /// The figure that is chosen.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Whether the mouse holds something.
    pub fn is_grabbing(&self) -> bool {
        self.grip.is_some()
    }

    /// What the figure in hand would be if the next click came at `pointer`; `None` before its first click.
    pub fn preview(&self, pointer: DrawnPoint) -> Option<Figure> {
        let tool = self.tool?;
        let mut points = self.pending.clone();
        points.push(pointer);
        if points.len() < 2 { None } else { tool.figure(&points).or_else(|| Tool::Line.figure(&points)) }
    }

    /// Whether a figure or one of its ends lies within `reach` of a point.
    pub fn is_near(&self, at: DrawnPoint, reach: f32) -> bool {
        self.touched(at, reach).is_some()
    }

    /// Puts the tool away; whether one was in hand.
    pub fn put_away(&mut self) -> bool {
        self.pending.clear();
        self.tool.take().is_some()
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: DrawCommand) {
        match command {
            DrawCommand::Take(tool) => {
                let same = self.tool == Some(tool);
                self.put_away();
                self.tool = (!same).then_some(tool);
            }
            DrawCommand::Click { at, reach } => self.click(at, reach),
            DrawCommand::Grab { at, reach } => self.grab(at, reach),
            DrawCommand::DragTo(at) => self.drag_to(at),
            DrawCommand::Release => self.grip = None,
            DrawCommand::Delete => self.delete(),
            DrawCommand::Undo => self.undo(),
            DrawCommand::Clear => {
                self.remember();
                self.figures.clear();
                self.chosen = None;
            }
        }
    }

    fn click(&mut self, at: DrawnPoint, reach: f32) {
        let Some(tool) = self.tool else {
            self.chosen = self.touched(at, reach).map(Grip::figure);
            return;
        };
        self.pending.push(at);
        if let Some(figure) = tool.figure(&self.pending) {
            self.remember();
            self.figures.push(figure);
            self.chosen = Some(self.figures.len() - 1);
            self.put_away();
        }
    }

    fn grab(&mut self, at: DrawnPoint, reach: f32) {
        self.grip = self.touched(at, reach);
        if let Some(grip) = self.grip {
            self.chosen = Some(grip.figure());
            self.remember();
        }
    }

    fn drag_to(&mut self, at: DrawnPoint) {
        match &mut self.grip {
            Some(Grip::End { figure, end }) => {
                if let Some(point) = self.figures.get_mut(*figure).and_then(|f| f.points_mut().get_mut(*end)) {
                    *point = at;
                }
            }
            Some(Grip::Whole { figure, last }) => {
                let (dx, dy) = (at.x - last.x, at.y - last.y);
                *last = at;
                for point in self.figures.get_mut(*figure).into_iter().flat_map(Figure::points_mut) {
                    *point = DrawnPoint { x: point.x + dx, y: point.y + dy };
                }
            }
            None => {}
        }
    }

    fn delete(&mut self) {
        let last = self.figures.len().checked_sub(1);
        let Some(index) = self.chosen.filter(|c| *c < self.figures.len()).or(last) else { return };
        self.remember();
        self.figures.remove(index);
        self.chosen = None;
    }

    fn undo(&mut self) {
        if !self.pending.is_empty() {
            self.pending.pop();
        } else if let Some(figures) = self.before.pop() {
            self.figures = figures;
            self.chosen = None;
        }
        self.grip = None;
    }

    fn remember(&mut self) {
        self.before.push(self.figures.clone());
        let excess = self.before.len().saturating_sub(UNDO_STEPS);
        self.before.drain(..excess);
    }

    /// What a click at a point would hold: an end before a whole, what was drawn later before what lies under it.
    fn touched(&self, at: DrawnPoint, reach: f32) -> Option<Grip> {
        let numbered = || self.figures.iter().enumerate().rev();
        let end = numbered().find_map(|(figure, f)| {
            let near = f.points().iter().position(|p| p.distance(at) <= reach);
            near.map(|end| Grip::End { figure, end })
        });
        let whole = || numbered().find(|(_, f)| f.distance(at) <= reach);
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
}

impl Tool {
    /// The figure through these points; `None` until there are enough.
    pub fn figure(self, points: &[DrawnPoint]) -> Option<Figure> {
        match (self, points) {
            (Self::Line, [a, b, ..]) => Some(Figure::Line([*a, *b])),
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
}

impl Figure {
    /// Its points in the order of the clicks.
    pub fn points(&self) -> &[DrawnPoint] {
        match self {
            Self::Line(points) => points,
            Self::Angle(points) => points,
        }
    }

    /// Its points, to be moved.
    pub fn points_mut(&mut self) -> &mut [DrawnPoint] {
        match self {
            Self::Line(points) => points,
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

    /// Distance from a point to the nearest part of the figure.
    pub fn distance(&self, at: DrawnPoint) -> f32 {
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

/// The parts of one figure, in picture heights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureLayout {
    /// Thick strokes.
    pub strokes: Vec<[DrawnPoint; 2]>,
    /// The arc of an angle as a chain of points; empty for a line.
    pub arc: Vec<DrawnPoint>,
    /// Places to grab.
    pub handles: Vec<DrawnPoint>,
    /// The number and its middle.
    pub label: Option<(DrawnPoint, String)>,
}

/// Lays out a figure.
pub fn layout_of(figure: &Figure) -> FigureLayout {
    let points = figure.points();
    let strokes = points.windows(2).map(|ends| [ends[0], ends[1]]).collect();
    let mut layout = FigureLayout { strokes, handles: points.to_vec(), ..FigureLayout::default() };
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
    layout
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
    use super::*;

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    fn click(drawings: &mut Drawings, x: f32, y: f32) {
        drawings.apply(DrawCommand::Click { at: at(x, y), reach: 0.02 });
    }

    fn with_angle() -> Drawings {
        let mut d = Drawings::default();
        d.apply(DrawCommand::Take(Tool::Angle));
        for (x, y) in [(0.5, 0.2), (0.5, 0.5), (0.8, 0.5)] {
            click(&mut d, x, y);
        }
        d
    }

    #[test]
    fn three_clicks_make_an_angle_and_put_the_tool_away() {
        let d = with_angle();
        assert_eq!((d.figures().len(), d.tool(), d.chosen()), (1, None, Some(0)));
        assert!((d.figures()[0].degrees().unwrap() - 90.0).abs() < 0.01);
    }

    #[test]
    fn an_end_is_moved_before_the_whole_and_both_can_be_taken_back() {
        let mut d = with_angle();
        d.apply(DrawCommand::Grab { at: at(0.8, 0.51), reach: 0.02 });
        d.apply(DrawCommand::DragTo(at(0.8, 0.8)));
        d.apply(DrawCommand::Release);
        assert!((d.figures()[0].degrees().unwrap() - 135.0).abs() < 0.01);
        d.apply(DrawCommand::Grab { at: at(0.5, 0.35), reach: 0.02 });
        d.apply(DrawCommand::DragTo(at(0.6, 0.35)));
        d.apply(DrawCommand::Release);
        assert!((d.figures()[0].points()[1].x - 0.6).abs() < 1e-6);
        assert!((d.figures()[0].degrees().unwrap() - 135.0).abs() < 0.01, "moving keeps the angle");
        d.apply(DrawCommand::Undo);
        d.apply(DrawCommand::Undo);
        assert!((d.figures()[0].degrees().unwrap() - 90.0).abs() < 0.01);
        d.apply(DrawCommand::Undo);
        assert!(d.is_empty());
        d.apply(DrawCommand::Undo);
    }

    #[test]
    fn delete_takes_the_chosen_one_and_clear_takes_all() {
        let mut d = with_angle();
        d.apply(DrawCommand::Take(Tool::Line));
        click(&mut d, 0.1, 0.1);
        assert!(d.preview(at(0.2, 0.2)).is_some());
        click(&mut d, 0.3, 0.1);
        click(&mut d, 0.5, 0.5);
        assert_eq!(d.chosen(), Some(0));
        d.apply(DrawCommand::Delete);
        assert_eq!(d.figures(), [Figure::Line([at(0.1, 0.1), at(0.3, 0.1)])]);
        d.apply(DrawCommand::Clear);
        d.apply(DrawCommand::Delete);
        assert!(d.is_empty());
    }

    #[test]
    fn a_click_into_the_void_chooses_nothing_and_a_half_drawn_figure_can_be_dropped() {
        let mut d = with_angle();
        click(&mut d, 1.5, 0.9);
        assert_eq!(d.chosen(), None);
        d.apply(DrawCommand::Take(Tool::Line));
        click(&mut d, 0.1, 0.1);
        assert!(d.put_away() && !d.put_away());
        assert_eq!(d.figures().len(), 1);
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
        let layout = layout_of(&Figure::Angle([at(1.0, 0.5), at(0.5, 0.5), at(0.5, 0.1)]));
        assert_eq!(layout.label.as_ref().unwrap().1, "90°");
        let (first, last) = (layout.arc[0], layout.arc[ARC_PIECES]);
        assert!((first.y - 0.5).abs() < 1e-4 && first.x > 0.5);
        assert!((last.x - 0.5).abs() < 1e-4 && last.y < 0.5);
        assert!(layout.arc.iter().all(|p| p.x >= 0.499 && p.y <= 0.501), "inside the quarter");
    }

    #[test]
    fn a_line_has_two_handles_and_no_number() {
        let layout = layout_of(&Figure::Line([at(0.0, 0.0), at(1.0, 1.0)]));
        assert_eq!((layout.strokes.len(), layout.handles.len(), layout.label, layout.arc.len()), (1, 2, None, 0));
    }

    #[test]
    fn an_arm_of_no_length_shows_no_number() {
        let layout = layout_of(&Figure::Angle([at(0.5, 0.5), at(0.5, 0.5), at(0.9, 0.5)]));
        assert!(layout.label.is_none() && layout.strokes.len() == 2);
    }
}

#[cfg(test)]
mod shapes_tests {
    use super::*;
    use super::{DrawCommand, Tool};

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
