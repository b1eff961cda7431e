//! `referee cameras`: lists cameras with their capabilities, or tries one.

use anyhow::{Context, bail};
use capture::camera::{
    CameraChoice, CameraControl, CameraError, CameraListing, CameraPhase, CameraState, CapturedFrame, LiveCamera,
    RECORDER_QUEUE_BYTES, Received, list_cameras,
};
use fencing::time::{HostClock, Timestamp};
use recording::write_atomically;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use vision::video::Cancel;

/// Interval at which time limit and Ctrl-C are checked.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// List cameras with every format and control, or try one.
///
/// Exit 0 when there is one that works, 1 when not.
#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    /// Try a camera: its number or part of its name, rtsp:// or http:// address, clip:FILE or loop:FILE
    #[arg(long = "try", value_name = "CAMERA")]
    tried: Option<String>,
    /// Format to try, such as "1280x720@60 MJPEG" [default: the best that the camera has]
    #[arg(long, value_name = "FORMAT", requires = "tried")]
    format: Option<String>,
    /// How long to try, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, requires = "tried")]
    duration: f64,
    /// Set a control while trying, such as Gain=40; may be repeated
    #[arg(long = "set", value_name = "CONTROL=VALUE", requires = "tried")]
    settings: Vec<String>,
    /// Write the last frame to this JPEG file
    #[arg(long, value_name = "FILE", requires = "tried")]
    picture: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.tried {
        Some(camera) => try_camera(args, camera),
        None => list(args),
    }
}

fn list(args: &Args) -> anyhow::Result<ExitCode> {
    let listed = match list_cameras() {
        Ok(listed) if listed.is_empty() => Err(CameraError::NoCamera),
        listed => listed,
    };
    let cameras = match listed {
        Ok(cameras) => cameras,
        Err(error) => {
            if args.json {
                println!("[]");
            }
            return Err(error.into());
        }
    };
    if args.json {
        let listed: Vec<Value> = cameras.iter().map(listing_json).collect();
        println!("{}", serde_json::to_string_pretty(&listed)?);
    } else {
        cameras.iter().for_each(print_listing);
    }
    let works = cameras.iter().any(|camera| camera.trouble.is_none());
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn listing_json(camera: &CameraListing) -> Value {
    json!({
        "number": camera.number,
        "name": camera.name,
        "formats": camera.formats.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "controls": camera.controls.iter().map(control_json).collect::<Vec<_>>(),
        "trouble": camera.trouble.as_ref().map(ToString::to_string),
    })
}

fn control_json(control: &CameraControl) -> Value {
    let range = control.range.map(|(least, greatest, step)| json!({"min": least, "max": greatest, "step": step}));
    json!({
        "name": control.name,
        "role": control.role.name(),
        "value": control.value,
        "default": control.default,
        "range": range,
        "settable": control.is_settable,
    })
}

fn print_listing(camera: &CameraListing) {
    println!("{}  {}", camera.number, camera.name);
    if let Some(trouble) = &camera.trouble {
        println!("   -> {trouble}");
    }
    for format in &camera.formats {
        println!("   {format}");
    }
    for control in &camera.controls {
        let range = control.range.map_or_else(|| "0 or 1".into(), |(least, most, _)| format!("{least} to {most}"));
        let fixed = if control.is_settable { "" } else { ", cannot be set now" };
        println!("   {} = {} ({range}{fixed})", control.name, control.value);
    }
}

fn try_camera(args: &Args, text: &str) -> anyhow::Result<ExitCode> {
    let settings = args.settings.iter().map(|setting| read_setting(setting)).collect::<anyhow::Result<Vec<_>>>()?;
    let cancel = Cancel::new();
    let interrupted = cancel.clone();
    ctrlc::set_handler(move || interrupted.cancel()).context("Ctrl-C cannot be caught")?;
    let clock = HostClock::start();
    let camera = LiveCamera::start(&CameraChoice::from_text(text, args.format.as_deref()), clock);
    for (control, value) in &settings {
        camera.set_control(control, *value);
    }
    let mut trial = Trial::default();
    watch(&camera, clock, args, &cancel, &mut trial);
    let state = camera.state();
    if let (Some(path), Some(picture)) = (&args.picture, &trial.last) {
        write_atomically(path, &picture.jpeg()?)?;
    }
    report(args, &state, &trial)?;
    if trial.frames == 0 {
        if state.trouble.is_some() && state.trouble == trial.told {
            return Ok(ExitCode::FAILURE);
        }
        bail!(state.trouble.unwrap_or_else(|| "no frame came; check the cable and try another format".into()));
    }
    Ok(ExitCode::SUCCESS)
}

fn read_setting(text: &str) -> anyhow::Result<(String, f64)> {
    let read =
        text.rsplit_once('=').and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)));
    read.with_context(|| format!("\"{text}\" sets nothing; write CONTROL=VALUE, such as Gain=40"))
}

/// Result of trying a camera.
#[derive(Default)]
struct Trial {
    frames: u64,
    first_at: Timestamp,
    last: Option<CapturedFrame>,
    told: Option<String>,
}

impl Trial {
    /// Frames per second over the whole trial; 0 for fewer than two frames.
    fn fps(&self) -> f64 {
        let secs = self.last.as_ref().map_or(0.0, |last| last.at.secs_since(self.first_at));
        if secs > 0.0 { (self.frames - 1) as f64 / secs } else { 0.0 }
    }
}

/// Receives frames like a recorder; the trial begins with the first frame, or at the latest after its own length.
fn watch(camera: &LiveCamera, clock: HostClock, args: &Args, cancel: &Cancel, trial: &mut Trial) {
    /// Longest time for opening a camera before the trial begins.
    const OPENING_SECS: f64 = 15.0;
    let recorder = camera.subscribe_recorder(RECORDER_QUEUE_BYTES);
    let mut end = clock.now().plus_secs(OPENING_SECS.max(args.duration));
    while !cancel.is_cancelled() && clock.now() < end {
        match recorder.next_within(LOOK_EVERY) {
            Received::Frame(picture) => {
                if trial.frames == 0 {
                    trial.first_at = picture.at;
                    end = clock.now().plus_secs(args.duration);
                }
                trial.frames += 1;
                trial.last = Some(picture);
            }
            Received::Nothing => {}
            Received::Closed => return,
        }
        report_changes(args, &camera.state(), trial);
    }
}

/// Prints changes of state to standard error, so that an unplugged cable is noticed at once.
fn report_changes(args: &Args, state: &CameraState, trial: &mut Trial) {
    if state.trouble != trial.told && !args.json {
        match (&state.trouble, state.phase) {
            (Some(trouble), _) => eprintln!("referee: {trouble}"),
            (None, CameraPhase::Running) => eprintln!("referee: {} is well again", state.name),
            (None, _) => {}
        }
        trial.told.clone_from(&state.trouble);
    }
}

fn report(args: &Args, state: &CameraState, trial: &Trial) -> anyhow::Result<()> {
    if args.json {
        let report = json!({
            "name": state.name,
            "format": state.format,
            "width": state.size.width,
            "height": state.size.height,
            "pictures": trial.frames,
            "measured_fps": trial.fps(),
            "damaged": state.damaged,
            "lost": state.lost,
            "repaired_times": state.repaired_times,
            "openings": state.openings,
            "trouble": state.trouble,
        });
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else if trial.frames > 0 {
        println!("{}: {}", state.name, state.format);
        let (pictures, fps) = (trial.frames, trial.fps());
        println!(
            "{pictures} frames, {fps:.1} per second; {} damaged, {} lost, {} times repaired, opened {} times",
            state.damaged, state.lost, state.repaired_times, state.openings
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_from_their_last_sign() {
        assert_eq!(read_setting("Gain=40").unwrap(), ("Gain".to_owned(), 40.0));
        assert_eq!(read_setting("a=b = -1.5").unwrap(), ("a=b".to_owned(), -1.5));
        assert!(read_setting("Gain").is_err() && read_setting("Gain=high").is_err());
    }
}
