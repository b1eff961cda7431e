//! State of every cell over time: since when it is lit, and which cells lit up together.
//!
//! Tolerates slow camera drift: a lit cell stays lit while a neighbour is, so a lamp that moves by a cell in half a second is still one
//! lamp. Under a fast pan nothing keeps its position and nothing is found.

use super::grid::{Colour, Grid};

/// Share of lit pixels (of 255) from which a cell counts as lit, and below which it no longer does (hysteresis).
const ON_THRESHOLD: u8 = 90;
const OFF_THRESHOLD: u8 = 45;
/// How long a lamp must stay lit. Boxes hold their lamps for a second or more; a swinging sleeve is gone by then.
pub(super) const HOLD_SECS: f64 = 0.5;
/// How long a cell must have been dark before it can light up.
const DARK_SECS: f64 = 0.25;
/// The same for a cell that was lit before: a red object behind a fencer reappears sooner, the next touch does not.
const DARK_AGAIN_SECS: f64 = 2.0;
/// Longest gap of a lit cell: LEDs and shutters beat against each other.
const FLICKER_SECS: f64 = 0.07;
/// A region that lit up this often before is a display, not a lamp.
const DISPLAY_EPISODES: f32 = 3.0;
/// Fewest cells of a lamp.
const MIN_CELLS: usize = 3;
/// Bordering cells per own cell from which a blob is part of a moving object.
const MOVED_BEFORE: f32 = 0.35;
/// The same along one whole side, as a share of its length.
const MOVED_SIDE: f32 = 0.6;
const MOVED_AFTER: f32 = 1.2;
const EDGE: f32 = 0.7;

/// State of one cell for one colour. Times in seconds on the clip's clock.
#[derive(Clone, Copy, Debug)]
struct CellState {
    /// Since when it has been in view.
    known_since: f64,
    /// Since when it is lit; `None` while dark.
    lit_since: Option<f64>,
    last_lit: f64,
    /// How long it had been dark when it last lit up.
    dark_before: f64,
    /// Whether it had been lit shortly before.
    returned: bool,
    /// How often it has lit up.
    episodes: u16,
    /// The blob it was last assigned to; 0 for none since it lit up.
    blob: u32,
}

impl CellState {
    fn new(now: f64) -> Self {
        Self {
            known_since: now,
            lit_since: None,
            last_lit: f64::NEG_INFINITY,
            dark_before: 0.0,
            returned: false,
            episodes: 0,
            blob: 0,
        }
    }

    fn see(&mut self, is_lit: bool, now: f64) {
        if is_lit {
            if self.lit_since.is_none() {
                self.dark_before = now - self.last_lit.max(self.known_since);
                self.returned = self.last_lit.is_finite() && self.dark_before < DARK_AGAIN_SECS;
                self.lit_since = Some(now);
                self.episodes = self.episodes.saturating_add(1);
                self.blob = 0;
            }
            self.last_lit = now;
        } else if self.lit_since.is_some() && now - self.last_lit > FLICKER_SECS {
            self.lit_since = None;
        }
    }

    /// Continues as if it had come into view at `start`, keeping what happened since.
    fn forget_before(&mut self, start: f64) {
        self.known_since = self.known_since.max(start);
        if self.last_lit < start {
            *self = Self::new(self.known_since);
        } else if self.lit_since.is_some_and(|since| since < start) {
            // It was lit when it came into view: not a lamp that lights up.
            let last_lit = self.last_lit;
            *self = Self { lit_since: Some(start), last_lit, episodes: 1, ..Self::new(start) };
        }
    }

    /// Whether it has been lit for `hold` seconds after being dark for long enough, and was not reported yet.
    fn is_confirmed(&self, now: f64, hold: f64) -> bool {
        let held = self.lit_since.is_some_and(|since| now - since >= hold);
        held && self.blob == 0 && !self.returned && self.dark_before >= DARK_SECS
    }
}

/// Cells that lit up together and stayed lit: a possible lamp.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) colour: Colour,
    /// When it lit up, in seconds.
    pub(super) onset: f64,
    pub(super) cells: usize,
    /// Share of its bounding box that it fills, 0..=1.
    pub(super) fill: f32,
    /// Its bounding box in cells of the frame.
    pub(super) area: Area,
    /// Change of brightness at its position before, per cell and frame; 0 until it is set.
    pub(super) motion: f32,
    /// Whether it had been lit for all of [`HOLD_SECS`] when the clip ended or it was found.
    pub(super) held: bool,
}

/// A rectangle of cells with inclusive edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) top: usize,
    pub(super) bottom: usize,
}

impl Area {
    fn around(cells: &[(usize, usize)]) -> Option<Self> {
        let (xs, ys) = (cells.iter().map(|c| c.0), cells.iter().map(|c| c.1));
        Some(Self { left: xs.clone().min()?, right: xs.max()?, top: ys.clone().min()?, bottom: ys.max()? })
    }

    /// Whether it lies in `other`: a region at the frame's edge is coming into view, not lighting up.
    fn lies_in(self, other: Self) -> bool {
        self.left >= other.left && self.right <= other.right && self.top >= other.top && self.bottom <= other.bottom
    }

    fn longer_side(self) -> usize {
        (self.right - self.left + 1).max(self.bottom - self.top + 1)
    }

    fn cells(self) -> usize {
        (self.right - self.left + 1) * (self.bottom - self.top + 1)
    }
}

/// The state of all cells.
#[derive(Clone, Debug, Default)]
pub(super) struct CellStates {
    columns: usize,
    rows: usize,
    cells: Vec<[CellState; 2]>,
    /// Number of blobs collected so far.
    blobs: u32,
}

impl CellStates {
    /// Processes a frame and returns the regions that lit up [`HOLD_SECS`] ago.
    pub(super) fn observe(&mut self, grid: &Grid, now: f64, interval: f64) -> Vec<Region> {
        if (self.columns, self.rows) != (grid.columns, grid.rows) {
            self.reset(grid, now);
        }
        for y in 0..self.rows {
            for x in 0..self.columns {
                let at = y * self.columns + x;
                for colour in Colour::BOTH {
                    let state = &mut self.cells[at][colour.index()];
                    let is_lit = is_lit(grid, (x, y), colour, state.lit_since.is_some());
                    state.see(is_lit, now);
                }
            }
        }
        self.regions(now, interval, HOLD_SECS)
    }

    /// Regions that lit up too late to be held for [`HOLD_SECS`]: for the end of the clip.
    pub(super) fn last_regions(&mut self, now: f64, interval: f64) -> Vec<Region> {
        let late = self.regions(now, interval, 2.0 * interval);
        late.into_iter().map(|region| Region { held: false, ..region }).collect()
    }

    /// Continues as if it had started at `at`.
    pub(super) fn forget_before(&mut self, at: f64) {
        self.cells.iter_mut().flatten().for_each(|state| state.forget_before(at));
    }

    /// Resets everything after a shot change.
    pub(super) fn reset(&mut self, grid: &Grid, now: f64) {
        (self.columns, self.rows) = (grid.columns, grid.rows);
        self.cells = vec![[CellState::new(now); 2]; grid.columns * grid.rows];
    }

    fn regions(&mut self, now: f64, interval: f64, hold: f64) -> Vec<Region> {
        let mut found = Vec::new();
        for colour in Colour::BOTH {
            for at in 0..self.cells.len() {
                let state = self.cells[at][colour.index()];
                if let Some(since) = state.lit_since.filter(|_| state.is_confirmed(now, hold)) {
                    found.extend(self.grow_region(at, colour, since, interval));
                }
            }
        }
        found
    }

    /// Collects the cells around a seed that lit up with it (region growing); `None` when they are no lamp.
    fn grow_region(&mut self, seed: usize, colour: Colour, since: f64, interval: f64) -> Option<Region> {
        let together = 2.5 * interval;
        let mut blob = Blob::default();
        self.blobs = self.blobs.wrapping_add(1).max(1);
        let id = self.blobs;
        let mut open = vec![(seed % self.columns, seed / self.columns)];
        while let Some((x, y)) = open.pop() {
            let at = y * self.columns + x;
            let state = &mut self.cells[at][colour.index()];
            let Some(lit) = state.lit_since else { continue };
            if (lit - since).abs() > together {
                blob.borders.push((at, lit - since));
                continue;
            }
            if state.blob != 0 {
                // Cells of this blob appear again and are no border; those of another blob belong to a continuing object.
                blob.borders.extend((state.blob != id).then_some((at, -interval)));
                continue;
            }
            state.blob = id;
            blob.add(x, y, state);
            open.extend(neighbours(x, y, self.columns, self.rows));
        }
        let whole =
            Area { left: 1, top: 1, right: self.columns.saturating_sub(2), bottom: self.rows.saturating_sub(2) };
        blob.into_region(colour).filter(|region| region.area.lies_in(whole))
    }
}

/// Whether a cell counts as lit: bright enough by itself, or lit before and next to one that is.
fn is_lit(grid: &Grid, (x, y): (usize, usize), colour: Colour, was_lit: bool) -> bool {
    let share = |x: usize, y: usize| grid.lit[y * grid.columns + x][colour.index()];
    let own = share(x, y);
    let drifts = || neighbours(x, y, grid.columns, grid.rows).any(|(u, v)| share(u, v) >= ON_THRESHOLD);
    own >= ON_THRESHOLD || (was_lit && (own >= OFF_THRESHOLD || drifts()))
}

fn neighbours(x: usize, y: usize, columns: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let around = move |at: usize, length: usize| at.saturating_sub(1)..=(at + 1).min(length - 1);
    around(y, rows).flat_map(move |v| around(x, columns).map(move |u| (u, v)))
}

/// Cells that lit up together, while they are collected.
#[derive(Default)]
struct Blob {
    cells: Vec<(usize, usize)>,
    onsets: Vec<f64>,
    episodes: f32,
    /// Lit cells that border on the blob but lit up at another time: index and time difference in seconds.
    borders: Vec<(usize, f64)>,
}

impl Blob {
    fn add(&mut self, x: usize, y: usize, state: &CellState) {
        self.cells.push((x, y));
        self.onsets.extend(state.lit_since);
        self.episodes += f32::from(state.episodes);
    }

    /// Whether it is part of a moving object: many of its neighbours lit up shortly before, or a great many shortly after, or nearly all
    /// of its border has been lit for long.
    fn is_moving(&mut self) -> bool {
        self.borders.sort_unstable_by_key(|b| b.0);
        self.borders.dedup_by_key(|b| b.0);
        let per_cell = |wanted: fn(f64) -> bool| {
            self.borders.iter().filter(|b| wanted(b.1)).count() as f32 / self.cells.len() as f32
        };
        let earlier = self.borders.iter().filter(|b| (-1.0..0.0).contains(&b.1)).count();
        let side = Area::around(&self.cells).map_or(0, Area::longer_side);
        earlier as f32 > MOVED_SIDE * side.max(6) as f32
            || per_cell(|apart| (-1.0..0.0).contains(&apart)) > MOVED_BEFORE
            || per_cell(|apart| apart > 0.0) > MOVED_AFTER
            || per_cell(|apart| apart < -1.0) > EDGE
    }

    fn into_region(mut self, colour: Colour) -> Option<Region> {
        let count = self.cells.len();
        if count < MIN_CELLS || self.is_moving() || self.episodes / count as f32 > DISPLAY_EPISODES {
            return None;
        }
        self.onsets.sort_by(f64::total_cmp);
        let area = Area::around(&self.cells)?;
        Some(Region {
            colour,
            onset: self.onsets[count / 5],
            cells: count,
            fill: count as f32 / area.cells() as f32,
            area,
            motion: 0.0,
            held: true,
        })
    }
}
