//! Training of boosted trees: features are binned once, each tree is grown leaf by leaf where the weighted loss falls most.

use super::{Ensemble, Node};
use rand::seq::index::sample;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bins per feature.
const BINS: usize = 64;

/// Hyperparameters of the boosting, with the names that other libraries use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoostingParams {
    /// Trees.
    pub(crate) n_estimators: usize,
    /// Shrinkage of each tree's leaf values.
    pub(crate) learning_rate: f32,
    /// Leaves per tree.
    pub(crate) num_leaves: usize,
    /// Least total weight of the examples in a leaf.
    pub(crate) min_weight_in_leaf: f32,
    /// L2 regularisation of leaf values.
    pub(crate) l2_lambda: f32,
    /// Share of the features that each split may choose from.
    pub(crate) colsample_bynode: f64,
    /// Share of the examples that each tree is grown on.
    pub(crate) subsample: f64,
}

impl Default for BoostingParams {
    /// Chosen on set A's folds in earlier rounds (`models/README.md`).
    fn default() -> Self {
        Self {
            n_estimators: 300,
            learning_rate: 0.03,
            num_leaves: 20,
            min_weight_in_leaf: 30.0,
            l2_lambda: 10.0,
            colsample_bynode: 0.15,
            subsample: 0.5,
        }
    }
}

/// Training data. Rows come in pairs that stay together in a subsample: a phrase and its mirror image.
#[derive(Debug, Default)]
pub(crate) struct Dataset {
    /// `[row][feature]`.
    pub(crate) features: Vec<Vec<f32>>,
    /// Whether the first fencer of the row was given the touch, 0..1.
    pub(crate) targets: Vec<f32>,
    /// Weight of each row in the loss.
    pub(crate) weights: Vec<f32>,
    /// Log-odds of each row that the trees correct; empty where they start from even odds.
    pub(crate) offsets: Vec<f32>,
}

/// Features cut into bins, and where the cuts are.
struct Binned {
    /// `[feature][row]`.
    bins: Vec<Vec<u8>>,
    /// `[feature][bin]`: the greatest value in the bin.
    edges: Vec<Vec<f32>>,
}

/// First and second derivative of the weighted loss by the score, per row, with the rows' weights.
struct GradientPairs<'a> {
    gradient: Vec<f32>,
    hessian: Vec<f32>,
    weights: &'a [f32],
}

/// Sums over the rows of a leaf or a bin.
#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f32,
    hessian: f32,
    weight: f32,
}

/// A leaf that may still be split.
struct LeafCandidate {
    node: usize,
    rows: Vec<u32>,
    best: Option<SplitCandidate>,
}

#[derive(Clone, Copy)]
struct SplitCandidate {
    gain: f32,
    feature: usize,
    bin: usize,
}

/// Trains an ensemble; the same data, parameters and seed give the same trees.
pub(crate) fn train(data: &Dataset, params: BoostingParams, seed: u64) -> Ensemble {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let binned = binned(&data.features);
    let mut scores = data.offsets.clone();
    scores.resize(data.features.len(), 0.0);
    let mut trees = Vec::with_capacity(params.n_estimators);
    for _ in 0..params.n_estimators {
        let pairs = gradient_pairs(&scores, data);
        let tree = grow_tree(&binned, &pairs, params, &mut rng);
        for (score, features) in scores.iter_mut().zip(&data.features) {
            *score += super::leaf_value(&tree, features);
        }
        trees.push(tree);
    }
    Ensemble { features: data.features.first().map_or(0, Vec::len), trees, scale: 1.0 }
}

/// Of the logistic loss.
fn gradient_pairs<'a>(scores: &[f32], data: &'a Dataset) -> GradientPairs<'a> {
    let p: Vec<f32> = scores.iter().map(|s| 1.0 / (1.0 + (-s).exp())).collect();
    let rows = || p.iter().zip(&data.targets).zip(&data.weights);
    GradientPairs {
        gradient: rows().map(|((p, y), w)| w * (p - y)).collect(),
        hessian: rows().map(|((p, _), w)| w * (p * (1.0 - p)).max(1e-6)).collect(),
        weights: &data.weights,
    }
}

impl GradientPairs<'_> {
    fn sums(&self, rows: &[u32]) -> Sums {
        rows.iter().fold(Sums::default(), |sums, row| sums.and(self.of(*row)))
    }

    fn of(&self, row: u32) -> Sums {
        let row = row as usize;
        Sums { gradient: self.gradient[row], hessian: self.hessian[row], weight: self.weights[row] }
    }
}

impl Sums {
    fn and(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            hessian: self.hessian + other.hessian,
            weight: self.weight + other.weight,
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            weight: self.weight - other.weight,
        }
    }

    /// By how much the best leaf value lowers the regularised loss, twice.
    fn gain(self, params: BoostingParams) -> f32 {
        self.gradient * self.gradient / (self.hessian + params.l2_lambda)
    }
}

fn binned(rows: &[Vec<f32>]) -> Binned {
    let count = rows.first().map_or(0, Vec::len);
    let edges: Vec<Vec<f32>> = (0..count).map(|f| edges(rows.iter().map(|row| row[f]).collect())).collect();
    let bin = |f: usize, value: f32| edges[f].partition_point(|edge| *edge < value).min(edges[f].len() - 1) as u8;
    let bins = (0..count).map(|f| rows.iter().map(|row| bin(f, row[f])).collect()).collect();
    Binned { bins, edges }
}

/// The greatest value of each of up to [`BINS`] equally full bins.
fn edges(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let mut out: Vec<f32> = (1..=BINS).map(|b| values[(b * values.len()).div_ceil(BINS).saturating_sub(1)]).collect();
    out.dedup();
    out
}

fn grow_tree(binned: &Binned, pairs: &GradientPairs, params: BoostingParams, rng: &mut ChaCha8Rng) -> Vec<Node> {
    let rows = subsampled(pairs.gradient.len(), params.subsample, rng);
    let mut nodes = vec![Node::Leaf(optimal_value(&rows, pairs, params))];
    let best = best_split(binned, pairs, &rows, params, rng);
    let mut leaves = vec![LeafCandidate { node: 0, rows, best }];
    for _ in 1..params.num_leaves {
        let gain = |leaf: &LeafCandidate| leaf.best.map_or(f32::NEG_INFINITY, |s| s.gain);
        let Some(at) = (0..leaves.len()).max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b]))) else { break };
        let leaf = leaves.swap_remove(at);
        let Some(split) = leaf.best else { break };
        let bins = &binned.bins[split.feature];
        let (low, high): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|row| usize::from(bins[**row as usize]) <= split.bin);
        let first = nodes.len();
        for (i, rows) in [low, high].into_iter().enumerate() {
            nodes.push(Node::Leaf(optimal_value(&rows, pairs, params)));
            let best = best_split(binned, pairs, &rows, params, rng);
            leaves.push(LeafCandidate { node: first + i, rows, best });
        }
        nodes[leaf.node] = Node::Split {
            feature: split.feature as u16,
            threshold: binned.edges[split.feature][split.bin],
            low: first as u16,
            high: first as u16 + 1,
        };
    }
    nodes
}

fn subsampled(rows: usize, share: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut kept = Vec::with_capacity(rows);
    for first in (0..rows as u32).step_by(2) {
        if rng.random_bool(share.clamp(0.0, 1.0)) {
            kept.extend(first..(first + 2).min(rows as u32));
        }
    }
    kept
}

fn optimal_value(rows: &[u32], pairs: &GradientPairs, params: BoostingParams) -> f32 {
    let sums = pairs.sums(rows);
    -params.learning_rate * sums.gradient / (sums.hessian + params.l2_lambda)
}

fn best_split(
    binned: &Binned,
    pairs: &GradientPairs,
    rows: &[u32],
    params: BoostingParams,
    rng: &mut ChaCha8Rng,
) -> Option<SplitCandidate> {
    let features = binned.bins.len();
    let tried = ((features as f64 * params.colsample_bynode).ceil() as usize).clamp(1, features);
    let mut chosen = sample(rng, features, tried).into_vec();
    chosen.sort_unstable();
    let whole = pairs.sums(rows);
    if whole.weight < 2.0 * params.min_weight_in_leaf {
        return None;
    }
    let mut best: Option<SplitCandidate> = None;
    for feature in chosen {
        for split in splits_of(&binned.bins[feature], pairs, rows, params, (feature, whole)) {
            if best.is_none_or(|b| split.gain > b.gain) {
                best = Some(split);
            }
        }
    }
    best.filter(|s| s.gain > 1e-6)
}

/// Every allowed cut of one feature, with its gain.
fn splits_of(
    bins: &[u8],
    pairs: &GradientPairs,
    rows: &[u32],
    params: BoostingParams,
    (feature, whole): (usize, Sums),
) -> Vec<SplitCandidate> {
    let mut histogram = [Sums::default(); BINS];
    for row in rows {
        let slot = &mut histogram[usize::from(bins[*row as usize])];
        *slot = slot.and(pairs.of(*row));
    }
    let mut low = Sums::default();
    let mut splits = Vec::new();
    for (bin, sums) in histogram.iter().enumerate() {
        low = low.and(*sums);
        let high = whole.without(low);
        if low.weight < params.min_weight_in_leaf || sums.weight == 0.0 {
            continue;
        }
        if high.weight < params.min_weight_in_leaf {
            break;
        }
        let gain = low.gain(params) + high.gain(params) - whole.gain(params);
        splits.push(SplitCandidate { gain, feature, bin });
    }
    splits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trained_trees_find_the_feature_that_decides() {
        let features: Vec<Vec<f32>> = (0..400).map(|i| vec![(i * 7 % 13) as f32, (i * 37 % 101) as f32]).collect();
        let targets: Vec<f32> = features.iter().map(|f| if f[1] > 50.0 { 1.0 } else { 0.0 }).collect();
        let data = Dataset { weights: vec![1.0; features.len()], features, targets, ..Dataset::default() };
        let params = BoostingParams {
            n_estimators: 60,
            learning_rate: 0.1,
            colsample_bynode: 1.0,
            subsample: 1.0,
            ..BoostingParams::default()
        };
        let ensemble = train(&data, params, 1);
        let rows = data.features.iter().zip(&data.targets);
        let right = rows.filter(|(f, y)| (ensemble.predict(f) > 0.0) == (**y > 0.5)).count();
        assert!(right >= 396, "{right} of 400");
        assert_eq!(ensemble, train(&data, params, 1), "the same seed trains the same trees");
    }

    #[test]
    fn a_row_of_weight_three_counts_as_three_rows() {
        let rows = |copies: usize| -> Vec<(Vec<f32>, f32)> {
            (0..60).flat_map(|i| vec![(vec![i as f32], f32::from(u8::from(i % 7 < 3))); copies]).collect()
        };
        let params = BoostingParams { n_estimators: 5, subsample: 1.0, colsample_bynode: 1.0, ..Default::default() };
        let data = |rows: Vec<(Vec<f32>, f32)>, weight: f32| {
            let (features, targets): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            Dataset { weights: vec![weight; features.len()], features, targets, ..Dataset::default() }
        };
        let (weighted, copied) = (train(&data(rows(1), 3.0), params, 1), train(&data(rows(3), 1.0), params, 1));
        for i in 0..60 {
            assert!((weighted.predict(&[i as f32]) - copied.predict(&[i as f32])).abs() < 1e-4);
        }
    }
}
