//! The `verdict` part of a result: our call with rule, article, confidence, margin, facts and missing information.

use super::shape::{CautionPart, CompletenessPart, FactPart, Lamps, VerdictPart};
use super::{last_listed, rounded, secs};
use fencing::right_of_way::{Fact, Truth};
use fencing::{ConfidenceWord, Lamp, Side};
use vision::engine::{Completeness, Judgement};

pub(super) fn verdict_part(judgement: &Judgement) -> VerdictPart {
    let verdict = &judgement.verdict;
    let millis = |secs: f64| (secs * 1e4).round() / 10.0;
    let lamps = judgement.signals.lamps().map(lamp_word);
    VerdictPart {
        call: verdict.call.as_str(),
        side: verdict.call.winner().map(Side::as_str),
        rule: verdict.rule.0,
        article: verdict.article,
        reason_code: verdict.reason_code,
        confidence: rounded(verdict.confidence.0),
        confidence_word: confidence_word(verdict.confidence.word()),
        p_left: rounded(verdict.probabilities.left),
        p_right: rounded(verdict.probabilities.right),
        p_none: rounded(verdict.probabilities.none),
        margin_side: verdict.margin.map(|m| m.ahead.as_str()),
        margin_ms: verdict.margin.map(|m| millis(m.secs)),
        margin_uncertainty_ms: verdict.margin.map(|m| millis(m.uncertainty_secs)),
        lamps: Lamps { left: lamps.left, right: lamps.right },
        facts: last_listed(verdict.facts.iter().map(fact_part).collect()),
        missing: verdict.missing.clone(),
        cautions: judgement.cautions.iter().map(|c| CautionPart { key: c.key, value: c.value.map(rounded) }).collect(),
        completeness: completeness_part(&judgement.completeness),
    }
}

const fn lamp_word(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::Valid => "valid",
        Lamp::OffTarget => "off_target",
        Lamp::Fault => "fault",
    }
}

/// The word for a confidence in files.
const fn confidence_word(word: ConfidenceWord) -> &'static str {
    match word {
        ConfidenceWord::TooClose => "too_close",
        ConfidenceWord::Leaning => "leaning",
        ConfidenceWord::Likely => "likely",
        ConfidenceWord::Sure => "sure",
    }
}

fn fact_part(fact: &Fact) -> FactPart {
    FactPart {
        key: fact.key,
        side: fact.side.map(Side::as_str),
        truth: match fact.truth {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown => "unknown",
        },
        start_time: fact.span.map(|s| secs(s.start)),
        end_time: fact.span.map(|s| secs(s.end)),
        confidence: rounded(f64::from(fact.confidence)),
    }
}

fn completeness_part(seen: &Completeness) -> CompletenessPart {
    CompletenessPart {
        frames_received: seen.frames_received,
        frames_analysed: seen.frames_analysed,
        seen_left: rounded(f64::from(seen.seen.left)),
        seen_right: rounded(f64::from(seen.seen.right)),
        longest_gap_seconds: rounded(seen.longest_gap_secs),
        frame_interval_seconds: rounded(seen.frame_interval_secs),
    }
}
