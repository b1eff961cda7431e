//! `referee evaluate`: judges labelled phrases unseen and prints how often machine and referees agree.

use anyhow::{Context, bail};
use clap::ValueEnum;
use fencing::learned::{FoldTable, Models};
use fencing::right_of_way::{NoTouchPrior, Pooling, Verdict};
use learning::doubt::{FittingExample, fitted, left_out};
use learning::{
    Agreement, Answer, Judge, JudgeKind, Judged, JudgedLine, ModelSets, POSE_NOISE_METRES, Question, RecordError,
    Share, Stability, Summary, Tally, open,
};
use std::collections::BTreeSet;
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
    /// Write one line per phrase to this file: call, probabilities, rule, article, facts
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Judge each phrase with the model that never saw its group, as `referee train --fold-models` writes them
    #[arg(long, value_name = "DIR")]
    folds: Option<PathBuf>,
    /// Call models to use instead of the built-in ones, as `referee train` writes them
    #[arg(long, visible_alias = "models", value_name = "DIR")]
    call_models: Option<PathBuf>,
    /// The judge to measure
    #[arg(long, value_enum, default_value_t)]
    judge: TypedJudge,
    /// Below this confidence the call is "too close", 0 to 1
    #[arg(long, value_name = "SHARE")]
    min_confidence: Option<f64>,
    /// Also judge every phrase at this frame rate and print how often the calls agree
    #[arg(long, value_name = "FPS", value_parser = frame_rate)]
    rate: Option<f64>,
    /// Also judge every phrase with other pose noise, at half the frame rate and mirrored, and print how far the verdict moves
    #[arg(long)]
    stability: bool,
    /// Weights of the rules, of the learned model, and of the learned model after a blade contact, as `--fit-doubt` prints them
    #[arg(long, value_name = "R,O,C")]
    doubt: Option<Pooling>,
    /// Fit the weights of rules and learned model and the confidence, and measure each phrase with numbers that never
    /// saw its group; the phrases need lights, a time of the touch and at least two groups
    #[arg(long, conflicts_with_all = ["doubt", "min_confidence"])]
    fit_doubt: bool,
    /// How often a double light ends without a touch: as in lessons and club bouts, or as in competition
    #[arg(long, value_name = "club|competition", default_value = "club")]
    no_touch: NoTouchPrior,
    /// Has no effect any more: the call model needs no inference library
    #[arg(long, hide = true)]
    built_in: bool,
}

/// The judges that can be measured.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum TypedJudge {
    /// Decision table and learned model together
    #[default]
    Full,
    /// The decision table alone
    Rules,
    /// The learned model alone
    Model,
    /// The reference's rules in their order, on our facts; not a port of the reference
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

/// Result of one file.
#[derive(Default)]
struct Evaluated {
    /// Number of judged phrases with a label.
    judged: Vec<Judged>,
    /// Records that could not be judged.
    failed: usize,
    /// Results of the same phrases at another frame rate.
    agreement: Agreement,
    /// Results of the same phrases with small changes.
    stability: Vec<Stability>,
    /// Data for fitting, if requested.
    fitting_examples: Vec<FittingExample>,
}

/// Judges every record of every file; a bad record is reported and skipped, and makes the exit code 1.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut judge = Judge { kind: args.judge.into(), models: model_sets(args)?, ..Judge::default() };
    if let Some(share) = args.min_confidence {
        judge.settings.min_confidence = share;
    }
    if let Some(pooling) = args.doubt {
        judge.settings.pooling = pooling;
    }
    judge.settings.no_touch_prior = args.no_touch.share();
    let mut json = args.json.as_deref().map(created).transpose()?;
    let mut all = Evaluated::default();
    for path in &args.records {
        let one = evaluate_file(&judge, path, args, json.as_mut())?;
        if one.judged.is_empty() && one.failed > 0 {
            bail!("no line of this file is a labelled phrase; give JSON lines, plain or gzip: {}", path.display());
        }
        print(&path.display().to_string(), &one, args.rate);
        all.judged.extend(one.judged);
        all.failed += one.failed;
        all.agreement = all.agreement.and(one.agreement);
        all.fitting_examples.extend(one.fitting_examples);
        all.stability.extend(one.stability);
    }
    if args.records.len() > 1 {
        print("all sets", &all, args.rate);
    }
    if args.stability {
        print_stability(&all.stability);
    }
    if args.fit_doubt {
        fit_doubt(&judge, &all.fitting_examples)?;
    }
    if let Some(json) = &mut json {
        json.flush().context("the JSON lines could not be written")?;
    }
    Ok(if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(name: &str, set: &Evaluated, rate: Option<f64>) {
    println!("{}", Summary(name, &Tally::of(&set.judged)));
    if let Some(rate) = rate {
        println!("-- {name} against the same phrases at {rate} frames a second\n{}", set.agreement);
    }
}

/// Prints how far verdicts move under small changes of the phrases.
fn print_stability(all: &[Stability]) {
    let mut spreads: Vec<f64> = all.iter().map(Stability::spread).collect();
    spreads.sort_by(f64::total_cmp);
    let at = |share: f64| spreads.get((spreads.len() as f64 * share) as usize).copied().unwrap_or_default();
    let share = |holds: &dyn Fn(&Stability) -> bool| Share::of(all.iter().map(holds));
    println!("-- the same phrases with {POSE_NOISE_METRES} m of pose noise, at half the frame rate, and mirrored");
    println!("p(left) moves at most {:.3} in half of them, {:.3} in nineteen of twenty", at(0.5), at(0.95));
    println!("within 0.08           {}", share(&|s| s.spread() <= 0.08));
    println!("same call             {}", share(&Stability::same_call));
    println!("same rule, same call  {}", share(&Stability::same_rule));
    println!("opposite sides called {}\n", share(&Stability::opposed));
}

/// Fits the weights, prints how good they are on held-out phrases, then the numbers.
fn fit_doubt(judge: &Judge, phrases: &[FittingExample]) -> anyhow::Result<()> {
    let groups: BTreeSet<&str> = phrases.iter().map(|p| p.question.group.as_str()).collect();
    if groups.len() < 2 {
        bail!("doubt is fitted on some groups of phrases and measured on others; give records of at least two groups");
    }
    let judged = left_out(judge, phrases);
    println!("{}", Summary("doubt fitted without the phrase's own group", &Tally::of(&judged)));
    let settings = fitted(judge, phrases.iter());
    let Pooling { rules, model, model_at_contact } = settings.pooling;
    println!("-- doubt fitted on all {} phrases of {} groups", phrases.len(), groups.len());
    println!("rules count {rules:.2}, learned model {model:.2}, after a blade contact {model_at_contact:.2}");
    println!("too close below       {:.2}", settings.min_confidence);
    println!("to judge by them      --doubt {} --min-confidence {:.2}", settings.pooling, settings.min_confidence);
    Ok(())
}

fn frame_rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (5.0..=500.0).contains(rate));
    rate.ok_or_else(|| "give 5 to 500 frames a second".to_owned())
}

/// The learned models that the judge needs.
fn model_sets(args: &Args) -> anyhow::Result<ModelSets> {
    if matches!(args.judge, TypedJudge::Reference) {
        return Ok(ModelSets::default());
    }
    let general = match &args.call_models {
        Some(folder) => Models::load(folder)?,
        None => Models::embedded()?,
    };
    let mut sets = ModelSets { general: Some(general), ..ModelSets::default() };
    if let Some(folder) = &args.folds {
        let table = FoldTable::load(folder)?;
        for name in &table.folders {
            sets.folds.push(Models::load(&folder.join(name))?);
        }
        sets.fold_of_group = table.fold_of_group;
    }
    Ok(sets)
}

fn created(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file =
        File::create(path).with_context(|| format!("cannot write here; choose another file: {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// Judges the records of one file.
fn evaluate_file(
    judge: &Judge,
    path: &Path,
    args: &Args,
    mut json: Option<&mut BufWriter<File>>,
) -> anyhow::Result<Evaluated> {
    let mut set = Evaluated::default();
    for (number, line) in (1..).zip(open(path)?) {
        let read = line.and_then(|line| Ok((Question::read(&line, number)?, line)));
        let done = read.and_then(|(mut question, line)| {
            let observation = judge.observe(&question)?;
            let verdict = judge.verdict(&observation);
            if let Some(rate) = args.rate {
                let slower = judge.judge(&question.at_rate(rate))?;
                set.agreement.count(&verdict, &slower, judge.settings.min_confidence);
            }
            if args.stability {
                set.stability.push(Stability::of(judge, &question)?);
            }
            if let Some(json) = &mut json {
                write_line(json, &question, &verdict);
            }
            // The answer is read only now.
            let answer = Answer::read(&line, number)?;
            let judged = Judged::new(&question, &verdict, &answer);
            if args.fit_doubt && answer.label.is_some() {
                question.joints = None;
                set.fitting_examples.push(FittingExample { question, observation, answer });
            }
            Ok(judged)
        });
        match done {
            Ok(one) => set.judged.extend(one),
            Err(error) => {
                let error: RecordError = error;
                eprintln!("referee: {error}");
                set.failed += 1;
            }
        }
    }
    Ok(set)
}

fn write_line(json: &mut BufWriter<File>, question: &Question, verdict: &Verdict) {
    let line = serde_json::to_string(&JudgedLine::new(&question.id, verdict)).map_err(std::io::Error::from);
    if let Err(error) = line.and_then(|line| writeln!(json, "{line}")) {
        eprintln!("referee: the verdict on {} could not be written: {error}", question.id);
    }
}
