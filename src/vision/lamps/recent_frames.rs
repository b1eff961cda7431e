//! The lit cells of the last half second: distinguishes a lamp that lit up from a coloured object that moved.
//!
//! A coloured object that moves by its own width leaves one area dark as it lights another: the amount of colour around it stays the
//! same. A lamp adds colour. So the count of lit cells in a wide window before and after decides.

use super::cell_states::{Area, HOLD_SECS, Region};
use super::grid::{Colour, Grid};
use std::collections::VecDeque;

/// Length of the history, in seconds: the hold of a lamp and the time before it.
const HISTORY_SECS: f64 = HOLD_SECS + 0.45;
/// Most frames kept, for cameras of a thousand frames per second.
const MAX_FRAMES: usize = 120;
/// Margin of the window around a region, in cells.
const MARGIN: usize = 8;
/// Share of a region that must be new colour.
const NEW_COLOUR: f32 = 0.6;
/// Share of lit pixels (of 255) from which a cell is counted.
const LIT_THRESHOLD: u8 = 64;

/// Lit cells of the last frames.
#[derive(Debug, Default)]
pub(super) struct RecentFrames {
    frames: VecDeque<(f64, Grid)>,
}

impl RecentFrames {
    pub(super) fn push(&mut self, at: f64, grid: Grid) {
        self.frames.push_back((at, grid));
        while self.frames.len() > MAX_FRAMES || self.frames.front().is_some_and(|(t, _)| at - t > HISTORY_SECS) {
            self.frames.pop_front();
        }
    }

    pub(super) fn forget(&mut self) {
        self.frames.clear();
    }

    pub(super) fn forget_before(&mut self, at: f64) {
        self.frames.retain(|(t, _)| *t >= at);
    }

    /// Change of brightness (0..=255) at the region's position before it lit up, per cell and frame: a lamp does not move, while an
    /// uncovered object had something move in front of it.
    pub(super) fn motion_before(&self, region: &Region, interval: f64) -> f32 {
        let end = self.frames.iter().take_while(|(t, _)| *t < region.onset - 1.5 * interval).count();
        let pairs = self.frames.iter().take(end).zip(self.frames.iter().take(end).skip(1));
        let (sum, count) = pairs.fold((0.0, 0.0), |(s, n), (a, b)| (s + change(&a.1, &b.1, region.area), n + 1.0));
        sum / f32::max(count, 1.0)
    }

    /// Whether the region added colour to its surroundings instead of moving it there.
    pub(super) fn is_new_colour(&self, region: &Region, interval: f64) -> bool {
        let count = |grid: &Grid| lit_around(grid, region.area, region.colour);
        let before = |t: f64| t < region.onset - 1.5 * interval;
        let after = |t: f64| t > region.onset + 0.5 * interval;
        let most_before = self.frames.iter().filter(|(t, _)| before(*t)).map(|(_, g)| count(g)).max();
        let (sum, frames) =
            self.frames.iter().filter(|(t, _)| after(*t)).fold((0, 0), |(s, n), (_, g)| (s + count(g), n + 1));
        let mean_after = sum as f32 / f32::max(frames as f32, 1.0);
        most_before.is_some_and(|before| mean_after - before as f32 >= NEW_COLOUR * region.cells as f32)
    }
}

/// Sum of brightness changes between two frames over the cells of an area, per cell.
fn change(before: &Grid, after: &Grid, area: Area) -> f32 {
    let rows = (area.top..=area.bottom).flat_map(|y| (area.left..=area.right).map(move |x| y * after.columns + x));
    let (mut sum, mut cells) = (0.0, 0.0);
    for at in rows {
        if let (Some(a), Some(b)) = (before.luma.get(at), after.luma.get(at)) {
            sum += f32::from(a.abs_diff(*b));
            cells += 1.0;
        }
    }
    sum / f32::max(cells, 1.0)
}

/// Lit cells of a colour in the region's surroundings.
fn lit_around(grid: &Grid, area: Area, colour: Colour) -> usize {
    let (wide, high) = (area.right - area.left, area.bottom - area.top);
    let (x_margin, y_margin) = (MARGIN + wide.min(30), MARGIN + high.min(30));
    let columns = area.left.saturating_sub(x_margin)..(area.right + x_margin + 1).min(grid.columns);
    let rows = area.top.saturating_sub(y_margin)..(area.bottom + y_margin + 1).min(grid.rows);
    rows.flat_map(|y| {
        grid.lit.get(y * grid.columns + columns.start..y * grid.columns + columns.end).unwrap_or_default()
    })
    .filter(|cell| cell[colour.index()] >= LIT_THRESHOLD)
    .count()
}
