//! Steps to one description per fencer, descriptions to answers.
//!
//! A description is four weighted means (the net chooses the weights along time), the greatest value, and the mean of the
//! last four steps of every channel. `score(own, other)` answers for each fencer; "none" is answered from the sum of both.

use super::Pass;
use super::weights::{Layout, Slot};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// Weighted means per channel.
pub(crate) const MAPS: usize = 4;
/// Steps of the closing mean.
pub(crate) const CLOSING: usize = 4;
/// Parts of a description, each as wide as the net.
pub(crate) const PARTS: usize = MAPS + 2;
const SCORE_HIDDEN: usize = 64;
const NONE_HIDDEN: usize = 32;
const HEAD_DROPOUT: f32 = 0.4;

/// Two layers with a ReLU between.
#[derive(Clone, Debug)]
pub(crate) struct Mlp {
    /// Inputs by hidden.
    pub(crate) into: Slot,
    /// One per hidden.
    pub(crate) bias: Slot,
    /// Hidden by one.
    pub(crate) out: Slot,
    /// One.
    pub(crate) out_bias: Slot,
}

/// Pooling and answers.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Channels by maps.
    pub(crate) attention: Slot,
    /// Answers for the first of two descriptions.
    pub(crate) score: Mlp,
    /// Answers "none" for the sum of two.
    pub(crate) none: Mlp,
}

pub(super) struct HeadCache {
    x: Array2<f32>,
    /// Attention, `[samples * steps][maps]`.
    attention: Array2<f32>,
    /// Step of the greatest value, `[samples][width]`.
    greatest: Array2<usize>,
    score: MlpCache,
    none: MlpCache,
}

struct MlpCache {
    input: Array2<f32>,
    hidden: Array2<f32>,
    kept: Array2<f32>,
}

impl Mlp {
    fn new(layout: &mut Layout, name: &str, inputs: usize, hidden: usize) -> Self {
        Self {
            into: layout.matrix(format!("{name}.into"), inputs, hidden),
            bias: layout.row(format!("{name}.bias"), hidden, 0.0),
            out: layout.matrix(format!("{name}.out"), hidden, 1),
            out_bias: layout.row(format!("{name}.out_bias"), 1, 0.0),
        }
    }

    fn forward(&self, weights: &[f32], input: Array2<f32>, pass: &mut Pass) -> (Array1<f32>, MlpCache) {
        let mut hidden = input.dot(&self.into.matrix(weights)) + self.bias.matrix(weights).row(0);
        hidden.mapv_inplace(|v| v.max(0.0));
        let kept = pass.factors(hidden.nrows(), hidden.ncols(), HEAD_DROPOUT);
        let answer = (&hidden * &kept).dot(&self.out.matrix(weights)).column(0).to_owned();
        (answer + self.out_bias.list(weights)[0], MlpCache { input, hidden, kept })
    }

    fn backward(&self, weights: &[f32], grad: &Array1<f32>, m: &MlpCache, gradient: &mut [f32]) -> Array2<f32> {
        let grad = grad.view().insert_axis(Axis(1));
        self.out.matrix_mut(gradient).scaled_add(1.0, &(&m.hidden * &m.kept).t().dot(&grad));
        self.out_bias.list_mut(gradient)[0] += grad.sum();
        let mut hidden = grad.dot(&self.out.matrix(weights).t()) * &m.kept;
        hidden.zip_mut_with(&m.hidden, |d, h| *d = if *h > 0.0 { *d } else { 0.0 });
        self.into.matrix_mut(gradient).scaled_add(1.0, &m.input.t().dot(&hidden));
        self.bias.matrix_mut(gradient).row_mut(0).scaled_add(1.0, &hidden.sum_axis(Axis(0)));
        hidden.dot(&self.into.matrix(weights).t())
    }
}

impl Head {
    pub(super) fn new(layout: &mut Layout, width: usize) -> Self {
        let described = PARTS * width;
        Self {
            attention: layout.matrix("attention".to_owned(), width, MAPS),
            score: Mlp::new(layout, "score", 2 * described, SCORE_HIDDEN),
            none: Mlp::new(layout, "none", described, NONE_HIDDEN),
        }
    }

    pub(super) fn forward(
        &self,
        weights: &[f32],
        x: Array2<f32>,
        steps: usize,
        pass: &mut Pass,
    ) -> (Array2<f32>, HeadCache) {
        let attention = softmax_along_steps(x.dot(&self.attention.matrix(weights)), steps);
        let (described, greatest) = describe(&x, &attention, steps);
        let phrases = described.nrows() / 2;
        let (left, right) = described.view().split_at(Axis(0), phrases);
        let (scores, score) = self.score.forward(weights, both_orders(&left, &right), pass);
        let (none_answers, none) = self.none.forward(weights, &left + &right, pass);
        let mut logits = Array2::zeros((phrases, 3));
        logits.column_mut(0).assign(&scores.slice(s![..phrases]));
        logits.column_mut(1).assign(&scores.slice(s![phrases..]));
        logits.column_mut(2).assign(&none_answers);
        (logits, HeadCache { x, attention, greatest, score, none })
    }

    pub(super) fn backward(
        &self,
        weights: &[f32],
        grad: &Array2<f32>,
        m: &HeadCache,
        steps: usize,
        gradient: &mut [f32],
    ) -> Array2<f32> {
        let phrases = grad.nrows();
        let scores = concatenate![Axis(0), grad.column(0), grad.column(1)];
        let by_orders = self.score.backward(weights, &scores, &m.score, gradient);
        let by_sum = self.none.backward(weights, &grad.column(2).to_owned(), &m.none, gradient);
        let width = by_sum.ncols();
        let own = by_orders.slice(s![.., ..width]);
        let other = by_orders.slice(s![.., width..]);
        let left = &own.slice(s![..phrases, ..]) + &other.slice(s![phrases.., ..]) + &by_sum;
        let right = &own.slice(s![phrases.., ..]) + &other.slice(s![..phrases, ..]) + &by_sum;
        self.undescribe(weights, &concatenate![Axis(0), left, right], m, steps, gradient)
    }

    /// Takes the grad of the descriptions back to the steps.
    fn undescribe(
        &self,
        weights: &[f32],
        grad: &Array2<f32>,
        m: &HeadCache,
        steps: usize,
        gradient: &mut [f32],
    ) -> Array2<f32> {
        let width = m.x.ncols();
        let mut dx = Array2::zeros(m.x.raw_dim());
        let mut by_attention = Array2::zeros(m.attention.raw_dim());
        for sample in 0..grad.nrows() {
            let rows = sample * steps..(sample + 1) * steps;
            let means = grad.slice(s![sample, ..MAPS * width]).to_owned().into_shape_with_order((MAPS, width));
            let means = means.unwrap_or_default();
            let x = m.x.slice(s![rows.clone(), ..]);
            let attention = m.attention.slice(s![rows.clone(), ..]);
            let mut back = attention.dot(&means);
            by_attention.slice_mut(s![rows.clone(), ..]).assign(&softmax_slope(&attention, &x.dot(&means.t())));
            for channel in 0..width {
                back[[m.greatest[[sample, channel]], channel]] += grad[[sample, MAPS * width + channel]];
            }
            let closing = grad.slice(s![sample, (MAPS + 1) * width..]).mapv(|v| v / CLOSING.min(steps) as f32);
            for mut row in back.rows_mut().into_iter().skip(steps.saturating_sub(CLOSING)) {
                row += &closing;
            }
            dx.slice_mut(s![rows, ..]).assign(&back);
        }
        self.attention.matrix_mut(gradient).scaled_add(1.0, &m.x.t().dot(&by_attention));
        dx + by_attention.dot(&self.attention.matrix(weights).t())
    }
}

/// `[left, right]` for the left fencers, then `[right, left]` for the right ones.
fn both_orders(left: &ArrayView2<f32>, right: &ArrayView2<f32>) -> Array2<f32> {
    let straight = concatenate![Axis(1), *left, *right];
    let turned = concatenate![Axis(1), *right, *left];
    concatenate![Axis(0), straight, turned]
}

fn softmax_along_steps(mut scores: Array2<f32>, steps: usize) -> Array2<f32> {
    for mut sample in scores.axis_chunks_iter_mut(Axis(0), steps) {
        for mut map in sample.columns_mut() {
            let top = map.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            map.mapv_inplace(|v| (v - top).exp());
            let sum = map.sum();
            map /= sum;
        }
    }
    scores
}

/// The grad through the softmax along the steps, map by map.
fn softmax_slope(attention: &ArrayView2<f32>, grad: &Array2<f32>) -> Array2<f32> {
    let along = (attention * grad).sum_axis(Axis(0));
    attention * &(grad - &along)
}

/// `[samples][PARTS * width]`, and the steps of the greatest values.
fn describe(x: &Array2<f32>, attention: &Array2<f32>, steps: usize) -> (Array2<f32>, Array2<usize>) {
    let (samples, width) = (x.nrows() / steps, x.ncols());
    let mut out = Array2::zeros((samples, PARTS * width));
    let mut greatest = Array2::zeros((samples, width));
    for sample in 0..samples {
        let rows = sample * steps..(sample + 1) * steps;
        let x = x.slice(s![rows.clone(), ..]);
        let means = attention.slice(s![rows, ..]).t().dot(&x);
        for (slot, value) in out.row_mut(sample).iter_mut().zip(&means) {
            *slot = *value;
        }
        for channel in 0..width {
            let (step, value) = greatest_of(&x, channel);
            greatest[[sample, channel]] = step;
            out[[sample, MAPS * width + channel]] = value;
        }
        let closing = x.slice(s![steps.saturating_sub(CLOSING).., ..]);
        let mean = closing.sum_axis(Axis(0)) / closing.nrows() as f32;
        out.slice_mut(s![sample, (MAPS + 1) * width..]).assign(&mean);
    }
    (out, greatest)
}

fn greatest_of(x: &ArrayView2<f32>, channel: usize) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (step, value) in x.column(channel).iter().enumerate() {
        if *value > best.1 {
            best = (step, *value);
        }
    }
    best
}
