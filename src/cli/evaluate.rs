//! `referee evaluate`: judges labelled phrases unseen and prints how often the machine and the referees agree.

use crate::config::{Environment, Places};
use crate::evaluation::{
    Answer, Judge, JudgeKind, Judged, JudgedLine, Opinions, Question, RecordError, Summary, Tally, open,
};
use crate::inference::{BackendChoice, LibraryPlaces, Runtime};
use crate::learned::{FoldTable, Models};
use anyhow::{Context, bail};
use clap::ValueEnum;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Judge labelled phrases unseen and print how often machine and referees agree.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files of labelled phrases, one JSON object per line, plain or gzip
    #[arg(required = true, value_name = "RECORDS.jsonl[.gz]")]
    records: Vec<PathBuf>,
    /// Write one line per phrase here: call, probabilities, rule, article, facts
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Judge each phrase by the model that never saw its group, as `referee train --fold-models` leaves them
    #[arg(long, value_name = "DIR")]
    folds: Option<PathBuf>,
    /// Models to use in place of those that are compiled in
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Who judges
    #[arg(long, value_enum, default_value_t)]
    judge: TypedJudge,
    /// Below this confidence the call is "too close", 0 to 1
    #[arg(long, value_name = "SHARE")]
    min_confidence: Option<f64>,
    /// Run models with the built-in engine even where ONNX Runtime is installed
    #[arg(long)]
    built_in: bool,
}

/// The judges that can be measured.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum TypedJudge {
    /// Decision table and learned opinion together
    #[default]
    Full,
    /// The decision table alone
    Rules,
    /// The learned opinion alone
    Model,
    /// The order of the reference system's rules on our facts; not a port of it
    Reference,
}

impl From<TypedJudge> for JudgeKind {
    fn from(typed: TypedJudge) -> Self {
        match typed {
            TypedJudge::Full => Self::Full,
            TypedJudge::Rules => Self::Rules,
            TypedJudge::Model => Self::Model,
            TypedJudge::Reference => Self::Reference,
        }
    }
}

/// Judges every record of every file; a bad record is named and passed over, and makes the exit code 1.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut judge = Judge { kind: args.judge.into(), opinions: opinions(args)?, ..Judge::default() };
    if let Some(share) = args.min_confidence {
        judge.settings.min_confidence = share;
    }
    let mut json = args.json.as_deref().map(created).transpose()?;
    let (mut all, mut failed) = (Vec::new(), 0);
    for path in &args.records {
        let (judged, bad) = evaluate_file(&judge, path, json.as_mut())?;
        if judged.is_empty() && bad > 0 {
            bail!("no line of this file is a labelled phrase; give JSON lines, plain or gzip: {}", path.display());
        }
        println!("{}", Summary(&path.display().to_string(), &Tally::of(&judged)));
        all.extend(judged);
        failed += bad;
    }
    if args.records.len() > 1 {
        println!("{}", Summary("all sets", &Tally::of(&all)));
    }
    if let Some(json) = &mut json {
        json.flush().context("the JSON lines could not be written")?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The learned models that the judge needs.
fn opinions(args: &Args) -> anyhow::Result<Opinions> {
    if matches!(args.judge, TypedJudge::Rules | TypedJudge::Reference) {
        return Ok(Opinions::default());
    }
    let choice = if args.built_in { BackendChoice::BuiltIn } else { BackendChoice::Automatic(library_places()) };
    let runtime = Runtime::start(&choice)?;
    let general = match &args.models {
        Some(folder) => Models::load(&runtime, folder)?,
        None => Models::embedded(&runtime)?,
    };
    let mut opinions = Opinions { general: Some(general), ..Opinions::default() };
    if let Some(folder) = &args.folds {
        let table = FoldTable::load(folder)?;
        for name in &table.folders {
            opinions.folds.push(Models::load(&runtime, &folder.join(name))?);
        }
        opinions.fold_of_group = table.fold_of_group;
    }
    Ok(opinions)
}

fn library_places() -> LibraryPlaces {
    let environment = Environment::of_process();
    let places = Places::of_this_machine(&environment);
    LibraryPlaces {
        explicit: environment.path("ORT_DYLIB_PATH"),
        executable_dir: places.executable_dir,
        user_data_dir: places.user_data_dir,
        python_packages: places.python_packages,
    }
}

fn created(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file =
        File::create(path).with_context(|| format!("cannot write here; choose another file: {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// The judged phrases of one file that have a label, and the number of records that could not be judged.
fn evaluate_file(
    judge: &Judge,
    path: &Path,
    mut json: Option<&mut BufWriter<File>>,
) -> anyhow::Result<(Vec<Judged>, usize)> {
    let (mut judged, mut failed) = (Vec::new(), 0);
    for (number, line) in (1..).zip(open(path)?) {
        match line.and_then(|line| evaluate_line(judge, &line, number, json.as_deref_mut())) {
            Ok(one) => judged.extend(one),
            Err(error) => {
                eprintln!("referee: {error}");
                failed += 1;
            }
        }
    }
    Ok((judged, failed))
}

/// Judges one line, writes the verdict down, and only then reads the answer.
fn evaluate_line(
    judge: &Judge,
    line: &str,
    number: usize,
    json: Option<&mut BufWriter<File>>,
) -> Result<Option<Judged>, RecordError> {
    let question = Question::read(line, number)?;
    let verdict = judge.judge(&question)?;
    if let Some(json) = json
        && let Err(error) = write_line(json, &JudgedLine::new(&question.id, &verdict))
    {
        eprintln!("referee: the verdict on {} could not be written: {error}", question.id);
    }
    let answer = Answer::read(line, number)?;
    Ok(Judged::new(&question, &verdict, &answer))
}

fn write_line(json: &mut BufWriter<File>, line: &JudgedLine) -> std::io::Result<()> {
    serde_json::to_writer(&mut *json, line)?;
    json.write_all(b"\n")
}
