//! `referee record`: records one phrase from a camera, without a window.
//!
//! Prints the folder of the phrase to standard output, everything else to standard error. Ctrl-C is the usual way to end it; the
//! files of the phrase are completed first. After an abnormal end the next start repairs them.

use anyhow::{Context, bail};
use capture::camera::{CameraChoice, CameraPhase, LiveCamera, RECORDER_QUEUE_BYTES};
use capture::recorder::{CameraRole, Pruning, Recorder, RecorderEvent, RecorderSettings, RecoveredPhrase, SavedPhrase};
use capture::sound::Microphone;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use fencing::time::{HostClock, Span, Timestamp};
use indicatif::{ProgressBar, ProgressStyle};
use settings::{Environment, PisteDefaults};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use vision::video::Cancel;

/// Exit code for wrong arguments; the same as clap's.
const WRONG_ARGUMENTS: u8 = 2;
/// Exit code when frames of the phrase are missing.
const INCOMPLETE: u8 = 3;
/// Longest wait for the first frame.
const FIRST_PICTURE: Duration = Duration::from_secs(30);
/// Interval of the progress line.
const TICK: Duration = Duration::from_millis(100);
/// Longest recording of one phrase, in seconds: a day.
const MOST_SECS: f64 = 86_400.0;

/// Record one phrase from a camera, without a window.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Camera by its number or part of its name, as `referee cameras` lists it [env: FENCING_CAMERA_INDEX, FENCING_CAMERA_DEVICE] [default: 0]
    #[arg(long, value_name = "N|NAME", conflicts_with_all = ["clip", "network"])]
    camera: Option<String>,
    /// Format of the camera: WIDTHxHEIGHT@FPS CODING, such as '1280x720@60 MJPEG'; without it the best available
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Play a clip as if it were a camera, once
    #[arg(long, value_name = "FILE", conflicts_with = "network")]
    clip: Option<PathBuf>,
    /// A network camera: an rtsp:// or http:// address. A password in it is visible to other users of this machine while this
    /// command runs
    #[arg(long, value_name = "URL")]
    network: Option<String>,
    /// A second camera to record: a number, a name, an address, or clip:FILE
    #[arg(long, value_name = "CAMERA")]
    second_camera: Option<String>,
    /// Seconds to record; without it until Ctrl-C or the end of the clip
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    duration: Option<f64>,
    /// Seconds before the start to keep as well: recording begins when that much is in memory
    #[arg(long, value_name = "SECS", default_value_t = 0.0, value_parser = seconds)]
    pre_roll: f64,
    /// Folder in which the phrase gets a folder of its own [env: FENCING_RECORDINGS_DIR] [default: recordings]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Also record sound: from the microphone of that name, or from the system's default
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    microphone: Option<String>,
    /// Keep only this many phrases in the folder and delete older ones
    #[arg(long, value_name = "N")]
    max_phrases: Option<u32>,
}

fn seconds(text: &str) -> Result<f64, String> {
    let secs: f64 = text.parse().map_err(|_| "a number of seconds is wanted, such as 10 or 2.5".to_owned())?;
    if (0.0..=MOST_SECS).contains(&secs) { Ok(secs) } else { Err(format!("it must lie between 0 and {MOST_SECS}")) }
}

impl Args {
    /// Fills in missing arguments from the environment of a piste.
    fn over(self, environment: &Environment) -> anyhow::Result<Self> {
        let piste = PisteDefaults::of(environment)?;
        Ok(Self { camera: self.camera.or(piste.camera), output: self.output.or(piste.recordings), ..self })
    }

    fn camera(&self) -> CameraChoice {
        match (&self.clip, &self.network) {
            (Some(path), _) => CameraChoice::Clip { path: path.clone(), repeats: false },
            (None, Some(address)) => CameraChoice::Network(address.clone()),
            (None, None) => {
                let name = self.camera.clone().unwrap_or_else(|| "0".to_owned());
                CameraChoice::Device { name, format: self.format.clone() }
            }
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        let most = RecorderSettings::for_folder(PathBuf::new()).memory_secs;
        if self.pre_roll > most {
            bail!("--pre-roll can be {most:.0} s at most: that is what is held in memory");
        }
        if let Some(clip) = self.clip.as_ref().filter(|clip| !clip.is_file()) {
            bail!("there is no such clip: {}", clip.display());
        }
        if self.format.is_some() && (self.clip.is_some() || self.network.is_some()) {
            bail!("--format is for cameras on a cable; a clip or a network camera has its own");
        }
        Ok(())
    }

    fn settings(&self) -> RecorderSettings {
        let output = self.output.clone().unwrap_or_else(|| "recordings".into());
        let pruning = self.max_phrases.map_or(Pruning::Never, Pruning::KeepNewest);
        RecorderSettings { pruning, ..RecorderSettings::for_folder(output) }
    }
}

/// Records, and prints the folder of the phrase.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let args = match args.clone().over(&environment).and_then(|args| args.check().map(|()| args)) {
        Ok(args) => args,
        Err(error) => {
            super::print_error(&error);
            return Ok(ExitCode::from(WRONG_ARGUMENTS));
        }
    };
    environment.unused_piste_variables().iter().for_each(|sentence| eprintln!("referee: {sentence}"));
    let cancel = Cancel::new();
    let interrupted = cancel.clone();
    ctrlc::set_handler(move || interrupted.cancel()).context("Ctrl-C cannot be caught")?;
    let stage = Stage::set(&args, &cancel)?;
    let saved = stage.record(&args);
    let damaged = stage.camera.state().damaged;
    stage.leave();
    Ok(report(&saved?, damaged))
}

/// The parts of a recording.
struct Stage {
    clock: HostClock,
    camera: LiveCamera,
    recorder: Recorder,
    events: Receiver<RecorderEvent>,
    line: ProgressBar,
    cancel: Cancel,
    /// Open while sound is recorded.
    microphone: Option<Microphone>,
    _second: Option<LiveCamera>,
}

impl Stage {
    fn set(args: &Args, cancel: &Cancel) -> anyhow::Result<Self> {
        let clock = HostClock::start();
        let (recorder, events) = Recorder::start(args.settings(), clock)?;
        let line = ProgressBar::new_spinner();
        line.set_style(ProgressStyle::with_template("{msg}").context("the progress line")?);
        let microphone = match &args.microphone {
            Some(name) => {
                let (microphone, sound) = Microphone::start(Some(name.clone()).filter(|n| !n.is_empty()), clock);
                recorder.record_sound(sound)?;
                Some(microphone)
            }
            None => None,
        };
        let second = match &args.second_camera {
            Some(text) => {
                let camera = LiveCamera::start(&CameraChoice::from_text(text, None), clock);
                recorder.attach(CameraRole::Second, camera.subscribe_recorder(RECORDER_QUEUE_BYTES))?;
                Some(camera)
            }
            None => None,
        };
        let camera = LiveCamera::start(&args.camera(), clock);
        recorder.attach(CameraRole::Main, camera.subscribe_recorder(RECORDER_QUEUE_BYTES))?;
        Ok(Self { clock, camera, recorder, events, line, cancel: cancel.clone(), microphone, _second: second })
    }

    /// Waits for the camera, records, and waits until the phrase is complete.
    fn record(&self, args: &Args) -> anyhow::Result<SavedPhrase> {
        let first = self.first_frame()?;
        let from = self.fill_memory(first, args.pre_roll);
        if let Some(text) = self.microphone.as_ref().and_then(Microphone::trouble) {
            show(&self.line, &format!("without sound: {text}"));
        }
        self.recorder.begin(from);
        let until = args.duration.map(|secs| from.plus_secs(args.pre_roll + secs));
        if let Some(until) = until {
            self.recorder.end(until);
        }
        let mut is_ending = until.is_some();
        loop {
            match self.events.recv_timeout(TICK) {
                Ok(RecorderEvent::Saved(saved)) => {
                    self.line.finish_and_clear();
                    return Ok(SavedPhrase::clone(&saved));
                }
                Ok(RecorderEvent::NotSaved { text, .. }) => bail!(text),
                Ok(event) => pass_on(&self.line, event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => bail!("the recorder ended by itself"),
            }
            if self.cancel.is_cancelled() {
                return self.end_at_once();
            }
            if !is_ending && self.camera.state().phase == CameraPhase::Ended {
                is_ending = true;
                self.recorder.end(self.clock.now());
            }
            self.show(from);
        }
    }

    /// Whether Ctrl-C was pressed: the phrase ends now, whatever length was requested.
    fn end_at_once(&self) -> anyhow::Result<SavedPhrase> {
        self.recorder.end_at_once();
        let deadline = Instant::now() + FIRST_PICTURE;
        while let Ok(event) = self.events.recv_deadline(deadline) {
            match event {
                RecorderEvent::Saved(saved) => return Ok(SavedPhrase::clone(&saved)),
                RecorderEvent::NotSaved { text, .. } => bail!(text),
                event => pass_on(&self.line, event),
            }
        }
        bail!("the phrase could not be ended in time; the next start makes it whole")
    }

    /// Waits until the recorder has finished, and prints its last message.
    fn leave(self) {
        let Self { recorder, events, line, .. } = self;
        recorder.close();
        events.try_iter().for_each(|event| pass_on(&line, event));
    }

    fn first_frame(&self) -> anyhow::Result<Timestamp> {
        let deadline = Instant::now() + FIRST_PICTURE;
        loop {
            if let Some(first) = self.recorder.oldest(CameraRole::Main) {
                return Ok(first);
            }
            let state = self.camera.state();
            let failed = matches!(state.phase, CameraPhase::Waiting | CameraPhase::Ended);
            if self.cancel.is_cancelled() {
                bail!("called off before the first frame");
            }
            if failed || Instant::now() > deadline {
                bail!(state.trouble.unwrap_or_else(|| "no frame came; check the camera".to_owned()));
            }
            self.line.set_message(format!("waiting for {}", state.name));
            self.events.recv_timeout(TICK).into_iter().for_each(|event| pass_on(&self.line, event));
        }
    }

    /// Waits until the pre-roll is in memory; returns the start of the phrase.
    fn fill_memory(&self, first: Timestamp, pre_roll_secs: f64) -> Timestamp {
        let start = first.plus_secs(pre_roll_secs);
        while self.clock.now() < start && !self.cancel.is_cancelled() {
            let left = start.secs_since(self.clock.now());
            self.line.set_message(format!("pre-roll: recording begins in {left:.1} s"));
            std::thread::sleep(TICK.min(Duration::from_secs_f64(left.max(0.0))));
        }
        first
    }

    fn show(&self, from: Timestamp) {
        let (status, camera) = (self.recorder.status(), self.camera.state());
        let free = status.free_bytes.map_or(String::new(), |free| format!(", {:.0} GB free", free as f64 / 1e9));
        self.line.set_message(format!(
            "{:.1} s, {} at {:.1} frames per second, {} lost, {:.0} MB{free}",
            Span::between(from, self.clock.now()).secs(),
            camera.format,
            camera.measured_fps,
            status.lost + camera.lost,
            status.written_bytes as f64 / 1e6,
        ));
    }
}

fn pass_on(line: &ProgressBar, event: RecorderEvent) {
    match event {
        RecorderEvent::Trouble(text) => show(line, &text),
        RecorderEvent::Recovered(phrases) => phrases.iter().for_each(|p| show(line, &recovered(p))),
        RecorderEvent::Pruned(gone) => gone.iter().for_each(|f| show(line, &format!("removed: {}", f.display()))),
        RecorderEvent::Began { folder, .. } => show(line, &format!("recording: {}", folder.display())),
        RecorderEvent::Saved(_) | RecorderEvent::NotSaved { .. } | RecorderEvent::Cancelled => {}
    }
}

fn show(line: &ProgressBar, text: &str) {
    line.suspend(|| eprintln!("referee: {text}"));
}

fn recovered(phrase: &RecoveredPhrase) -> String {
    let RecoveredPhrase { folder, frames, secs, .. } = phrase;
    format!("a phrase that was cut off is whole again, {secs:.1} s, {frames} frames: {}", folder.display())
}

/// Prints the result and returns the exit code: 0 for a complete phrase, 3 for one with lost frames or without its end.
fn report(saved: &SavedPhrase, damaged: u64) -> ExitCode {
    if let Some(text) = &saved.cut_off {
        eprintln!("referee: {text}");
    }
    eprintln!("referee: {} frames in {:.1} s, {} lost", saved.frames, saved.secs, saved.lost);
    if damaged > 0 {
        eprintln!("referee: {damaged} frames came damaged from the camera; check its cable or network");
    }
    println!("{}", saved.folder.display());
    let whole = saved.lost == 0 && saved.cut_off.is_none();
    if whole { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn what_is_typed_wins_over_the_piste_and_that_over_what_is_usual() {
        let check = |typed: &[&str], set: &[(&str, &str)], camera: &str, folder: &str| {
            let args = Typed::try_parse_from(["record"].iter().chain(typed)).unwrap().args;
            let args = args.over(&Environment::from_pairs(set.iter().copied())).unwrap();
            assert_eq!(args.camera(), CameraChoice::Device { name: camera.into(), format: None });
            assert_eq!(args.settings().recordings, PathBuf::from(folder));
        };
        let piste = [("FENCING_CAMERA_INDEX", "2"), ("FENCING_RECORDINGS_DIR", "/srv/phrases")];
        check(&[], &[], "0", "recordings");
        check(&[], &piste, "2", "/srv/phrases");
        check(&["--camera", "1", "--output", "here"], &piste, "1", "here");
    }
}
