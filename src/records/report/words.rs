//! Sentences shared by several files.

use fencing::right_of_way::Verdict;
use fencing::wording::{Language, Words};
use vision::engine::Judgement;

/// English words, for files read by programs and archives.
pub(super) fn english() -> Words {
    Words::new(Language::English)
}

/// The reason in one sentence, with the deciding margin if there is one; says so if no signal was given.
pub(super) fn reason(words: &Words, judgement: &Judgement) -> String {
    if judgement.signals.is_empty() {
        let [_, reason] = words.open();
        return reason;
    }
    let verdict = &judgement.verdict;
    let margin = verdict.margin.map_or(String::new(), |margin| format!(" {}", words.margin(&margin)));
    format!("{}{margin}", words.reason(verdict))
}

/// The verdict in two sentences: the call with its confidence, and the reason.
pub(super) fn sentence(words: &Words, verdict: &Verdict) -> String {
    format!("{}. {}", words.headline(verdict), words.reason(verdict))
}

/// The same for a reader; says so if no signal was given.
pub(super) fn explanation(words: &Words, judgement: &Judgement) -> String {
    if judgement.signals.is_empty() { words.open().join(". ") } else { sentence(words, &judgement.verdict) }
}

/// Probability of each outcome, in whole percent.
pub(super) fn chances(words: &Words, verdict: &Verdict) -> String {
    let [left, right, none] = [verdict.probabilities.left, verdict.probabilities.right, verdict.probabilities.none]
        .map(|p| percent(words, p));
    words.with("report-chances-line", &[("left", &left), ("right", &right), ("none", &none)])
}

/// A share of 0..1 in whole percent, without the sign.
pub(super) fn percent(words: &Words, share: f64) -> String {
    words.language().number(share * 100.0, 0)
}

/// The facts that hold, one sentence each.
pub(super) fn facts<'a>(words: &'a Words, verdict: &'a Verdict) -> impl Iterator<Item = String> + 'a {
    /// Limit, for readability.
    const MOST: usize = 40;
    verdict.facts.iter().filter_map(|fact| words.fact(fact)).take(MOST)
}

/// What was not seen, one line each.
pub(super) fn missing<'a>(words: &'a Words, verdict: &'a Verdict) -> impl Iterator<Item = String> + 'a {
    verdict.missing.iter().map(|key| words.text(key))
}

/// How much of the phrase was seen.
pub(super) fn seen(words: &Words, seen: &vision::engine::Completeness) -> String {
    let [left, right] = [seen.seen.left, seen.seen.right].map(|share| percent(words, f64::from(share)));
    let (analysed, received) = (seen.frames_analysed.to_string(), seen.frames_received.to_string());
    let values = [("analysed", &*analysed), ("received", &*received), ("left", &*left), ("right", &*right)];
    words.with("report-seen-line", &values)
}
