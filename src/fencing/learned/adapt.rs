//! A club's phrases added to a judge: a few boosted trees that correct its log-odds for that club's referees.
//!
//! Two hundred phrases cannot carry a judge of their own, but they can move one. The corrections are measured on groups (days) of the
//! club that were left out of them, against the judge that they start from, phrase by phrase; a judge that does not get better there by more
//! than the standard error of the difference is not written.

use super::error::LearnedError;
use super::features::features;
use super::folds::FoldTable;
use super::models::Models;
use super::training::{Example, log_loss, push_rows};
use super::trees::{BoostingParams, Dataset, Ensemble, train};
use std::path::Path;

/// Fewer phrases cannot show on left-out groups whether anything got better.
const MIN_PHRASES: usize = 40;

/// Few and small trees: they correct a judge, they do not replace it. Not tuned on any phrase.
const CORRECTION: BoostingParams = BoostingParams {
    n_estimators: 60,
    learning_rate: 0.05,
    num_leaves: 6,
    min_weight_in_leaf: 15.0,
    l2_lambda: 10.0,
    colsample_bynode: 0.3,
    subsample: 0.7,
};

/// What the added phrases are worth, on groups that were left out of the correction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Adapted {
    /// Phrases with a touch for one side.
    pub phrases: usize,
    /// Groups that they lie in.
    pub groups: usize,
    /// Mean log loss of the judge that was started from.
    pub loss_before: f64,
    /// The same with the correction.
    pub loss_after: f64,
    /// Standard error of the mean difference.
    pub standard_error: f64,
    /// Phrases whose likelier side was the referee's, before and after.
    pub right: (usize, usize),
}

impl Adapted {
    /// Whether the corrected judge is better on left-out groups by more than chance explains.
    pub fn is_better(&self) -> bool {
        self.loss_before - self.loss_after > self.standard_error
    }

    fn of(losses: &[(f64, f64)], groups: usize) -> Self {
        let n = losses.len().max(1) as f64;
        let mean = |part: &dyn Fn(&(f64, f64)) -> f64| losses.iter().map(part).sum::<f64>() / n;
        let difference = mean(&|l| l.0 - l.1);
        let variance = mean(&|l| (l.0 - l.1 - difference).powi(2));
        // Below the loss of even odds the likelier side is the referee's.
        let right =
            |part: &dyn Fn(&(f64, f64)) -> f64| losses.iter().filter(|l| part(l) < std::f64::consts::LN_2).count();
        Self {
            phrases: losses.len(),
            groups,
            loss_before: mean(&|l| l.0),
            loss_after: mean(&|l| l.1),
            standard_error: (variance / n).sqrt(),
            right: (right(&|l| l.0), right(&|l| l.1)),
        }
    }
}

/// Adds a club's phrases to the judge `start` and measures what that is worth; writes the new judge to `output` if it is better.
///
/// # Errors
/// Too few phrases or groups, or a folder that cannot be written.
pub fn adapt(
    start: Models,
    examples: &[Example],
    output: &Path,
    (folds, seed): (usize, u64),
) -> Result<Adapted, LearnedError> {
    let table = FoldTable::of(examples, folds.max(2));
    let groups = table.fold_of_group.len();
    let sided: Vec<&Example> = examples.iter().filter(|e| e.winner.is_some()).collect();
    if sided.len() < MIN_PHRASES || groups < 2 {
        return Err(LearnedError::TooFew { phrases: sided.len(), groups });
    }
    let odds: Vec<f64> = sided.iter().map(|e| log_odds(&start, e)).collect();
    let fold_of = |e: &Example| table.fold_of_group.get(&e.group).copied();
    let mut losses = Vec::with_capacity(sided.len());
    for fold in 0..table.folders.len() {
        let (left_out, kept): (Vec<_>, Vec<_>) =
            sided.iter().copied().zip(odds.iter().copied()).partition(|(e, _)| fold_of(e) == Some(fold));
        if left_out.is_empty() || kept.is_empty() {
            continue;
        }
        let correction = correction(kept.into_iter(), seed);
        for (example, odds) in left_out {
            let Some(winner) = example.winner else { continue };
            let corrected = odds + correction.predict_pair(&features(&example.phrase, &example.evidence));
            losses.push((log_loss(odds, winner), log_loss(corrected, winner)));
        }
    }
    let adapted = Adapted::of(&losses, groups);
    if adapted.is_better() {
        let correction = correction(sided.iter().copied().zip(odds.iter().copied()), seed);
        start.with_club(correction, examples.len()).write(output)?;
    }
    Ok(adapted)
}

/// The judge's log-odds left : right for a phrase.
fn log_odds(judge: &Models, example: &Example) -> f64 {
    let members = judge.members.predict_example(example, &judge.blend().strengths);
    judge.blend().weights(example.timed).log_odds(&members)
}

/// Trees that correct the log-odds of phrases; every phrase also mirrored.
fn correction<'a>(phrases: impl Iterator<Item = (&'a Example, f64)>, seed: u64) -> Ensemble {
    let mut data = Dataset::default();
    for (example, odds) in phrases {
        push_rows(&mut data, example, 1.0, odds);
    }
    train(&data, CORRECTION, seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Side;

    #[test]
    fn a_judge_is_better_only_beyond_chance() {
        let clearly: Vec<(f64, f64)> = (0..100).map(|i| (0.7, 0.5 + 0.001 * f64::from(i % 7))).collect();
        assert!(Adapted::of(&clearly, 5).is_better());
        let by_chance: Vec<(f64, f64)> = (0..100).map(|i| (0.6, if i % 2 == 0 { 0.2 } else { 0.99 })).collect();
        assert!(!Adapted::of(&by_chance, 5).is_better());
        assert_eq!(Adapted::of(&[(0.6, 0.8), (0.8, 0.6)], 1).right, (1, 1));
    }

    #[test]
    fn the_loss_of_even_odds_is_that_of_a_coin() {
        assert!((log_loss(0.0, Side::Left) - std::f64::consts::LN_2).abs() < 1e-12);
        assert!(log_loss(2.0, Side::Left) < log_loss(2.0, Side::Right));
    }
}
