//! The map between time and the timeline's width, the heights of its rows, and what the playhead snaps to. No painting.

use egui::{Rangef, Rect};
use fencing::Side;
use fencing::time::{Span, Timestamp};

/// Lanes of one fencer.
pub(super) const LANES_PER_SIDE: usize = 2;
/// How near an event must be for the playhead to snap to it, in points.
const SNAP_POINTS: f32 = 5.0;
/// From this height on a window has room for the plots, in points.
const TALL: f32 = 860.0;
/// Most of the window's height that the timeline takes with its plots.
const MOST_OF_WINDOW: f32 = 0.30;
/// Space above the first and below the last row.
const MARGIN: f32 = 4.0;

/// Where everything on the timeline stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    start: Timestamp,
    secs: f64,
    room: Rect,
    left: f32,
    lane_height: f32,
    plot_height: f32,
}

/// Heights of the rows; larger windows get taller ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heights {
    pub(super) lane: f32,
    pub(super) plot: f32,
}

impl Heights {
    /// For a window of this height and text of this scale.
    pub(super) fn of(window: f32, scale: f32) -> Self {
        // In a low window the picture needs the height more than the plots do.
        let (lane, plot) = if window >= TALL { (22.0, 52.0) } else { (16.0, 0.0) };
        let full = Self { lane: lane * scale.max(1.0), plot: plot * scale.max(1.0) };
        // Large text in a small window: the picture keeps its room, the plots give theirs.
        if full.total() > window * MOST_OF_WINDOW { Self { plot: 0.0, ..full } } else { full }
    }

    /// Lanes alone, as high as a strip of this height allows.
    pub(super) fn filling(strip: f32) -> Self {
        Self { lane: (strip - MARGIN * 2.0).max(0.0) / (LANES_PER_SIDE * 2 + 1) as f32, plot: 0.0 }
    }

    /// Height of the whole timeline.
    pub(super) fn total(self) -> f32 {
        self.lane * (LANES_PER_SIDE * 2 + 1) as f32 + self.plot * 2.0 + MARGIN * 3.0
    }
}

impl Axis {
    /// An axis over `room` whose first `names_width` points are kept for names.
    pub(super) fn new(room: Rect, names_width: f32, (start, end): (Timestamp, Timestamp), heights: Heights) -> Self {
        let secs = end.secs_since(start).max(0.001);
        let left = room.left() + names_width;
        Self { start, secs, room, left, lane_height: heights.lane, plot_height: heights.plot }
    }

    fn width(&self) -> f32 {
        (self.room.right() - self.left).max(1.0)
    }

    /// Where a moment stands.
    pub(super) fn x(&self, at: Timestamp) -> f32 {
        self.left + self.width() * (at.secs_since(self.start) / self.secs).clamp(0.0, 1.0) as f32
    }

    /// The moment at a place.
    pub(super) fn time(&self, x: f32) -> Timestamp {
        self.start.plus_secs(self.secs * f64::from(((x - self.left) / self.width()).clamp(0.0, 1.0)))
    }

    /// Whether a moment lies on the axis.
    pub(super) fn contains(&self, at: Timestamp) -> bool {
        (0.0..=self.secs).contains(&at.secs_since(self.start))
    }

    /// Whether any part of a span lies on the axis.
    pub(super) fn meets(&self, span: Span) -> bool {
        span.end >= self.start && span.start.secs_since(self.start) <= self.secs
    }

    /// All lanes of one fencer, over the full width.
    pub(super) fn lanes_of(&self, side: Side) -> Rect {
        self.row(lane_row(side, 0)).union(self.row(lane_row(side, LANES_PER_SIDE - 1)))
    }

    /// First and last second.
    pub(super) fn secs_range(&self) -> (f64, f64) {
        (self.start.secs(), self.start.secs() + self.secs)
    }

    /// The event within reach of where the mouse is, otherwise the place itself.
    pub(super) fn snapped(&self, wanted: Timestamp, events: &[Timestamp]) -> Timestamp {
        let near = |e: &&Timestamp| (self.x(**e) - self.x(wanted)).abs() <= SNAP_POINTS;
        let distance = |e: &&Timestamp| e.secs_since(wanted).abs();
        events.iter().filter(near).min_by(|a, b| distance(a).total_cmp(&distance(b))).copied().unwrap_or(wanted)
    }

    /// Everything.
    pub(super) fn room(&self) -> Rect {
        self.room
    }

    /// The part right of the names.
    pub(super) fn x_range(&self) -> Rangef {
        Rangef::new(self.left, self.room.right())
    }

    /// One row, over the full width: the left fencer's lanes, the box, the right fencer's lanes mirrored.
    pub(super) fn row(&self, row: usize) -> Rect {
        let top = self.room.top() + MARGIN + row as f32 * self.lane_height;
        Rect::from_x_y_ranges(self.room.x_range(), top..=top + self.lane_height)
    }

    /// Whether there is room for the plots.
    pub(super) fn has_plots(&self) -> bool {
        self.plot_height > 0.0
    }

    /// One of the two plots, over the full width.
    pub(super) fn plot(&self, number: usize) -> Rect {
        let lanes = self.row(LANES_PER_SIDE * 2).bottom();
        let top = lanes + MARGIN + number as f32 * self.plot_height;
        Rect::from_x_y_ranges(self.room.x_range(), top..=top + self.plot_height)
    }
}

/// Row of a lane: the left fencer's lanes above the box, the right fencer's mirrored below it.
pub(super) fn lane_row(side: Side, lane: usize) -> usize {
    match side {
        Side::Left => lane,
        Side::Right => LANES_PER_SIDE * 2 - lane,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn axis() -> Axis {
        let heights = Heights::of(1080.0, 1.0);
        let room = Rect::from_min_max(pos2(0.0, 0.0), pos2(1100.0, heights.total()));
        Axis::new(room, 100.0, (Timestamp::ZERO, Timestamp::from_secs(10.0)), heights)
    }

    #[test]
    fn the_playhead_snaps_to_an_event_within_reach_and_not_beyond() {
        let (axis, events) = (axis(), [Timestamp::from_secs(5.0)]);
        assert_eq!(axis.snapped(Timestamp::from_secs(5.04), &events), events[0]);
        assert_eq!(axis.snapped(Timestamp::from_secs(5.2), &events), Timestamp::from_secs(5.2));
    }

    #[test]
    fn the_right_fencers_lanes_mirror_the_left_ones_around_the_box() {
        assert_eq!((lane_row(Side::Left, 0), lane_row(Side::Right, 0), lane_row(Side::Right, 1)), (0, 4, 3));
    }

    #[test]
    fn large_text_in_a_small_window_takes_the_plots_away_and_not_the_picture() {
        assert!(Heights::of(900.0, 1.0).plot > 0.0 && Heights::of(1080.0, 1.2).plot > 0.0);
        assert_eq!((Heights::of(720.0, 1.0).plot, Heights::of(900.0, 1.6).plot), (0.0, 0.0));
        assert!(Heights::of(720.0, 1.0).total() < 100.0, "{}", Heights::of(720.0, 1.0).total());
    }

    #[test]
    fn a_place_survives_the_way_to_time_and_back_and_everything_lies_inside() {
        let axis = axis();
        assert!((axis.x(axis.time(640.0)) - 640.0).abs() < 0.01);
        assert_eq!((axis.x(Timestamp::from_secs(-3.0)), axis.time(-50.0)), (100.0, Timestamp::ZERO));
        assert!(axis.room().contains_rect(axis.row(4)) && axis.room().contains_rect(axis.plot(1)));
        assert!(axis.row(4).bottom() < axis.plot(0).top() + 0.01);
    }
}
