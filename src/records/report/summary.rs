//! `summary.txt`: the verdict and its basis as plain text.

use super::{ReportContext, words};
use fencing::wording::Words;
use std::fmt::Write;
use vision::engine::Judgement;

/// The summary as text with lines of readable length, in the language of the context.
pub fn summary(judgement: &Judgement, title: &str, context: &ReportContext) -> String {
    let verdict = &judgement.verdict;
    let translated = Words::new(context.language);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{title}\n{}\n", "=".repeat(title.chars().count().min(78)));
    let _ = writeln!(out, "{}\n", words::explanation(&translated, judgement));
    let lamps = judgement.signals.lamps().map(|lamp| translated.lamp(lamp));
    let rows = [
        ("report-weapon", translated.weapon(judgement.weapon)),
        ("report-rule", format!("{} {}", verdict.rule.0, verdict.article)),
        ("report-lamps", translated.with("report-lamps-line", &[("left", &lamps.left), ("right", &lamps.right)])),
        ("report-touch", touch(judgement, &translated)),
        ("report-margin", verdict.margin.map_or(String::new(), |margin| translated.margin(&margin))),
        ("report-chances", chances(judgement, &translated)),
        ("report-seen", words::seen(&translated, &judgement.completeness)),
    ];
    for (key, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(out, "{}: {}", translated.text(key), value.trim());
    }
    list(&mut out, &translated.text("report-why"), words::facts(&translated, verdict));
    list(&mut out, &translated.text("report-not-seen"), words::missing(&translated, verdict));
    list(
        &mut out,
        &translated.text("report-care"),
        judgement.cautions.iter().map(|c| translated.caution(c.key, c.value)),
    );
    out
}

fn list(out: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    for (position, line) in lines.enumerate() {
        if position == 0 {
            let _ = writeln!(out, "\n{name}:");
        }
        let _ = writeln!(out, "  - {line}");
    }
}

/// The chances; empty without a call.
fn chances(judgement: &Judgement, words: &Words) -> String {
    if judgement.signals.is_empty() { String::new() } else { words::chances(words, &judgement.verdict) }
}

fn touch(judgement: &Judgement, words: &Words) -> String {
    let Some(event) = judgement.signals.first_touch() else { return words.text("report-touch-none") };
    let number = |value: f64, decimals: usize| words.language().number(value, decimals);
    let (at, ms) = (number(event.at.secs(), 3), number(event.uncertainty_secs * 1e3, 0));
    words.with("report-touch-at", &[("at", &at), ("ms", &ms)])
}
