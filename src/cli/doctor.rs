//! `referee doctor`: what is present, what is missing, what that costs, and how to mend it.
//!
//! Looks only; nothing is installed or changed. Exit code 1 when a clip could not be judged on this machine.

use capture::camera::{CameraError, CameraListing, list_cameras};
use capture::sound::{SoundDevices, SpeechProgram, list_sound_devices};
use fencing::learned::Models;
use serde::Serialize;
use settings::{AnalysisSettings, ConfigError, Environment, FileSettings, Places, TypedAnalysis};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use vision::inference::{Backend, BackendChoice, LibraryPlaces, Runtime};
use vision::pose::{ModelState, ModelStatus, model_statuses, models_dir};
use vision::video::{Cancel, FfmpegVersion, Support, Tools, VideoError};

/// Free space below which the doctor warns: some hundred phrases with their videos.
const LITTLE_SPACE_MB: u64 = 2_000;

/// Show what is present, what is missing and what that costs.
///
/// Nothing is changed. Exit 0 when a clip can be judged on this machine, 1 when not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Folder for results whose disk is looked at
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Folder of the shipped models
    #[arg(long, value_name = "DIR")]
    models_dir: Option<PathBuf>,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// All there.
    Good,
    /// Not there; something else is lost or slower.
    Missing,
    /// Without it no clip can be judged.
    Broken,
}

/// One part that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    part: String,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn good(part: &str, found: impl Into<String>) -> Self {
        Self { part: part.to_owned(), state: State::Good, found: found.into(), remedy: None }
    }

    fn lacking(part: &str, state: State, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { part: part.to_owned(), state, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let places = Places::of_this_machine(&environment);
    let findings = examine(args, &environment, &places);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        findings.iter().for_each(print_finding);
    }
    let broken = findings.iter().any(|f| f.state == State::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn examine(args: &Args, environment: &Environment, places: &Places) -> Vec<Finding> {
    let tools = Tools::default();
    let resolved = resolved(args, environment);
    let mut findings = vec![
        tool("ffmpeg", tools.ffmpeg_version(&Cancel::new()).as_deref()),
        tool("ffprobe", tools.ffprobe_version(&Cancel::new()).as_deref()),
        settings(&resolved),
        inference(environment, places),
    ];
    findings.extend(models(args.models_dir.as_deref(), places));
    findings.extend(resolved.as_ref().ok().map(call_model));
    findings.push(cameras(list_cameras()));
    findings.push(serial_ports());
    findings.push(sound(&list_sound_devices()));
    findings.push(speech(SpeechProgram::find(|name| environment.program(name)).as_ref()));
    findings.push(disk(resolved.as_ref().map_or(Path::new("."), |settings| &settings.output)));
    findings.push(display(environment));
    findings
}

/// What judges here would be told by arguments, environment and file.
fn resolved(args: &Args, environment: &Environment) -> Result<AnalysisSettings, ConfigError> {
    let flags = TypedAnalysis { output: args.output.clone(), ..TypedAnalysis::default() };
    AnalysisSettings::resolve(flags, environment, FileSettings::find(None, environment)?.analysis)
}

fn settings(resolved: &Result<AnalysisSettings, ConfigError>) -> Finding {
    match resolved {
        Ok(_) => Finding::good("settings", "environment and file are understood"),
        Err(error) => Finding::lacking("settings", State::Broken, error.to_string(), "correct it, or take it away"),
    }
}

/// The models of the call: those that are compiled in, or the club's own.
fn call_model(settings: &AnalysisSettings) -> Finding {
    let Some(folder) = &settings.call_models else { return Finding::good("call model", "compiled in") };
    let remedy = "train it again with  referee train, or leave --call-models and REFEREE_CALL_MODELS out";
    match Models::load(folder) {
        Ok(_) => Finding::good("call model", folder.display().to_string()),
        Err(error) => Finding::lacking("call model", State::Broken, error.to_string(), remedy),
    }
}

/// One of ffmpeg's programs: there, and of a version that can be worked with.
fn tool(name: &str, version: Result<&FfmpegVersion, &VideoError>) -> Finding {
    const NEWER: &str = "install ffmpeg 5.1 or newer (Debian: apt-get install ffmpeg) or run  bash .ci/setup";
    let Some(version) = version.ok().filter(|version| !version.line.is_empty()) else {
        let remedy = "install ffmpeg (Debian: apt-get install ffmpeg) or run  bash .ci/setup";
        return Finding::lacking(name, State::Broken, "not found: no clip can be read, no video written", remedy);
    };
    let line = version.line.split(" Copyright").next().unwrap_or_default();
    match version.support() {
        Support::Supported => Finding::good(name, line),
        Support::TooOld => {
            let found = format!("too old, no clip can be read and no video written: {line}");
            Finding::lacking(name, State::Broken, found, NEWER)
        }
        Support::Newer => {
            let found = format!("newer than the versions that were tested (5.1 to 9): {line}");
            Finding::lacking(name, State::Missing, found, "try it with  referee analyze  and a clip; 5.1 to 9 work")
        }
        Support::Unknown => {
            let found = format!("of an unknown version: {line}");
            Finding::lacking(name, State::Missing, found, "try it with  referee analyze  and a clip; 5.1 to 9 work")
        }
    }
}

fn inference(environment: &Environment, places: &Places) -> Finding {
    let choice = BackendChoice::Automatic(LibraryPlaces {
        explicit: environment.path("ORT_DYLIB_PATH"),
        executable_dir: places.executable_dir.clone(),
        user_data_dir: places.user_data_dir.clone(),
        python_packages: places.python_packages.clone(),
    });
    match Runtime::start(&choice) {
        Ok(runtime) if *runtime.backend() != Backend::Tract => {
            Finding::good("inference", runtime.backend().to_string())
        }
        Ok(runtime) => {
            let passed_over = runtime.passed_over().iter().map(|reason| format!("; passed over: {reason}"));
            let found = format!("built in: works, two to four times slower{}", passed_over.collect::<String>());
            Finding::lacking("inference", State::Missing, found, "bash .ci/setup  installs ONNX Runtime")
        }
        Err(error) => Finding::lacking("inference", State::Broken, error.to_string(), "build the program again"),
    }
}

fn models(named: Option<&Path>, places: &Places) -> Vec<Finding> {
    let listed = models_dir(named, places.executable_dir.as_deref()).and_then(|dir| model_statuses(&dir));
    match listed {
        Ok(statuses) => statuses.iter().map(model).collect(),
        Err(error) => {
            let remedy = "name the folder with --models-dir, or get the project's `models/` again";
            vec![Finding::lacking("models", State::Broken, error.to_string(), remedy)]
        }
    }
}

fn model(status: &ModelStatus) -> Finding {
    let part = format!("model: {}", status.role);
    let found = format!("{}, {}", status.state, status.path.display());
    match status.state {
        ModelState::Intact => Finding::good(&part, found),
        ModelState::Missing | ModelState::Changed => {
            Finding::lacking(&part, State::Broken, found, "get the file again:  git checkout -- models")
        }
    }
}

/// The same list as `referee cameras` shows.
fn cameras(listed: Result<Vec<CameraListing>, CameraError>) -> Finding {
    let lacking = |found: String, remedy: &str| Finding::lacking("cameras", State::Missing, found, remedy);
    let none = || lacking("no camera: clips can be judged, nothing live".into(), "plug one in");
    match listed {
        Err(CameraError::NoCamera) => none(),
        Err(error) => lacking(error.to_string(), "referee cameras  shows more"),
        Ok(cameras) if cameras.is_empty() => none(),
        Ok(cameras) => match cameras.iter().find_map(|camera| camera.trouble.as_ref()) {
            Some(trouble) => lacking(trouble.to_string(), "referee cameras  shows more"),
            None => Finding::good("cameras", cameras.iter().map(camera_in_words).collect::<Vec<_>>().join("; ")),
        },
    }
}

fn camera_in_words(camera: &CameraListing) -> String {
    let best = camera.formats.first().map(ToString::to_string).unwrap_or_default();
    format!("{} {} ({best})", camera.number, camera.name)
}

/// Terminals of adapters and USB devices.
fn serial_ports() -> Finding {
    let entries = std::fs::read_dir("/dev").into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<String> = names.filter(|name| is_serial_port(name)).map(|name| format!("/dev/{name}")).collect();
    found.sort();
    if found.is_empty() {
        Finding::lacking("serial ports", State::Missing, "no serial port: no scoring box on a cable", "plug it in")
    } else {
        Finding::good("serial ports", found.join(" "))
    }
}

fn is_serial_port(name: &str) -> bool {
    ["ttyUSB", "ttyACM"].iter().any(|start| name.starts_with(start))
}

/// Loudspeakers and microphones by the names that settings and `record --microphone` take.
fn sound(devices: &SoundDevices) -> Finding {
    if *devices == SoundDevices::default() {
        let cost = "no device: no cues, no buzzer, phrases without a sound track";
        return Finding::lacking("sound", State::Missing, cost, "plug in a loudspeaker or a microphone");
    }
    let listed = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Finding::good("sound", format!("out: {}; in: {}", listed(&devices.outputs), listed(&devices.inputs)))
}

/// The program that says the call aloud, where the settings want that.
fn speech(program: Option<&SpeechProgram>) -> Finding {
    let none = || {
        let remedy = "install eSpeak NG (Debian: apt-get install espeak-ng)";
        Finding::lacking("speech", State::Missing, "no speech program: the call is not said aloud", remedy)
    };
    program.map_or_else(none, |program| Finding::good("speech", program.path().display().to_string()))
}

/// Free space where results will go: of the nearest folder above that exists.
fn disk(folder: &Path) -> Finding {
    let existing = folder.ancestors().find(|dir| dir.is_dir()).unwrap_or(Path::new("."));
    let Some(free) = free_megabytes(existing) else {
        return Finding::lacking("disk", State::Missing, "free space unknown", "look with  df -h");
    };
    let found = format!("{free} MB free for {}", folder.display());
    if free < LITTLE_SPACE_MB {
        Finding::lacking("disk", State::Missing, found, "make room, or choose another folder with --output")
    } else {
        Finding::good("disk", found)
    }
}

fn free_megabytes(folder: &Path) -> Option<u64> {
    let said = Command::new("df").arg("-Pk").arg("--").arg(folder).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1024)
}

fn display(environment: &Environment) -> Finding {
    let found = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().find_map(|name| environment.text(name));
    found.map_or_else(
        || Finding::lacking("display", State::Missing, "none: commands only, no window", "start from a desktop"),
        |name| Finding::good("display", name),
    )
}

fn print_finding(finding: &Finding) {
    let mark = match finding.state {
        State::Good => "ok     ",
        State::Missing => "missing",
        State::Broken => "BROKEN ",
    };
    println!("{mark}  {:<18} {}", finding.part, finding.found);
    if let Some(remedy) = &finding.remedy {
        println!("{:<28} -> {remedy}", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_devices_count() {
        for (name, wanted) in [("ttyUSB1", true), ("tty7", false), ("ttyACM0", true)] {
            assert_eq!(is_serial_port(name), wanted, "{name}");
        }
    }

    #[test]
    fn cameras_are_told_as_they_are_listed() {
        let camera = |trouble| CameraListing {
            number: "2".into(),
            name: "Cam".into(),
            formats: vec!["1280x720@60 MJPEG".parse().unwrap()],
            controls: Vec::new(),
            trouble,
        };
        let good = cameras(Ok(vec![camera(None)]));
        assert_eq!((good.state, good.found.as_str()), (State::Good, "2 Cam (1280x720@60 MJPEG)"));
        let busy = cameras(Ok(vec![camera(Some(CameraError::Busy { name: "Cam".into() }))]));
        assert!(busy.state == State::Missing && busy.found.contains("another program"));
        assert_eq!(cameras(Err(CameraError::NoCamera)).state, State::Missing);
    }

    #[test]
    fn missing_models_break_and_missing_tools_name_a_remedy() {
        let nowhere = tempfile::tempdir().unwrap();
        let found = models(Some(nowhere.path()), &Places::default());
        assert!(found.iter().all(|f| f.state == State::Broken && f.remedy.is_some()) && !found.is_empty());
        assert_eq!(tool("ffmpeg", Ok(&FfmpegVersion::parse(""))).state, State::Broken);
        assert_eq!(tool("ffmpeg", Err(&VideoError::ToolMissing { tool: "ffmpeg".into() })).state, State::Broken);
    }

    #[test]
    fn a_version_that_is_too_old_or_unknown_is_named() {
        let check = |version: &str, state, named: &str| {
            let finding = tool("ffmpeg", Ok(&FfmpegVersion::parse(&format!("ffmpeg version {version} Copyright (c)"))));
            assert_eq!(finding.state, state, "{version}");
            assert!(finding.found.contains(named) && finding.found.contains(version), "{}", finding.found);
            assert_eq!(finding.remedy.is_some(), state != State::Good, "{version}");
        };
        check("9.0.2", State::Good, "");
        check("4.4.2-0ubuntu0.22.04.1", State::Broken, "too old");
        check("N-7-gabc", State::Missing, "unknown version");
        check("11.0", State::Missing, "newer than the versions");
    }

    #[test]
    fn sound_devices_are_named_and_none_is_no_fault() {
        assert_eq!(sound(&SoundDevices::default()).state, State::Missing);
        let devices = SoundDevices { outputs: vec!["Hall".into()], inputs: vec![] };
        assert_eq!(sound(&devices).found, "out: Hall; in: none");
        assert!(speech(None).state == State::Missing && speech(None).remedy.is_some());
    }

    #[test]
    fn the_disk_of_a_folder_to_be_made_is_looked_at() {
        assert!(disk(Path::new("/tmp/not/yet/there")).found.contains("MB free"));
    }
}
