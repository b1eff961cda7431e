//! Facts to verdict: materiality first, then priority, then what the lamps make of it.

use super::blend::ModelPrediction;
use super::doubt::{self, Decision};
use super::evidence::{Evidence, Observed, Sighting};
use super::rules::{MATERIALITY, Outcome, PRIORITY, RIPOSTE, Rule, Ruling, first_agreeing, first_ruling, undecided};
use super::settings::DecisionSettings;
use super::strengths::Ground;
use super::verdict::{Fact, RuleId, Verdict};
use crate::{Call, Confidence, Lamp, Probabilities, Side, Weapon};

/// The row that is named when the rules abstain or are outvoted and the learned model alone makes the call.
pub const LEARNED_RULE: RuleId = RuleId("M1");

/// The row that is named when neither fencer moved: a lamp that lights then was pressed by hand or lit by a test.
pub const NO_ACTION_RULE: RuleId = RuleId("N1");

/// Whether right of way decides a phrase: neither its lamps do, nor was there nothing to judge. Only then is a prediction of the learned
/// model worth its milliseconds.
pub fn needs_right_of_way(evidence: &Evidence, settings: &DecisionSettings) -> bool {
    let by_lamps = || first_ruling(MATERIALITY, evidence, settings).is_some();
    evidence.weapon.has_right_of_way() && !evidence.no_action && !by_lamps()
}

/// The verdict on a phrase. `prediction` is the learned judge's view of a double light; lamps never ask it.
pub fn decide(evidence: &Evidence, prediction: Option<&ModelPrediction>, settings: &DecisionSettings) -> Verdict {
    if let Some((rule, ruling)) = first_ruling(MATERIALITY, evidence, settings) {
        return material_verdict(evidence, rule, ruling);
    }
    if evidence.no_action {
        return nothing_happened(evidence);
    }
    let (rule, ruling) = first_ruling(PRIORITY, evidence, settings).unwrap_or_else(undecided);
    priority_verdict(evidence, rule, ruling, prediction, settings)
}

fn material_verdict(evidence: &Evidence, rule: &Rule, ruling: Ruling) -> Verdict {
    let call = match ruling.outcome {
        Outcome::Call(call) => call,
        other => under_lamps(evidence, other),
    };
    let facts = with_lamps(evidence, ruling.facts);
    Verdict { facts, missing: Vec::new(), ..blank(call, rule.id, article(rule, evidence.weapon), ruling.reason_code) }
}

fn priority_verdict(
    evidence: &Evidence,
    rule: &'static Rule,
    ruling: Ruling,
    prediction: Option<&ModelPrediction>,
    settings: &DecisionSettings,
) -> Verdict {
    let decision = doubt::combine(&ruling, prediction, evidence, settings);
    let call = under_lamps(evidence, decision.outcome);
    let named = named(&decision, (rule, &ruling), prediction, evidence, settings);
    let (id, article, reason_code) = match &named {
        Some((rule, ruling)) => (rule.id, article(rule, evidence.weapon), ruling.reason_code),
        None => outvoted(evidence, &decision),
    };
    // Where it is too close, what the rules went by is shown all the same.
    let ruling = named.map(|(_, ruling)| ruling).or((decision.outcome == Outcome::Undecided).then_some(ruling));
    let mut facts = ruling.as_ref().map_or_else(Vec::new, |ruling| ruling.facts.clone());
    // A parry and riposte show the contact themselves; otherwise what it meant stays open, and the reason says that the blades met.
    if let Some(contact) = evidence.contact.filter(|_| id != RIPOSTE.id) {
        let seen = Sighting { confidence: contact.confidence, ..Sighting::at(contact.at) };
        facts.push(Fact { side: None, ..Observed::Yes(seen).fact("fact_blades_met", Side::Left) });
    }
    Verdict {
        confidence: Confidence(decision.confidence),
        probabilities: decision.probabilities,
        margin: ruling.and_then(|ruling| ruling.margin),
        facts,
        missing: evidence.missing.clone(),
        ..blank(call, id, article, reason_code)
    }
}

/// The row that carries the decision: the rules' own where it decided, else the first that agrees with the decision and whose facts
/// hold. Which row that is depends on the facts and on the decided side alone, so the name stands while they do.
fn named(
    decision: &Decision,
    own: (&'static Rule, &Ruling),
    prediction: Option<&ModelPrediction>,
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Option<(&'static Rule, Ruling)> {
    if let Outcome::Priority(side) = decision.outcome
        && let Some(ruling) = prediction.and_then(|prediction| riposte(prediction, side, evidence))
    {
        return Some((RIPOSTE, ruling));
    }
    if own.1.outcome == decision.outcome {
        return Some((own.0, own.1.clone()));
    }
    match decision.outcome {
        Outcome::Undecided => None,
        outcome => first_agreeing(PRIORITY, outcome, evidence, settings),
    }
}

/// A parry and riposte (B4) where the hands show one, for the side that the decision favours, and the learned judge counts the contact for it.
fn riposte(prediction: &ModelPrediction, side: Side, evidence: &Evidence) -> Option<Ruling> {
    let contact = evidence.contact?;
    let shown = contact.by == Some(side.opponent()) && contact.answered_by == Some(side);
    let counted = prediction.contact * f64::from(side.forward_sign()) > 0.0;
    if !shown || !counted {
        return None;
    }
    let sighting = |span| Observed::Yes(Sighting { span, confidence: contact.confidence });
    let until = evidence.touch_at.unwrap_or(contact.at).max(contact.at);
    let parry = sighting(crate::time::Span { start: contact.at, end: contact.at }).fact("fact_parry", side);
    let answer = sighting(crate::time::Span { start: contact.at, end: until }).fact("fact_riposte", side);
    Some(Ruling::priority(side, "blade_favored", Ground::RuleBook).with(parry).with(answer))
}

/// Rule, article and reason of a decision that is not the rules' own.
fn outvoted(evidence: &Evidence, decision: &Decision) -> (RuleId, &'static str, &'static str) {
    let foil = evidence.weapon == Weapon::Foil;
    match decision.outcome {
        Outcome::Priority(_) => (LEARNED_RULE, "", "attack_first"),
        Outcome::Together => (LEARNED_RULE, if foil { "t.89.2" } else { "t.106.1" }, "unclear_double_touch"),
        _ => (RuleId("B15"), if foil { "t.89.6" } else { "t.106.5" }, "analysis_no_winner"),
    }
}

/// What right of way is worth under the lamps (rules 4.5): in foil a touch off target with priority annuls the other's.
fn under_lamps(evidence: &Evidence, outcome: Outcome) -> Call {
    match outcome {
        Outcome::Call(call) => call,
        Outcome::Priority(side) if evidence.lamps[side] == Lamp::Valid => Call::Touch(side),
        Outcome::Priority(_) => Call::NoTouch,
        Outcome::Together => Call::Simultaneous,
        Outcome::Undecided => Call::TooClose,
    }
}

fn article(rule: &Rule, weapon: Weapon) -> &'static str {
    match weapon {
        Weapon::Foil => rule.foil,
        Weapon::Sabre => rule.sabre,
        Weapon::Epee => match rule.id.0 {
            "E1" => "t.92",
            "L1" => "t.91",
            "A0" | "A1" | "A2" => rule.foil,
            _ => "",
        },
    }
}

fn with_lamps(evidence: &Evidence, mut facts: Vec<Fact>) -> Vec<Fact> {
    let lit = |side: &Side| evidence.lamps[*side] != Lamp::Off;
    for side in Side::BOTH.into_iter().filter(lit) {
        let key = match evidence.lamps[side] {
            Lamp::OffTarget => "fact_lamp_off_target",
            Lamp::Fault => "fact_lamp_fault",
            _ => "fact_lamp_valid",
        };
        facts.push(Fact {
            key,
            side: Some(side),
            truth: super::Truth::Yes,
            // Each lamp at its own time: in épée the milliseconds between them are the whole question.
            span: evidence.lit_at[side].or(evidence.touch_at).map(|at| crate::time::Span { start: at, end: at }),
            confidence: 1.0,
        });
    }
    facts
}

/// No side is likelier than the other where nothing happened.
fn nothing_happened(evidence: &Evidence) -> Verdict {
    Verdict {
        confidence: Confidence(0.0),
        probabilities: Probabilities::EVEN,
        missing: evidence.missing.clone(),
        ..blank(Call::TooClose, NO_ACTION_RULE, "", "analysis_no_winner")
    }
}

/// A verdict without facts and without doubt.
fn blank(call: Call, rule: RuleId, article: &'static str, reason_code: &'static str) -> Verdict {
    let sure = |side| f64::from(u8::from(call.winner() == Some(side)));
    let probabilities = Probabilities {
        left: sure(Side::Left),
        right: sure(Side::Right),
        none: f64::from(u8::from(call.winner().is_none())),
    };
    Verdict {
        call,
        rule,
        article,
        reason_code,
        confidence: Confidence(1.0),
        probabilities,
        margin: None,
        facts: Vec::new(),
        missing: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PerSide;
    use crate::time::Timestamp;

    #[test]
    fn the_fact_of_each_light_names_its_own_time() {
        let lit_at = PerSide::new(1.590, 1.656).map(|secs| Some(Timestamp::from_secs(secs)));
        let lamps = PerSide::new(Lamp::Valid, Lamp::Valid);
        let evidence = Evidence { weapon: Weapon::Epee, lamps, lit_at, touch_at: lit_at.left, ..Evidence::default() };
        let verdict = decide(&evidence, None, &DecisionSettings::default());
        let times: Vec<_> = verdict.facts.iter().map(|fact| (fact.side, fact.span.map(|span| span.start))).collect();
        assert_eq!(times, [(Some(Side::Left), lit_at.left), (Some(Side::Right), lit_at.right)]);
    }
}
