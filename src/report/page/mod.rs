//! `report.html`: one file that a coach can send: the verdict, the reasons, both fencers' lanes as a drawing.
//!
//! Self-contained: no script, no font, no picture is loaded from anywhere.

mod lanes;

use super::{summary, words};
use crate::engine::Judgement;
use crate::fencing::Side;
use std::fmt::Write;

/// Most facts that the page lists.
const MAX_FACTS: usize = 40;

const STYLE: &str = "body{margin:0;background:#101317;color:#e8ecf1;font:16px/1.5 Inter,'Noto Sans',system-ui,sans-serif}\
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1rem;color:#98a2ae;font-weight:500}\
.call{border-left:8px solid var(--side);background:#181c22;border-radius:8px;padding:1rem 1.25rem;margin:1rem 0}\
.call b{display:block;font-size:2rem;line-height:1.2}h2{font-size:1.1rem;margin:2rem 0 .5rem}\
.muted{color:#98a2ae}svg{width:100%;height:auto;background:#181c22;border-radius:8px}li{margin:.15rem 0}\
text{fill:#e8ecf1;font:12px Inter,'Noto Sans',system-ui,sans-serif}.axis{fill:#98a2ae}\
@media print{body{background:#fff;color:#000}.call,svg{background:#fff;border:1px solid #888}text{fill:#000}}";

/// The page of one phrase.
pub fn page(judgement: &Judgement, title: &str) -> String {
    let verdict = &judgement.verdict;
    let side = match verdict.call.winner() {
        Some(Side::Left) => "#e5383b",
        Some(Side::Right) => "#2fb344",
        None => "#98a2ae",
    };
    let english = words::english();
    let title = escaped(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n<body><main><h1>{title} · {}</h1>\n",
        judgement.weapon.as_str()
    );
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "<section class=\"call\" style=\"--side:{side}\"><b>{}</b>{}",
        escaped(&english.call(verdict.call)),
        escaped(&words::sentence(&english, verdict))
    );
    let chances = verdict.probabilities;
    let percent = |p: f64| (p * 100.0).round();
    let (left, right, none) = (percent(chances.left), percent(chances.right), percent(chances.none));
    let _ = writeln!(
        out,
        "<div class=\"muted\">left {left} % · right {right} % · no touch {none} % · rule {}</div></section>",
        escaped(verdict.rule.0)
    );
    out.push_str("<h2>Timeline</h2>\n");
    lanes::draw(&mut out, judgement);
    list(&mut out, "Why", verdict.facts.iter().take(MAX_FACTS).map(|f| summary::fact(&english, f)));
    list(&mut out, "Not seen", verdict.missing.iter().map(|key| words::spoken(key)));
    list(&mut out, "With care", judgement.cautions.iter().map(|c| words::spoken(c.key)));
    let c = &judgement.completeness;
    let _ = writeln!(
        out,
        "<p class=\"muted\">{} of {} frames analysed. Made by {} {}. An aid to the referee, not the referee.</p>\n</main></body></html>",
        c.frames_analysed,
        c.frames_received,
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn list(out: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let lines = lines.fold(String::new(), |all, line| all + "<li>" + &escaped(&line) + "</li>");
    if !lines.is_empty() {
        let _ = writeln!(out, "<h2>{name}</h2>\n<ul>{lines}</ul>");
    }
}

/// Text that cannot be taken for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
