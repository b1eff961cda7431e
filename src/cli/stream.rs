//! `referee stream`: a clip to a remote judge, frame by frame, as if it were being filmed.

use crate::analysis::{ClipRequest, ClipSignals, judge_clip};
use crate::client::{ClientError, ClientEvent, Encoding, PhraseOffer, RemotePhrase, Retries, ServerAddress, pack_raw};
use crate::config::{AnalysisSettings, Environment, FileSettings, HitSides as TypedSides, Places, TypedAnalysis};
use crate::engine::Engine;
use crate::recording::{HitSides, sanitise};
use crate::report::{ResultContext, analysis_result};
use crate::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Widest picture that is sent, in pixels: 4K.
const MAX_WIDTH: u32 = 3840;
/// Frames sent ahead where the server allows it.
const WINDOW: u32 = 32;
/// Frames per second of a clip that does not say.
const USUAL_FPS: f64 = 30.0;

/// How frames are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Packing {
    #[default]
    Jpeg,
    Png,
    Raw,
}

/// What to do when the server cannot judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Fallback {
    /// Say so and stop.
    #[default]
    None,
    /// Judge on this machine.
    Local,
}

/// Stream a clip to a server. Exit 0 with a verdict, 1 without one, 2 for wrong arguments.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Server, such as http://192.168.1.20:8080
    server: String,
    /// Clip to send
    #[arg(long, value_name = "FILE")]
    video: PathBuf,
    /// Signal log of the scoring box; without one the server looks for lamps in the picture
    #[arg(long, value_name = "FILE")]
    signal: Option<PathBuf>,
    /// Send at most so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    duration: f64,
    /// Name of the phrase [default: the clip's name and the time]
    #[arg(long, value_name = "ID")]
    session_id: Option<String>,
    /// How frames are packed
    #[arg(long, value_enum, default_value_t)]
    encoding: Packing,
    /// Quality of JPEG frames
    #[arg(long, value_name = "1..100", default_value_t = 85, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg_quality: u8,
    /// Send at most so many frames per second [default: the clip's own rate]
    #[arg(long, value_name = "FPS")]
    fps: Option<f64>,
    /// Write the result to this file as well
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Token of the server [env: REFEREE_TOKEN]
    #[arg(long)]
    token: Option<String>,
    /// What to do when the server cannot judge
    #[arg(long, value_enum, default_value_t)]
    fallback: Fallback,
    /// Say more
    #[arg(long, short)]
    verbose: bool,
}

/// How a phrase ended.
enum Outcome {
    Judged(Value),
    Failed(ClientError),
}

/// Streams, prints the result as JSON.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let token = args.token.clone().or_else(|| environment.text("REFEREE_TOKEN"));
    let server = match ServerAddress::parse(&args.server, token) {
        Ok(server) => server,
        Err(error) => return Ok(wrong_arguments(&error.to_string())),
    };
    let mut files = [Some(&args.video), args.signal.as_ref()].into_iter().flatten();
    if let Some(file) = files.find(|file| !file.is_file()) {
        return Ok(wrong_arguments(&format!("there is no such file: {}", file.display())));
    }
    let signal = args.signal.as_deref().map(std::fs::read).transpose().context("the signal log cannot be read")?;
    let signal = signal.unwrap_or_default();
    let cancel = Cancel::new();
    let interrupted = cancel.clone();
    ctrlc::set_handler(move || interrupted.cancel()).context("Ctrl-C cannot be caught")?;
    let result = match send(args, &server, &signal, &cancel)? {
        Outcome::Judged(result) => result,
        Outcome::Failed(ClientError::Cancelled) => bail!("called off"),
        Outcome::Failed(error) if args.fallback == Fallback::Local => {
            eprintln!("referee: {error}; judging here");
            judge_here(args, &environment, &cancel)?
        }
        Outcome::Failed(error) => return Err(error.into()),
    };
    let text = serde_json::to_string_pretty(&result)? + "\n";
    if let Some(path) = &args.output {
        crate::recording::write_atomically(path, text.as_bytes())?;
    }
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn wrong_arguments(text: &str) -> ExitCode {
    eprintln!("referee: {text}");
    ExitCode::from(2)
}

fn open(args: &Args, max_width: u32, cancel: &Cancel) -> anyhow::Result<ClipReader> {
    let options = ClipOptions { max_width, to_secs: Some(args.duration), ..ClipOptions::default() };
    Ok(ClipReader::open(&args.video, &options, cancel)?)
}

fn send(args: &Args, server: &ServerAddress, signal: &[u8], cancel: &Cancel) -> anyhow::Result<Outcome> {
    let mut clip = open(args, MAX_WIDTH, cancel)?;
    let fps = args.fps.or(clip.info().frames_per_sec).filter(|fps| *fps > 0.0).unwrap_or(USUAL_FPS);
    let size = clip.size();
    let offer = PhraseOffer {
        session_id: args.session_id.clone().unwrap_or_else(|| session_name(&args.video)),
        fps,
        width: size.width,
        height: size.height,
        encoding: encoding(args.encoding),
        expected_frames: None,
        window: WINDOW,
        retries: Retries::default(),
    };
    let bar = progress_bar(clip.expected_frames());
    let (phrase, events) = RemotePhrase::start(server.clone(), offer)?;
    let mut show = Show { bar: &bar, started: Instant::now(), is_verbose: args.verbose };
    let (began, wall) = (Instant::now(), unix_secs());
    let mut earliest = Duration::ZERO;
    while let Some(frame) = clip.next_frame()? {
        // Never faster than asked: a live camera would not be either.
        std::thread::sleep(earliest.saturating_sub(began.elapsed()));
        earliest += Duration::from_secs_f64(1.0 / fps);
        if !phrase.send_frame(wall + frame.at.secs(), pack(&frame, args)?) {
            break;
        }
        if let Some(outcome) = show.pending(&events) {
            return Ok(outcome);
        }
    }
    let name = args.signal.as_deref().and_then(Path::file_name).unwrap_or("signal.txt".as_ref());
    phrase.conclude(&name.to_string_lossy(), signal.to_vec());
    Ok(show.until_the_end(&phrase, &events, cancel))
}

/// Shows events on the progress bar.
struct Show<'a> {
    bar: &'a ProgressBar,
    started: Instant,
    is_verbose: bool,
}

impl Show<'_> {
    /// Shows what has happened; the outcome, when there is one already.
    fn pending(&mut self, events: &Receiver<ClientEvent>) -> Option<Outcome> {
        loop {
            match events.try_recv() {
                Ok(event) => {
                    if let Some(outcome) = self.show(event) {
                        return Some(outcome);
                    }
                }
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => return Some(Outcome::Failed(ClientError::Cancelled)),
            }
        }
    }

    fn until_the_end(&mut self, phrase: &RemotePhrase, events: &Receiver<ClientEvent>, cancel: &Cancel) -> Outcome {
        loop {
            if cancel.is_cancelled() {
                phrase.cancel();
            }
            match events.recv_timeout(Duration::from_millis(100)) {
                Ok(event) => {
                    if let Some(outcome) = self.show(event) {
                        return outcome;
                    }
                }
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Outcome::Failed(ClientError::Cancelled),
            }
        }
    }

    fn show(&mut self, event: ClientEvent) -> Option<Outcome> {
        match event {
            ClientEvent::Judged(result) => {
                self.bar.finish_and_clear();
                return Some(Outcome::Judged(*result));
            }
            ClientEvent::Failed(error) => {
                self.bar.finish_and_clear();
                return Some(Outcome::Failed(error));
            }
            ClientEvent::Sent { frames, acknowledged, bytes } => {
                let secs = self.started.elapsed().as_secs_f64().max(1e-3);
                let (rate, megabits) = (acknowledged as f64 / secs, bytes as f64 * 8e-6 / secs);
                let waiting = frames - acknowledged;
                self.bar.set_position(acknowledged);
                self.bar.set_message(format!("{rate:.0} fps, {megabits:.1} Mbit/s, {waiting} in flight"));
            }
            ClientEvent::Stage { stage, progress, message } => {
                self.bar.set_message(format!("{stage} {:.0} %: {message}", progress * 100.0));
            }
            ClientEvent::Reconnecting { attempt, reason } => {
                self.bar.println(format!("connection lost ({reason}), attempt {attempt}"));
            }
            ClientEvent::FrameRefused(reason) => self.bar.println(format!("a frame was refused: {reason}")),
            ClientEvent::Connected { window, is_resumed } if self.is_verbose => {
                self.bar.println(format!("connected, window {window}, resumed: {is_resumed}"));
            }
            ClientEvent::Connected { .. } => {}
        }
        None
    }
}

fn progress_bar(frames: Option<u64>) -> ProgressBar {
    let bar = frames.map_or_else(ProgressBar::no_length, ProgressBar::new);
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn session_name(video: &Path) -> String {
    let stem = sanitise(&video.file_stem().unwrap_or_default().to_string_lossy());
    format!("{stem}_{}", (unix_secs() * 1000.0) as u64)
}

fn unix_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

const fn encoding(packing: Packing) -> Encoding {
    match packing {
        Packing::Jpeg => Encoding::Jpeg,
        Packing::Png => Encoding::Png,
        Packing::Raw => Encoding::Raw,
    }
}

fn pack(frame: &Frame, args: &Args) -> anyhow::Result<Vec<u8>> {
    let (width, height) = (frame.size.width, frame.size.height);
    let mut packed = Vec::new();
    match args.encoding {
        Packing::Raw => packed = pack_raw(width, height, &frame.rgb),
        Packing::Jpeg => {
            let sides = (u16::try_from(width)?, u16::try_from(height)?);
            let encoder = jpeg_encoder::Encoder::new(&mut packed, args.jpeg_quality);
            encoder.encode(&frame.rgb, sides.0, sides.1, jpeg_encoder::ColorType::Rgb)?;
        }
        Packing::Png => {
            use image::ImageEncoder;
            let encoder = image::codecs::png::PngEncoder::new(&mut packed);
            encoder.write_image(&frame.rgb, width, height, image::ExtendedColorType::Rgb8)?;
        }
    }
    Ok(packed)
}

/// The same phrase on this machine's engine.
fn judge_here(args: &Args, environment: &Environment, cancel: &Cancel) -> anyhow::Result<Value> {
    let file = FileSettings::find(None, environment)?;
    let settings = AnalysisSettings::resolve(TypedAnalysis::default(), environment, file.analysis)?;
    let engine = Engine::load(&settings.engine_config(&Places::of_this_machine(environment), 1)?)?;
    let request = ClipRequest {
        clip: args.video.clone(),
        signals: signals(args.signal.as_deref(), settings.hit_sides),
        weapon: settings.weapon,
        options: ClipOptions { to_secs: Some(args.duration), ..ClipOptions::default() },
    };
    let judged = judge_clip(&engine, &request, cancel, &mut |_| {})?;
    let context = ResultContext { processing_secs: judged.processing.as_secs_f64(), ..ResultContext::default() };
    let mut result = serde_json::to_value(analysis_result(&judged.judgement, &context))?;
    if let Some(object) = result.as_object_mut() {
        object.insert("processing_mode".to_owned(), "offline_fallback".into());
    }
    Ok(result)
}

fn signals(log: Option<&Path>, sides: TypedSides) -> ClipSignals {
    let hit_sides = match sides {
        TypedSides::Auto => HitSides::Auto,
        TypedSides::Box => HitSides::Box,
        TypedSides::Camera => HitSides::Camera,
    };
    log.map_or(ClipSignals::Picture, |path| ClipSignals::Log { path: path.to_owned(), hit_sides })
}
