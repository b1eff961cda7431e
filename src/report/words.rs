//! The words of files: always English, so that programs and archives read the same everywhere.

use crate::right_of_way::Verdict;
use crate::wording::{Language, Words};

/// The English words.
pub(super) fn english() -> Words {
    Words::new(Language::English)
}

/// Why, in one sentence, with the margin where one decided.
pub(super) fn reason(words: &Words, verdict: &Verdict) -> String {
    let margin = verdict.margin.map_or(String::new(), |margin| format!(" {}", words.margin(&margin)));
    format!("{}{margin}", words.reason(verdict))
}

/// The verdict in two sentences: the call with how sure, and why.
pub(super) fn sentence(words: &Words, verdict: &Verdict) -> String {
    format!("{}. {}", words.headline(verdict), words.reason(verdict))
}

/// A message key with blanks, for what has no sentence of its own.
pub(super) fn spoken(key: &str) -> String {
    key.replace('_', " ")
}
