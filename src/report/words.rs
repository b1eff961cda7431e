//! English words for a verdict, plain enough to be read anywhere: the short reason and the sentence of a result file.

use crate::fencing::{Call, ConfidenceWord, Side};
use crate::right_of_way::Verdict;
use std::fmt::Write;

/// `LEFT`, `RIGHT` or what else was called.
pub(super) const fn call(call: Call) -> &'static str {
    match call {
        Call::Touch(Side::Left) => "Touch for the left fencer",
        Call::Touch(Side::Right) => "Touch for the right fencer",
        Call::Simultaneous => "Simultaneous attacks, no touch",
        Call::Double => "Double touch, one for each",
        Call::NoTouch => "No touch",
        Call::TooClose => "Too close to call, no touch",
    }
}

/// The confidence as a referee would say it.
pub(super) const fn confidence(word: ConfidenceWord) -> &'static str {
    match word {
        ConfidenceWord::TooClose => "too close",
        ConfidenceWord::Leaning => "leaning",
        ConfidenceWord::Likely => "likely",
        ConfidenceWord::Sure => "sure",
    }
}

/// Call, category, article and rule on one line.
pub(super) fn reason(verdict: &Verdict) -> String {
    let mut line = format!("{}: {}", call(verdict.call), spoken(verdict.reason_code));
    if let Some(margin) = verdict.margin {
        let (ahead, off) = (margin.secs * 1e3, margin.uncertainty_secs * 1e3);
        let _ = write!(line, ", {} {ahead:.0} ms ahead (± {off:.0} ms)", margin.ahead.as_str());
    }
    if !verdict.article.is_empty() {
        let _ = write!(line, " ({})", verdict.article);
    }
    line
}

/// The verdict in a sentence.
pub(super) fn sentence(verdict: &Verdict) -> String {
    let sure = confidence(verdict.confidence.word());
    format!("{} ({sure}, {:.0} %).", reason(verdict), verdict.confidence.0 * 100.0)
}

/// A message key with blanks.
pub(super) fn spoken(key: &str) -> String {
    key.replace('_', " ")
}
