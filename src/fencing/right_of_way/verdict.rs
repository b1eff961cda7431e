//! The verdict: the call with its rule, its reasons as facts, and what was missing. Plain data, no sentences.
//!
//! Sentences are made from it in `wording`, in six languages; a verdict itself holds no text.

use crate::time::Span;
use crate::{Call, Confidence, Margin, Probabilities, Side};

/// Name of a row of the decision table, such as `"B13"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

/// Yes, no, or not known. A deciding fact that is unknown leads to abstention, never to a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It was so.
    Yes,
    /// It was not so.
    No,
    /// Not seen.
    #[default]
    Unknown,
}

/// One observation that the verdict rests on; a click on it jumps to its span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// What was observed, as a message key (`fact_stopped`, `fact_arm_starts`, ...).
    pub key: &'static str,
    /// Whose.
    pub side: Option<Side>,
    /// Whether it was so.
    pub truth: Truth,
    /// When.
    pub span: Option<Span>,
    /// How sure the observation is, 0..1.
    pub confidence: f32,
}

/// What the judge on one phrase decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The call.
    pub call: Call,
    /// The row of the decision table that ruled.
    pub rule: RuleId,
    /// The rulebook's article for this weapon, such as `"t.106.3"`; empty when no article applies.
    pub article: &'static str,
    /// The reference system's reason category (`opponent_pause`, `single_light`, ...), kept for its clients.
    pub reason_code: &'static str,
    /// How sure, calibrated.
    pub confidence: Confidence,
    /// How likely each outcome is.
    pub probabilities: Probabilities,
    /// By how much one action came first, where that decided.
    pub margin: Option<Margin>,
    /// The observations that decided, most important first.
    pub facts: Vec<Fact>,
    /// What was not seen and would have helped, as message keys.
    pub missing: Vec<&'static str>,
}
