//! `referee-lab measure-pose`: how well pose models agree with hand-labelled stills of fencers, several models in one table.

use anyhow::Context;
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use image::imageops::FilterType;
use lab::pose_accuracy::{BodyPart, LabelledFencer, PoseAccuracy, parse_labels};
use settings::{Environment, SystemPaths};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use vision::inference::{BackendChoice, Runtime};
use vision::pose::{Person, Pose, PoseConfig, PoseModel, PoseModels, PoseSource, Square, models_dir};
use vision::video::Frame;

/// The stills are stretched to squares; this is their true shape.
const STILL: FrameSize = FrameSize::new(640, 360);

#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
/// Measure pose models on labelled stills.
///
/// Prints PCK at 0.2 torso lengths, the share of fencers found, and both by joint.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with `images/*.jpg` (640x640, stretched from 16:9) and `labels/*.txt`.
    dir: PathBuf,
    /// Models to compare: finder, lightning, thunder, or the path of a YOLO pose ONNX. May be repeated.
    #[arg(long = "model", value_name = "MODEL", default_values = ["finder", "lightning", "thunder"])]
    models: Vec<String>,
    /// Folder of the shipped models.
    #[arg(long, value_name = "DIR")]
    models_dir: Option<PathBuf>,
    /// ONNX Runtime library to load [env: ORT_DYLIB_PATH]
    #[arg(long, value_name = "FILE")]
    ort_lib: Option<PathBuf>,
    /// Use the built-in inference even where ONNX Runtime is installed.
    #[arg(long)]
    built_in_inference: bool,
    /// Measure only the first so many stills.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// One still with its labels.
struct Still {
    frame: Frame,
    labelled: Vec<LabelledFencer>,
}

/// One line of the table.
struct Measured {
    accuracy: PoseAccuracy,
    milliseconds: f64,
}

/// Prints the table; fails when the folder has no labelled still.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stills = read_stills(&args.dir, args.limit)?;
    let runtime = Runtime::start(&backend(args))?;
    let fencers: usize = stills.iter().map(|s| s.labelled.len()).sum();
    println!("{} stills, {fencers} fencers; {}", stills.len(), runtime.backend());
    println!("{}", header());
    for name in &args.models {
        let measured = measure(name, &stills, &runtime, args)?;
        println!("{}", line(name, &measured));
    }
    Ok(ExitCode::SUCCESS)
}

fn backend(args: &Args) -> BackendChoice {
    if args.built_in_inference {
        return BackendChoice::BuiltIn;
    }
    let environment = Environment::of_process();
    let places = SystemPaths::of_this_machine(&environment);
    BackendChoice::Automatic(places.runtime_paths(args.ort_lib.clone().or(environment.path("ORT_DYLIB_PATH"))))
}

fn measure(name: &str, stills: &[Still], runtime: &Runtime, args: &Args) -> anyhow::Result<Measured> {
    let model = match name {
        "finder" | "lightning" => PoseModel::Lightning,
        "thunder" => PoseModel::Thunder,
        path => PoseModel::Yolo(PathBuf::from(path)),
    };
    let places = SystemPaths::of_this_machine(&Environment::of_process());
    let dir = models_dir(args.models_dir.as_deref(), &places.resource_dirs)?;
    let mut estimator = PoseModels::load(runtime, &PoseConfig { model, ..PoseConfig::new(dir) })?.estimator();
    let refine = matches!(name, "lightning" | "thunder");
    let started = Instant::now();
    let mut accuracy = PoseAccuracy::default();
    for still in stills {
        accuracy.add(&still.labelled, &poses(&mut estimator, &still.frame, refine)?);
    }
    let milliseconds = started.elapsed().as_secs_f64() * 1e3 / stills.len() as f64;
    Ok(Measured { accuracy, milliseconds })
}

/// Everybody the finder sees, read again from a crop where the pipeline does that.
fn poses(source: &mut impl PoseSource, frame: &Frame, refine: bool) -> anyhow::Result<Vec<Pose>> {
    let people = source.find_people(frame)?;
    if !refine {
        return Ok(people.iter().map(|p| p.pose).collect());
    }
    let squares: Vec<Square> = people.iter().map(Person::square).collect();
    Ok(source.poses_in(frame, &squares)?)
}

fn read_stills(dir: &Path, limit: Option<usize>) -> anyhow::Result<Vec<Still>> {
    let labels = dir.join("labels");
    let listing = std::fs::read_dir(&labels)
        .with_context(|| format!("the labels cannot be listed; name the data set's folder: {}", labels.display()))?;
    let mut names: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "txt"));
    names.sort();
    names.truncate(limit.unwrap_or(usize::MAX));
    anyhow::ensure!(!names.is_empty(), "no label file was found; name the data set's folder: {}", labels.display());
    names.iter().enumerate().map(|(i, path)| read_still(dir, path, i as u64)).collect()
}

fn read_still(dir: &Path, label: &Path, index: u64) -> anyhow::Result<Still> {
    let text = std::fs::read_to_string(label).with_context(|| format!("unreadable label: {}", label.display()))?;
    let labelled = parse_labels(&text, STILL)
        .map_err(|reason| anyhow::anyhow!("not a label file ({reason}); remove it: {}", label.display()))?;
    let picture = image_of(dir, label);
    let rgb = image::open(&picture)
        .with_context(|| format!("the image of a label cannot be read; restore it: {}", picture.display()))?
        .into_rgb8();
    let rgb = image::imageops::resize(&rgb, STILL.width, STILL.height, FilterType::Triangle);
    let frame = Frame::from_rgb(Timestamp::ZERO, FrameIndex(index), STILL, STILL, rgb.into_raw());
    Ok(Still { frame: frame.context("an empty image")?, labelled })
}

/// `labels/NAME.txt` belongs to `images/NAME.jpg`; the name holds dots of its own.
fn image_of(dir: &Path, label: &Path) -> PathBuf {
    let mut name = label.file_stem().unwrap_or_default().to_owned();
    name.push(".jpg");
    dir.join("images").join(name)
}

fn header() -> String {
    let parts = BodyPart::ALL.map(|p| format!("{:>9}", p.name())).concat();
    format!("{:<28}{:>7}{:>7}{parts}{:>10}", "model", "found", "body", "ms/still")
}

fn line(name: &str, measured: &Measured) -> String {
    let name = Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned());
    let name: String = name.chars().take(27).collect();
    let accuracy = &measured.accuracy;
    let parts = BodyPart::ALL.map(|p| format!("{:>9.3}", accuracy.part(p).share())).concat();
    let (found, body) = (accuracy.fencers.share(), accuracy.body().share());
    format!("{name:<28}{found:>7.3}{body:>7.3}{parts}{:>10.1}", measured.milliseconds)
}
