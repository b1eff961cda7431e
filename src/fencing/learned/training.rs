//! Training from labelled phrases, in this program and without any other tool, repeatable from its seed.
//!
//! Nets: cross-entropy over left, right, none with smoothed labels, one cycle of the rate, slightly changed views of each
//! phrase. Trees: two-way, every phrase also mirrored. Nothing is chosen here by looking at how it did.

use super::augment::view;
use super::channels::{InputKind, input};
use super::facts::facts;
use super::net::{Net, Optimizer, Schedule, Shape};
use super::series::Phrase;
use super::trees::{Forest, Growth, grow};
use crate::kinematics::Motion;
use crate::time::Timestamp;
use crate::{PerSide, Side};
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A phrase with the referee's call.
pub struct Example {
    /// Phrases of one group never lie on both sides of a fold.
    pub(crate) group: String,
    /// The phrase.
    pub(crate) phrase: Phrase,
    /// Who got the touch; `None` for simultaneous.
    pub(crate) winner: Option<Side>,
}

impl Example {
    /// An example from a phrase's motion up to its touch; `None` where too little was seen.
    pub fn new(group: &str, motion: &Motion, touch: Option<Timestamp>, winner: Option<Side>) -> Option<Self> {
        Some(Self { group: group.to_owned(), phrase: Phrase::of_motion(motion, touch)?, winner })
    }
}

/// How nets are trained; the values are the recipe's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) width: usize,
    pub(crate) epochs: usize,
    pub(crate) batch: usize,
    pub(crate) peak_rate: f32,
    pub(crate) decay: f32,
    /// Share of a label that is spread over all answers.
    pub(crate) smoothing: f32,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { width: 32, epochs: 16, batch: 64, peak_rate: 2e-3, decay: 0.1, smoothing: 0.1 }
    }
}

/// Trains one net.
pub(crate) fn train_net(examples: &[&Example], kind: InputKind, recipe: Recipe, seed: u64) -> Net {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shape = Shape { channels: kind.channels(), steps: kind.steps(), width: recipe.width };
    let mut net = Net::new(shape, &mut rng);
    let batches = examples.len().div_ceil(recipe.batch);
    let schedule = Schedule { peak: recipe.peak_rate, steps: batches * recipe.epochs, decay: recipe.decay };
    let mut optimizer = Optimizer::new(schedule, net.weights.len());
    let mut gradient = vec![0.0; net.weights.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..recipe.epochs {
        order.shuffle(&mut rng);
        for batch in order.chunks(recipe.batch) {
            let views: Vec<Phrase> = batch.iter().map(|i| view(&examples[*i].phrase, &mut rng)).collect();
            let wanted = smoothed(batch.iter().map(|i| examples[*i].winner), recipe.smoothing);
            net.learn(&stacked(&views, kind), &wanted, &mut rng, &mut gradient);
            let mut weights = std::mem::take(&mut net.weights);
            optimizer.step(&mut weights, net.decayed(), &mut gradient);
            net.weights = weights;
        }
    }
    net
}

/// The nets' input for several phrases: all left fencers, then all right ones.
pub(crate) fn stacked(phrases: &[Phrase], kind: InputKind) -> Array2<f32> {
    let inputs: Vec<PerSide<Vec<f32>>> = phrases.iter().map(|p| input(p, kind)).collect();
    let mut all = Vec::with_capacity(2 * phrases.len() * kind.steps() * kind.channels());
    for side in Side::BOTH {
        for input in &inputs {
            all.extend_from_slice(&input[side]);
        }
    }
    Array2::from_shape_vec((2 * phrases.len() * kind.steps(), kind.channels()), all).unwrap_or_default()
}

fn smoothed(winners: impl ExactSizeIterator<Item = Option<Side>>, smoothing: f32) -> Array2<f32> {
    let mut wanted = Array2::from_elem((winners.len(), 3), smoothing / 3.0);
    for (mut row, winner) in wanted.rows_mut().into_iter().zip(winners) {
        let place = match winner {
            Some(Side::Left) => 0,
            Some(Side::Right) => 1,
            None => 2,
        };
        row[place] += 1.0 - smoothing;
    }
    wanted
}

/// Grows `forests` forests and joins them. Simultaneous phrases are left out: the trees only tell left from right.
pub(crate) fn train_forest(examples: &[&Example], growth: Growth, forests: u64, seed: u64) -> Forest {
    let (mut lists, mut wanted) = (Vec::new(), Vec::new());
    for example in examples {
        let Some(winner) = example.winner else { continue };
        let both = facts(&example.phrase);
        lists.push(both.left);
        wanted.push(if winner == Side::Left { 1.0 } else { 0.0 });
        lists.push(both.right);
        wanted.push(if winner == Side::Left { 0.0 } else { 1.0 });
    }
    Forest::joined((0..forests).map(|i| grow(&lists, &wanted, growth, seed + i)).collect())
}

/// The log of the odds left : right by the trees, both ways round.
pub(crate) fn forest_answer(forest: &Forest, phrase: &Phrase) -> f32 {
    let both = facts(phrase);
    (forest.answer(&both.left) - forest.answer(&both.right)) / 2.0
}
