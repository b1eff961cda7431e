//! Counting: intervals, paired comparison, calibration. Pure functions over numbers.

use fencing::share::Share;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Two judges on the same phrases: how often only one was right, and the exact two-sided probability of such a split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Only the first was right.
    pub first_only: usize,
    /// Only the second was right.
    pub second_only: usize,
    /// Probability of a split at least as uneven by chance (the exact test).
    pub p_value: f64,
}

impl Paired {
    /// Compares `(first right, second right)` phrase by phrase.
    pub fn of(pairs: impl Iterator<Item = (bool, bool)>) -> Self {
        let (mut first_only, mut second_only) = (0, 0);
        for pair in pairs {
            match pair {
                (true, false) => first_only += 1,
                (false, true) => second_only += 1,
                _ => {}
            }
        }
        Self { first_only, second_only, p_value: two_sided(first_only.min(second_only), first_only + second_only) }
    }
}

/// Twice the probability of at most `few` heads in `all` fair throws, at most 1.
fn two_sided(few: usize, all: usize) -> f64 {
    let ln_half = -(all as f64) * std::f64::consts::LN_2;
    let mut ln_ways = 0.0;
    let mut tail = 0.0;
    for k in 0..=few {
        tail += (ln_ways + ln_half).exp();
        ln_ways += ((all - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    (2.0 * tail).min(1.0)
}

/// One row of a reliability table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// Least confidence in the bin.
    pub from: f64,
    /// Mean confidence of its calls.
    pub claimed: f64,
    /// How many were right.
    pub held: Share,
}

/// How far claimed confidence is from what held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Expected calibration error: mean distance of claimed and held over the bins, weighted by their size.
    pub error: f64,
    /// What a judge whose every claim is exactly true would measure on as many calls, by chance alone.
    pub by_chance: ByChance,
    /// Bins that hold any call, lowest first.
    pub bins: Vec<ReliabilityBin>,
}

/// The calibration error of a judge without any, on a sample: mean, and where nine tenths of the samples lie.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ByChance {
    /// Mean.
    pub mean: f64,
    /// One sample in twenty lies below.
    pub low: f64,
    /// One sample in twenty lies above.
    pub high: f64,
}

/// Bins between one half and one.
const BINS: usize = 5;
/// Samples that are drawn for [`ByChance`].
const DRAWS: usize = 2000;

impl Calibration {
    /// From `(confidence, right)` of forced two-way calls; confidence below one half falls into the lowest bin.
    pub fn of(calls: &[(f64, bool)]) -> Self {
        let bins = binned(calls);
        let error = bins.iter().map(|b| (b.claimed - b.held.value()).abs() * b.held.all as f64).sum::<f64>();
        Self { error: error / calls.len().max(1) as f64, by_chance: by_chance(calls), bins }
    }
}

fn binned(calls: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let mut bins = Vec::new();
    for bin in 0..BINS {
        let inside: Vec<_> = calls.iter().filter(|(c, _)| bin_of(*c) == bin).collect();
        if !inside.is_empty() {
            let claimed = inside.iter().map(|(c, _)| c).sum::<f64>() / inside.len() as f64;
            let held = Share::of(inside.iter().map(|(_, right)| *right));
            bins.push(ReliabilityBin { from: 0.5 + bin as f64 / (2.0 * BINS as f64), claimed, held });
        }
    }
    bins
}

fn bin_of(confidence: f64) -> usize {
    (((confidence - 0.5) * 2.0 * BINS as f64).max(0.0) as usize).min(BINS - 1)
}

/// Draws samples in which every call is right exactly as often as it claims.
fn by_chance(calls: &[(f64, bool)]) -> ByChance {
    if calls.is_empty() {
        return ByChance::default();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut errors: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let mut surplus = [0.0; BINS];
            for (confidence, _) in calls {
                let right = rng.random_bool(confidence.clamp(0.0, 1.0));
                surplus[bin_of(*confidence)] += confidence - f64::from(u8::from(right));
            }
            surplus.iter().map(|s: &f64| s.abs()).sum::<f64>() / calls.len() as f64
        })
        .collect();
    errors.sort_by(f64::total_cmp);
    ByChance {
        mean: errors.iter().sum::<f64>() / DRAWS as f64,
        low: errors[DRAWS / 20],
        high: errors[DRAWS - 1 - DRAWS / 20],
    }
}

/// Shares of the phrases that are kept, surest first.
pub const COVERAGES: [f64; 6] = [1.0, 0.8, 0.75, 0.7, 0.6, 0.4];

/// Accuracy among the surest share of the calls, for each of [`COVERAGES`]. Equal confidence keeps the given order.
pub fn by_coverage(calls: &[(f64, bool)]) -> Vec<(f64, Share)> {
    let mut sorted = calls.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let kept = |c: f64| ((c * sorted.len() as f64).round() as usize).min(sorted.len());
    COVERAGES.iter().map(|c| (*c, Share::of(sorted[..kept(*c)].iter().map(|(_, right)| *right)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_textbook_interval() {
        // 8 of 10: [0.4902, 0.9433]; 0 of 5: [0, 0.4345] (Wilson 1927, computed by hand).
        let (low, high) = Share { right: 8, all: 10 }.interval();
        assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4, "{low} {high}");
        let (low, high) = Share { right: 0, all: 5 }.interval();
        assert!(low == 0.0 && (high - 0.4345).abs() < 1e-4, "{high}");
        assert_eq!(Share::default().interval(), (0.0, 1.0));
    }

    #[test]
    fn mcnemar_counts_only_where_one_was_right() {
        let split = |first: usize, second: usize| {
            let pairs = std::iter::repeat_n((true, false), first).chain(std::iter::repeat_n((false, true), second));
            Paired::of(pairs.chain([(true, true), (false, false)]))
        };
        // Exact: 1 of 6 in 2^6 = 7/64 each side; 5 of 5 twice 1/32; even splits are 1.
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(split(1, 5).p_value, 14.0 / 64.0));
        assert!(close(split(5, 0).p_value, 2.0 / 32.0));
        assert!(close(split(3, 3).p_value, 1.0) && close(split(0, 0).p_value, 1.0));
        assert_eq!((split(1, 5).first_only, split(1, 5).second_only), (1, 5));
    }

    #[test]
    fn calibration_error_is_the_weighted_distance_of_claimed_and_held() {
        let mut calls = vec![(0.95, true); 9];
        calls.push((0.95, false));
        assert!((Calibration::of(&calls).error - 0.05).abs() < 1e-12);
        calls.extend([(0.55, true), (0.55, false)]);
        let calibration = Calibration::of(&calls);
        assert!((calibration.error - (0.05 * 10.0 + 0.05 * 2.0) / 12.0).abs() < 1e-12);
        assert_eq!(calibration.bins.iter().map(|b| b.held.all).collect::<Vec<_>>(), [2, 10]);
    }

    #[test]
    fn a_judge_whose_claims_are_true_still_shows_an_error_on_few_calls() {
        // One bin of n calls at 0.75: the mean of |Binomial(n, 3/4)/n - 3/4| is about sqrt(2 p q / (pi n)).
        for n in [40_usize, 400] {
            let chance = Calibration::of(&vec![(0.75, true); n]).by_chance;
            let expected = (2.0 * 0.75 * 0.25 / (std::f64::consts::PI * n as f64)).sqrt();
            assert!((chance.mean / expected - 1.0).abs() < 0.1, "{n}: {chance:?}, expected {expected}");
            assert!(chance.low < chance.mean && chance.mean < chance.high);
        }
        assert_eq!(Calibration::of(&[]).by_chance, ByChance::default());
    }

    #[test]
    fn the_surest_are_kept() {
        let calls = [(0.6, false), (0.9, true), (0.8, true), (0.7, false), (0.95, true)];
        let kept: Vec<_> = by_coverage(&calls).into_iter().map(|(_, s)| (s.right, s.all)).collect();
        assert_eq!(kept, [(3, 5), (3, 4), (3, 4), (3, 4), (3, 3), (2, 2)]);
    }
}
