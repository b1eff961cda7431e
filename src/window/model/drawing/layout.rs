//! What of a figure is painted where, computed once for the screen and for saved pictures.

use super::figure::{DrawnPoint, Figure};

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

#[cfg(test)]
mod tests {
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
