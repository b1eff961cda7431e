//! Several opinions put together: the mean of the nets' log-odds, the trees beside them, and two numbers fitted on folds.

use crate::Probabilities;
use serde::{Deserialize, Serialize};

/// What the members say of one phrase; exchanging the fencers turns the signs of `nets` and `trees`, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Raw {
    /// Mean log-odds left : right by the nets.
    pub(crate) nets: f64,
    /// Log-odds left : right by the trees.
    pub(crate) trees: f64,
    /// Log-odds none : a touch by the nets.
    pub(crate) none: f64,
}

/// The fitted numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blend {
    /// Multiplies the mean log-odds: averaging makes timid.
    pub(crate) sharpness: f64,
    /// Added to the log-odds of none, so that it is as frequent as among the phrases trained on.
    pub(crate) none_shift: f64,
}

impl Blend {
    /// The probabilities of the three outcomes.
    pub(crate) fn probabilities(self, raw: Raw) -> Probabilities {
        let none = logistic(raw.none + self.none_shift);
        let odds = self.log_odds(raw);
        // Both sides by the same expression, so that a mirrored phrase gives mirrored bits.
        Probabilities { left: (1.0 - none) * logistic(odds), right: (1.0 - none) * logistic(-odds), none }
    }

    fn log_odds(self, raw: Raw) -> f64 {
        self.sharpness * (raw.nets + raw.trees) / 2.0
    }

    /// Fits both numbers on what members said of phrases they had not seen: `Some(true)` left, `Some(false)` right, `None` none.
    pub(crate) fn fitted(seen: &[(Raw, Option<bool>)]) -> Self {
        let loss = |sharpness: f64| {
            let blend = Self { sharpness, none_shift: 0.0 };
            let of = |(raw, left): &(Raw, Option<bool>)| {
                let odds = blend.log_odds(*raw);
                left.map_or(0.0, |left| (1.0 + (if left { -odds } else { odds }).exp()).ln())
            };
            seen.iter().map(of).sum::<f64>()
        };
        let sharpness = (10..=40).map(|k| f64::from(k) / 20.0).min_by(|a, b| loss(*a).total_cmp(&loss(*b)));
        let wanted = seen.iter().filter(|(_, left)| left.is_none()).count() as f64;
        let found = |shift: f64| seen.iter().map(|(raw, _)| logistic(raw.none + shift)).sum::<f64>();
        let (mut low, mut high) = (-20.0, 20.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if found(middle) < wanted { low = middle } else { high = middle }
        }
        Self { sharpness: sharpness.unwrap_or(1.0), none_shift: low }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_log_odds_give_mirrored_bits() {
        let blend = Blend { sharpness: 1.15, none_shift: -0.3 };
        for nets in [-3.7, 0.1, 0.0, 2.2] {
            let one = blend.probabilities(Raw { nets, trees: 0.37, none: -2.0 });
            let other = blend.probabilities(Raw { nets: -nets, trees: -0.37, none: -2.0 });
            assert_eq!((one.left, one.right, one.none), (other.right, other.left, other.none));
            assert!((one.left + one.right + one.none - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_fit_finds_the_sharpness_that_was_put_in() {
        // Odds of e^(2 x 0.5) held where e^0.5 was claimed: the claim must be doubled.
        let raw =
            |left: bool| Raw { nets: if left { 0.5 } else { -0.5 }, trees: if left { 0.5 } else { -0.5 }, none: -1.0 };
        let mut seen = Vec::new();
        for i in 0..1000 {
            let claimed = i % 2 == 0;
            let held = i % 100 < 73; // 73 % = logistic(1.0)
            seen.push((raw(claimed), Some(claimed == held)));
        }
        let blend = Blend::fitted(&seen);
        assert!((blend.sharpness - 2.0).abs() < 0.11, "{blend:?}");
        assert!(blend.none_shift < -5.0, "no phrase was simultaneous: {blend:?}");
    }
}
