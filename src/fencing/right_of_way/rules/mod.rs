//! The decision tables: one file per row, its article beside it, in the order in which they are asked.
//!
//! Materiality comes first (is there a touch to award at all?), then priority (whose touch is it?). The first row that
//! rules, wins. A row that lacks a fact does not rule: the next one is asked, and the last one abstains.

mod a0_cancelled;
mod a1_no_lamp;
mod a2_outside_phrase;
mod a9_crossed;
mod b01_point_in_line;
mod b02_line_taken;
mod b03_derobement;
mod b04_riposte;
mod b05_no_riposte;
mod b06_beat_on_forte;
mod b07_feint_found;
mod b08_stop_hit;
mod b09_attack_broken;
mod b10_preparation;
mod b11_late_hit;
mod b12_renewed;
mod b13_attack;
mod b14_simultaneous;
mod b15_undecided;
mod e1_double;
mod l1_one_light;
mod l2_off_target;
mod l3_fault;

use super::evidence::Evidence;
use super::settings::DecisionSettings;
use super::strengths::Ground;
use super::verdict::{Fact, RuleId};
use crate::{Call, Margin, Side};

/// One row of a decision table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name in the table.
    pub id: RuleId,
    /// What it is about, in a few English words, for printed tables.
    pub title: &'static str,
    /// The article in foil; empty where the row does not apply.
    pub foil: &'static str,
    /// The article in sabre; empty where the row does not apply.
    pub sabre: &'static str,
    /// Rules on the facts, or leaves it to the next row.
    pub(super) decide: fn(&Evidence, &DecisionSettings) -> Option<Ruling>,
}

/// What a row decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The call itself: materiality.
    Call(Call),
    /// Who has right of way; the lamps say what that is worth.
    Priority(Side),
    /// Both together.
    Together,
    /// Cannot be told.
    Undecided,
}

/// A decision of one row with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ruling {
    pub(super) outcome: Outcome,
    pub(super) reason_code: &'static str,
    /// What it rests on, which says how far it may be believed.
    pub(super) ground: Ground,
    /// How likely it is that a row which calls both together is right.
    pub(super) together: f64,
    pub(super) margin: Option<Margin>,
    pub(super) facts: Vec<Fact>,
}

impl Ruling {
    /// A ruling that leaves no doubt: lamps, weapon, signals.
    pub(super) fn sure(outcome: Outcome, reason_code: &'static str) -> Self {
        Self { outcome, reason_code, ground: Ground::RuleBook, together: 0.0, margin: None, facts: Vec::new() }
    }

    /// Right of way for a side.
    pub(super) fn priority(side: Side, reason_code: &'static str, ground: Ground) -> Self {
        Self { ground, ..Self::sure(Outcome::Priority(side), reason_code) }
    }

    /// The same with one more fact.
    pub(super) fn with(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// The same with the margin that decided.
    pub(super) fn by(mut self, margin: Option<Margin>) -> Self {
        self.margin = margin;
        self
    }
}

/// Is there a touch to award?
pub(super) const MATERIALITY: &[Rule] = &[
    a0_cancelled::RULE,
    a1_no_lamp::RULE,
    a2_outside_phrase::RULE,
    l2_off_target::RULE,
    l3_fault::RULE,
    a9_crossed::RULE,
    l1_one_light::RULE,
    e1_double::RULE,
];

/// Parry and riposte, which the judge may also name for what the learned judge says of a contact.
pub(super) const RIPOSTE: &Rule = &b04_riposte::RULE;

/// Whose touch is it?
pub(super) const PRIORITY: &[Rule] = &[
    b01_point_in_line::RULE,
    b02_line_taken::RULE,
    b03_derobement::RULE,
    b04_riposte::RULE,
    b05_no_riposte::RULE,
    b06_beat_on_forte::RULE,
    b07_feint_found::RULE,
    b08_stop_hit::RULE,
    b09_attack_broken::RULE,
    b10_preparation::RULE,
    b11_late_hit::RULE,
    b12_renewed::RULE,
    b13_attack::RULE,
    b14_simultaneous::RULE,
    b15_undecided::RULE,
];

/// What holds where no row of [`PRIORITY`] rules.
pub(super) use b15_undecided::undecided;

/// Every row in the order in which it is asked.
pub fn table() -> impl Iterator<Item = &'static Rule> {
    MATERIALITY.iter().chain(PRIORITY)
}

/// The first row of a table that rules.
pub(super) fn first_ruling(
    table: &'static [Rule],
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Option<(&'static Rule, Ruling)> {
    table.iter().find_map(|rule| Some((rule, (rule.decide)(evidence, settings)?)))
}

/// The first row of a table that rules for an outcome.
pub(super) fn first_agreeing(
    table: &'static [Rule],
    outcome: Outcome,
    evidence: &Evidence,
    settings: &DecisionSettings,
) -> Option<(&'static Rule, Ruling)> {
    let mut rulings = table.iter().filter_map(|rule| Some((rule, (rule.decide)(evidence, settings)?)));
    rulings.find(|(_, ruling)| ruling.outcome == outcome)
}
