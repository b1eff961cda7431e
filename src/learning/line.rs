//! One line of JSON per judged phrase, to compare judges.

use fencing::right_of_way::{Fact, Truth, Verdict};
use fencing::{PerSide, Side};
use serde::Serialize;

/// A verdict as it is written.
#[derive(Debug, Serialize)]
pub struct JudgedLine<'a> {
    id: &'a str,
    call: &'static str,
    p_left: f64,
    p_right: f64,
    p_none: f64,
    /// The likelier side even where the call is `too_close`.
    forced: Option<&'static str>,
    confidence: f64,
    rule: &'static str,
    article: &'static str,
    reason_code: &'static str,
    facts: Vec<FactLine>,
    missing: &'a [&'static str],
}

#[derive(Debug, Serialize)]
struct FactLine {
    key: &'static str,
    side: Option<&'static str>,
    truth: Option<bool>,
    from_s: Option<f64>,
    to_s: Option<f64>,
    confidence: f32,
}

impl<'a> JudgedLine<'a> {
    /// The line of one verdict.
    pub fn new(id: &'a str, verdict: &'a Verdict) -> Self {
        let p = verdict.probabilities;
        let sides = PerSide::new(p.left, p.right);
        let likelier = Side::BOTH.into_iter().find(|side| sides[*side] > sides[side.opponent()]);
        Self {
            id,
            call: verdict.call.as_str(),
            p_left: p.left,
            p_right: p.right,
            p_none: p.none,
            forced: likelier.map(Side::as_str),
            confidence: verdict.confidence.0,
            rule: verdict.rule.0,
            article: verdict.article,
            reason_code: verdict.reason_code,
            facts: verdict.facts.iter().map(fact_line).collect(),
            missing: &verdict.missing,
        }
    }
}

fn fact_line(fact: &Fact) -> FactLine {
    FactLine {
        key: fact.key,
        side: fact.side.map(Side::as_str),
        truth: match fact.truth {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Unknown => None,
        },
        from_s: fact.span.map(|s| s.start.secs()),
        to_s: fact.span.map(|s| s.end.secs()),
        confidence: fact.confidence,
    }
}
