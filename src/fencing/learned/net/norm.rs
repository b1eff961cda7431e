//! Group normalisation over the steps and an eighth of the channels of one sample, a gain and an offset, and ReLU.

use super::weights::{Layout, Slot};
use ndarray::Array2;

/// Groups of channels.
pub(crate) const GROUPS: usize = 8;
/// Keeps the square root away from zero.
pub(crate) const EPSILON: f32 = 1e-5;

/// Group normalisation with gain and offset, then ReLU.
#[derive(Clone, Debug)]
pub(crate) struct Norm {
    /// One gain per channel.
    pub(crate) gain: Slot,
    /// One offset per channel.
    pub(crate) offset: Slot,
}

pub(super) struct NormCache {
    normal: Array2<f32>,
    open: Vec<bool>,
    /// One over the standard deviation, per sample and group.
    inverse_std: Vec<f32>,
}

impl Norm {
    pub(super) fn new(layout: &mut Layout, name: &str, channels: usize) -> Self {
        let gain = layout.row(format!("{name}.gain"), channels, 1.0);
        let offset = layout.row(format!("{name}.offset"), channels, 0.0);
        Self { gain, offset }
    }

    pub(super) fn forward(&self, weights: &[f32], mut x: Array2<f32>, steps: usize) -> (Array2<f32>, NormCache) {
        let channels = x.ncols();
        let mut inverse_std = Vec::new();
        for_each_group(&mut x, steps, |group| {
            let count = group.count() as f32;
            let mean = group.sum(|v| v) / count;
            let variance = group.sum(|v| (v - mean) * (v - mean)) / count;
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            group.change(|v| (v - mean) * inverse);
            inverse_std.push(inverse);
        });
        let normal = x.clone();
        let (gain, offset) = (self.gain.list(weights), self.offset.list(weights));
        let mut open = Vec::with_capacity(x.len());
        for row in x.as_slice_mut().unwrap_or_default().chunks_exact_mut(channels) {
            for (v, (gain, offset)) in row.iter_mut().zip(gain.iter().zip(offset)) {
                *v = (*v * gain + offset).max(0.0);
            }
            open.extend(row.iter().map(|v| *v > 0.0));
        }
        (x, NormCache { normal, open, inverse_std })
    }

    pub(super) fn backward(
        &self,
        weights: &[f32],
        mut grad: Array2<f32>,
        memory: &NormCache,
        steps: usize,
        gradient: &mut [f32],
    ) -> Array2<f32> {
        let channels = grad.ncols();
        let gain = self.gain.list(weights);
        let (mut by_gain, mut by_offset) = (vec![0.0; channels], vec![0.0; channels]);
        let normal = memory.normal.as_slice().unwrap_or_default().chunks_exact(channels);
        let rows = grad.as_slice_mut().unwrap_or_default().chunks_exact_mut(channels);
        for ((row, normal), open) in rows.zip(normal).zip(memory.open.chunks_exact(channels)) {
            for channel in 0..channels {
                let passed = if open[channel] { row[channel] } else { 0.0 };
                by_gain[channel] += passed * normal[channel];
                by_offset[channel] += passed;
                row[channel] = passed * gain[channel];
            }
        }
        add(self.gain.list_mut(gradient), &by_gain);
        add(self.offset.list_mut(gradient), &by_offset);
        through_the_mean(&mut grad, memory, steps);
        grad
    }
}

/// Takes the grad through the normalisation itself.
fn through_the_mean(grad: &mut Array2<f32>, memory: &NormCache, steps: usize) {
    let mut inverse_std = memory.inverse_std.iter();
    let normal = memory.normal.as_slice().unwrap_or_default();
    for_each_group(grad, steps, |group| {
        let count = group.count() as f32;
        let mean = group.sum(|v| v) / count;
        let along = group.sum_with(normal, |v, n| v * n) / count;
        let inverse = inverse_std.next().copied().unwrap_or_default();
        group.change_with(normal, |v, n| (v - mean - n * along) * inverse);
    });
}

fn add(to: &mut [f32], what: &[f32]) {
    for (slot, value) in to.iter_mut().zip(what) {
        *slot += value;
    }
}

/// The steps of one sample in one group of channels.
struct Group<'a> {
    values: &'a mut [f32],
    channels: usize,
    first_row: usize,
    steps: usize,
    first_channel: usize,
    wide: usize,
}

impl Group<'_> {
    fn count(&self) -> usize {
        self.steps * self.wide
    }

    fn starts(&self) -> impl Iterator<Item = usize> + use<> {
        let (row, channels, channel) = (self.first_row, self.channels, self.first_channel);
        (row..row + self.steps).map(move |r| r * channels + channel)
    }

    fn sum(&self, f: impl Fn(f32) -> f32) -> f32 {
        self.starts().map(|s| self.values[s..s + self.wide].iter().map(|v| f(*v)).sum::<f32>()).sum()
    }

    fn sum_with(&self, other: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
        let stretch = |s: usize| self.values[s..s + self.wide].iter().zip(&other[s..s + self.wide]);
        self.starts().map(|s| stretch(s).map(|(v, o)| f(*v, *o)).sum::<f32>()).sum()
    }

    fn change(&mut self, f: impl Fn(f32) -> f32) {
        for s in self.starts() {
            for v in &mut self.values[s..s + self.wide] {
                *v = f(*v);
            }
        }
    }

    fn change_with(&mut self, other: &[f32], f: impl Fn(f32, f32) -> f32) {
        for s in self.starts() {
            for (v, o) in self.values[s..s + self.wide].iter_mut().zip(&other[s..s + self.wide]) {
                *v = f(*v, *o);
            }
        }
    }
}

fn for_each_group(x: &mut Array2<f32>, steps: usize, mut f: impl FnMut(&mut Group)) {
    let (rows, channels) = x.dim();
    let wide = channels / GROUPS;
    let Some(values) = x.as_slice_mut() else { return };
    for first_row in (0..rows).step_by(steps) {
        for first_channel in (0..channels).step_by(wide) {
            f(&mut Group { values: &mut *values, channels, first_row, steps, first_channel, wide });
        }
    }
}
