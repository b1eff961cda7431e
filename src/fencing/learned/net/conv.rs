//! Convolution along time: neighbours are gathered into rows, then one matrix product does the work.

use super::weights::{Layout, Slot};
use ndarray::{Array2, Axis, linalg::general_mat_mul};

/// A convolution with zero padding; with twice the input's channels it reads the other fencer too.
#[derive(Clone, Debug)]
pub(crate) struct Conv {
    /// Weights: one row per tap and input channel (own channels before the other's), one column per output channel.
    pub(crate) kernel: Slot,
    /// One per output channel.
    pub(crate) bias: Slot,
    /// Channels read.
    pub(crate) inputs: usize,
    /// Moments read.
    pub(crate) taps: usize,
    /// Steps between them.
    pub(crate) dilation: usize,
}

/// The rows that a forward pass gathered.
pub(crate) struct Gathered(Array2<f32>);

impl Conv {
    /// `[inputs, outputs]` and `[taps, dilation]`.
    pub(crate) fn new(
        layout: &mut Layout,
        name: &str,
        [inputs, outputs]: [usize; 2],
        [taps, dilation]: [usize; 2],
    ) -> Self {
        let kernel = layout.matrix(format!("{name}.kernel"), taps * inputs, outputs);
        let bias = layout.row(format!("{name}.bias"), outputs, 0.0);
        Self { kernel, bias, inputs, taps, dilation }
    }

    pub(super) fn forward(&self, weights: &[f32], x: &Array2<f32>, steps: usize) -> (Array2<f32>, Gathered) {
        let rows = self.gathered(x, steps);
        let mut out = Array2::zeros((x.nrows(), self.bias.columns));
        general_mat_mul(1.0, &rows, &self.kernel.matrix(weights), 0.0, &mut out);
        out += &self.bias.matrix(weights).row(0);
        (out, Gathered(rows))
    }

    pub(super) fn backward(
        &self,
        weights: &[f32],
        grad: &Array2<f32>,
        gathered: &Gathered,
        steps: usize,
        gradient: &mut [f32],
    ) -> Array2<f32> {
        self.backward_weights(grad, gathered, gradient);
        let mut rows = Array2::zeros(gathered.0.raw_dim());
        general_mat_mul(1.0, grad, &self.kernel.matrix(weights).t(), 0.0, &mut rows);
        self.scattered(&rows, steps)
    }

    pub(super) fn backward_weights(&self, grad: &Array2<f32>, gathered: &Gathered, gradient: &mut [f32]) {
        general_mat_mul(1.0, &gathered.0.t(), grad, 1.0, &mut self.kernel.matrix_mut(gradient));
        self.bias.matrix_mut(gradient).row_mut(0).scaled_add(1.0, &grad.sum_axis(Axis(0)));
    }

    /// Calls `visit(row, column, other row)` for every stretch of one tap and one fencer that lies inside the phrase.
    fn each_stretch(&self, rows: usize, steps: usize, channels: usize, mut visit: impl FnMut(usize, usize, usize)) {
        let samples = rows / steps;
        for row in 0..rows {
            let (sample, step) = (row / steps, row % steps);
            let other = (sample + samples / 2) % samples;
            for tap in 0..self.taps {
                let at = step as isize + (tap as isize - (self.taps / 2) as isize) * self.dilation as isize;
                if at < 0 || at >= steps as isize {
                    continue;
                }
                let column = tap * self.inputs;
                visit(row, column, sample * steps + at as usize);
                if self.inputs > channels {
                    visit(row, column + channels, other * steps + at as usize);
                }
            }
        }
    }

    fn gathered(&self, x: &Array2<f32>, steps: usize) -> Array2<f32> {
        let channels = x.ncols();
        let wide = self.taps * self.inputs;
        let mut out = vec![0.0; x.nrows() * wide];
        if let Some(from) = x.as_slice() {
            self.each_stretch(x.nrows(), steps, channels, |row, column, source| {
                out[row * wide + column..][..channels].copy_from_slice(&from[source * channels..][..channels]);
            });
        }
        Array2::from_shape_vec((x.nrows(), wide), out).unwrap_or_default()
    }

    fn scattered(&self, rows: &Array2<f32>, steps: usize) -> Array2<f32> {
        let channels = self.kernel.columns;
        let wide = self.taps * self.inputs;
        let mut out = vec![0.0; rows.nrows() * channels];
        if let Some(from) = rows.as_slice() {
            self.each_stretch(rows.nrows(), steps, channels, |row, column, source| {
                let target = &mut out[source * channels..][..channels];
                for (slot, value) in target.iter_mut().zip(&from[row * wide + column..][..channels]) {
                    *slot += value;
                }
            });
        }
        Array2::from_shape_vec((rows.nrows(), channels), out).unwrap_or_default()
    }
}
