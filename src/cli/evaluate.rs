//! `referee evaluate`: judges labelled phrases unseen and prints how often the machine and the referees agree.

use crate::evaluation::{Answer, Judge, JudgeKind, Judged, JudgedLine, Question, RecordError, Summary, Tally, open};
use anyhow::Context;
use clap::ValueEnum;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures the judge on labelled phrases.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files of labelled phrases, one JSON object per line, plain or gzip
    #[arg(required = true, value_name = "RECORDS.jsonl[.gz]")]
    records: Vec<PathBuf>,
    /// Write one line per phrase here: call, probabilities, rule, article, facts
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Who judges
    #[arg(long, value_enum, default_value_t)]
    judge: TypedJudge,
}

/// The judges that can be measured.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum TypedJudge {
    /// The decision table alone
    #[default]
    Rules,
    /// The reference system's logic on our facts
    Reference,
}

impl From<TypedJudge> for JudgeKind {
    fn from(typed: TypedJudge) -> Self {
        match typed {
            TypedJudge::Rules => Self::Rules,
            TypedJudge::Reference => Self::Reference,
        }
    }
}

/// Judges every record of every file; a bad record is named and passed over, and makes the exit code 1.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let judge = Judge { kind: args.judge.into(), ..Judge::default() };
    let mut json = args.json.as_deref().map(created).transpose()?;
    let (mut all, mut failed) = (Vec::new(), 0);
    for path in &args.records {
        let (judged, bad) = evaluate_file(&judge, path, json.as_mut())?;
        print(&path.display().to_string(), &judged);
        all.extend(judged);
        failed += bad;
    }
    if args.records.len() > 1 {
        print("all sets", &all);
    }
    if let Some(json) = &mut json {
        json.flush().context("the JSON lines could not be written")?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
                print_error(&error);
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
        tracing::warn!("the verdict on {} could not be written: {error}", question.id);
    }
    let answer = Answer::read(line, number)?;
    Ok(Judged::new(&question, &verdict, &answer))
}

fn write_line(json: &mut BufWriter<File>, line: &JudgedLine) -> std::io::Result<()> {
    serde_json::to_writer(&mut *json, line)?;
    json.write_all(b"\n")
}

fn print(name: &str, judged: &[Judged]) {
    println!("{}", Summary(name, &Tally::of(judged)));
}

fn print_error(error: &RecordError) {
    eprintln!("referee: {error}");
}
