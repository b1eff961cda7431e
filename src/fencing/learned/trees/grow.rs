//! Gradient boosting with histograms: facts are cut into bins once, each tree grows where the loss falls most.

use super::{Forest, Node};
use rand::seq::index::sample;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bins per fact.
const BINS: usize = 64;

/// How trees are grown; the values are the recipe's, but for leaves and bag, chosen on set A's folds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Growth {
    /// Trees.
    pub(crate) rounds: usize,
    /// Share of each tree's answer that is added.
    pub(crate) rate: f32,
    /// Leaves per tree.
    pub(crate) leaves: usize,
    /// Fewest examples in a leaf.
    pub(crate) smallest_leaf: usize,
    /// Weight that pulls answers to zero.
    pub(crate) ridge: f32,
    /// Share of the facts that a fork may choose from.
    pub(crate) facts_per_fork: f64,
    /// Share of the examples that each tree is grown on.
    pub(crate) bag: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { rounds: 300, rate: 0.03, leaves: 20, smallest_leaf: 30, ridge: 10.0, facts_per_fork: 0.15, bag: 0.5 }
    }
}

/// Facts cut into bins, and where the cuts are.
struct Binned {
    /// `[fact][example]`.
    bins: Vec<Vec<u8>>,
    /// `[fact][bin]`: the greatest value in the bin.
    edges: Vec<Vec<f32>>,
}

/// Slope and curvature of the loss, per example.
struct Pull {
    slope: Vec<f32>,
    curve: Vec<f32>,
}

/// A leaf that may still fork.
struct Bud {
    node: usize,
    examples: Vec<u32>,
    best: Option<Fork>,
}

#[derive(Clone, Copy)]
struct Fork {
    gain: f32,
    fact: usize,
    bin: usize,
}

/// Grows a forest on `facts[example][fact]` and whether each example's first fencer was given the touch (0..1).
pub(crate) fn grow(facts: &[Vec<f32>], wanted: &[f32], growth: Growth, seed: u64) -> Forest {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let binned = binned(facts);
    let mut answers = vec![0.0_f32; facts.len()];
    let mut trees = Vec::with_capacity(growth.rounds);
    for _ in 0..growth.rounds {
        let pull = pull(&answers, wanted);
        let tree = grow_tree(&binned, &pull, growth, &mut rng);
        for (answer, facts) in answers.iter_mut().zip(facts) {
            *answer += super::answer_of(&tree, facts);
        }
        trees.push(tree);
    }
    Forest { facts: facts.first().map_or(0, Vec::len), trees, share: 1.0 }
}

fn pull(answers: &[f32], wanted: &[f32]) -> Pull {
    let p: Vec<f32> = answers.iter().map(|a| 1.0 / (1.0 + (-a).exp())).collect();
    Pull {
        slope: p.iter().zip(wanted).map(|(p, y)| p - y).collect(),
        curve: p.iter().map(|p| (p * (1.0 - p)).max(1e-6)).collect(),
    }
}

fn binned(facts: &[Vec<f32>]) -> Binned {
    let count = facts.first().map_or(0, Vec::len);
    let edges: Vec<Vec<f32>> = (0..count).map(|f| edges(facts.iter().map(|e| e[f]).collect())).collect();
    let bin = |f: usize, value: f32| edges[f].partition_point(|edge| *edge < value).min(edges[f].len() - 1) as u8;
    let bins = (0..count).map(|f| facts.iter().map(|e| bin(f, e[f])).collect()).collect();
    Binned { bins, edges }
}

/// The greatest value of each of up to [`BINS`] equally full bins.
fn edges(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let mut out: Vec<f32> = (1..=BINS).map(|b| values[(b * values.len()).div_ceil(BINS).saturating_sub(1)]).collect();
    out.dedup();
    out
}

fn grow_tree(binned: &Binned, pull: &Pull, growth: Growth, rng: &mut ChaCha8Rng) -> Vec<Node> {
    let all = bagged(pull.slope.len(), growth.bag, rng);
    let mut nodes = vec![Node::Leaf(leaf_answer(&all, pull, growth))];
    let best = best_fork(binned, pull, &all, growth, rng);
    let mut buds = vec![Bud { node: 0, examples: all, best }];
    for _ in 1..growth.leaves {
        let gain = |bud: &Bud| bud.best.map_or(f32::NEG_INFINITY, |f| f.gain);
        let Some(at) = (0..buds.len()).max_by(|a, b| gain(&buds[*a]).total_cmp(&gain(&buds[*b]))) else { break };
        let bud = buds.swap_remove(at);
        let Some(fork) = bud.best else { break };
        let bins = &binned.bins[fork.fact];
        let (low, high): (Vec<u32>, Vec<u32>) =
            bud.examples.iter().partition(|e| usize::from(bins[**e as usize]) <= fork.bin);
        let first = nodes.len();
        for (i, examples) in [low, high].into_iter().enumerate() {
            nodes.push(Node::Leaf(leaf_answer(&examples, pull, growth)));
            let best = best_fork(binned, pull, &examples, growth, rng);
            buds.push(Bud { node: first + i, examples, best });
        }
        nodes[bud.node] = Node::Fork {
            fact: fork.fact as u16,
            threshold: binned.edges[fork.fact][fork.bin],
            low: first as u16,
            high: first as u16 + 1,
        };
    }
    nodes
}

/// The examples that a tree is grown on. Examples come in pairs (a phrase and its mirror image) that stay together.
fn bagged(examples: usize, share: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut kept = Vec::with_capacity(examples);
    for first in (0..examples as u32).step_by(2) {
        if rng.random_bool(share.clamp(0.0, 1.0)) {
            kept.extend(first..(first + 2).min(examples as u32));
        }
    }
    kept
}

fn leaf_answer(examples: &[u32], pull: &Pull, growth: Growth) -> f32 {
    let (mut slope, mut curve) = (0.0, 0.0);
    for e in examples {
        slope += pull.slope[*e as usize];
        curve += pull.curve[*e as usize];
    }
    -growth.rate * slope / (curve + growth.ridge)
}

fn best_fork(binned: &Binned, pull: &Pull, examples: &[u32], growth: Growth, rng: &mut ChaCha8Rng) -> Option<Fork> {
    let facts = binned.bins.len();
    let tried = ((facts as f64 * growth.facts_per_fork).ceil() as usize).clamp(1, facts);
    let mut chosen = sample(rng, facts, tried).into_vec();
    chosen.sort_unstable();
    if examples.len() < 2 * growth.smallest_leaf {
        return None;
    }
    let mut best: Option<Fork> = None;
    for fact in chosen {
        for fork in forks_of(&binned.bins[fact], pull, examples, growth, fact) {
            if best.is_none_or(|b| fork.gain > b.gain) {
                best = Some(fork);
            }
        }
    }
    best.filter(|f| f.gain > 1e-6)
}

/// Every allowed cut of one fact, with its gain.
fn forks_of(bins: &[u8], pull: &Pull, examples: &[u32], growth: Growth, fact: usize) -> Vec<Fork> {
    let mut sums = [(0.0_f32, 0.0_f32, 0_usize); BINS];
    for e in examples {
        let slot = &mut sums[usize::from(bins[*e as usize])];
        slot.0 += pull.slope[*e as usize];
        slot.1 += pull.curve[*e as usize];
        slot.2 += 1;
    }
    let whole = sums.iter().fold((0.0, 0.0), |a, s| (a.0 + s.0, a.1 + s.1));
    let worth = |slope: f32, curve: f32| slope * slope / (curve + growth.ridge);
    let (mut slope, mut curve, mut count) = (0.0, 0.0, 0);
    let mut forks = Vec::new();
    for (bin, s) in sums.iter().enumerate() {
        (slope, curve, count) = (slope + s.0, curve + s.1, count + s.2);
        if count < growth.smallest_leaf || s.2 == 0 {
            continue;
        }
        if examples.len() - count < growth.smallest_leaf {
            break;
        }
        let gain = worth(slope, curve) + worth(whole.0 - slope, whole.1 - curve) - worth(whole.0, whole.1);
        forks.push(Fork { gain, fact, bin });
    }
    forks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grown_trees_find_the_fact_that_decides() {
        let facts: Vec<Vec<f32>> = (0..400).map(|i| vec![(i * 7 % 13) as f32, (i * 37 % 101) as f32]).collect();
        let wanted: Vec<f32> = facts.iter().map(|f| if f[1] > 50.0 { 1.0 } else { 0.0 }).collect();
        let growth = Growth { rounds: 60, rate: 0.1, facts_per_fork: 1.0, bag: 1.0, ..Growth::default() };
        let forest = grow(&facts, &wanted, growth, 1);
        let right = facts.iter().zip(&wanted).filter(|(f, y)| (forest.answer(f) > 0.0) == (**y > 0.5)).count();
        assert!(right >= 396, "{right} of 400");
        assert_eq!(forest, grow(&facts, &wanted, growth, 1), "the same seed grows the same forest");
    }
}
