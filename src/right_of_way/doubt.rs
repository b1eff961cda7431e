//! Rules and learned opinion together: how sure the judge is, and when it says "too close".
//!
//! Both speak in probabilities; they are put together as log-odds, so agreement makes surer and disagreement less sure, and a
//! mirrored phrase gives the mirrored numbers. Lamps and weapons leave no doubt and never come here.

use super::rules::{Outcome, Ruling};
use super::settings::DecisionSettings;
use crate::fencing::{Call, Probabilities, Side};

/// What came out of rules and opinion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decision {
    /// Who has right of way, or together, or undecided.
    pub(super) outcome: Outcome,
    /// How sure, calibrated.
    pub(super) confidence: f64,
    /// How likely each outcome is.
    pub(super) probabilities: Probabilities,
}

/// Probability that a double light without any evidence is simultaneous: 66 of 1,988 phrases of set A.
const SIMULTANEOUS_PRIOR: f64 = 0.033;
/// No source alone is believed beyond this.
const MOST: f64 = 0.99;

/// Puts the rules' ruling and the learned opinion together.
pub(super) fn combine(ruling: &Ruling, opinion: Option<Probabilities>, settings: &DecisionSettings) -> Decision {
    let rules = of_ruling(ruling);
    let probabilities = opinion.map_or(rules, |opinion| blend(rules, opinion));
    let best = probabilities.left.max(probabilities.right).max(probabilities.none);
    let outcome = if best < settings.min_confidence || (opinion.is_none() && ruling.outcome == Outcome::Undecided) {
        Outcome::Undecided
    } else {
        likeliest(probabilities)
    };
    Decision { outcome, confidence: best, probabilities }
}

fn likeliest(p: Probabilities) -> Outcome {
    if p.none >= p.left && p.none >= p.right {
        Outcome::Together
    } else if p.left == p.right {
        Outcome::Undecided
    } else {
        Outcome::Priority(if p.left > p.right { Side::Left } else { Side::Right })
    }
}

/// A ruling as probabilities.
fn of_ruling(ruling: &Ruling) -> Probabilities {
    let strength = ruling.strength.clamp(0.0, MOST);
    match ruling.outcome {
        Outcome::Priority(side) | Outcome::Call(Call::Touch(side)) => {
            let rest = (1.0 - strength) * (1.0 - SIMULTANEOUS_PRIOR);
            let none = 1.0 - strength - rest;
            match side {
                Side::Left => Probabilities { left: strength, right: rest, none },
                Side::Right => Probabilities { left: rest, right: strength, none },
            }
        }
        Outcome::Together => {
            let side = (1.0 - strength) / 2.0;
            Probabilities { left: side, right: side, none: strength }
        }
        Outcome::Undecided | Outcome::Call(_) => {
            let side = (1.0 - SIMULTANEOUS_PRIOR) / 2.0;
            Probabilities { left: side, right: side, none: SIMULTANEOUS_PRIOR }
        }
    }
}

/// Both opinions multiplied (log-odds added), the prior counted once.
fn blend(a: Probabilities, b: Probabilities) -> Probabilities {
    let side = (1.0 - SIMULTANEOUS_PRIOR) / 2.0;
    let joint = |a: f64, b: f64, prior: f64| a.max(1.0 - MOST) * b.max(1.0 - MOST) / prior;
    let (left, right) = (joint(a.left, b.left, side), joint(a.right, b.right, side));
    let none = joint(a.none, b.none, SIMULTANEOUS_PRIOR.max(0.05));
    let sum = left + right + none;
    Probabilities { left: left / sum, right: right / sum, none: none / sum }
}
