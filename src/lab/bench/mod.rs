//! `referee-lab bench`: what a frame and a verdict cost on this machine, in one table: every stage per frame, deciding,
//! the whole of `analyze` against the length of the clip, and memory.
//!
//! `referee-lab bench recording` measures the recorder instead, `referee-lab bench wire` the server.
//!
//! Measured on the shipped code paths with a clock around each; nothing is counted twice. Without `--clip` the clip is a
//! drawn phrase of 20 seconds, 1280x720 at 30 frames per second, H.264, made first in a temporary folder.

mod live;
mod recording;
mod wire;

use anyhow::Context;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, Weapon};
use lab::drawn::{DrawnPhrase, Move, Script, Studio};
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use settings::{AnalysisArgs, AnalysisSettings, Environment, SystemPaths};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use vision::engine::{
    ContinuousAnalyzer, Engine, EngineConfig, PhraseEnding, PhraseSetup, PhraseSignals, PhraseZero, PoseConfig,
    PoseError, PoseModel,
};
use vision::inference::Runtime;
use vision::lamps::LampDetector;
use vision::pose::{Person, Pose, PoseModels, PoseSource, Square};
use vision::tracking::FencerTracker;
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource, VideoWriter, WriterOptions};

/// Seconds of the drawn phrase, and of the longer phrase that is decided.
const LONG_SECS: f64 = 20.0;
/// Seconds of the shorter phrase.
const SHORT_SECS: f64 = 2.0;
/// Decisions per length, of which the median counts.
const DECISIONS: usize = 15;

/// What else can be measured.
#[derive(Debug, clap::Subcommand)]
enum BenchCommand {
    /// Record 1080p60 from a made-up camera with the analyser on: frames lost, CPU, memory, disk
    Recording(recording::Args),
    /// A server under paced sessions on loopback: acknowledgements, verdicts, processor time, memory
    Wire(wire::Args),
}

/// Measure what a frame and a verdict cost on this machine.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<BenchCommand>,
    /// A clip to measure with instead of the drawn one
    #[arg(long, value_name = "FILE")]
    clip: Option<PathBuf>,
    /// Measure instead how long after the lamp of a live phrase its verdict is there, and what looking costs meanwhile, with drawn
    /// fencers (or --clip) before the camera and a simulated box
    #[arg(long)]
    live: bool,
    /// With --live: so many busy loops beside it, which end with the measurement
    #[arg(long, value_name = "N", requires = "live", default_value_t = 0)]
    load: usize,
    #[command(flatten)]
    settings: AnalysisArgs,
}

/// Prints the table.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        Some(BenchCommand::Recording(args)) => return recording::run(args),
        Some(BenchCommand::Wire(args)) => return wire::run(args),
        None => {}
    }
    let environment = Environment::of_process();
    let settings = AnalysisSettings::resolve(args.settings.clone(), &environment, AnalysisArgs::default())?;
    let places = SystemPaths::of_this_machine(&environment);
    if args.live {
        return live::run(args.clip.as_deref(), args.load, &settings.engine_config(&places, 1)?);
    }
    let config = settings.engine_config(&places, 1)?;
    let runtime = Runtime::start(&config.backend)?;
    let folder = tempfile::tempdir()?;
    let clip = match &args.clip {
        Some(clip) => clip.clone(),
        None => drawn_clip(folder.path())?,
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{cores} cores, {}", runtime.backend());
    // First of all, while memory holds nothing but what `analyze` itself needs.
    let engine = Engine::load(&config)?;
    whole(&clip, &engine)?;
    deciding(&engine)?;
    per_frame(&clip, &config, &runtime)?;
    Ok(ExitCode::SUCCESS)
}

fn row(what: &str, value: f64, unit: &str) {
    println!("{what:<46} {value:>9.2} {unit}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().map_or(f64::NAN, milliseconds)
}

/// Both fencers step to and fro.
fn steps(secs: f64) -> Script {
    let to_and_fro = |first: fn(f64, f32) -> Move, second: fn(f64, f32) -> Move| -> Vec<Move> {
        let pairs = (secs / 1.0) as usize;
        (0..pairs).flat_map(|_| [first(0.5, 0.5), second(0.5, 0.5)]).collect()
    };
    Script::new(to_and_fro(Move::advance, Move::retreat), to_and_fro(Move::retreat, Move::advance)).lasting(secs)
}

/// The same as a phrase, with both lamps at its end.
fn script(secs: f64) -> Script {
    steps(secs).start(0.0).lamp(secs - 0.3, Side::Left, Lamp::Valid).lamp(secs - 0.2, Side::Right, Lamp::Valid)
}

fn drawn_clip(folder: &Path) -> anyhow::Result<PathBuf> {
    filmed(DrawnPhrase::new(script(LONG_SECS), Studio::default()), folder.join("drawn.mp4"))
}

/// The phrase as a clip.
fn filmed(mut phrase: DrawnPhrase, path: PathBuf) -> anyhow::Result<PathBuf> {
    let mut writer = VideoWriter::create(&path, phrase.size(), &WriterOptions::default(), &Cancel::new())?;
    while let Some(frame) = phrase.next_frame()? {
        writer.write(&frame)?;
    }
    writer.finish()?;
    Ok(path)
}

/// A pose source that times each kind of search.
struct Timed<S> {
    poses: S,
    finding: Vec<Duration>,
    reading: Vec<Duration>,
}

impl<S> Timed<S> {
    fn new(poses: S) -> Self {
        Self { poses, finding: Vec::new(), reading: Vec::new() }
    }

    fn spent(&self) -> Duration {
        self.finding.iter().chain(&self.reading).sum()
    }
}

impl<S: PoseSource> PoseSource for Timed<S> {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let started = Instant::now();
        let found = self.poses.find_people(frame);
        self.finding.push(started.elapsed());
        found
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let started = Instant::now();
        let found = self.poses.poses_in(frame, squares);
        if squares.len() == 2 {
            self.reading.push(started.elapsed());
        }
        found
    }
}

/// Decoding alone, then each stage of watching, as medians over the clip's frames.
fn per_frame(clip: &Path, config: &EngineConfig, runtime: &Runtime) -> anyhow::Result<()> {
    let options = ClipOptions { to_secs: Some(5.0), ..ClipOptions::default() };
    let mut reader = ClipReader::open(clip, &options, &Cancel::new())?;
    let mut frames = Vec::new();
    let started = Instant::now();
    while let Some(frame) = reader.next_frame()? {
        frames.push(frame);
    }
    println!("per frame, {} frames delivered at {} pixels wide", frames.len(), reader.size().width);
    row("decode and scale (mean, in a child process)", milliseconds(started.elapsed()) / frames.len() as f64, "ms");
    let mut lamps = LampDetector::new();
    row("watch for lamps", median(frames.iter().map(|frame| clocked(|| lamps.observe(frame)).0).collect()), "ms");
    for (model, name) in [(PoseModel::Lightning, "Lightning"), (PoseModel::Thunder, "Thunder")] {
        let pose = PoseConfig { model, ..config.pose.clone() };
        let mut poses = Timed::new(PoseModels::load(runtime, &pose)?.estimator());
        let tracking = follow(&frames, &mut poses)?;
        row(&format!("two crops and poses, {name}"), median(poses.reading), "ms");
        if name == "Lightning" {
            row("whole frame, finder (about once a second)", median(poses.finding), "ms");
            row("track, without its looks", tracking, "ms");
        }
    }
    Ok(())
}

fn clocked<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let done = work();
    (started.elapsed(), done)
}

/// Tracks all frames; returns the median of what the tracker itself takes.
fn follow(frames: &[Frame], poses: &mut Timed<impl PoseSource>) -> Result<f64, PoseError> {
    let mut tracker = FencerTracker::new();
    let mut times = Vec::new();
    for frame in frames {
        let before = poses.spent();
        let (time, sample) = clocked(|| tracker.observe(frame, poses));
        sample?;
        times.push(time.saturating_sub(poses.spent().saturating_sub(before)));
    }
    Ok(median(times))
}

/// A pose source that knows the drawn joints: deciding is measured without the models.
#[derive(Clone)]
struct TrueEyes(DrawnPhrase);

impl PoseSource for TrueEyes {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let joints = self.0.true_joints(frame.at);
        let person = |side| Some(Person { pose: joints[side], bounds: joints[side].bounds(0.5)? });
        Ok(Side::BOTH.into_iter().filter_map(person).collect())
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let people = self.find_people(frame)?;
        let distance = |p: &Person, square: &Square| p.bounds.centre().distance(square.centre());
        let nearest =
            |square| people.iter().min_by(|a, b| distance(a, square).total_cmp(&distance(b, square))).map(|p| p.pose);
        Ok(squares.iter().filter_map(nearest).collect())
    }
}

/// A drawn phrase that was analysed as beside a piste, with its signals.
fn watched(engine: &Engine, secs: f64) -> anyhow::Result<(ContinuousAnalyzer, PhraseEnding)> {
    let mut phrase = DrawnPhrase::new(script(secs), Studio::default().with_size(320, 180));
    let poses = TrueEyes(phrase.clone());
    let mut watch = engine.with_pose_source(move || Box::new(poses.clone())).continuous_analyzer();
    let mut end = Timestamp::ZERO;
    while let Some(frame) = phrase.next_frame()? {
        watch.push_frame(&frame);
        end = frame.at;
    }
    watch.begin_phrase(PhraseZero::default());
    Ok((watch, PhraseEnding::new(PhraseSignals::on_frame_clock(phrase.signal_log()), end)))
}

fn deciding(engine: &Engine) -> anyhow::Result<()> {
    for secs in [SHORT_SECS, LONG_SECS] {
        let (watch, ending) = watched(engine, secs)?;
        let decide = || {
            let phrase = watch.phrase_until(ending.end, PhraseSetup::default()).context("the phrase has begun")?;
            anyhow::Ok(phrase.judge(ending.clone())?)
        };
        let mut times = Vec::new();
        for _ in 0..DECISIONS {
            let (time, judged) = clocked(decide);
            judged?;
            times.push(time);
        }
        row(&format!("conclude a phrase of {secs:.0} s at 30 frames per second"), median(times), "ms");
    }
    Ok(())
}

/// The whole of `analyze` up to the verdict on growing parts of the clip, and the peak memory after each.
fn whole(clip: &Path, engine: &Engine) -> anyhow::Result<()> {
    println!("analyze up to the verdict: opening, watching, deciding");
    for to_secs in [Some(2.0), Some(5.0), Some(10.0), None] {
        let options = ClipOptions { to_secs, ..ClipOptions::default() };
        let request =
            ClipRequest { clip: clip.to_owned(), signals: ClipSignals::Picture, weapon: Weapon::default(), options };
        let (time, judged) = clocked(|| judge_clip(engine, &request, &Cancel::new(), &mut |_| ()));
        let judged = judged?;
        let completeness = judged.judgement.completeness;
        let secs = judged.end.secs() + completeness.frame_interval_secs;
        let part = format!("{secs:.1} s of clip, {} frames", completeness.frames_analysed);
        row(&part, secs / time.as_secs_f64(), &format!("x real time, peak memory {}", peak_memory()));
    }
    Ok(())
}

/// Most memory that this process ever had in use; the decoder is a process of its own and not in it.
fn peak_memory() -> String {
    memory("VmHWM:")
}

/// A line of what the system tells about this process's memory.
fn memory(line: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|l| l.strip_prefix(line)?.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.map_or("not told by this system".to_owned(), |kib: u64| format!("{} MiB", kib / 1024))
}
