//! Where each layer's weights lie in the net's one long list, and how they are drawn at the start.

use ndarray::{ArrayView2, ArrayViewMut2};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// One layer's matrix (or row) in the list of weights.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Its name in files.
    pub(crate) name: String,
    /// Its first weight.
    pub(crate) start: usize,
    /// Rows.
    pub(crate) rows: usize,
    /// Columns.
    pub(crate) columns: usize,
}

impl Slot {
    /// Its weights as a row after row list.
    pub(crate) fn list<'a>(&self, weights: &'a [f32]) -> &'a [f32] {
        &weights[self.start..self.start + self.rows * self.columns]
    }

    /// The same, to change.
    pub(crate) fn list_mut<'a>(&self, weights: &'a mut [f32]) -> &'a mut [f32] {
        &mut weights[self.start..self.start + self.rows * self.columns]
    }

    /// Its weights as a matrix.
    pub(crate) fn matrix<'a>(&self, weights: &'a [f32]) -> ArrayView2<'a, f32> {
        match ArrayView2::from_shape((self.rows, self.columns), self.list(weights)) {
            Ok(matrix) => matrix,
            Err(_) => unreachable!("a slot is as long as its rows times its columns"),
        }
    }

    /// The same, to change.
    pub(crate) fn matrix_mut<'a>(&self, weights: &'a mut [f32]) -> ArrayViewMut2<'a, f32> {
        let (rows, columns) = (self.rows, self.columns);
        match ArrayViewMut2::from_shape((rows, columns), self.list_mut(weights)) {
            Ok(matrix) => matrix,
            Err(_) => unreachable!("a slot is as long as its rows times its columns"),
        }
    }
}

/// Collects the slots of a net while its layers are made.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    slots: Vec<(Slot, Start)>,
    taken: usize,
}

/// How a slot's weights start.
#[derive(Clone, Copy, Debug)]
enum Start {
    Drawn,
    All(f32),
}

impl Layout {
    /// A matrix drawn evenly within `1 / sqrt(rows)`, decayed while training.
    pub(crate) fn matrix(&mut self, name: String, rows: usize, columns: usize) -> Slot {
        self.add(name, rows, columns, Start::Drawn)
    }

    /// A row that starts at `value` and is not decayed.
    pub(crate) fn row(&mut self, name: String, columns: usize, value: f32) -> Slot {
        self.add(name, 1, columns, Start::All(value))
    }

    fn add(&mut self, name: String, rows: usize, columns: usize, start: Start) -> Slot {
        let slot = Slot { name, start: self.taken, rows, columns };
        self.taken += rows * columns;
        self.slots.push((slot.clone(), start));
        slot
    }

    /// The weights at the start, and which of them are decayed.
    pub(crate) fn drawn(&self, rng: &mut ChaCha8Rng) -> (Vec<f32>, Vec<bool>) {
        let mut weights = Vec::with_capacity(self.taken);
        let mut decayed = Vec::with_capacity(self.taken);
        for (slot, start) in &self.slots {
            let count = slot.rows * slot.columns;
            let bound = (1.0 / slot.rows as f32).sqrt();
            weights.extend((0..count).map(|_| match start {
                Start::Drawn => rng.random_range(-bound..bound),
                Start::All(value) => *value,
            }));
            decayed.extend(std::iter::repeat_n(matches!(start, Start::Drawn), count));
        }
        (weights, decayed)
    }
}
