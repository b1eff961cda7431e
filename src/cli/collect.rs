//! `referee collect`: turns a club's recordings into labelled phrases, for `evaluate` and `train`.
//!
//! Analyses every clip with a referee's call of a touch, as `analyze` does, and writes the observations with that call. The call is
//! added only after the analysis.

use anyhow::{Context, bail};
use fencing::{Call, Weapon};
use flate2::Compression;
use flate2::write::GzEncoder;
use learning::{Label, Seen, record_line};
use recording::{AtomicFile, HitSides};
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use records::library::{Catalogue, Entry, LibraryFolders, Query, SortBy, scan, select};
use settings::{AnalysisArgs, AnalysisSettings, Environment, FileSettings, SystemPaths};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use vision::engine::Engine;
use vision::video::{Cancel, ClipOptions};

/// Exit code after Ctrl-C, as shells use it.
const INTERRUPTED: u8 = 130;

/// Make labelled phrases of your own recordings, for `evaluate` and `train`.
///
/// Takes every recording whose touch a referee called: with an arrow key beside the piste, in the library, or in its signal log.
/// Exit code 0 when something was collected, 1 when nothing was, 130 when interrupted (what was collected by then is written).
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders of recordings or clips; single clips too
    #[arg(required = true)]
    places: Vec<PathBuf>,
    /// The file to write: JSON lines, compressed if the name ends in .gz
    #[arg(long, value_name = "RECORDS.jsonl[.gz]")]
    output: PathBuf,
    /// Use the accurate pose model: about four times slower
    #[arg(long)]
    accurate: bool,
    /// Weapon of phrases that do not state theirs
    #[arg(long)]
    weapon: Option<Weapon>,
    /// Whose left and right the HIT lines of signal logs use: auto, box or camera
    #[arg(long, value_name = "WHOSE")]
    hit_sides: Option<HitSides>,
    /// Configuration file [env: REFEREE_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

const NO_ROOM: &str = "the records cannot be written; make room on the disk";

/// Analyses every phrase that a referee called and writes it.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings()?;
    let cancel = Cancel::new();
    let raised = cancel.clone();
    ctrlc::set_handler(move || raised.cancel()).context("cannot listen for Ctrl-C")?;
    let called = called_phrases(&args.places, &cancel)?;
    if called.is_empty() {
        bail!("no phrase here was called by a referee; call some in the window (arrow keys), then collect again");
    }
    let mut records = Records::create(&args.output)?;
    let engine = Engine::load(&settings.engine_config(&SystemPaths::of_this_machine(&Environment::of_process()), 1)?)?;
    let mut collected = Collected::default();
    for (entry, label) in &called {
        match line_of(entry, *label, &engine, &settings, &cancel) {
            Ok(line) => {
                records.write(&line)?;
                collected.count(entry);
                println!("{:<13} {}", label.as_str(), entry.title);
            }
            Err(_) if cancel.is_cancelled() => break,
            Err(error) => {
                eprintln!("referee: passed over {}: {error:#}", entry.title);
                collected.skipped_phrases += 1;
            }
        }
    }
    collected.finish(records, called.len(), &args.output, &cancel)
}

impl Args {
    fn settings(&self) -> anyhow::Result<AnalysisSettings> {
        let environment = Environment::of_process();
        let file = FileSettings::find(self.config.as_deref(), &environment)?;
        let typed = AnalysisArgs {
            accurate: self.accurate.then_some(true),
            weapon: self.weapon,
            hit_sides: self.hit_sides,
            ..AnalysisArgs::default()
        };
        Ok(AnalysisSettings::resolve(typed, &environment, file.analysis)?)
    }
}

/// The phrases with a clip and a referee's call of a touch, oldest first.
fn called_phrases(places: &[PathBuf], cancel: &Cancel) -> anyhow::Result<Vec<(Arc<Entry>, Label)>> {
    if let Some(missing) = places.iter().find(|place| !place.exists()) {
        bail!("there is no such folder or clip; check the name: {}", missing.display());
    }
    let mut all = Catalogue::default();
    all.begin_look();
    let listed = LibraryFolders { listed: places.to_vec(), ..LibraryFolders::default() };
    scan(&listed, cancel, &mut |finding| all.add(finding));
    all.end_look();
    for trouble in all.troubles() {
        eprintln!("referee: {trouble}");
    }
    let oldest_first = Query { sort: SortBy::Oldest, ..Query::default() };
    let usable = |entry: &Entry| entry.clip.is_some() && entry.trouble.is_none();
    let called = |entry: Arc<Entry>| Some((Arc::clone(&entry), entry.own_call.and_then(label)?));
    Ok(select(&all, &oldest_first).into_iter().filter(|entry| usable(entry)).filter_map(called).collect())
}

/// The label of a call; `None` for calls without information about right of way.
fn label(call: Call) -> Option<Label> {
    match call {
        Call::Touch(side) => Some(Label::Touch(side)),
        Call::Simultaneous => Some(Label::Simultaneous),
        Call::Double | Call::NoTouch | Call::TooClose => None,
    }
}

fn line_of(
    entry: &Entry,
    label: Label,
    engine: &Engine,
    settings: &AnalysisSettings,
    cancel: &Cancel,
) -> anyhow::Result<String> {
    let clip = entry.clip.clone().context("its clip is gone")?;
    let weapon = entry.weapon.unwrap_or(settings.weapon);
    let signals = ClipSignals::of(None, entry.log.as_deref(), settings.hit_sides);
    let request = ClipRequest { clip, signals, weapon, options: ClipOptions::default() };
    let seen = judge_clip(engine, &request, cancel, &mut |_| ())?.judgement;
    let (tracks, signals) = (&seen.corrected_tracks, &seen.signals);
    Ok(record_line(Seen { id: &entry.title, group: &group(entry), weapon, tracks, signals }, label)?)
}

/// The group of a phrase: its day, because the same people fence before the same referee; without a date, its folder.
fn group(entry: &Entry) -> String {
    entry.recorded_at.map_or_else(|| entry.folder.clone(), |at| at.date().to_string())
}

/// The output file; it gets its name when it is complete.
struct Records {
    file: AtomicFile,
    out: Lines,
}

/// Destination of the lines.
enum Lines {
    Plain(BufWriter<File>),
    Zipped(Box<GzEncoder<BufWriter<File>>>),
}

impl Records {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut file = AtomicFile::create(path)?;
        let plain = BufWriter::new(file.file().try_clone().context(NO_ROOM)?);
        let zipped = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let out = if zipped {
            Lines::Zipped(Box::new(GzEncoder::new(plain, Compression::default())))
        } else {
            Lines::Plain(plain)
        };
        Ok(Self { file, out })
    }

    fn write(&mut self, line: &str) -> anyhow::Result<()> {
        let written = match &mut self.out {
            Lines::Plain(out) => writeln!(out, "{line}"),
            Lines::Zipped(out) => writeln!(out, "{line}"),
        };
        written.context(NO_ROOM)
    }

    fn commit(self) -> anyhow::Result<()> {
        let mut rest = match self.out {
            Lines::Plain(out) => out,
            Lines::Zipped(out) => out.finish().context(NO_ROOM)?,
        };
        rest.flush().context(NO_ROOM)?;
        Ok(self.file.commit()?)
    }
}

/// The result of collecting.
#[derive(Default)]
struct Collected {
    phrases: usize,
    groups: BTreeSet<String>,
    skipped_phrases: usize,
}

impl Collected {
    fn count(&mut self, entry: &Entry) {
        self.phrases += 1;
        self.groups.insert(group(entry));
    }

    fn finish(self, records: Records, called: usize, path: &Path, cancel: &Cancel) -> anyhow::Result<ExitCode> {
        if self.phrases > 0 {
            records.commit()?;
            let (phrases, days) = (self.phrases, self.groups.len());
            println!("{phrases} of {called} phrases of {days} days: {}", path.display());
            println!("measure the judge on them:  referee evaluate {}", path.display());
        } else {
            eprintln!("referee: nothing was collected and nothing written");
        }
        Ok(match (cancel.is_cancelled(), self.phrases) {
            (true, _) => ExitCode::from(INTERRUPTED),
            (false, 0) => ExitCode::FAILURE,
            (false, _) => ExitCode::SUCCESS,
        })
    }
}
