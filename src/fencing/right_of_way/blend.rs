//! The members of the judge as one log-odds: nets, trees and the rules' vote, weighted by numbers fitted on phrases that none of
//! them was trained on.

use super::strengths::RuleStrengths;
use crate::Probabilities;
use serde::{Deserialize, Serialize};

/// How much each member counts, as factors of their log-odds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Mean of the nets.
    pub nets: f64,
    /// Trees.
    pub trees: f64,
    /// The rules' vote.
    pub rules: f64,
}

/// Everything that is fitted on held-out predictions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blend {
    /// Added to the nets' log-odds of none, so that on average as much is predicted as among the phrases trained on.
    pub none_shift: f64,
    /// Share of phrases without a touch among those trained on.
    pub none_share: f64,
    /// Where the time of the touch was signalled.
    pub timed: Weights,
    /// Where it is estimated from the motion.
    pub untimed: Weights,
    /// Strengths of the rules' votes.
    pub strengths: RuleStrengths,
}

/// What the members predict for one phrase. Exchanging the fencers turns the signs of `nets`, `trees` and `rules`, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Members {
    /// Mean log-odds left : right by the nets.
    pub nets: f64,
    /// Log-odds left : right by the trees.
    pub trees: f64,
    /// Log-odds left : right by the rules.
    pub rules: f64,
    /// Log-odds none : a touch by the nets.
    pub none: f64,
    /// What a club's phrases add to the log-odds left : right; 0 without any.
    pub club: f64,
}

/// The learned judge's view of one double light, with the numbers to put it together with the rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelPrediction {
    /// Log-odds left : right by the nets.
    pub nets: f64,
    /// Log-odds left : right by the trees.
    pub trees: f64,
    /// Log-odds none : a touch.
    pub none: f64,
    /// What a club's phrases add to the log-odds left : right; 0 without any.
    pub club: f64,
    /// By how much the last blade contact moves the trees' log-odds left : right; 0 without one.
    pub contact: f64,
    /// The fitted numbers.
    pub blend: Blend,
}

impl Members {
    /// Sums of two predictions, member by member.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self {
            nets: self.nets + other.nets,
            trees: self.trees + other.trees,
            rules: self.rules + other.rules,
            none: self.none + other.none,
            club: self.club + other.club,
        }
    }

    /// Every member divided by a number.
    pub(crate) fn divided_by(&self, n: f64) -> Self {
        Self {
            nets: self.nets / n,
            trees: self.trees / n,
            rules: self.rules / n,
            none: self.none / n,
            club: self.club / n,
        }
    }
}

impl Default for Blend {
    /// The plain mean of nets and trees, for tests and before anything was fitted.
    fn default() -> Self {
        let prior = Weights::PRIOR;
        Self { none_shift: 0.0, none_share: 0.033, timed: prior, untimed: prior, strengths: RuleStrengths::NONE }
    }
}

impl Weights {
    /// Where the fit is pulled: the plain mean of all three, whose logits largely rest on the same feet.
    pub const PRIOR: Self = Self { nets: 0.5, trees: 0.5, rules: 0.5 };
    /// Strength of that pull, as inverse variances: factors are known beforehand to about a quarter, the rules' to a third.
    const PRECISION: [f64; 3] = [20.0, 20.0, 8.0];
    /// Far more rounds than the fit takes: the loss has one valley.
    const ROUNDS: usize = 300;

    fn of(members: &Members) -> [f64; 3] {
        [members.nets, members.trees, members.rules]
    }

    /// Log-odds left : right.
    pub fn log_odds(self, members: &Members) -> f64 {
        self.nets * members.nets + self.trees * members.trees + self.rules * members.rules + members.club
    }

    /// Maximum a posteriori fit on members' predictions, whether the left was given the touch, and the phrase's weight; no factor
    /// falls below zero, so that more evidence for a side never speaks against it.
    pub fn fitted<'a>(seen: &(impl Iterator<Item = (&'a Members, bool, f64)> + Clone)) -> Self {
        let prior = [Self::PRIOR.nets, Self::PRIOR.trees, Self::PRIOR.rules];
        let mut factors = prior;
        for round in 0..Self::ROUNDS * factors.len() {
            let which = round % factors.len();
            let mut gradient = Self::PRECISION[which] * (factors[which] - prior[which]);
            let mut hessian = Self::PRECISION[which];
            for (members, left, weight) in seen.clone() {
                let x = Self::of(members);
                let odds: f64 = x.iter().zip(factors).map(|(x, factor)| x * factor).sum();
                let p = logistic(odds);
                gradient += weight * (p - f64::from(u8::from(left))) * x[which];
                hessian += weight * p * (1.0 - p) * x[which] * x[which];
            }
            factors[which] = (factors[which] - gradient / hessian).max(0.0);
        }
        let [nets, trees, rules] = factors;
        Self { nets, trees, rules }
    }
}

impl Blend {
    /// The weights for a phrase whose touch was or was not timed.
    pub fn weights(&self, timed: bool) -> Weights {
        if timed { self.timed } else { self.untimed }
    }

    /// Probabilities of the three outcomes from log-odds left : right and none : a touch, when a share of `none_prior` of such
    /// phrases ends without a touch.
    pub fn probabilities(&self, odds: f64, none: f64, none_prior: f64) -> Probabilities {
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let share = |p: f64| p.clamp(1e-4, 1.0 - 1e-4);
        let none = logistic(none + self.none_shift + logit(share(none_prior)) - logit(share(self.none_share)));
        // Both sides by the same expression, so that a mirrored phrase gives mirrored bits.
        Probabilities { left: (1.0 - none) * logistic(odds), right: (1.0 - none) * logistic(-odds), none }
    }
}

/// The shift of none's log-odds under which as many phrases without a touch are expected as there are.
pub fn fitted_none_shift(seen: &[(f64, bool)]) -> f64 {
    let wanted = seen.iter().filter(|(_, none)| *none).count() as f64;
    let expected = |shift: f64| seen.iter().map(|(odds, _)| logistic(odds + shift)).sum::<f64>();
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if expected(middle) < wanted { low = middle } else { high = middle }
    }
    low
}

/// Inverse of the log-odds.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(nets: f64, trees: f64, rules: f64) -> Vec<(Members, bool)> {
        (0..4000_u32)
            .map(|i| {
                let even = |k: u32| f64::from(i.wrapping_mul(k) % 997) / 997.0;
                let m = Members {
                    nets: 4.0 * even(7919) - 2.0,
                    trees: 4.0 * even(104_729) - 2.0,
                    rules: if even(1_299_709) < 0.5 { -1.0 } else { 1.0 },
                    none: 0.0,
                    club: 0.0,
                };
                let odds = nets * m.nets + trees * m.trees + rules * m.rules;
                (m, even(15_485_863) < logistic(odds))
            })
            .collect()
    }

    fn fit(seen: &[(Members, bool)]) -> Weights {
        Weights::fitted(&seen.iter().map(|(m, left)| (m, *left, 1.0)))
    }

    #[test]
    fn the_factors_that_were_put_in_are_found() {
        let found = fit(&drawn(0.9, 0.3, 0.7));
        let near = |a: f64, b: f64| (a - b).abs() < 0.1;
        assert!(near(found.nets, 0.9) && near(found.trees, 0.3) && near(found.rules, 0.7), "{found:?}");
        assert_eq!(fit(&[]), Weights::PRIOR);
        assert_eq!(fit(&drawn(0.9, -0.5, 0.7)).trees, 0.0);
    }

    #[test]
    fn mirrored_log_odds_give_mirrored_bits() {
        let blend = Blend { none_shift: -0.3, ..Blend::default() };
        for odds in [-3.7, 0.1, 0.0, 2.2] {
            let (p, q) = (blend.probabilities(odds, -2.0, 0.03), blend.probabilities(-odds, -2.0, 0.03));
            assert_eq!((p.left, p.right, p.none), (q.right, q.left, q.none));
            assert!((p.left + p.right + p.none - 1.0).abs() < 1e-12);
            let sharp = Blend { ..blend }.probabilities(odds, -2.0, 0.03);
            assert!(p.left.max(p.right) <= sharp.left.max(sharp.right));
        }
    }

    #[test]
    fn a_greater_prior_of_none_makes_none_likelier_and_keeps_the_sides_in_proportion() {
        let blend = Blend::default();
        let (club, competition) = (blend.probabilities(0.8, -3.4, 0.033), blend.probabilities(0.8, -3.4, 0.35));
        assert!(competition.none > 5.0 * club.none);
        assert!((club.left / club.right - competition.left / competition.right).abs() < 1e-9);
    }
}
