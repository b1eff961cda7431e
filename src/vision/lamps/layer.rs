//! Cells that remember: since when each is lit, and which of them lit up together.
//!
//! The camera may drift a little: a cell that is lit stays so while a neighbour is, so a lamp that wanders by a cell in half
//! a second is still one lamp. Under a fast pan nothing holds its place and nothing is found.

use super::grid::{Colour, Grid};

/// Share of lit pixels (of 255) from which a cell counts as lit, and below which it no longer does.
const TURNS_ON: u8 = 90;
const TURNS_OFF: u8 = 45;
/// How long a lamp must stay lit. Boxes hold their lamps for a second or more; a swung sleeve is gone by then.
pub(super) const HOLD_SECS: f64 = 0.5;
/// How long a place must have been seen dark before it can light up.
const DARK_SECS: f64 = 0.25;
/// How long, when it had been lit before: something red behind a fencer comes back sooner, the next touch does not.
const DARK_AGAIN_SECS: f64 = 2.0;
/// A lit cell may fail for this long: LEDs and shutters beat against each other.
const FLICKER_SECS: f64 = 0.07;
/// A place that lit up this often before is a display, not a lamp.
const DISPLAY_EPISODES: f32 = 3.0;
/// Fewest cells of a lamp.
const FEWEST_CELLS: usize = 3;
/// Bordering cells per cell of its own from which a blob is part of something that moves.
const SWEPT_BEFORE: f32 = 0.35;
/// The same along one whole side, as a share of its length.
const SWEPT_SIDE: f32 = 0.6;
const SWEPT_AFTER: f32 = 1.2;
const EDGE: f32 = 0.7;

/// What one cell remembers of one colour. Times in seconds on the clip's clock.
#[derive(Clone, Copy, Debug)]
struct Memory {
    /// Since when it has been in view.
    known_since: f64,
    /// Since when it is lit; `None` while dark.
    lit_since: Option<f64>,
    last_lit: f64,
    /// How long it had been dark when it lit up last.
    dark_before: f64,
    /// Whether it had been lit shortly before.
    returned: bool,
    /// How often it has lit up.
    episodes: u16,
    /// Which blob it was last counted to; 0 for none since it lit up.
    blob: u32,
}

impl Memory {
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

    /// From now on as if it had come into view at `start`. What it did since then stays.
    fn forget_before(&mut self, start: f64) {
        self.known_since = self.known_since.max(start);
        if self.last_lit < start {
            *self = Self::new(self.known_since);
        } else if self.lit_since.is_some_and(|since| since < start) {
            // It was lit when it came into view: no lamp that lights up.
            let last_lit = self.last_lit;
            *self = Self { lit_since: Some(start), last_lit, episodes: 1, ..Self::new(start) };
        }
    }

    /// Whether it has been lit for `hold` seconds after being dark for long enough, and was not told of yet.
    fn is_ripe(&self, now: f64, hold: f64) -> bool {
        let held = self.lit_since.is_some_and(|since| now - since >= hold);
        held && self.blob == 0 && !self.returned && self.dark_before >= DARK_SECS
    }
}

/// Cells that lit up together and stayed lit: perhaps a lamp.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) colour: Colour,
    /// When it lit up, in seconds.
    pub(super) onset: f64,
    pub(super) cells: usize,
    /// How much of its bounding box it fills, 0..=1.
    pub(super) fill: f32,
    /// Its bounding box in cells of the frame.
    pub(super) area: Area,
    /// How much its place changed from frame to frame before, in brightness per cell; 0 until that is looked up.
    pub(super) unrest: f32,
    /// Whether it had been lit for all of [`HOLD_SECS`] when the clip ended or it was found.
    pub(super) held: bool,
}

/// An upright box of cells, all edges inside.
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

    /// Whether it lies in `other`: what touches the frame's edge is coming into view, not lighting up.
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

/// The memory of all cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    columns: usize,
    rows: usize,
    cells: Vec<[Memory; 2]>,
    /// How many blobs have been collected.
    blobs: u32,
}

impl Layer {
    /// Takes in a frame and returns what is found to have lit up [`HOLD_SECS`] ago.
    pub(super) fn observe(&mut self, grid: &Grid, now: f64, interval: f64) -> Vec<Region> {
        if (self.columns, self.rows) != (grid.columns, grid.rows) {
            self.reset(grid, now);
        }
        for y in 0..self.rows {
            for x in 0..self.columns {
                let at = y * self.columns + x;
                for colour in Colour::BOTH {
                    let memory = &mut self.cells[at][colour.index()];
                    let is_lit = is_lit(grid, (x, y), colour, memory.lit_since.is_some());
                    memory.see(is_lit, now);
                }
            }
        }
        self.regions(now, interval, HOLD_SECS)
    }

    /// What lit up too late to have been held: for the end of the clip.
    pub(super) fn last_regions(&mut self, now: f64, interval: f64) -> Vec<Region> {
        let late = self.regions(now, interval, 2.0 * interval);
        late.into_iter().map(|region| Region { held: false, ..region }).collect()
    }

    /// From now on as if it had begun at `at`.
    pub(super) fn forget_before(&mut self, at: f64) {
        self.cells.iter_mut().flatten().for_each(|memory| memory.forget_before(at));
    }

    /// Forgets everything: the shot has changed.
    pub(super) fn reset(&mut self, grid: &Grid, now: f64) {
        (self.columns, self.rows) = (grid.columns, grid.rows);
        self.cells = vec![[Memory::new(now); 2]; grid.columns * grid.rows];
    }

    fn regions(&mut self, now: f64, interval: f64, hold: f64) -> Vec<Region> {
        let mut found = Vec::new();
        for colour in Colour::BOTH {
            for at in 0..self.cells.len() {
                let memory = self.cells[at][colour.index()];
                if let Some(since) = memory.lit_since.filter(|_| memory.is_ripe(now, hold)) {
                    found.extend(self.grow(at, colour, since, interval));
                }
            }
        }
        found
    }

    /// Collects the cells around a seed that lit up with it; `None` when they are no lamp.
    fn grow(&mut self, seed: usize, colour: Colour, since: f64, interval: f64) -> Option<Region> {
        let together = 2.5 * interval;
        let mut blob = Blob::default();
        self.blobs = self.blobs.wrapping_add(1).max(1);
        let id = self.blobs;
        let mut open = vec![(seed % self.columns, seed / self.columns)];
        while let Some((x, y)) = open.pop() {
            let at = y * self.columns + x;
            let memory = &mut self.cells[at][colour.index()];
            let Some(lit) = memory.lit_since else { continue };
            if (lit - since).abs() > together {
                blob.borders.push((at, lit - since));
                continue;
            }
            if memory.blob != 0 {
                // Its own cells come up again and are no border; another blob's are something that goes on.
                blob.borders.extend((memory.blob != id).then_some((at, -interval)));
                continue;
            }
            memory.blob = id;
            blob.add(x, y, memory);
            open.extend(neighbours(x, y, self.columns, self.rows));
        }
        let whole =
            Area { left: 1, top: 1, right: self.columns.saturating_sub(2), bottom: self.rows.saturating_sub(2) };
        blob.into_region(colour).filter(|region| region.area.lies_in(whole))
    }
}

/// Whether a cell counts as lit: bright enough by itself, or lit before and beside one that is.
fn is_lit(grid: &Grid, (x, y): (usize, usize), colour: Colour, was_lit: bool) -> bool {
    let share = |x: usize, y: usize| grid.lit[y * grid.columns + x][colour.index()];
    let own = share(x, y);
    let drifts = || neighbours(x, y, grid.columns, grid.rows).any(|(u, v)| share(u, v) >= TURNS_ON);
    own >= TURNS_ON || (was_lit && (own >= TURNS_OFF || drifts()))
}

fn neighbours(x: usize, y: usize, columns: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let around = move |at: usize, length: usize| at.saturating_sub(1)..=(at + 1).min(length - 1);
    around(y, rows).flat_map(move |v| around(x, columns).map(move |u| (u, v)))
}

/// Cells that lit up together, while they are being collected.
#[derive(Default)]
struct Blob {
    cells: Vec<(usize, usize)>,
    onsets: Vec<f64>,
    episodes: f32,
    /// Lit cells that border on the blob but lit up at another time, and how far apart: slot and seconds.
    borders: Vec<(usize, f64)>,
}

impl Blob {
    fn add(&mut self, x: usize, y: usize, memory: &Memory) {
        self.cells.push((x, y));
        self.onsets.extend(memory.lit_since);
        self.episodes += f32::from(memory.episodes);
    }

    /// Whether it is part of something that moves: many of its neighbours lit up shortly before, or a great many shortly
    /// after, or nearly all its border has been lit for long.
    fn sweeps(&mut self) -> bool {
        self.borders.sort_unstable_by_key(|b| b.0);
        self.borders.dedup_by_key(|b| b.0);
        let per_cell = |wanted: fn(f64) -> bool| {
            self.borders.iter().filter(|b| wanted(b.1)).count() as f32 / self.cells.len() as f32
        };
        let earlier = self.borders.iter().filter(|b| (-1.0..0.0).contains(&b.1)).count();
        let side = Area::around(&self.cells).map_or(0, Area::longer_side);
        earlier as f32 > SWEPT_SIDE * side.max(6) as f32
            || per_cell(|apart| (-1.0..0.0).contains(&apart)) > SWEPT_BEFORE
            || per_cell(|apart| apart > 0.0) > SWEPT_AFTER
            || per_cell(|apart| apart < -1.0) > EDGE
    }

    fn into_region(mut self, colour: Colour) -> Option<Region> {
        let count = self.cells.len();
        if count < FEWEST_CELLS || self.sweeps() || self.episodes / count as f32 > DISPLAY_EPISODES {
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
            unrest: 0.0,
            held: true,
        })
    }
}
