//! The figures that can be drawn on the picture, their geometry and their parts. Does not depend on the toolkit.
//!
//! Points are in *picture heights*: y runs from 0 at the top to 1 at the bottom, x from 0 to the aspect ratio. In this space
//! angles and distances are undistorted, whatever the size of the picture or of the screen.

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
    /// One click: the middle of the text.
    Text,
    /// One click: the middle of the display. It runs from the frame of the click.
    Stopwatch,
    /// Two clicks: the middle, a point of the edge.
    Magnifier,
}

impl Tool {
    /// The figure through these points; `None` until there are enough.
    pub fn figure(self, points: &[DrawnPoint]) -> Option<Figure> {
        match (self, points) {
            (Self::Line, [a, b, ..]) => Some(Figure::Line([*a, *b])),
            (Self::Arrow, [tail, tip, ..]) => Some(Figure::Arrow([*tail, *tip])),
            (Self::Circle, [middle, edge, ..]) => Some(Figure::Circle([*middle, *edge])),
            (Self::Angle, [a, corner, b, ..]) => Some(Figure::Angle([*a, *corner, *b])),
            (Self::Text, [middle, ..]) => Some(Figure::Text([*middle])),
            (Self::Stopwatch, [middle, ..]) => Some(Figure::Stopwatch([*middle])),
            (Self::Magnifier, [middle, edge, ..]) => Some(Figure::Magnifier([*middle, *edge])),
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
    /// A text: its middle.
    Text([DrawnPoint; 1]),
    /// A stopwatch: its middle.
    Stopwatch([DrawnPoint; 1]),
    /// A magnifier: its middle, a point of its edge.
    Magnifier([DrawnPoint; 2]),
}

/// How many times a magnifier enlarges what lies under its middle.
pub const MAGNIFICATION: f32 = 2.5;

impl Figure {
    /// Its points in the order of the clicks.
    pub fn points(&self) -> &[DrawnPoint] {
        match self {
            Self::Line(points) | Self::Arrow(points) | Self::Circle(points) | Self::Magnifier(points) => points,
            Self::Angle(points) => points,
            Self::Text(points) | Self::Stopwatch(points) => points,
        }
    }

    /// Its points, to be moved.
    pub fn points_mut(&mut self) -> &mut [DrawnPoint] {
        match self {
            Self::Line(points) | Self::Arrow(points) | Self::Circle(points) | Self::Magnifier(points) => points,
            Self::Angle(points) => points,
            Self::Text(points) | Self::Stopwatch(points) => points,
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
        match self {
            Self::Circle([middle, edge]) | Self::Magnifier([middle, edge]) => {
                return (at.distance(*middle) - edge.distance(*middle)).abs();
            }
            // A text is grabbed anywhere near its middle.
            Self::Text([middle]) | Self::Stopwatch([middle]) => return (at.distance(*middle) - TEXT_REACH).max(0.0),
            _ => {}
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
/// How far from its middle a text is grabbed, in picture heights.
const TEXT_REACH: f32 = 0.03;
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
        Figure::Text(_) | Figure::Stopwatch(_) => layout.handles.clear(),
        Figure::Circle([middle, edge]) | Figure::Magnifier([middle, edge]) => {
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
