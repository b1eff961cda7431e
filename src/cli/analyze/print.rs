//! Terminal output of `referee analyze`: a progress bar with the name of the stage, then the verdict.

use fencing::wording::{Language, Words};
use fencing::{Lamp, Side};
use indicatif::{ProgressBar, ProgressStyle};
use records::analysis::{ArtifactsMade, JudgedClip, Progress};
use std::path::Path;

/// The progress bar on standard error; hidden with `--quiet` and without a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(super) fn new(silent: bool) -> Self {
        let bar = if silent { ProgressBar::hidden() } else { ProgressBar::new(1000) };
        let style = ProgressStyle::with_template("{msg:24} {bar:40} {percent:>3} %");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    pub(super) fn stage(&self, name: &'static str) {
        self.bar.set_message(name);
        self.bar.tick();
    }

    pub(super) fn show(&self, progress: Progress) {
        self.bar.set_message(progress.stage.name());
        self.bar.set_position((progress.share * 1000.0) as u64);
    }

    pub(super) fn files(&self, share: f32) {
        self.bar.set_position((share * 1000.0) as u64);
    }

    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// Prints the verdict: one line if quiet, otherwise with reasons and cautions.
pub(super) fn verdict(judged: &JudgedClip, language: Language, quiet: bool) {
    let words = Words::new(language);
    let verdict = &judged.judgement.verdict;
    let open = judged.judgement.signals.is_empty();
    if quiet {
        println!("{}", if open { words.open().join(". ") } else { words.full(verdict) });
        return;
    }
    let [call, reason] = if open { words.open() } else { [words.headline(verdict), words.reason(verdict)] };
    println!("{call}\n  {reason}");
    if let Some(margin) = &verdict.margin {
        println!("  {}", words.margin(margin));
    }
    for fact in verdict.facts.iter().filter_map(|fact| words.fact(fact)) {
        println!("  - {fact}");
    }
    if let Some(missing) = words.missing(verdict) {
        println!("  {missing}");
    }
    for caution in &judged.judgement.cautions {
        println!("  ! {}", words.caution(caution.key, caution.value));
    }
    if open {
        println!("  > referee analyze CLIP --lights left,right --touch-at SECONDS");
    }
    println!("  {}", seen(judged, &words));
}

/// Prints the basis of the verdict: lamps, rule, frames, time.
fn seen(judged: &JudgedClip, words: &Words) -> String {
    let judgement = &judged.judgement;
    let lamps = judgement.signals.lamps();
    let lit: Vec<_> = Side::BOTH
        .into_iter()
        .filter(|side| lamps[*side] != Lamp::Off)
        .map(|side| format!("{} {}", words.side(side), words.lamp(lamps[side])))
        .collect();
    let touch = judgement.signals.first_touch().map_or(String::new(), |t| format!(" @ {:.2} s", t.at.secs()));
    let lamps = if lit.is_empty() { "-".to_owned() } else { lit.join(", ") };
    format!(
        "[{} {}] [{lamps}{touch}] [{} frames, {:.1} s, decided in {:.1} ms]",
        judgement.verdict.rule.0,
        judgement.verdict.article,
        judgement.completeness.frames_analysed,
        judged.processing.as_secs_f64(),
        judged.deciding.as_secs_f64() * 1e3,
    )
}

/// Prints the paths of the files.
pub(super) fn files(folder: &Path, made: &ArtifactsMade) {
    println!("Files in {}:", folder.display());
    for name in made.files.iter().filter_map(|f| f.file_name()) {
        println!("  {}", name.to_string_lossy());
    }
}
