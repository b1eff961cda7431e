//! Rules and learned opinion together: how sure the judge is, and when it says "too close".
//!
//! Both speak in probabilities; they are put together as log-odds, so agreement makes surer and disagreement less sure, and a
//! mirrored phrase gives the mirrored numbers. Lamps and weapons leave no doubt and never come here.

use super::evidence::Evidence;
use super::rules::{MATERIALITY, Outcome, PRIORITY, Ruling, first_ruling};
use super::settings::{DecisionSettings, Pooling};
use crate::{Call, Probabilities, Side};

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

/// A touch whose time is less sure than this cannot carry rules that compare moments before it: on set A, which has no
/// signal log, they agree with the referees no better than a coin, and only the learned opinion is asked.
const TIMED_TOUCH_SECS: f64 = 0.05;

/// Both fencers seen in this share of the last seconds is as good as seen throughout: gaps are bridged. With less, all
/// evidence counts less, down to nothing.
const ENOUGH_SIGHT: f64 = 0.5;

/// How much rules and opinion count, as factors of their log-odds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weights {
    rules: f64,
    opinion: f64,
}

impl Weights {
    /// As the settings say where both speak; who alone speaks counts full.
    fn of(ruling: &Ruling, evidence: &Evidence, pooling: Pooling) -> Self {
        if !timed(evidence) {
            Self { rules: 0.0, opinion: 1.0 }
        } else if ruling.outcome == Outcome::Undecided {
            Self { rules: 1.0, opinion: 1.0 }
        } else if evidence.contact.is_some() {
            Self { rules: pooling.rules, opinion: pooling.opinion_at_contact }
        } else {
            Self { rules: pooling.rules, opinion: pooling.opinion }
        }
    }

    fn seen_through(self, sight: f64) -> Self {
        Self { rules: self.rules * sight, opinion: self.opinion * sight }
    }
}

fn timed(evidence: &Evidence) -> bool {
    evidence.touch_uncertainty_secs <= TIMED_TOUCH_SECS
}

/// What the rules and the learned opinion say of one double light before they are put together by [`Pooling`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Witnesses {
    /// The rules' log-odds left : right.
    pub rules: f64,
    /// The learned opinion's.
    pub opinion: f64,
    /// Whether blades met before the touch.
    pub contact: bool,
}

/// Both witnesses of a double light; `None` where lamps decide, where one of them is silent, or where rules that compare moments
/// have no time of the touch to go by.
pub fn witnesses(
    evidence: &Evidence,
    opinion: Option<Probabilities>,
    settings: &DecisionSettings,
) -> Option<Witnesses> {
    let opinion = opinion.filter(|_| timed(evidence))?;
    if first_ruling(MATERIALITY, evidence, settings).is_some() {
        return None;
    }
    let (_, ruling) = first_ruling(PRIORITY, evidence, settings)?;
    if ruling.outcome == Outcome::Undecided {
        return None;
    }
    let seen = sight(evidence);
    let odds = |p: Probabilities| seen * (p.left.max(1.0 - MOST) / p.right.max(1.0 - MOST)).ln();
    Some(Witnesses { rules: odds(of_ruling(&ruling)), opinion: odds(opinion), contact: evidence.contact.is_some() })
}

/// How much what was seen of the fencers is worth, 0..1.
fn sight(evidence: &Evidence) -> f64 {
    let seen = ((1.0 - f64::from(evidence.unseen)) / ENOUGH_SIGHT).clamp(0.0, 1.0);
    seen * (1.0 - evidence.source_doubt).clamp(0.0, 1.0)
}

/// Puts the rules' ruling and the learned opinion together.
pub(super) fn combine(
    ruling: &Ruling,
    opinion: Option<Probabilities>,
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Decision {
    let rules = of_ruling(ruling);
    let weights = match opinion {
        Some(_) => Weights::of(ruling, evidence, settings.pooling),
        None => Weights { rules: 1.0, opinion: 0.0 },
    };
    let probabilities = blend(rules, opinion.unwrap_or(rules), weights.seen_through(sight(evidence)));
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

/// Log-odds against the prior, weighted and added, the prior counted once.
fn blend(rules: Probabilities, opinion: Probabilities, weights: Weights) -> Probabilities {
    let side = (1.0 - SIMULTANEOUS_PRIOR) / 2.0;
    let joint = |rules: f64, opinion: f64, prior: f64| {
        let lift = |p: f64, weight: f64| (p.max(1.0 - MOST) / prior).powf(weight);
        prior * lift(rules, weights.rules) * lift(opinion, weights.opinion)
    };
    let (left, right) = (joint(rules.left, opinion.left, side), joint(rules.right, opinion.right, side));
    let none = joint(rules.none, opinion.none, SIMULTANEOUS_PRIOR);
    let sum = (left + right) + none;
    Probabilities { left: left / sum, right: right / sum, none: none / sum }
}
