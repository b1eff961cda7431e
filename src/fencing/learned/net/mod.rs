//! A small siamese convolution net over both fencers' motion, with its own backward pass.
//!
//! The same weights read both fencers, and every block after the first also sees the other fencer's channels (without that
//! cross-talk the experiments lost 3.7 points). `score(own, other)` is computed for both orders, so exchanging the fencers
//! exchanges the answers. Matrices are `[rows][columns]` with one row per sample and step; the first half of the samples are
//! the left fencers, the second half the right ones, in the same order.

mod conv;
mod head;
mod norm;
mod optimizer;
mod weights;

use conv::Conv;
use norm::GROUPS;
pub(crate) use norm::Norm;
pub(crate) use optimizer::{Optimizer, Schedule};

use conv::Gathered;
use head::{Head, HeadCache};
use ndarray::Array2;
use norm::NormCache;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use weights::Layout;

/// First bytes of a file of weights.
const MAGIC: &[u8; 4] = b"FRNT";
/// Widths that a file may ask memory for.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=256;
/// Dilations of the residual blocks.
const DILATIONS: [usize; 3] = [1, 2, 4];
/// Taps of the first convolution and of the blocks.
const FIRST_TAPS: usize = 5;
const BLOCK_TAPS: usize = 3;
/// Share of a block's channels that is dropped while training.
const BLOCK_DROPOUT: f32 = 0.2;
/// Share of the input channels that is dropped while training.
const INPUT_DROPOUT: f32 = 0.1;

/// Sizes of a net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Numbers per fencer and step.
    pub(crate) channels: usize,
    /// Steps.
    pub(crate) steps: usize,
    /// Channels inside; a multiple of the eight groups of the normalisation.
    pub(crate) width: usize,
}

/// A net: its layers, which only know where their weights lie, and the weights.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    /// Sizes.
    pub(crate) shape: Shape,
    /// The first convolution with its normalisation.
    pub(crate) first: (Conv, Norm),
    /// The residual blocks.
    pub(crate) blocks: Vec<(Conv, Norm)>,
    /// Pooling and answers.
    pub(crate) head: Head,
    /// All weights, one after another.
    pub(crate) weights: Vec<f32>,
    decayed: Vec<bool>,
}

/// What the backward pass needs of a forward pass.
struct Cache {
    first: (Gathered, NormCache),
    blocks: Vec<(Gathered, NormCache, Array2<f32>)>,
    head: HeadCache,
}

/// Whether a pass trains (channels are dropped) or answers.
pub(crate) enum Pass<'a> {
    /// Drops channels, drawing from this.
    Training(&'a mut ChaCha8Rng),
    /// Drops nothing.
    Inference,
}

impl Pass<'_> {
    /// A factor per sample and channel: 0 or `1 / (1 - drop)` while training, always 1 otherwise.
    fn factors(&mut self, samples: usize, channels: usize, drop: f32) -> Array2<f32> {
        match self {
            Self::Inference => Array2::ones((samples, channels)),
            Self::Training(rng) => Array2::from_shape_simple_fn((samples, channels), || {
                if rng.random::<f32>() < drop { 0.0 } else { 1.0 / (1.0 - drop) }
            }),
        }
    }
}

impl Net {
    /// A net with random weights.
    pub(crate) fn new(shape: Shape, rng: &mut ChaCha8Rng) -> Self {
        let mut layout = Layout::default();
        let w = shape.width;
        let first =
            (Conv::new(&mut layout, "first", [shape.channels, w], [FIRST_TAPS, 1]), Norm::new(&mut layout, "first", w));
        let block = |layout: &mut Layout, i: usize, dilation: usize| {
            let name = format!("block{i}");
            (Conv::new(layout, &name, [2 * w, w], [BLOCK_TAPS, dilation]), Norm::new(layout, &name, w))
        };
        let blocks = DILATIONS.iter().enumerate().map(|(i, d)| block(&mut layout, i, *d)).collect();
        let head = Head::new(&mut layout, w);
        let (weights, decayed) = layout.drawn(rng);
        Self { shape, first, blocks, head, weights, decayed }
    }

    /// The file's bytes: magic, channels, steps, width, weights, little-endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Shape { channels, steps, width } = self.shape;
        let mut out = MAGIC.to_vec();
        for number in [channels, steps, width, self.weights.len()] {
            out.extend((number as u32).to_le_bytes());
        }
        out.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        out
    }

    /// Reads a file of weights for a net of this shape's channels and steps; what is wrong with it otherwise.
    pub(crate) fn from_bytes(bytes: &[u8], channels: usize, steps: usize) -> Result<Self, &'static str> {
        let rest = bytes.strip_prefix(MAGIC).ok_or("it is not a net of this program")?;
        let (numbers, weights) = rest.split_at_checked(16).ok_or("it is cut short")?;
        let number = |i: usize| numbers[4 * i..].first_chunk::<4>().map_or(0, |n| u32::from_le_bytes(*n) as usize);
        let shape = Shape { channels: number(0), steps: number(1), width: number(2) };
        if (shape.channels, shape.steps) != (channels, steps) {
            return Err("it reads another kind of input");
        }
        if !WIDTHS.contains(&shape.width) || !shape.width.is_multiple_of(GROUPS) {
            return Err("its width is none");
        }
        let mut net = Self::new(shape, &mut ChaCha8Rng::seed_from_u64(0));
        if number(3) != net.weights.len() || weights.len() != 4 * net.weights.len() {
            return Err("it has another number of weights");
        }
        for (slot, value) in net.weights.iter_mut().zip(weights.as_chunks::<4>().0) {
            *slot = f32::from_le_bytes(*value);
        }
        if net.weights.iter().all(|weight| weight.is_finite()) { Ok(net) } else { Err("a weight is no number") }
    }

    /// Which weights are decayed: those of matrices, not biases and gains.
    pub(crate) fn decayed(&self) -> &[bool] {
        &self.decayed
    }

    /// `[left, right, none]` logits of each phrase; `input` is `[2 phrases * steps][channels]`.
    pub(crate) fn predict(&self, input: &Array2<f32>) -> Array2<f32> {
        self.forward(input, &mut Pass::Inference).0
    }

    /// Adds the gradient of the mean loss to `gradient` and returns that loss.
    pub(crate) fn learn(
        &self,
        input: &Array2<f32>,
        wanted: &Array2<f32>,
        rng: &mut ChaCha8Rng,
        gradient: &mut [f32],
    ) -> f32 {
        let (logits, memory) = self.forward(input, &mut Pass::Training(rng));
        let (loss, grad) = cross_entropy(&logits, wanted);
        self.backward(&grad, &memory, gradient);
        loss
    }

    fn forward(&self, input: &Array2<f32>, pass: &mut Pass) -> (Array2<f32>, Cache) {
        let (steps, width) = (self.shape.steps, self.shape.width);
        let samples = input.nrows() / steps;
        let mut fed = input.clone();
        scale_channels(&mut fed, &pass.factors(samples, self.shape.channels, INPUT_DROPOUT));
        let (conv, norm) = &self.first;
        let (mixed, gathered) = conv.forward(&self.weights, &fed, steps);
        let (mut x, normed) = norm.forward(&self.weights, mixed, steps);
        let first = (gathered, normed);
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (conv, norm) in &self.blocks {
            let (mixed, gathered) = conv.forward(&self.weights, &x, steps);
            let (mut change, normed) = norm.forward(&self.weights, mixed, steps);
            let kept = pass.factors(samples, width, BLOCK_DROPOUT);
            scale_channels(&mut change, &kept);
            x += &change;
            blocks.push((gathered, normed, kept));
        }
        let (logits, head) = self.head.forward(&self.weights, x, steps, pass);
        (logits, Cache { first, blocks, head })
    }

    fn backward(&self, grad: &Array2<f32>, memory: &Cache, gradient: &mut [f32]) {
        let steps = self.shape.steps;
        let mut dx = self.head.backward(&self.weights, grad, &memory.head, steps, gradient);
        for ((conv, norm), (gathered, normed, kept)) in self.blocks.iter().zip(&memory.blocks).rev() {
            let mut change = dx.clone();
            scale_channels(&mut change, kept);
            let mixed = norm.backward(&self.weights, change, normed, steps, gradient);
            dx += &conv.backward(&self.weights, &mixed, gathered, steps, gradient);
        }
        let (conv, norm) = &self.first;
        let mixed = norm.backward(&self.weights, dx, &memory.first.1, steps, gradient);
        conv.backward_weights(&mixed, &memory.first.0, gradient);
    }
}

/// Multiplies every step of a sample's channel by its factor.
fn scale_channels(x: &mut Array2<f32>, factors: &Array2<f32>) {
    let steps = x.nrows() / factors.nrows();
    for (row, mut values) in x.rows_mut().into_iter().enumerate() {
        values *= &factors.row(row / steps);
    }
}

/// Mean cross-entropy against soft labels, and its grad by the logits.
fn cross_entropy(logits: &Array2<f32>, wanted: &Array2<f32>) -> (f32, Array2<f32>) {
    let count = logits.nrows() as f32;
    let mut grad = logits.clone();
    let mut loss = 0.0;
    for (mut row, wanted) in grad.rows_mut().into_iter().zip(wanted.rows()) {
        let top = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        row.mapv_inplace(|v| (v - top).exp());
        let sum = row.sum();
        for (p, w) in row.iter_mut().zip(wanted) {
            *p /= sum;
            loss -= w * p.max(1e-12).ln();
            *p = (*p - w) / count;
        }
    }
    (loss / count, grad)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Shape = Shape { channels: 3, steps: 7, width: 8 };

    fn drawn(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0))
    }

    /// The grad that `backward` gives against the difference quotient, weight by weight.
    #[test]
    fn the_backward_pass_is_the_slope_of_the_loss() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let net = Net::new(SMALL, &mut rng);
        let input = drawn(2 * 2 * SMALL.steps, SMALL.channels, &mut rng);
        let wanted = ndarray::arr2(&[[0.9, 0.05, 0.05], [0.1, 0.1, 0.8]]);
        let loss = |net: &Net| cross_entropy(&net.predict(&input), &wanted).0;
        let (logits, memory) = net.forward(&input, &mut Pass::Inference);
        let mut gradient = vec![0.0; net.weights.len()];
        net.backward(&cross_entropy(&logits, &wanted).1, &memory, &mut gradient);
        // ReLU and maxima have kinks: where a nudge steps over one, the quotient says nothing. A wrong grad
        // would be wrong for a whole layer.
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for i in (0..net.weights.len()).step_by(3) {
            let nudged = |by: f32| {
                let mut net = net.clone();
                net.weights[i] += by;
                loss(&net)
            };
            let quotient = (nudged(1e-3) - nudged(-1e-3)) / 2e-3;
            tried += 1;
            if (quotient - gradient[i]).abs() > 2e-3 + 0.02 * quotient.abs() {
                wrong.push((i, quotient, gradient[i]));
            }
        }
        assert!(wrong.len() * 50 < tried, "{} of {tried}: {wrong:?}", wrong.len());
    }

    #[test]
    fn a_net_survives_its_file_and_damaged_files_are_refused() {
        let net = Net::new(SMALL, &mut ChaCha8Rng::seed_from_u64(5));
        let bytes = net.to_bytes();
        let read = |bytes: &[u8]| Net::from_bytes(bytes, SMALL.channels, SMALL.steps).map(|net| net.weights);
        assert_eq!(read(&bytes), Ok(net.weights));
        assert!(Net::from_bytes(&bytes, SMALL.channels + 1, SMALL.steps).is_err());
        for cut in [0, 3, 4, 19, 20, 21, bytes.len() - 1] {
            assert!(read(&bytes[..cut]).is_err(), "{cut}");
        }
        let mut wide = bytes.clone();
        wide[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut odd = bytes;
        odd[20..24].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(read(&wide).is_err() && read(&odd).is_err());
    }

    #[test]
    fn exchanging_the_fencers_exchanges_the_answers() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let net = Net::new(SMALL, &mut rng);
        let (one, other) = (drawn(SMALL.steps, SMALL.channels, &mut rng), drawn(SMALL.steps, SMALL.channels, &mut rng));
        let stacked = |a: &Array2<f32>, b: &Array2<f32>| ndarray::concatenate![ndarray::Axis(0), *a, *b];
        let straight = net.predict(&stacked(&one, &other));
        let mirrored = net.predict(&stacked(&other, &one));
        assert_eq!(straight.row(0).to_vec(), [mirrored[[0, 1]], mirrored[[0, 0]], mirrored[[0, 2]]]);
    }
}
