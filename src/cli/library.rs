//! `referee library`: lists the phrases on disk like the window's library, with the same figures, for scripts.

use anyhow::{Context, bail};
use fencing::{Call, ConfidenceWord, Side, Weapon};
use records::library::{
    Agreement, CallFilter, Catalogue, Entry, ExportFormat, LibraryFolders, Query, SortBy, Statistics, scan, select,
    statistics, write_entries,
};
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use vision::video::Cancel;

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    #[default]
    Newest,
    Oldest,
    Title,
    LeastSure,
}

/// Whether referee and machine agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Agreed {
    Agrees,
    Differs,
    Unknown,
}

/// List the phrases in folders: fencers, calls of referee and machine, and how often they agree.
///
/// Nothing is judged or changed. Exit code 1 when nothing was found, or when a folder could not be read.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders of recordings, results or clips; single clips too
    #[arg(required = true)]
    places: Vec<PathBuf>,
    /// Folder of results that belong to these clips
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Print one JSON object per phrase, and the figures as the last one
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print comma-separated values without figures
    #[arg(long)]
    csv: bool,
    /// Only phrases whose name, folder, bout or fencers contain these words
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Only this weapon
    #[arg(long)]
    weapon: Option<Weapon>,
    /// Only this call: left, right, none, too-close or unjudged
    #[arg(long, value_name = "CALL", value_parser = call_filter)]
    call: Option<CallFilter>,
    /// Only phrases where referee and machine agree, differ, or one did not call
    #[arg(long)]
    agreement: Option<Agreed>,
    /// Only phrases with at least this confidence of the machine, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    min_confidence: f64,
    /// The order of the list
    #[arg(long, value_enum, default_value_t)]
    sort: Order,
}

fn call_filter(text: &str) -> Result<CallFilter, String> {
    match text {
        "left" => Ok(CallFilter::Touch(Side::Left)),
        "right" => Ok(CallFilter::Touch(Side::Right)),
        "none" => Ok(CallFilter::NoTouch),
        "too-close" => Ok(CallFilter::TooClose),
        "unjudged" => Ok(CallFilter::Unjudged),
        _ => Err("say left, right, none, too-close or unjudged".to_owned()),
    }
}

impl Args {
    fn query(&self) -> anyhow::Result<Query> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            bail!("--min-confidence must be a number from 0 to 1");
        }
        Ok(Query {
            text: self.search.clone().unwrap_or_default(),
            weapon: self.weapon,
            call: self.call,
            agreement: self.agreement.map(|agreed| match agreed {
                Agreed::Agrees => Agreement::Agrees,
                Agreed::Differs => Agreement::Differs,
                Agreed::Unknown => Agreement::Unknown,
            }),
            least_confidence: self.min_confidence,
            sort: match self.sort {
                Order::Newest => SortBy::Newest,
                Order::Oldest => SortBy::Oldest,
                Order::Title => SortBy::Title,
                Order::LeastSure => SortBy::LeastSure,
            },
            ..Query::default()
        })
    }
}

/// Prints the list.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let query = args.query()?;
    // List the folders that exist; report the others.
    if let Some(missing) = args.places.first().filter(|_| !args.places.iter().any(|place| place.exists())) {
        bail!("there is no such folder or clip; check the name: {}", missing.display());
    }
    let cancel = Cancel::new();
    let raised = cancel.clone();
    ctrlc::set_handler(move || raised.cancel()).context("cannot listen for Ctrl-C")?;
    let mut all = Catalogue::default();
    all.begin_look();
    let places =
        LibraryFolders { listed: args.places.clone(), results: args.results.clone(), ..LibraryFolders::default() };
    scan(&places, &cancel, &mut |finding| all.add(finding));
    all.end_look();
    let listed = select(&all, &query);
    let mut out = BufWriter::new(std::io::stdout().lock());
    match print(args, &listed, &mut out).and_then(|()| out.flush()) {
        // The reader may close the pipe early, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        other => other?,
    }
    for trouble in all.troubles() {
        eprintln!("referee: {trouble}");
    }
    if all.is_empty() && all.troubles().is_empty() {
        eprintln!("referee: no phrase was found; name a folder with recordings, results or clips");
    }
    let failed = all.is_empty() || cancel.is_cancelled() || !all.troubles().is_empty();
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(args: &Args, listed: &[Arc<Entry>], out: &mut dyn Write) -> std::io::Result<()> {
    let entries = || listed.iter().map(AsRef::as_ref);
    if args.csv {
        return write_entries(out, ExportFormat::Csv, entries());
    }
    let figures = statistics(entries());
    if args.json {
        write_entries(out, ExportFormat::JsonLines, entries())?;
        return writeln!(out, "{}", figures_json(&figures));
    }
    for entry in entries() {
        writeln!(out, "{}", line(entry))?;
    }
    print_figures(&figures, out)
}

/// A phrase as a line with fixed columns for the calls of referee and machine.
fn line(entry: &Entry) -> String {
    let call = |call: Option<Call>| call.map_or("-", Call::as_str);
    let machine = entry.machine.as_ref();
    let confidence = machine.and_then(|m| m.confidence).map_or_else(|| "    ".to_owned(), |c| format!("{:.2}", c.0));
    let trouble = entry.trouble.as_deref().map(|t| format!("  ({t})")).unwrap_or_default();
    format!(
        "{:<13} {:<13} {confidence} {:<8} {}  {}{trouble}",
        call(entry.own_call),
        call(machine.map(|m| m.call)),
        entry.agreement().as_str(),
        entry.title,
        entry.fencers_line(),
    )
    .trim_end()
    .to_owned()
}

fn print_figures(figures: &Statistics, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{} phrases, {} judged, {} called by a referee, {} too close",
        figures.phrases, figures.judged, figures.called, figures.too_close
    )?;
    if figures.agreement.all > 0 {
        writeln!(out, "referee and machine agree: {}", figures.agreement)?;
    }
    for (word, share) in figures.by_confidence.iter().filter(|(_, share)| share.all > 0) {
        writeln!(out, "  where the machine was {}: {share}", confidence_name(*word))?;
    }
    for (weapon, of_weapon) in &figures.by_weapon {
        writeln!(out, "  {}: {} phrases, agreement {}", weapon.as_str(), of_weapon.phrases, of_weapon.agreement)?;
    }
    for fencer in &figures.fencers {
        writeln!(
            out,
            "  {}: {} phrases, {} touches, {} against, {} without",
            fencer.name, fencer.phrases, fencer.touches, fencer.against, fencer.without_touch
        )?;
    }
    Ok(())
}

const fn confidence_name(word: ConfidenceWord) -> &'static str {
    match word {
        ConfidenceWord::Sure => "sure",
        ConfidenceWord::Likely => "likely",
        ConfidenceWord::Leaning => "leaning",
        ConfidenceWord::TooClose => "unsure",
    }
}

/// The figures under the key `statistics`, so that scripts can tell the line from a phrase.
fn figures_json(figures: &Statistics) -> serde_json::Value {
    let share = |s: fencing::share::Share| {
        let (low, high) = s.interval();
        serde_json::json!({ "right": s.right, "all": s.all, "value": s.value(), "interval_95": [low, high] })
    };
    let weapons: Vec<_> = figures
        .by_weapon
        .iter()
        .map(
            |(w, f)| serde_json::json!({ "weapon": w.as_str(), "phrases": f.phrases, "agreement": share(f.agreement) }),
        )
        .collect();
    let fencers: Vec<_> = figures
        .fencers
        .iter()
        .map(|f| {
            serde_json::json!({
                "name": f.name, "phrases": f.phrases, "touches": f.touches, "against": f.against,
                "without_touch": f.without_touch, "agreement": share(f.agreement),
            })
        })
        .collect();
    let words: Vec<_> = figures
        .by_confidence
        .iter()
        .map(|(word, s)| serde_json::json!({ "confidence": confidence_name(*word), "agreement": share(*s) }))
        .collect();
    serde_json::json!({ "statistics": {
        "phrases": figures.phrases, "judged": figures.judged, "called": figures.called,
        "too_close": figures.too_close, "agreement": share(figures.agreement), "by_confidence": words,
        "by_weapon": weapons, "touches_left": figures.touches.left, "touches_right": figures.touches.right,
        "without_touch": figures.without_touch, "fencers": fencers,
    }})
}
