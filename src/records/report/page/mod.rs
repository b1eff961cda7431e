//! `report.html`: one file to mail to a coach, with the call, its reason and confidence, the deciding frames and the timeline.
//!
//! Self-contained: loads no script, font or image. Printed, it fits on one sheet of paper.

mod lanes;

use super::{ReportContext, Still, words};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fencing::wording::Words;
use fencing::{Call, Side};
use recording::PhraseNotes;
use std::fmt::Write;
use vision::engine::Judgement;

/// The page of a phrase; `title` is used where no fencers are known.
pub fn page(judgement: &Judgement, title: &str, context: &ReportContext) -> String {
    let words = Words::new(context.language);
    let heading = escaped(&heading(title, &context.notes));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{heading}</title><style>{STYLE}</style></head>\n<body><main>\n\
         <header><h1>{heading}</h1><p>{}</p></header>\n",
        context.language.code(),
        escaped(&about(judgement, title, &context.notes, &words))
    );
    call(&mut out, judgement, &words);
    own_call(&mut out, judgement, &context.notes, &words);
    pictures(&mut out, &context.stills, &words);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<section class=\"lanes\"><h2>{}</h2>", escaped(&words.text("report-timeline")));
    lanes::draw(&mut out, judgement, &words);
    out.push_str("</section>\n<div class=\"lists\">\n");
    list(&mut out, &words.text("report-why"), words::facts(&words, &judgement.verdict));
    list(&mut out, &words.text("report-not-seen"), words::missing(&words, &judgement.verdict));
    list(&mut out, &words.text("report-care"), judgement.cautions.iter().map(|c| words.caution(c.key, c.value)));
    out.push_str("</div>\n");
    foot(&mut out, judgement, &words);
    out
}

/// Both fencers if known, otherwise the clip.
fn heading(title: &str, notes: &PhraseNotes) -> String {
    match (notes.left.as_deref(), notes.right.as_deref()) {
        (None, None) => title.to_owned(),
        (left, right) => format!("{} – {}", left.unwrap_or("?"), right.unwrap_or("?")),
    }
}

/// Weapon, bout, number, period, clock and score, if known, and the clip.
fn about(judgement: &Judgement, title: &str, notes: &PhraseNotes, words: &Words) -> String {
    let numbered = |key: &str, n: Option<u32>| n.map(|n| words.with(key, &[("n", &n.to_string())]));
    let clock = notes.clock_secs.filter(|secs| secs.is_finite() && *secs >= 0.0).map(|secs| {
        let secs = secs.ceil() as u64;
        format!("{} {}:{:02}", words.text("bout-clock"), secs / 60, secs % 60)
    });
    let score = notes
        .score
        .map(|(left, right)| words.with("report-score", &[("left", &left.to_string()), ("right", &right.to_string())]));
    let clip = (notes.left.is_some() || notes.right.is_some()).then(|| title.to_owned());
    let parts = [
        Some(words.weapon(judgement.weapon)),
        notes.bout.clone(),
        numbered("report-phrase", notes.number),
        numbered("report-period", notes.period.map(u32::from)),
        clock,
        score,
        clip,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Without any signal there is no call; chances would look like one and are left out.
fn open(out: &mut String, words: &Words) {
    let [call, reason] = words.open().map(|text| escaped(&text));
    let _ = writeln!(out, "<section class=\"call none\"><b>{call}</b><p>{reason}</p></section>");
}

fn call(out: &mut String, judgement: &Judgement, words: &Words) {
    if judgement.signals.is_empty() {
        return open(out, words);
    }
    let verdict = &judgement.verdict;
    let (side, mark) = match verdict.call.winner() {
        Some(Side::Left) => ("left", "◀ "),
        Some(Side::Right) => ("right", "▶ "),
        None => ("none", ""),
    };
    let sure = words.confidence(verdict.confidence.word());
    let _ = writeln!(
        out,
        "<section class=\"call {side}\"><b>{mark}{}</b><span class=\"sure\">{} · {} %</span><p>{}</p>",
        escaped(&words.call_of(verdict)),
        escaped(&sure),
        words::percent(words, verdict.confidence.0),
        escaped(&words.reason(verdict))
    );
    if let Some(margin) = verdict.margin {
        let _ = writeln!(out, "<p>{}</p>", escaped(&words.margin(&margin)));
    }
    let p = verdict.probabilities;
    let share = |p: f64| if p.is_finite() { (p * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    let _ = writeln!(
        out,
        "<div class=\"bar\"><i class=\"left\" style=\"width:{:.0}%\"></i><i class=\"none\" style=\"width:{:.0}%\"></i>\
         <i class=\"right\" style=\"width:{:.0}%\"></i></div><p class=\"muted\">{}: {} · {} {}</p></section>",
        share(p.left),
        share(p.none),
        share(p.right),
        escaped(&words.text("report-chances")),
        escaped(&words::chances(words, verdict)),
        escaped(&words.text("report-rule")),
        escaped(verdict.rule.0)
    );
}

/// The referee's call, and whether the machine agrees.
fn own_call(out: &mut String, judgement: &Judgement, notes: &PhraseNotes, words: &Words) {
    let own: Option<Call> = notes.own_call.as_deref().and_then(|call| call.parse().ok());
    if let Some(own) = own {
        let agreement = if own == judgement.verdict.call { "piste-agrees" } else { "piste-differs" };
        let first = if notes.own_call_first { format!(" ({})", words.text("report-own-first")) } else { String::new() };
        let line = format!("{}: {}{first}.", words.text("opinion-referee"), words.call(own));
        let _ = writeln!(out, "<p class=\"own\"><b>{}</b> {}</p>", escaped(&line), escaped(&words.text(agreement)));
    }
    if let Some(remark) = notes.remark.as_deref().filter(|remark| !remark.trim().is_empty()) {
        let _ = writeln!(out, "<p class=\"own\">{}</p>", escaped(remark));
    }
}

fn pictures(out: &mut String, stills: &[Still], words: &Words) {
    if stills.is_empty() {
        return;
    }
    let columns = if stills.len() == 3 { "three" } else { "two" };
    let heading = escaped(&words.text("report-pictures"));
    let _ = writeln!(out, "<section><h2>{heading}</h2><div class=\"pictures {columns}\">");
    for still in stills {
        let at = words.language().number(still.moment.at.secs(), 2);
        let caption = escaped(&still.moment.caption);
        let _ = writeln!(
            out,
            "<figure><img alt=\"{caption}\" src=\"data:image/jpeg;base64,{}\"><figcaption><b>{at} s</b> {caption}\
             </figcaption></figure>",
            STANDARD.encode(&still.jpeg)
        );
    }
    out.push_str("</div></section>\n");
}

fn list(out: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let lines = lines.fold(String::new(), |all, line| all + "<li>" + &escaped(&line) + "</li>");
    if !lines.is_empty() {
        let _ = writeln!(out, "<section><h2>{}</h2><ul>{lines}</ul></section>", escaped(name));
    }
}

fn foot(out: &mut String, judgement: &Judgement, words: &Words) {
    let program = concat!("fencing-referee", " ", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(
        out,
        "<footer>{}. {} {}</footer>\n</main></body></html>",
        escaped(&words::seen(words, &judgement.completeness)),
        escaped(&words.text("report-aid")),
        escaped(&words.with("report-made-by", &[("program", program)]))
    );
}

/// Escapes text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The style sheet: light or dark like the reader's system, always light in print, one sheet of A4. Left and right differ by position
/// and word too, never by colour alone.
const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--card:#f3f5f8;--text:#14181d;--muted:#56606c;--line:#c9d0d9;\
--left:#c8282b;--right:#1f8a34;--none:#7b8794;--box:#b36a00}\
@media screen and (prefers-color-scheme:dark){:root{--ground:#101317;--card:#181c22;--text:#e8ecf1;--muted:#98a2ae;\
--line:#2a3038;--left:#e5383b;--right:#2fb344;--none:#98a2ae;--box:#f2a93b}}\
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);\
font:16px/1.45 Inter,'Noto Sans','Noto Sans SC',system-ui,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}\
main{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem}h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}\
h2{font-size:1rem;margin:1.25rem 0 .4rem}header p,.muted,footer{color:var(--muted)}header p{margin:.1rem 0 0}p{margin:.25rem 0}\
.call{background:var(--card);border:0 solid var(--none);border-width:0 8px;border-radius:8px;padding:.9rem 1.25rem;margin:1rem 0 .5rem}\
.call.left{border-width:0 0 0 12px;border-color:var(--left)}.call.right{border-width:0 12px 0 0;border-color:var(--right)}\
.call>b{font-size:2.1rem;line-height:1.15;margin-right:1rem}.sure{white-space:nowrap;font-weight:600}\
.muted{font-size:.85rem}.bar{display:flex;height:10px;margin:.5rem 0 .25rem;border-radius:5px;overflow:hidden}.bar i{display:block}\
i.left{background:var(--left)}i.right{background:var(--right)}i.none{background:var(--none)}.own{margin:.5rem 0}\
.pictures{display:grid;gap:.75rem}.two{grid-template-columns:1fr 1fr}.three{grid-template-columns:1fr 1fr 1fr}figure{margin:0;break-inside:avoid}\
img{display:block;width:100%;border-radius:6px}figcaption{font-size:.85rem;margin-top:.2rem}\
.lanes{break-inside:avoid}svg{display:block;width:100%;height:auto;background:var(--card);border-radius:8px}\
text{fill:var(--text);font:12px Inter,'Noto Sans','Noto Sans SC',system-ui,sans-serif}.axis{fill:var(--muted)}\
.l{fill:var(--left)}.r{fill:var(--right)}.on{fill:#fff}.grid{stroke:var(--line)}.touch{stroke:var(--text);stroke-dasharray:4 3}\
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:0 2rem}ul{margin:0;padding-left:1.1rem}\
li{margin:.1rem 0}footer{font-size:.8rem;margin-top:1.25rem;border-top:1px solid var(--line);padding-top:.5rem}\
@media (max-width:34rem){.pictures{grid-template-columns:1fr}}\
@page{size:A4;margin:12mm}\
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}.call>b{font-size:19pt}h1{font-size:15pt}\
h2{margin:.7rem 0 .3rem}.pictures{gap:.4rem .6rem}.two{grid-template-columns:1fr 1fr;max-width:158mm}\
.three{grid-template-columns:1fr 1fr 1fr}img{max-height:52mm;object-fit:contain}\
footer{margin-top:.7rem}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }

    #[test]
    fn a_known_fencer_stands_in_the_heading_beside_an_unknown_one() {
        let notes = PhraseNotes { right: Some("Kim".into()), ..PhraseNotes::default() };
        assert_eq!(
            (heading("clip", &notes), heading("clip", &PhraseNotes::default())),
            ("? – Kim".into(), "clip".into())
        );
    }
}
