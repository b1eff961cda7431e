//! The two figures that can be drawn, and their geometry.

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

#[cfg(test)]
mod tests {
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
