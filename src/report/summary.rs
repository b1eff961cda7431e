//! `summary.txt`: the verdict and what it rests on, for a person at a desk without this program.

use super::words;
use crate::engine::Judgement;
use crate::fencing::{Lamp, Side};
use crate::right_of_way::{Fact, Truth};
use crate::time::Span;
use crate::wording::Words;
use std::fmt::Write;

/// Most lines of facts.
const MAX_FACTS: usize = 40;

/// The summary as text, lines of readable length.
pub fn summary(judgement: &Judgement, title: &str) -> String {
    let verdict = &judgement.verdict;
    let english = words::english();
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{title}\n{}\n", "=".repeat(title.chars().count().min(78)));
    let _ = writeln!(out, "{}\n", words::sentence(&english, verdict));
    let chances = verdict.probabilities;
    row(&mut out, "Weapon", judgement.weapon.as_str());
    row(&mut out, "Rule", &format!("{} {}", verdict.rule.0, verdict.article));
    row(&mut out, "Lamps", &format!("left {}, right {}", lamp(judgement, Side::Left), lamp(judgement, Side::Right)));
    row(&mut out, "Touch", &touch(judgement));
    if let Some(margin) = verdict.margin {
        row(&mut out, "Margin", &english.margin(&margin));
    }
    let percent = |p: f64| format!("{:.0} %", p * 100.0);
    let (left, right, none) = (percent(chances.left), percent(chances.right), percent(chances.none));
    row(&mut out, "Chances", &format!("left {left}, right {right}, no touch {none}"));
    row(&mut out, "Seen", &seen(judgement));
    list(&mut out, "Because", verdict.facts.iter().take(MAX_FACTS).map(|f| fact(&english, f)));
    list(&mut out, "Not seen", verdict.missing.iter().map(|key| words::spoken(key)));
    let caution = |c: &crate::engine::Caution| match c.value {
        Some(value) => format!("{} ({value:.3})", words::spoken(c.key)),
        None => words::spoken(c.key),
    };
    list(&mut out, "With care", judgement.cautions.iter().map(caution));
    out
}

fn row(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name:<8} {}", value.trim());
}

fn list(out: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    for (position, line) in lines.enumerate() {
        if position == 0 {
            let _ = writeln!(out, "\n{name}:");
        }
        let _ = writeln!(out, "  - {line}");
    }
}

fn lamp(judgement: &Judgement, side: Side) -> &'static str {
    match judgement.signals.lamps()[side] {
        Lamp::Off => "off",
        Lamp::Valid => "on",
        Lamp::OffTarget => "off target",
        Lamp::Fault => "fault",
    }
}

fn touch(judgement: &Judgement) -> String {
    judgement.signals.first_touch().map_or_else(
        || "none signalled".to_owned(),
        |e| format!("at {:.3} s (± {:.0} ms)", e.at.secs(), e.uncertainty_secs * 1e3),
    )
}

fn seen(judgement: &Judgement) -> String {
    let c = &judgement.completeness;
    let share = |s: f32| f64::from(s) * 100.0;
    format!(
        "{} of {} frames analysed, left fencer in {:.0} %, right in {:.0} %",
        c.frames_analysed,
        c.frames_received,
        share(c.seen.left),
        share(c.seen.right)
    )
}

/// One fact on a line: who, what, whether, when, how much.
pub(super) fn fact(words: &Words, fact: &Fact) -> String {
    if let Some(sentence) = words.fact(fact) {
        return sentence;
    }
    let side = fact.side.map_or(String::new(), |side| format!("{}: ", side.as_str()));
    let truth = match fact.truth {
        Truth::Yes => "",
        Truth::No => " (no)",
        Truth::Unknown => " (not known)",
    };
    let when =
        fact.span.map_or(String::new(), |span: Span| format!(", {:.2} to {:.2} s", span.start.secs(), span.end.secs()));
    let value = fact.value.map_or(String::new(), |v| format!(", {v:.3}"));
    format!("{side}{}{truth}{when}{value}", words::spoken(fact.key))
}
