//! `referee-lab bench recording`: 1080p60 MJPEG from a made-up camera to the disk for minutes, with the analyser on, as a
//! piste works: one recorder that loses nothing, one analyser that skips what it has no time for.
//!
//! The frames are made in advance (see [`SyntheticCamera`]) and come at the pace of a camera. CPU time is this process's
//! own, all threads together.

use super::{memory, row};
use anyhow::{Context, bail};
use capture::camera::{
    CameraTimeouts, FrameReceiver, LiveCamera, Pace, RECORDER_QUEUE_BYTES, Received, SyntheticCamera,
};
use capture::recorder::{CameraRole, Recorder, RecorderEvent, RecorderSettings, SavedPhrase};
use crossbeam_channel::Receiver;
use fencing::geometry::FrameSize;
use fencing::time::{HostClock, median_interval_secs};
use settings::{AnalysisArgs, AnalysisSettings, Environment, SystemPaths};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vision::engine::{AnalyzerThread, Engine};
use vision::video::{ANALYSED_WIDTH, Cancel, Tools, frame_times, probe};

/// Frames of the made-up camera.
const SIZE: FrameSize = FrameSize::new(1920, 1080);
const PER_SEC: u32 = 60;
/// How far back the analyser remembers, in seconds, and how often it forgets.
const KEPT_SECS: f64 = 20.0;
const FORGET_EVERY: Duration = Duration::from_secs(1);
/// Decoded frames that wait for the analyser, as at a piste.
const MOST_WAITING: u64 = 3;
const DECODED_BYTES: usize = 5 << 20;
/// Frames that wait for the analyser, as at a piste.
const ANALYSER_ROOM: usize = 4;

/// Record 1080p60 with the analyser on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long
    #[arg(long, value_name = "MINUTES", default_value_t = 2.0)]
    minutes: f64,
    /// Folder on the disk that is measured; the system's temporary one without it. What is written is removed
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Leave the analyser out
    #[arg(long)]
    without_analyser: bool,
}

/// Prints the table; exit code 1 when a frame was lost.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = match &args.output {
        Some(output) => tempfile::tempdir_in(output)?,
        None => tempfile::tempdir()?,
    };
    let clock = HostClock::start();
    let (recorder, events) = Recorder::start(RecorderSettings::for_folder(folder.path().to_owned()), clock)?;
    let engine = if args.without_analyser { None } else { Some(load_engine()?) };
    let camera = SyntheticCamera::new(SIZE, PER_SEC, Pace::RealTime, clock);
    let camera = LiveCamera::start_with(Arc::new(camera), clock, CameraTimeouts::default());
    recorder.attach(CameraRole::Main, camera.subscribe_recorder(RECORDER_QUEUE_BYTES))?;
    let analysed = Arc::new(Analysed::default());
    if let Some(engine) = engine {
        let (pictures, counted) = (camera.subscribe_analyser(ANALYSER_ROOM), analysed.clone());
        std::thread::Builder::new()
            .name("bench-analyser".into())
            .spawn(move || analyse(engine, &pictures, &counted))?;
    }
    let measured = measure(args, clock, &recorder, &events)?;
    let state = camera.state();
    drop(camera);
    println!("{}x{} at {PER_SEC} frames per second, MJPEG, {:.0} s", SIZE.width, SIZE.height, measured.wall_secs);
    print(&measured, &analysed);
    row("frames that found no room on the way", state.lost as f64, "");
    let missing = missing_frames(&measured.saved)?;
    row("frames missing in the clip", missing as f64, "");
    recorder.close();
    let lost = missing + state.lost + measured.saved.lost;
    Ok(if lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn load_engine() -> anyhow::Result<Engine> {
    let environment = Environment::of_process();
    let settings = AnalysisSettings::resolve(AnalysisArgs::default(), &environment, AnalysisArgs::default())?;
    Ok(Engine::load(&settings.engine_config(&SystemPaths::of_this_machine(&environment), 1)?)?)
}

/// What the run came to.
struct Measured {
    saved: Arc<SavedPhrase>,
    wall_secs: f64,
    cpu_secs: Option<f64>,
    written_bytes: u64,
    memory: (f64, u64),
}

fn measure(
    args: &Args,
    clock: HostClock,
    recorder: &Recorder,
    events: &Receiver<RecorderEvent>,
) -> anyhow::Result<Measured> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while recorder.oldest(CameraRole::Main).is_none() {
        if Instant::now() > deadline {
            bail!("the made-up camera sent nothing");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let (from, cpu) = (clock.now(), cpu_secs());
    let secs = args.minutes.clamp(0.05, 600.0) * 60.0;
    recorder.begin(from);
    recorder.end(from.plus_secs(secs));
    let mut memory = (0.0, 0);
    let saved = loop {
        let status = recorder.status();
        if status.memory_bytes > memory.1 {
            memory = (status.memory_secs, status.memory_bytes);
        }
        match events.recv_timeout(Duration::from_millis(500)) {
            Ok(RecorderEvent::Saved(saved)) => break saved,
            Ok(RecorderEvent::NotSaved { text, .. }) => bail!(text),
            Ok(RecorderEvent::Trouble(text)) => eprintln!("referee: {text}"),
            _ if clock.now().secs_since(from) > secs + 60.0 => bail!("the phrase was not ended in time"),
            _ => {}
        }
    };
    let wall_secs = clock.now().secs_since(from);
    let cpu_secs = cpu_secs().zip(cpu).map(|(after, before)| after - before);
    Ok(Measured { saved, wall_secs, cpu_secs, written_bytes: recorder.status().written_bytes, memory })
}

fn print(measured: &Measured, analysed: &Analysed) {
    let Measured { saved, wall_secs, written_bytes, memory: (memory_secs, memory_bytes), .. } = measured;
    row("frames recorded", saved.frames as f64, "");
    row("frames that the recorder lost (reach: 0)", saved.lost as f64, "");
    row("one frame (mean)", *written_bytes as f64 / saved.frames.max(1) as f64 / 1e3, "kB");
    row("disk", *written_bytes as f64 / wall_secs / 1e6, "MB per second");
    row(&format!("frames in memory ({memory_secs:.1} s)"), *memory_bytes as f64 / 1e6, "MB (reach: 1000)");
    if let Some(cpu_secs) = measured.cpu_secs {
        row("processor, all threads", cpu_secs / wall_secs * 100.0, "% of one core");
    }
    println!("memory of the whole program: {}, at most {}", memory("VmRSS:"), memory("VmHWM:"));
    row("frames analysed", analysed.taken.load(Ordering::Relaxed) as f64 / wall_secs, "per second");
}

/// Looks into the clip that was written: frames that a steady camera took and that are missing.
fn missing_frames(saved: &SavedPhrase) -> anyhow::Result<u64> {
    let info = probe(&saved.clip)?;
    let times = frame_times(&info, &Tools::default(), &Cancel::new())?;
    let interval = median_interval_secs(&times).context("the clip has no frames")?;
    let gaps = times.windows(2).map(|w| (w[1].secs_since(w[0]) / interval).round() as u64);
    Ok(gaps.map(|steps| steps.saturating_sub(1)).sum::<u64>() + saved.frames.abs_diff(times.len() as u64))
}

/// Frames that the analyser took.
#[derive(Default)]
struct Analysed {
    taken: AtomicU64,
}

/// Looks as beside a piste until the camera ends; what there is no time for is skipped.
fn analyse(engine: Engine, pictures: &FrameReceiver, counted: &Arc<Analysed>) {
    let seen = Arc::clone(counted);
    let observed = move |_, _| {
        seen.taken.fetch_add(1, Ordering::Release);
    };
    let Ok(worker) = AnalyzerThread::spawn(move || engine.continuous_analyzer(), DECODED_BYTES, |_| true, observed)
    else {
        return;
    };
    let (mut handed_in, mut forgot) = (0, Instant::now());
    loop {
        match pictures.next_within(Duration::from_millis(200)) {
            Received::Frame(picture) => {
                let waiting = handed_in - counted.taken.load(Ordering::Acquire).min(handed_in);
                let Ok(frame) = picture.decode(ANALYSED_WIDTH) else { continue };
                if waiting < MOST_WAITING && worker.push_frame(frame) {
                    handed_in += 1;
                }
                if forgot.elapsed() > FORGET_EVERY {
                    forgot = Instant::now();
                    let oldest = picture.at.plus_secs(-KEPT_SECS);
                    worker.then(move |watch| watch.forget_before(oldest));
                }
            }
            Received::Nothing => {}
            Received::Closed => return,
        }
    }
}

/// Processor time of this process so far; `None` where the system does not report it.
pub(super) fn cpu_secs() -> Option<f64> {
    // Fields 14 and 15 behind the program's name, in hundredths of a second on every Linux.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
