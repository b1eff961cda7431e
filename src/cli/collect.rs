//! `referee collect`: turns a club's recordings into labelled phrases, for `evaluate` and `train`.
//!
//! Analyses every clip with a referee's call of a touch, as `analyze` does, and writes the observations with that call. The call is
//! added only after the analysis. With `--list`, the touches of long videos.

use super::collect_list::{ListedTouch, TouchList};
use anyhow::{Context, bail};
use fencing::Weapon;
use learning::{Label, Seen, record_line};
use recording::HitSides;
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use records::collecting::{CollectDefaults, RecordFile, WANTED_PHRASES, called_phrases, group, phrase_record};
use records::library::{Catalogue, Entry, LibraryFolders, scan};
use settings::{AnalysisArgs, AnalysisSettings, Environment, FileSettings, SystemPaths};
use std::collections::BTreeSet;
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
/// With --list FILE.csv it takes the touches that the list names by video, second and call.
/// Exit code 0 when something was collected, 1 when nothing was, 130 when interrupted (what was collected by then is written).
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders of recordings or clips; single clips too. With --list the folders of its videos, if they are not beside it
    #[arg(required_unless_present = "list")]
    places: Vec<PathBuf>,
    /// A table of touches in long videos: columns video, end (second of the touch), call (left, right, simultaneous), and
    /// optionally weapon and lights (both, left, right)
    #[arg(long, value_name = "FILE.csv")]
    list: Option<PathBuf>,
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

/// Analyses every phrase that a referee called and writes it.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings()?;
    let cancel = Cancel::new();
    let raised = cancel.clone();
    ctrlc::set_handler(move || raised.cancel()).context("cannot listen for Ctrl-C")?;
    let (phrases, passed_over) = args.phrases(&cancel)?;
    let mut records = RecordFile::create(&args.output)?;
    let engine = Engine::load(&settings.engine_config(&SystemPaths::of_this_machine(&Environment::of_process()), 1)?)?;
    let mut collected = Collected { skipped_phrases: passed_over, ..Collected::default() };
    let offered = phrases.len() + passed_over;
    for phrase in &phrases {
        match phrase.line(&engine, &settings, &cancel) {
            Ok(line) => {
                records.write(&line)?;
                collected.count(phrase);
                println!("{:<13} {}", phrase.label().as_str(), phrase.name());
            }
            Err(_) if cancel.is_cancelled() => break,
            Err(error) => {
                eprintln!("referee: passed over {}: {error:#}", phrase.name());
                collected.skipped_phrases += 1;
            }
        }
    }
    collected.finish(records, offered, &args.output, &cancel)
}

/// A phrase that a referee called.
enum CalledPhrase {
    /// A recording with its call.
    Recorded(Arc<Entry>, Label),
    /// A touch of a list.
    Listed(ListedTouch),
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

    /// The called phrases, and the number of rejected lines of the list.
    fn phrases(&self, cancel: &Cancel) -> anyhow::Result<(Vec<CalledPhrase>, usize)> {
        let Some(list) = &self.list else {
            let called = called_in(&self.places, cancel)?;
            if called.is_empty() {
                bail!(
                    "no phrase here was called by a referee; call some in the window (arrow keys), then collect again"
                );
            }
            return Ok((called.into_iter().map(|(entry, label)| CalledPhrase::Recorded(entry, label)).collect(), 0));
        };
        let list = TouchList::read(list, &self.places)?;
        for sentence in &list.refused {
            eprintln!("referee: passed over {sentence}");
        }
        Ok((list.touches.into_iter().map(CalledPhrase::Listed).collect(), list.refused.len()))
    }
}

/// The phrases with a clip and a referee's call of a touch, oldest first.
fn called_in(places: &[PathBuf], cancel: &Cancel) -> anyhow::Result<Vec<(Arc<Entry>, Label)>> {
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
    Ok(called_phrases(&all))
}

impl CalledPhrase {
    fn label(&self) -> Label {
        match self {
            Self::Recorded(_, label) => *label,
            Self::Listed(touch) => touch.label,
        }
    }

    /// Display name.
    fn name(&self) -> String {
        match self {
            Self::Recorded(entry, _) => entry.title.clone(),
            Self::Listed(touch) => format!("line {} ({})", touch.line, touch.id()),
        }
    }

    fn group(&self) -> String {
        match self {
            Self::Recorded(entry, _) => group(entry),
            Self::Listed(touch) => touch.group(),
        }
    }

    /// Analyses the phrase and returns its record.
    fn line(&self, engine: &Engine, settings: &AnalysisSettings, cancel: &Cancel) -> anyhow::Result<String> {
        match self {
            Self::Recorded(entry, label) => {
                let defaults = CollectDefaults { weapon: settings.weapon, hit_sides: settings.hit_sides };
                Ok(phrase_record(entry, *label, engine, defaults, cancel)?)
            }
            Self::Listed(touch) => listed_line(touch, engine, settings, cancel),
        }
    }
}

/// The record of a listed touch: its part of the video, with the lamps seen in it.
fn listed_line(
    touch: &ListedTouch,
    engine: &Engine,
    settings: &AnalysisSettings,
    cancel: &Cancel,
) -> anyhow::Result<String> {
    let weapon = touch.weapon.unwrap_or(settings.weapon);
    let part = ClipOptions { from_secs: touch.from_secs, to_secs: Some(touch.to_secs), ..ClipOptions::default() };
    let request = ClipRequest { clip: touch.video.clone(), signals: ClipSignals::Picture, weapon, options: part };
    let seen = judge_clip(engine, &request, cancel, &mut |_| ())?.judgement;
    let signals = touch.signals(&seen.signals)?;
    let (id, group, tracks) = (&touch.id(), &touch.group(), &seen.corrected_tracks);
    Ok(record_line(Seen { id, group, weapon, tracks, signals: &signals }, touch.label)?)
}

/// The result of collecting.
#[derive(Default)]
struct Collected {
    phrases: usize,
    groups: BTreeSet<String>,
    skipped_phrases: usize,
}

impl Collected {
    fn count(&mut self, phrase: &CalledPhrase) {
        self.phrases += 1;
        self.groups.insert(phrase.group());
    }

    fn finish(self, records: RecordFile, called: usize, path: &Path, cancel: &Cancel) -> anyhow::Result<ExitCode> {
        if self.phrases > 0 {
            records.commit()?;
            let (phrases, days) = (self.phrases, self.groups.len());
            println!("{phrases} of {called} phrases of {days} days or videos: {}", path.display());
            if self.skipped_phrases > 0 {
                println!("passed over: {}, each named above", self.skipped_phrases);
            }
            match WANTED_PHRASES.checked_sub(phrases).filter(|missing| *missing > 0) {
                Some(missing) => {
                    println!("wanted before `referee train` is worth it: {WANTED_PHRASES}, so {missing} more")
                }
                None => println!("enough for `referee train` ({WANTED_PHRASES} are wanted)"),
            }
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
