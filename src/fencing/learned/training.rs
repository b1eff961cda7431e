//! Training of one net and of the trees from labelled phrases, repeatable from a seed.
//!
//! Nets: cross-entropy over left, right, none with label smoothing, a one-cycle learning rate, augmented views of each phrase. Trees:
//! two-way, every phrase also mirrored. Nothing is chosen here by looking at how it did.

use super::augment::view;
use super::channels::{InputKind, input};
use super::features::features;
use super::net::{Net, Optimizer, Schedule, Shape};
use super::series::Phrase;
use super::trees::{BoostingParams, Dataset, Ensemble, train};
use crate::kinematics::{Motion, TIMED_SECS};
use crate::right_of_way::{DecisionSettings, Evidence, Vote, vote};
use crate::{PerSide, Side, SignalLog};
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// How often a phrase with a signalled touch counts where others have none: such phrases are what the product judges, and there
/// are few of them. Experiments found 3 to 8 alike.
pub(crate) const TIMED_WEIGHT: usize = 5;

/// A phrase with the referee's call.
pub struct Example {
    /// Phrases of one group never lie on both sides of a fold.
    pub(crate) group: String,
    /// The phrase.
    pub(crate) phrase: Phrase,
    /// What the rules are shown of it.
    pub(crate) evidence: Evidence,
    /// Whether its touch was signalled.
    pub(crate) timed: bool,
    /// What the rules rule, and for whom.
    pub(crate) vote: Option<Vote>,
    /// Who got the touch; `None` for simultaneous.
    pub(crate) winner: Option<Side>,
}

impl Example {
    /// An example from a phrase's motion, its signals (touch placed) and the evidence gathered from both; `None` where too little was seen.
    pub fn new(
        group: &str,
        motion: &Motion,
        signals: &SignalLog,
        evidence: Evidence,
        winner: Option<Side>,
    ) -> Option<Self> {
        Some(Self {
            group: group.to_owned(),
            phrase: Phrase::of_motion(motion, signals)?,
            timed: signals.first_touch().is_some_and(|touch| touch.uncertainty_secs <= TIMED_SECS),
            vote: vote(&evidence, &DecisionSettings::default()),
            evidence,
            winner,
        })
    }
}

/// How often an example counts among others.
pub(crate) fn weight(example: &Example, examples: &[&Example]) -> usize {
    if example.timed && examples.iter().any(|e| !e.timed) { TIMED_WEIGHT } else { 1 }
}

/// How nets are trained; the values are those of the experiments in `models/README.md`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hyperparameters {
    pub(crate) width: usize,
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) max_learning_rate: f32,
    pub(crate) weight_decay: f32,
    pub(crate) label_smoothing: f32,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self { width: 32, epochs: 16, batch_size: 64, max_learning_rate: 2e-3, weight_decay: 0.1, label_smoothing: 0.1 }
    }
}

/// Trains one net. An example of weight five is drawn five times per epoch, each time in another view.
pub(crate) fn train_net(examples: &[&Example], kind: InputKind, params: Hyperparameters, seed: u64) -> Net {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shape = Shape { channels: kind.channels(), steps: kind.steps(), width: params.width };
    let mut net = Net::new(shape, &mut rng);
    let mut order: Vec<usize> =
        examples.iter().enumerate().flat_map(|(i, e)| std::iter::repeat_n(i, weight(e, examples))).collect();
    let batches = order.len().div_ceil(params.batch_size);
    let schedule =
        Schedule { peak: params.max_learning_rate, steps: batches * params.epochs, decay: params.weight_decay };
    let mut optimizer = Optimizer::new(schedule, net.weights.len());
    let mut gradient = vec![0.0; net.weights.len()];
    for _ in 0..params.epochs {
        order.shuffle(&mut rng);
        for batch in order.chunks(params.batch_size) {
            let views: Vec<Phrase> = batch.iter().map(|i| view(&examples[*i].phrase, &mut rng)).collect();
            let targets = smoothed(batch.iter().map(|i| examples[*i].winner), params.label_smoothing);
            net.learn(&stacked(&views, kind), &targets, &mut rng, &mut gradient);
            let mut weights = std::mem::take(&mut net.weights);
            optimizer.step(&mut weights, net.decayed(), &mut gradient);
            net.weights = weights;
        }
    }
    net
}

/// The nets' input for several phrases: all left fencers, then all right ones.
fn stacked(phrases: &[Phrase], kind: InputKind) -> Array2<f32> {
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
    let mut targets = Array2::from_elem((winners.len(), 3), smoothing / 3.0);
    for (mut row, winner) in targets.rows_mut().into_iter().zip(winners) {
        let class = match winner {
            Some(Side::Left) => 0,
            Some(Side::Right) => 1,
            None => 2,
        };
        row[class] += 1.0 - smoothing;
    }
    targets
}

/// Adds an example and its mirror image to the data of trees that correct the log-odds left : right `odds`; nothing without a winner.
pub(crate) fn push_rows(data: &mut Dataset, example: &Example, weight: f32, odds: f64) {
    let Some(winner) = example.winner else { return };
    let both = features(&example.phrase, &example.evidence);
    for (side, features, offset) in [(Side::Left, both.left, odds), (Side::Right, both.right, -odds)] {
        data.features.push(features);
        data.targets.push(if winner == side { 1.0 } else { 0.0 });
        data.weights.push(weight);
        data.offsets.push(offset as f32);
    }
}

/// Log loss of log-odds left : right, in nats.
pub(crate) fn log_loss(odds: f64, winner: Side) -> f64 {
    let for_winner = if winner == Side::Left { odds } else { -odds };
    (-for_winner).exp().ln_1p()
}

/// Trains `ensembles` ensembles of trees and averages them. Simultaneous phrases are left out: the trees only tell left from right.
pub(crate) fn train_trees(examples: &[&Example], params: BoostingParams, ensembles: u64, seed: u64) -> Ensemble {
    let mut data = Dataset::default();
    for example in examples {
        push_rows(&mut data, example, weight(example, examples) as f32, 0.0);
    }
    Ensemble::averaged((0..ensembles).map(|i| train(&data, params, seed + i)).collect())
}
