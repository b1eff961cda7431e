//! `referee train`: teaches the judge a club's phrases, or makes a judge anew from labelled phrases, without any other tool.

use anyhow::{Context, bail};
use fencing::Weapon;
use fencing::learned::{Adapted, Example, Models, Outputs, TrainingReport, adapt, train};
use fencing::right_of_way::DecisionSettings;
use learning::{Answer, Label, Question, RecordError, observe, open};
use settings::Environment;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Teach the judge your phrases: it starts from the judge in use, adds what the phrases correct, and writes nothing unless that
/// is better on days that were left out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of labelled phrases (*.jsonl, *.jsonl.gz) as `evaluate` reads them
    #[arg(value_name = "PHRASES_DIR")]
    phrases: PathBuf,
    /// Train on this file alone, named without its ending; may be repeated. Sets left out can be measured honestly
    #[arg(long, value_name = "SET")]
    only: Vec<String>,
    /// Where the models that judge go
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Folder of the judge to start from; without it that of REFEREE_CALL_MODELS, else the one that is compiled in
    #[arg(long, value_name = "DIR", conflicts_with = "anew")]
    call_models: Option<PathBuf>,
    /// Make a judge from these phrases alone, as the one that ships is made; wants some thousand phrases
    #[arg(long)]
    anew: bool,
    /// Where the models of the folds go, for `evaluate --folds`
    #[arg(long, value_name = "DIR", requires = "anew")]
    fold_models: Option<PathBuf>,
    /// Start of all chance: the same phrases and seed give the same models
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write nothing unless the log loss on groups that were left out is below this, such as the one that `evaluate` prints for the
    /// judge in use
    #[arg(long, value_name = "LOG_LOSS", requires = "anew")]
    must_reach: Option<f64>,
    /// Shares that the groups of phrases are divided into
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: u8,
}

/// Reads, trains, writes. Unusable records are named and passed over.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut examples = Vec::new();
    for path in files(args)? {
        let before = examples.len();
        read_file(&path, &mut examples)?;
        println!("{} phrases from {}", examples.len() - before, path.display());
    }
    if !args.anew {
        return teach(args, &examples);
    }
    let started = std::time::Instant::now();
    let progress = |line: &str| println!("{:>5} s  {line}", started.elapsed().as_secs());
    let outputs = Outputs { models: Some(&args.output), folds: args.fold_models.as_deref() };
    let accept = |report: &TrainingReport| args.must_reach.is_none_or(|most| loss(report) < most);
    let report = train(&examples, outputs, (usize::from(args.folds), args.seed), &progress, &accept)?;
    for (what, (loss, phrases)) in [("signalled touch", report.timed), ("estimated touch", report.untimed)] {
        if phrases > 0 {
            println!("log loss on groups that were left out, {what}: {loss:.4} on {phrases} phrases");
        }
    }
    if !accept(&report) {
        println!("not written: the log loss on groups that were left out is not below --must-reach");
        return Ok(ExitCode::FAILURE);
    }
    println!("written to {}", args.output.display());
    Ok(ExitCode::SUCCESS)
}

/// Adds the phrases to the judge in use, where that makes it better.
fn teach(args: &Args, examples: &[Example]) -> anyhow::Result<ExitCode> {
    let in_use = Environment::of_process().path("REFEREE_CALL_MODELS");
    let start = match args.call_models.as_ref().or(in_use.as_ref()) {
        Some(folder) => Models::load(folder)?,
        None => Models::embedded()?,
    };
    let adapted = adapt(start, examples, &args.output, (usize::from(args.folds), args.seed))?;
    let Adapted { phrases, groups, loss_before, loss_after, standard_error, right } = adapted;
    println!("on days that were left out ({phrases} phrases, {groups} days or videos):");
    println!("the judge in use      log loss {loss_before:.4}, agrees in {} of {phrases}", right.0);
    println!("with your phrases     log loss {loss_after:.4}, agrees in {} of {phrases}", right.1);
    println!("the difference is known to {standard_error:.4}");
    if !adapted.is_better() {
        println!("not written: your phrases do not make the judge better by more than chance; collect more of them");
        return Ok(ExitCode::FAILURE);
    }
    println!("written to {}; judge with it: --call-models {0}", args.output.display());
    Ok(ExitCode::SUCCESS)
}

/// What decides whether a training is worth keeping: the phrases of the kind that the product judges, if there are any.
fn loss(report: &TrainingReport) -> f64 {
    if report.timed.1 > 0 { report.timed.0 } else { report.untimed.0 }
}

/// The files to read, in order of name.
fn files(args: &Args) -> anyhow::Result<Vec<PathBuf>> {
    let folder = std::fs::read_dir(&args.phrases)
        .with_context(|| format!("cannot look into this folder: {}", args.phrases.display()))?;
    let set = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".jsonl")?;
        (args.only.is_empty() || args.only.iter().any(|wanted| wanted == name)).then(|| path.to_owned())
    };
    let mut files: Vec<PathBuf> = folder.filter_map(Result::ok).filter_map(|entry| set(&entry.path())).collect();
    files.sort();
    if files.is_empty() {
        bail!("no phrases to train on; put *.jsonl or *.jsonl.gz here, or check --only: {}", args.phrases.display());
    }
    Ok(files)
}

fn read_file(path: &Path, examples: &mut Vec<Example>) -> anyhow::Result<()> {
    for (number, line) in (1..).zip(open(path)?) {
        match line.and_then(|line| example(&line, number)) {
            Ok(one) => examples.extend(one),
            Err(error) => eprintln!("referee: {error}"),
        }
    }
    Ok(())
}

/// The example of a line; `None` for epee, for phrases without a label, without pictures or with one lamp.
fn example(line: &str, number: usize) -> Result<Option<Example>, RecordError> {
    let (question, answer) = (Question::read(line, number)?, Answer::read(line, number)?);
    let both_lit = question.signals.lamps().iter().all(|(_, lamp)| *lamp == fencing::Lamp::Valid);
    if question.weapon == Weapon::Epee || !both_lit {
        return Ok(None);
    }
    let Some(label) = answer.label else { return Ok(None) };
    let Some((motion, signals, evidence)) = observe(&question, &DecisionSettings::default())? else { return Ok(None) };
    let winner = match label {
        Label::Touch(side) => Some(side),
        Label::Simultaneous => None,
    };
    Ok(Example::new(&question.group, &motion, &signals, evidence, winner))
}
