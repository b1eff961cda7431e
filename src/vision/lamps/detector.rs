//! Lamp detector: processes frame after frame and records what lit up.
//!
//! A shot change alters everything at once and must not look like lamps: it resets all state.

use super::cell_states::{CellStates, Region};
use super::grid::Grid;
use super::onset::{LampReport, report};
use super::recent_frames::RecentFrames;
use crate::video::Frame;
use fencing::time::Timestamp;

/// Share of cells whose brightness must jump for a shot change, and by how much.
const CUT_SHARE: f32 = 0.4;
const CUT_STEP: u8 = 24;
/// Most regions kept; a clip with more flickers everywhere and has no trustworthy lamp.
const MAX_REGIONS: usize = 4096;

/// Detects lamps in one clip. Memory does not grow with the clip.
#[derive(Debug, Default)]
pub struct LampDetector {
    cells: CellStates,
    recent: RecentFrames,
    previous: Option<(Timestamp, Grid)>,
    regions: Vec<Region>,
    /// Smoothed distance between frames, in seconds.
    interval_secs: f64,
}

impl LampDetector {
    /// A detector before its first frame.
    pub fn new() -> Self {
        Self::default()
    }

    /// Processes the next frame, in time order; takes about a millisecond for a frame of the engine's width.
    pub fn observe(&mut self, frame: &Frame) {
        let grid = Grid::of(frame);
        let now = frame.at.secs();
        self.update_interval(frame.at);
        if self.is_cut(&grid) {
            self.recent.forget();
            self.cells.reset(&grid, now);
        }
        let interval = self.interval_secs;
        let mut found = self.cells.observe(&grid, now, interval);
        self.recent.push(now, grid.clone());
        self.drop_moved(&mut found);
        let room = MAX_REGIONS.saturating_sub(self.regions.len());
        self.regions.extend(found.into_iter().take(room));
        self.previous = Some((frame.at, grid));
    }

    /// Continues as if the detector had started at `at`: drops what lit up earlier; what is lit since then was lit from the
    /// beginning.
    pub fn forget_before(&mut self, at: Timestamp) {
        let at = at.secs();
        self.regions.retain(|region| region.onset >= at);
        self.recent.forget_before(at);
        self.cells.forget_before(at);
    }

    /// The lamps that have stayed lit long enough, while frames still arrive.
    pub fn held(&self) -> LampReport {
        report(self.regions.clone(), self.interval_secs)
    }

    /// All lamps, including those that lit up at the very end. Does not change the state: more frames may follow.
    pub fn conclude(&self) -> LampReport {
        let mut regions = self.regions.clone();
        if let Some((at, _)) = &self.previous {
            let mut late = self.cells.clone().last_regions(at.secs(), self.interval_secs);
            self.drop_moved(&mut late);
            regions.extend(late);
        }
        report(regions, self.interval_secs)
    }

    /// Drops regions that only moved, and sets how much motion there was before at the others.
    fn drop_moved(&self, regions: &mut Vec<Region>) {
        let interval = self.interval_secs;
        regions.retain(|region| self.recent.is_new_colour(region, interval));
        for region in regions {
            region.motion = self.recent.motion_before(region, interval);
        }
    }

    fn update_interval(&mut self, at: Timestamp) {
        let Some((before, _)) = &self.previous else { return };
        let step = at.secs_since(*before).clamp(0.0, 0.2);
        self.interval_secs = if self.interval_secs > 0.0 { 0.9 * self.interval_secs + 0.1 * step } else { step };
    }

    fn is_cut(&self, grid: &Grid) -> bool {
        let Some((_, before)) = &self.previous else { return false };
        if before.luma.len() != grid.luma.len() {
            return true;
        }
        let jumps = before.luma.iter().zip(&grid.luma).filter(|(a, b)| a.abs_diff(**b) > CUT_STEP).count();
        jumps as f32 > CUT_SHARE * grid.luma.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::FrameSize;
    use fencing::time::FrameIndex;
    use fencing::{Lamp, Side, SignalKind};

    const WIDTH: usize = 480;
    const HEIGHT: usize = 270;
    const RED: [u8; 3] = [230, 30, 50];
    const GREEN: [u8; 3] = [40, 230, 70];

    /// Rectangles painted over a grey hall: left, top, width, height, colour.
    type Painted = Vec<(usize, usize, usize, usize, [u8; 3])>;

    /// Detected lamps when `paint` returns the content at each of 30 frames per second.
    fn lamps(secs: f64, paint: impl Fn(f64) -> Painted) -> Vec<(Side, f64)> {
        let mut detector = LampDetector::new();
        watch(&mut detector, (0.0, secs), paint);
        let reported = detector.conclude().events;
        let side = |kind| match kind {
            SignalKind::Lamp { side, lamp: Lamp::Valid } => side,
            other => panic!("{other:?}"),
        };
        reported.iter().map(|e| (side(e.kind), (e.at.secs() * 100.0).round() / 100.0)).collect()
    }

    /// Feeds a detector with the frames from one time to another.
    fn watch(detector: &mut LampDetector, secs: (f64, f64), paint: impl Fn(f64) -> Painted) {
        let size = FrameSize::new(WIDTH as u32, HEIGHT as u32);
        for index in (secs.0 * 30.0).ceil() as u64..(secs.1 * 30.0) as u64 {
            let at = index as f64 / 30.0;
            let mut rgb: Vec<u8> = (0..WIDTH * HEIGHT * 3).map(|i| 90 + (i / 7 % 13) as u8).collect();
            for (left, top, width, height, colour) in paint(at) {
                let across = left..(left + width).min(WIDTH);
                let pixels = (top..(top + height).min(HEIGHT)).flat_map(|y| across.clone().map(move |x| y * WIDTH + x));
                for pixel in pixels {
                    rgb[pixel * 3..][..3].copy_from_slice(&colour);
                }
            }
            let at = Timestamp::from_secs(at);
            detector.observe(&Frame::from_rgb(at, FrameIndex(index), size, size, rgb).unwrap());
        }
    }

    fn when(lit: bool, painted: (usize, usize, usize, usize, [u8; 3])) -> Painted {
        if lit { vec![painted] } else { Vec::new() }
    }

    const LEFT_BAR: (usize, usize, usize, usize, [u8; 3]) = (60, 230, 100, 6, RED);
    const RIGHT_BAR: (usize, usize, usize, usize, [u8; 3]) = (320, 230, 100, 6, GREEN);

    #[test]
    fn a_bar_that_lights_is_a_touch_of_its_side() {
        assert_eq!(lamps(4.0, |t| when(t >= 2.0, LEFT_BAR)), [(Side::Left, 2.0)]);
        assert_eq!(lamps(4.0, |t| when(t >= 2.0, RIGHT_BAR)), [(Side::Right, 2.0)]);
        let double = |t: f64| [when(t >= 2.1, LEFT_BAR), when(t >= 2.0, RIGHT_BAR)].concat();
        assert_eq!(lamps(4.0, double), [(Side::Right, 2.0), (Side::Left, 2.1)]);
    }

    #[test]
    fn the_lamps_of_the_last_touch_and_a_test_are_not_mistaken() {
        let last_touch = |t: f64| [when(!(1.0..5.0).contains(&t), LEFT_BAR), when(t < 1.0, RIGHT_BAR)].concat();
        assert_eq!(lamps(7.0, last_touch), [(Side::Left, 5.0)]);
        let test = |t: f64| [when((1.0..1.9).contains(&t), RIGHT_BAR), when(t >= 5.0, LEFT_BAR)].concat();
        assert_eq!(lamps(7.0, test), [(Side::Left, 5.0)]);
        assert_eq!(lamps(4.0, |t| when(t < 1.0, LEFT_BAR)), []);
    }

    #[test]
    fn a_pair_of_small_lamps_in_the_hall_is_enough() {
        let pair = |t: f64| [when(t >= 2.0, (200, 60, 8, 14, RED)), when(t >= 2.0, (240, 60, 8, 14, GREEN))].concat();
        assert_eq!(lamps(4.0, pair), [(Side::Left, 2.0), (Side::Right, 2.0)]);
    }

    #[test]
    fn what_moves_comes_in_or_flickers_is_no_lamp() {
        let shirt = |t: f64| vec![((t * 60.0) as usize, 100, 40, 60, RED)];
        assert_eq!(lamps(5.0, shirt), [], "a red shirt walks by");
        let enters = |t: f64| vec![(480 - ((t * 80.0) as usize).min(60), 100, 60, 60, RED)];
        assert_eq!(lamps(4.0, enters), [], "a red bag is carried in and stays");
        let uncovered =
            |t: f64| vec![(200, 100, 30, 60, RED), (100 + (t * 60.0) as usize, 90, 60, 90, [240, 240, 240])];
        assert_eq!(lamps(4.0, uncovered), [], "a fencer steps in front of a red bag and away again");
        assert_eq!(lamps(6.0, |t| when(((t * 2.0) as usize).is_multiple_of(2), LEFT_BAR)), [], "a sign that blinks");
    }

    /// A detector that ran for long and forgot everything before second 9 reports the same as a new one that began there, at any later
    /// time.
    #[track_caller]
    fn assert_forgets(what: &str, paint: impl Fn(f64) -> Painted) {
        let from = 9.0;
        let (mut old, mut new) = (LampDetector::new(), LampDetector::new());
        watch(&mut old, (0.0, 10.5), &paint);
        old.forget_before(Timestamp::from_secs(from));
        watch(&mut new, (from, 10.5), &paint);
        for end in [10.5, 11.2, 12.0, 14.0].windows(2) {
            watch(&mut old, (end[0], end[1]), &paint);
            watch(&mut new, (end[0], end[1]), &paint);
            // The smoothed frame distance differs in its last digits.
            let reported = |report: LampReport| {
                let events: Vec<_> = report.events.iter().map(|event| (event.at, event.kind)).collect();
                (events, report.confidence, report.others)
            };
            assert_eq!(reported(old.conclude()), reported(new.conclude()), "{what} at {}", end[1]);
            assert_eq!(reported(old.held()), reported(new.held()), "{what}, held at {}", end[1]);
        }
    }

    #[test]
    fn what_is_forgotten_is_as_if_never_seen() {
        let again = |t: f64| {
            let earlier = [1.0, 3.2, 5.1, 7.0].iter().any(|lit| (*lit..lit + 1.0).contains(&t));
            [when(earlier || t >= 11.0, LEFT_BAR), when(t >= 11.1, RIGHT_BAR)].concat()
        };
        assert_forgets("a place that lit up four times lights up once more", again);
        assert_forgets("lamps still lit at the beginning", |t| when((7.0..9.5).contains(&t) || t >= 13.0, LEFT_BAR));
        assert_forgets("lamps lit all the time", |t| [when(t >= 7.0, LEFT_BAR), when(t >= 11.1, RIGHT_BAR)].concat());
    }

    #[test]
    fn a_shot_change_is_no_lamp() {
        let cut = |t: f64| {
            let wall = (0, 0, WIDTH, HEIGHT, [200, 200, 200]);
            if t < 2.0 { Vec::new() } else { vec![wall, LEFT_BAR, RIGHT_BAR] }
        };
        assert_eq!(lamps(4.0, cut), []);
    }
}
