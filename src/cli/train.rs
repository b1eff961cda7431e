//! `referee train`: adds a club's phrases to the judge, or trains a judge from labelled phrases.

use anyhow::{Context, bail};
use fencing::learned::{Adapted, DEFAULT_FOLDS, DEFAULT_SEED, Example, Models, Outputs, TrainingReport, adapt, train};
use learning::read_examples;
use settings::Environment;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Teach the judge your phrases: starts from the judge in use, adds what the phrases correct, and writes nothing unless the
/// result is better on days that were left out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of labelled phrases (*.jsonl, *.jsonl.gz) as `evaluate` reads them
    #[arg(value_name = "PHRASES_DIR")]
    phrases: PathBuf,
    /// Train on this file only, named without its extension; may be repeated. Other files can then be used for measuring
    #[arg(long, value_name = "SET")]
    only: Vec<String>,
    /// Folder for the models
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Folder of the judge to start from; without it that of REFEREE_CALL_MODELS, otherwise the built-in one
    #[arg(long, value_name = "DIR", conflicts_with = "anew")]
    call_models: Option<PathBuf>,
    /// Train a judge from these phrases alone, as the built-in one was trained; needs some thousand phrases
    #[arg(long)]
    anew: bool,
    /// Folder for the models of the folds, for `evaluate --folds`
    #[arg(long, value_name = "DIR", requires = "anew")]
    fold_models: Option<PathBuf>,
    /// Seed: the same phrases and seed give the same models
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Write nothing unless the log loss on groups that were left out is below this, such as the one that `evaluate` prints for the
    /// judge in use
    #[arg(long, value_name = "LOG_LOSS", requires = "anew")]
    must_reach: Option<f64>,
    /// Number of folds into which the groups of phrases are divided
    #[arg(long, default_value_t = DEFAULT_FOLDS, value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: u8,
}

/// Reads the phrases, trains, writes. Unusable records are reported and skipped.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut examples = Vec::new();
    for path in files(args)? {
        let read = read_examples(&path, |error| eprintln!("referee: {error}"))?;
        println!("{} phrases from {}", read.len(), path.display());
        examples.extend(read);
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

/// Adds the phrases to the judge in use if that improves it.
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

/// Decides whether a training is worth keeping: by phrases of the kind that the product judges, if there are any.
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
