//! Weights of rules and learned model, and the threshold of "too close", fitted on labelled phrases.
//!
//! Three factors and a threshold, no more: a club has a hundred phrases, not ten thousand. The factors are those that make the
//! referees' calls likeliest, pulled towards what was fitted with the models as if by a handful of phrases, and never below
//! nothing, so that more evidence for a side never speaks against it. [`left_out`] judges each phrase by numbers that
//! never saw its group, a day or a recording: only what that says of them is worth writing down.

use super::judge::{Judge, Observation};
use super::record::{Answer, Label, Question};
use super::tally::Judged;
use fencing::Side;
use fencing::right_of_way::{DecisionSettings, JudgeOdds, Pooling, judge_odds};
use fencing::share::Share;
use std::collections::BTreeSet;

/// As fitted with the models: where the factors are pulled.
const AS_FITTED: f64 = 1.0;
/// How strongly: as if each factor had been measured before, give or take a half.
const PULL: f64 = 4.0;
/// Far more rounds than it takes: the loss has one valley.
const ROUNDS: usize = 200;
/// What is called must agree with the referees this often.
const WANTED: f64 = 0.85;
/// Thresholds are hundredths.
const STEP: f64 = 0.01;
/// Fewer calls say nothing about a threshold.
const FEWEST_CALLS: usize = 20;

/// A labelled phrase, looked at and ready to be judged again and again.
#[derive(Debug)]
pub struct FittingExample {
    /// The phrase.
    pub question: Question,
    /// What is known of it.
    pub observation: Observation,
    /// The referee's word.
    pub answer: Answer,
}

impl FittingExample {
    fn group(&self) -> &str {
        &self.question.group
    }

    fn winner(&self) -> Option<Side> {
        match self.answer.label {
            Some(Label::Touch(side)) => Some(side),
            _ => None,
        }
    }

    /// The log-odds of rules and model and whether the left was right; `None` where there is nothing to put together.
    fn example(&self, settings: &DecisionSettings) -> Option<(JudgeOdds, bool)> {
        let observation = judge_odds(&self.observation.evidence, self.observation.prediction.as_ref(), settings)?;
        Some((observation, self.winner()? == Side::Left))
    }
}

/// The settings with factors and threshold fitted on some phrases.
pub fn fitted<'a>(judge: &Judge, phrases: impl Iterator<Item = &'a FittingExample> + Clone) -> DecisionSettings {
    let examples: Vec<(JudgeOdds, bool)> = phrases.clone().filter_map(|p| p.example(&judge.settings)).collect();
    let pooling = fitted_pooling(&examples);
    let mut judge = Judge { kind: judge.kind, settings: judge.settings, ..Judge::default() };
    judge.settings = DecisionSettings { pooling, min_confidence: 0.0, ..judge.settings };
    let sided = phrases.filter(|p| p.winner().is_some());
    let calls: Vec<(f64, bool)> = sided
        .map(|p| {
            let verdict = judge.verdict(&p.observation);
            (verdict.confidence.0, verdict.call.winner() == p.winner())
        })
        .collect();
    let min_confidence = threshold(&calls);
    DecisionSettings { min_confidence, ..judge.settings }
}

/// Every phrase judged with numbers fitted on all groups but its own.
pub fn left_out(judge: &Judge, phrases: &[FittingExample]) -> Vec<Judged> {
    let groups: BTreeSet<&str> = phrases.iter().map(FittingExample::group).collect();
    let mut judged = Vec::with_capacity(phrases.len());
    for group in groups {
        let settings = fitted(judge, phrases.iter().filter(|p| p.group() != group));
        let unseen = Judge { kind: judge.kind, settings, ..Judge::default() };
        let inside = phrases.iter().filter(|p| p.group() == group);
        judged.extend(inside.filter_map(|p| Judged::new(&p.question, &unseen.verdict(&p.observation), &p.answer)));
    }
    judged
}

/// The factors under which the referees' calls are likeliest, one after the other until nothing moves.
fn fitted_pooling(examples: &[(JudgeOdds, bool)]) -> Pooling {
    let parts = |w: &JudgeOdds| {
        let at = |contact: bool| if w.contact == contact { w.model } else { 0.0 };
        [w.rules, at(false), at(true)]
    };
    let seen: Vec<([f64; 3], f64)> = examples.iter().map(|(w, left)| (parts(w), f64::from(u8::from(*left)))).collect();
    let mut factors = [AS_FITTED; 3];
    for round in 0..ROUNDS * factors.len() {
        let which = round % factors.len();
        let (mut slope, mut curve) = (PULL * (factors[which] - AS_FITTED), PULL);
        for (parts, left) in &seen {
            let odds: f64 = parts.iter().zip(factors).map(|(part, factor)| part * factor).sum();
            let p = 1.0 / (1.0 + (-odds).exp());
            slope += (p - left) * parts[which];
            curve += p * (1.0 - p) * parts[which] * parts[which];
        }
        factors[which] = (factors[which] - slope / curve).max(0.0);
    }
    let [rules, model, model_at_contact] = factors;
    Pooling { rules, model, model_at_contact }
}

/// The least confidence from which on at least [`WANTED`] of the calls are right; one half where all are, the surest that
/// says anything where none is.
fn threshold(calls: &[(f64, bool)]) -> f64 {
    let from = |least: f64| Share::of(calls.iter().filter(|(sure, _)| *sure >= least).map(|(_, right)| *right));
    let mut last = 0.5;
    for step in 0..50 {
        let least = 0.5 + f64::from(step) * STEP;
        let called = from(least);
        if called.all < FEWEST_CALLS {
            break;
        }
        last = least;
        if called.value() >= WANTED {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Phrases whose outcomes are drawn from the log-odds times the factors.
    fn made_up(rules: f64, model: f64, at_contact: f64) -> Vec<(JudgeOdds, bool)> {
        let mut all = Vec::new();
        for i in 0..4000_u32 {
            let spread = |k: u32| f64::from(i.wrapping_mul(k) % 997) / 997.0;
            let contact = i % 2 == 0;
            let w = JudgeOdds { rules: 4.0 * spread(7919) - 2.0, model: 4.0 * spread(104_729) - 2.0, contact };
            let odds = rules * w.rules + if contact { at_contact } else { model } * w.model;
            all.push((w, spread(15_485_863) < 1.0 / (1.0 + (-odds).exp())));
        }
        all
    }

    #[test]
    fn the_factors_that_were_put_in_are_found() {
        let found = fitted_pooling(&made_up(0.9, 0.7, 0.2));
        let near = |a: f64, b: f64| (a - b).abs() < 0.1;
        assert!(near(found.rules, 0.9) && near(found.model, 0.7) && near(found.model_at_contact, 0.2), "{found:?}");
    }

    #[test]
    fn no_phrases_give_what_was_fitted_and_contrary_evidence_gives_nothing() {
        assert_eq!(fitted_pooling(&[]), Pooling { rules: AS_FITTED, model: AS_FITTED, model_at_contact: AS_FITTED });
        assert_eq!(fitted_pooling(&made_up(0.8, -1.0, 0.5)).model, 0.0);
    }

    #[test]
    fn a_mirrored_set_gives_the_same_factors() {
        let one = made_up(0.9, 0.7, 0.2);
        let turned =
            |(w, left): &(JudgeOdds, bool)| (JudgeOdds { rules: -w.rules, model: -w.model, contact: w.contact }, !left);
        let other = fitted_pooling(&one.iter().map(turned).collect::<Vec<_>>());
        let one = fitted_pooling(&one);
        assert!((one.rules - other.rules).abs() < 1e-9 && (one.model - other.model).abs() < 1e-9);
    }

    #[test]
    fn the_threshold_is_the_least_that_keeps_what_is_called_right() {
        // Twenty at 0.9 all right, twenty at 0.6 half right: 75 % of all, 100 % of the surer ones.
        let mut calls = vec![(0.9, true); 20];
        calls.extend((0..20).map(|i| (0.6, i % 2 == 0)));
        assert!((threshold(&calls) - 0.61).abs() < 1e-9, "{}", threshold(&calls));
        assert_eq!(threshold(&vec![(0.6, true); 30]), 0.5);
    }
}
