//! Rules and learned judge together: how sure the judge is, and when it says "too close".
//!
//! All members speak in log-odds left : right and are added with fitted weights, so agreement makes surer, disagreement less sure, and a
//! mirrored phrase gives mirrored bits. Lamps and weapons leave no doubt and never come here.

use super::blend::{Blend, Members, ModelPrediction};
use super::evidence::Evidence;
use super::rules::{MATERIALITY, Outcome, PRIORITY, Ruling, first_ruling};
use super::settings::DecisionSettings;
use super::strengths::{RuleStrengths, Vote};
use crate::kinematics::TIMED_SECS;
use crate::{Probabilities, Side};

/// What came out of rules and learned judge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decision {
    /// Who has right of way, or together, or undecided.
    pub(super) outcome: Outcome,
    /// How sure, calibrated.
    pub(super) confidence: f64,
    /// How likely each outcome is.
    pub(super) probabilities: Probabilities,
}

fn timed(evidence: &Evidence) -> bool {
    evidence.touch_uncertainty_secs <= TIMED_SECS
}

/// The rules' and the learned judge's log-odds of one double light before [`Pooling`](super::Pooling) weighs them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgeOdds {
    /// The rules' log-odds left : right, with their fitted weight.
    pub rules: f64,
    /// The learned judge's, with its fitted weights.
    pub model: f64,
    /// Whether blades met before the touch.
    pub contact: bool,
}

/// The log-odds of rules and learned model for a double light; `None` where lamps decide, where one of the two says nothing, or where the touch is not timed.
pub fn judge_odds(
    evidence: &Evidence,
    prediction: Option<&ModelPrediction>,
    settings: &DecisionSettings,
) -> Option<JudgeOdds> {
    let prediction = prediction.filter(|_| timed(evidence))?;
    if first_ruling(MATERIALITY, evidence, settings).is_some() {
        return None;
    }
    let (_, ruling) = first_ruling(PRIORITY, evidence, settings)?;
    (ruling.outcome != Outcome::Undecided).then(|| parts(&ruling, prediction, evidence))
}

/// What the rules rule on a double light, for fitting [`RuleStrengths`]; `None` where no side is ruled for.
pub fn vote(evidence: &Evidence, settings: &DecisionSettings) -> Option<Vote> {
    vote_of(&first_ruling(PRIORITY, evidence, settings)?.1)
}

fn vote_of(ruling: &Ruling) -> Option<Vote> {
    match ruling.outcome {
        Outcome::Priority(side) => {
            Some(Vote { ground: ruling.ground, side, margin_secs: ruling.margin.map(|margin| margin.secs) })
        }
        _ => None,
    }
}

/// The rules' log-odds left : right with given strengths.
pub fn rules_log_odds(vote: Option<Vote>, strengths: &RuleStrengths) -> f64 {
    let Some(vote) = vote else { return 0.0 };
    let share = strengths.believed(&vote);
    let odds = (share / (1.0 - share)).ln();
    if vote.side == Side::Left { odds } else { -odds }
}

fn parts(ruling: &Ruling, prediction: &ModelPrediction, evidence: &Evidence) -> JudgeOdds {
    let weights = prediction.blend.weights(timed(evidence));
    let seen = sight(evidence);
    let members =
        Members { nets: prediction.nets, trees: prediction.trees, club: prediction.club, ..Members::default() };
    JudgeOdds {
        rules: seen * weights.rules * rules_log_odds(vote_of(ruling), &prediction.blend.strengths),
        model: seen * weights.log_odds(&members),
        contact: evidence.contact.is_some(),
    }
}

/// How much what was seen of the fencers is worth, 0..1: a few missing frames are bridged and cost little, few seen frames tell little.
fn sight(evidence: &Evidence) -> f64 {
    let unseen = f64::from(evidence.unseen).clamp(0.0, 1.0);
    (1.0 - unseen * unseen) * (1.0 - evidence.source_doubt).clamp(0.0, 1.0)
}

/// Puts the rules' ruling and the learned judge together.
pub(super) fn combine(
    ruling: &Ruling,
    prediction: Option<&ModelPrediction>,
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Decision {
    let probabilities = match prediction {
        Some(prediction) => together(ruling, prediction, evidence, settings),
        None => by_rules(ruling, evidence, settings),
    };
    let best = probabilities.left.max(probabilities.right).max(probabilities.none);
    let outcome = if best < settings.min_confidence || (prediction.is_none() && ruling.outcome == Outcome::Undecided) {
        Outcome::Undecided
    } else {
        likeliest(probabilities)
    };
    Decision { outcome, confidence: best, probabilities }
}

fn together(
    ruling: &Ruling,
    prediction: &ModelPrediction,
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Probabilities {
    let w = parts(ruling, prediction, evidence);
    let pooling = settings.pooling;
    let learned = if w.contact { pooling.model_at_contact } else { pooling.model };
    prediction.blend.probabilities(
        pooling.rules * w.rules + learned * w.model,
        prediction.none,
        settings.no_touch_prior,
    )
}

/// The rules alone, as sure as such rulings were right; a row that calls both together says how likely that is itself.
fn by_rules(ruling: &Ruling, evidence: &Evidence, settings: &DecisionSettings) -> Probabilities {
    let prior = settings.no_touch_prior;
    match ruling.outcome {
        Outcome::Together => {
            let side = (1.0 - ruling.together) / 2.0;
            Probabilities { left: side, right: side, none: ruling.together }
        }
        Outcome::Priority(_) => {
            let odds = sight(evidence) * rules_log_odds(vote_of(ruling), &settings.strengths);
            plain().probabilities(odds, 0.0, prior)
        }
        Outcome::Undecided | Outcome::Call(_) => plain().probabilities(0.0, 0.0, prior),
    }
}

/// Probabilities from log-odds as they stand: none is as likely as the prior says.
fn plain() -> Blend {
    Blend { none_share: 0.5, ..Blend::default() }
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
