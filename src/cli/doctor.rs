//! `referee doctor`: what is present, what is missing, what that costs, and how to fix it.
//!
//! Only examines; nothing is installed or changed. Exit code 1 when clips cannot be judged on this machine.

use super::panic_report;
use super::version::VERSION;
use apparatus::{ApparatusError, Port, list_ports};
use capture::camera::{CameraError, CameraListing, list_cameras};
use capture::sound::{SoundDevices, SpeechProgram, list_sound_devices};
use fencing::learned::Models;
use serde::Serialize;
use settings::{AnalysisArgs, AnalysisSettings, ConfigError, Environment, FileSettings, SystemPaths};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vision::inference::{Backend, BackendChoice, Runtime};
use vision::pose::{ModelState, ModelStatus, model_statuses, models_dir};
use vision::video::{Cancel, FFMPEG_ADVICE, FfmpegVersion, Support, Tools, VideoError, elsewhere};

/// Free space below which the doctor warns: about a hundred phrases with their videos.
const LITTLE_SPACE_MB: u64 = 2_000;

/// Where ONNX Runtime is searched without a setting.
const LIBRARY_PLACE: &str = if cfg!(windows) {
    "(onnxruntime.dll) beside referee.exe, and install Microsoft's Visual C++ Redistributable 2015-2022, which it needs"
} else {
    "into the user's data folder (in a source tree: bash .ci/setup), or install the package of this program, which holds it"
};

/// Show what is present, what is missing and what that costs.
///
/// Nothing is changed. Exit 0 when a clip can be judged on this machine, 1 when not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Folder for results, whose disk is examined
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Folder of the bundled models
    #[arg(long, value_name = "DIR")]
    models_dir: Option<PathBuf>,
}

/// State of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Complete.
    Good,
    /// Missing; something else is lost or slower.
    Missing,
    /// Clips cannot be judged without it.
    Broken,
}

/// An examined part.
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
    let places = SystemPaths::of_this_machine(&environment);
    let findings = examine(args, &environment, &places);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        findings.iter().for_each(print_finding);
    }
    let broken = findings.iter().any(|f| f.state == State::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn examine(args: &Args, environment: &Environment, places: &SystemPaths) -> Vec<Finding> {
    let tools = Tools::default();
    let resolved = resolved(args, environment);
    let mut findings = vec![
        Finding::good("program", VERSION.clone()),
        tool("ffmpeg", tools.ffmpeg_version(&Cancel::new()).as_deref()),
        tool("ffprobe", tools.ffprobe_version(&Cancel::new()).as_deref()),
        encoders(tools.missing_encoders(&Cancel::new())),
        settings(&resolved),
        inference(environment, places),
    ];
    findings.extend(models(args.models_dir.as_deref(), places));
    findings.extend(resolved.as_ref().ok().map(call_model));
    findings.push(cameras(list_cameras()));
    findings.push(serial_ports(list_ports()));
    findings.push(sound(&list_sound_devices()));
    findings.push(speech(SpeechProgram::find(|name| environment.program(name)).as_ref()));
    findings.push(disk(resolved.as_ref().map_or(Path::new("."), |settings| &settings.output)));
    findings.push(display(environment));
    findings.extend(panic_reports(places));
    findings
}

/// The settings for judging from arguments, environment and file.
fn resolved(args: &Args, environment: &Environment) -> Result<AnalysisSettings, ConfigError> {
    let flags = AnalysisArgs { output: args.output.clone(), ..AnalysisArgs::default() };
    AnalysisSettings::resolve(flags, environment, FileSettings::find(None, environment)?.analysis)
}

fn settings(resolved: &Result<AnalysisSettings, ConfigError>) -> Finding {
    match resolved {
        Ok(_) => Finding::good("settings", "environment and file are understood"),
        Err(error) => Finding::lacking("settings", State::Broken, error.to_string(), "correct it, or take it away"),
    }
}

/// The call models: the built-in ones or the user's own.
fn call_model(settings: &AnalysisSettings) -> Finding {
    let Some(folder) = &settings.call_models else { return Finding::good("call model", "compiled in") };
    let remedy = "train it again with  referee train, or leave --call-models and REFEREE_CALL_MODELS out";
    match Models::load(folder) {
        Ok(_) => Finding::good("call model", folder.display().to_string()),
        Err(error) => Finding::lacking("call model", State::Broken, error.to_string(), remedy),
    }
}

/// ffmpeg or ffprobe: present and of a supported version.
fn tool(name: &str, version: Result<&FfmpegVersion, &VideoError>) -> Finding {
    let Some(version) = version.ok().filter(|version| !version.line.is_empty()) else {
        let remedy = format!("install ffmpeg ({FFMPEG_ADVICE})");
        let cost = "not found: no clip can be read, no video written; live cameras, recording and their verdicts work";
        return Finding::lacking(name, State::Broken, cost, remedy);
    };
    let line = version.line.split(" Copyright").next().unwrap_or_default();
    match version.support() {
        Support::Supported => Finding::good(name, format!("{line}{}", away_from_path(name))),
        Support::TooOld => {
            let found = format!("too old, no clip can be read and no video written: {line}");
            Finding::lacking(name, State::Broken, found, format!("install ffmpeg 5.1 or newer ({FFMPEG_ADVICE})"))
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

/// Where a program was found that is not in the search path; empty if it is there.
fn away_from_path(name: &str) -> String {
    let on_path = Environment::of_process().program(name).is_some();
    let found = elsewhere(Path::new(name)).filter(|_| !on_path);
    found.map_or_else(String::new, |program| format!(" ({})", program.display()))
}

/// Encoders that this ffmpeg was built without. If ffmpeg cannot be run, [`tool`] gives the reason.
fn encoders(missing: Result<Vec<&'static str>, VideoError>) -> Finding {
    match missing {
        Ok(missing) if missing.is_empty() => Finding::good("encoders", "H.264, AAC and JPEG can be written"),
        Ok(missing) => {
            let found =
                format!("this ffmpeg lacks {}: overlay videos or their sound cannot be written", missing.join(", "));
            Finding::lacking("encoders", State::Missing, found, format!("install a full ffmpeg ({FFMPEG_ADVICE})"))
        }
        Err(_) => Finding::lacking("encoders", State::Missing, "unknown: ffmpeg cannot be asked", "see ffmpeg above"),
    }
}

/// Panic reports; `None` if there are none.
fn panic_reports(places: &SystemPaths) -> Option<Finding> {
    let reports = panic_report::reports(&panic_report::folder(places)?);
    let newest = reports.first()?;
    let found = format!("{} of the program's own faults, the newest: {}", reports.len(), newest.display());
    let remedy = "send the newest to the developers, then delete the folder";
    Some(Finding::lacking("panic reports", State::Missing, found, remedy))
}

fn inference(environment: &Environment, places: &SystemPaths) -> Finding {
    let choice = BackendChoice::Automatic(places.runtime_paths(environment.path("ORT_DYLIB_PATH")));
    match Runtime::start(&choice) {
        Ok(runtime) if *runtime.backend() != Backend::Tract => {
            Finding::good("inference", runtime.backend().to_string())
        }
        Ok(runtime) => {
            let failed = runtime.failed_libraries().iter().map(|reason| format!("; passed over: {reason}"));
            let found = format!("built in: works, two to four times slower{}", failed.collect::<String>());
            Finding::lacking("inference", State::Missing, found, format!("put ONNX Runtime's library {LIBRARY_PLACE}"))
        }
        Err(error) => Finding::lacking("inference", State::Broken, error.to_string(), "build the program again"),
    }
}

fn models(named: Option<&Path>, places: &SystemPaths) -> Vec<Finding> {
    let listed = models_dir(named, &places.resource_dirs).and_then(|dir| model_statuses(&dir));
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
        ModelState::Missing | ModelState::Changed => Finding::lacking(
            &part,
            State::Broken,
            found,
            "install the program again (in a source tree: git checkout -- models)",
        ),
    }
}

/// The list of `referee cameras`.
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

/// Ports of adapters and USB devices, as in `referee box`; boxes are hardly ever on built-in ports.
fn serial_ports(listed: Result<Vec<Port>, ApparatusError>) -> Finding {
    let lacking = |found: String| Finding::lacking("serial ports", State::Missing, found, "plug the box's cable in");
    let ports = match listed {
        Ok(ports) => ports,
        Err(error) => return lacking(error.to_string()),
    };
    if ports.iter().all(is_built_in) {
        return lacking("no serial adapter: no scoring box on a cable".into());
    }
    let named = |port: &Port| format!("{} {}", port.path, port.about).trim().to_owned();
    Finding::good("serial ports", ports.iter().map(named).collect::<Vec<_>>().join("; "))
}

/// A port of the mainboard: Linux lists `ttyS0` to `ttyS3` whether they have a plug or not.
fn is_built_in(port: &Port) -> bool {
    port.about == "built in" || port.path.starts_with("/dev/ttyS")
}

/// Loudspeakers and microphones, named as in the settings and `record --microphone`.
fn sound(devices: &SoundDevices) -> Finding {
    if *devices == SoundDevices::default() {
        let cost = "no device: no cues, no buzzer, phrases without a sound track";
        return Finding::lacking("sound", State::Missing, cost, "plug in a loudspeaker or a microphone");
    }
    let listed = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Finding::good("sound", format!("out: {}; in: {}", listed(&devices.outputs), listed(&devices.inputs)))
}

/// The speech program, for speaking the call.
fn speech(program: Option<&SpeechProgram>) -> Finding {
    let none = || {
        let remedy = if cfg!(windows) {
            "Windows PowerShell must be on the search path"
        } else {
            "install eSpeak NG (Debian: apt-get install espeak-ng)"
        };
        Finding::lacking("speech", State::Missing, "no speech program: the call is not said aloud", remedy)
    };
    program.map_or_else(none, |program| Finding::good("speech", program.path().display().to_string()))
}

/// Free space for results: of the nearest existing parent folder.
fn disk(folder: &Path) -> Finding {
    let existing = folder.ancestors().find(|dir| dir.is_dir()).unwrap_or(Path::new("."));
    let Some(free) = free_megabytes(existing) else {
        return Finding::lacking("disk", State::Missing, "free space unknown", "look at the drive's properties");
    };
    let found = format!("{free} MB free for {}", folder.display());
    if free < LITTLE_SPACE_MB {
        Finding::lacking("disk", State::Missing, found, "make room, or choose another folder with --output")
    } else {
        Finding::good("disk", found)
    }
}

fn free_megabytes(folder: &Path) -> Option<u64> {
    let here = if folder == Path::new("") { Path::new(".") } else { folder };
    Some(fs4::available_space(here).ok()? / (1024 * 1024))
}

/// X11 or Wayland; Windows and macOS always have a desktop.
fn display(environment: &Environment) -> Finding {
    if cfg!(not(all(unix, not(target_os = "macos")))) {
        return Finding::good("display", "the desktop");
    }
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
    fn serial_ports_are_reported_as_they_are_listed() {
        let port = Port { path: "COM3".into(), about: "USB serial adapter (0403:6001)".into() };
        let found = serial_ports(Ok(vec![port]));
        assert_eq!((found.state, found.found.as_str()), (State::Good, "COM3 USB serial adapter (0403:6001)"));
        assert_eq!(serial_ports(Ok(Vec::new())).state, State::Missing);
        let built_in = Port { path: "/dev/ttyS0".into(), about: String::new() };
        assert_eq!(serial_ports(Ok(vec![built_in])).state, State::Missing);
    }

    #[test]
    fn encoders_that_are_missing_are_named() {
        assert_eq!(encoders(Ok(Vec::new())).state, State::Good);
        let lacking = encoders(Ok(vec!["libx264"]));
        assert!(lacking.state == State::Missing && lacking.found.contains("libx264"), "{}", lacking.found);
    }

    #[test]
    fn panic_reports_are_reported_only_where_there_are_some() {
        let home = tempfile::tempdir().unwrap();
        let places = SystemPaths { user_data_dir: Some(home.path().to_owned()), ..SystemPaths::default() };
        assert!(panic_reports(&places).is_none());
        std::fs::create_dir_all(home.path().join("panics")).unwrap();
        std::fs::write(home.path().join("panics/panic-000000000001-1-0.txt"), "x").unwrap();
        assert!(panic_reports(&places).unwrap().found.contains("panic-000000000001-1-0.txt"));
    }

    #[test]
    fn cameras_are_reported_as_they_are_listed() {
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
        let found = models(Some(nowhere.path()), &SystemPaths::default());
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
