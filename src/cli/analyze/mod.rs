//! `referee analyze`: judges a clip, prints the verdict, then writes the files.
//!
//! Exit codes: 0 judged (also "too close" and "no touch"), 1 could not be judged, 2 wrong arguments, 3 judged but not
//! every file could be written, 4 judged but not stable (`--stability`), 130 interrupted.

mod args;
mod print;
mod stability;

pub(crate) use args::Args;

use anyhow::Context;
use recording::{analysis_folder, read_signal_log};
use records::analysis::{
    AnalysisError, ArtifactOptions, ArtifactsMade, ClipRequest, ClipSignals, JudgedClip, OverlayChoice, Progress,
    StillsFrom, judge_clip, prepare_folder, write_artifacts,
};
use records::report::KeypointDetail;
use settings::{AnalysisSettings, Environment, FileSettings, SystemPaths};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use vision::engine::Engine;
use vision::video::Cancel;

/// Exit code for wrong arguments; the same as clap's.
const WRONG_ARGUMENTS: u8 = 2;
/// Exit code when the phrase was judged but files are missing.
const FILES_MISSING: u8 = 3;
/// The call changes when the clip is seen a little differently.
const NOT_STABLE: u8 = 4;
/// Exit code after Ctrl-C, as shells use it.
const INTERRUPTED: u8 = 130;

/// Judges one clip and prints the verdict before any file is written.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let environment = Environment::of_process();
    let file = FileSettings::find(args.config.as_deref(), &environment)?;
    let resolved = AnalysisSettings::resolve(args.settings.clone(), &environment, file.analysis);
    let typed = resolved.map_err(anyhow::Error::from).and_then(|s| Ok((args.request(&s)?, s)));
    let (request, settings) = match typed {
        Ok(typed) => typed,
        Err(error) => {
            super::print_error(&error);
            return Ok(ExitCode::from(WRONG_ARGUMENTS));
        }
    };
    let cancel = cancelled_by_ctrl_c()?;
    // Check the arguments first: a wrong path should neither wait for the models nor leave a folder.
    vision::video::probe(&request.clip)?;
    if let ClipSignals::Log { path, hit_sides } = &request.signals {
        read_signal_log(path, *hit_sides)?;
    }
    args.check_json()?;
    let folder = args.writes_files().then(|| prepare(&settings, &request)).transpose()?;
    match judge(args, &settings, &request, &cancel) {
        Ok((engine, judged)) if args.stability => {
            print::verdict(&judged, args.language, false);
            let stable = stability::print(&engine, &request, &judged, args.language, &cancel)?;
            Ok(if stable { ExitCode::SUCCESS } else { ExitCode::from(NOT_STABLE) })
        }
        Ok((_, judged)) => finish(args, &settings, &request, &judged, folder.as_deref(), started, &cancel),
        Err(error) => {
            // The folder is new and empty: do not leave it behind.
            if let Some(folder) = &folder {
                let _gone = std::fs::remove_dir(folder);
            }
            if cancel.is_cancelled() {
                eprintln!("referee: {}", AnalysisError::Cancelled);
                return Ok(ExitCode::from(INTERRUPTED));
            }
            Err(error)
        }
    }
}

fn cancelled_by_ctrl_c() -> anyhow::Result<Cancel> {
    let cancel = Cancel::new();
    let raised = cancel.clone();
    ctrlc::set_handler(move || raised.cancel()).context("cannot listen for Ctrl-C")?;
    Ok(cancel)
}

fn prepare(settings: &AnalysisSettings, request: &ClipRequest) -> anyhow::Result<PathBuf> {
    let stem = request.stem();
    let wanted = analysis_folder(&settings.output, &stem, time::OffsetDateTime::now_utc());
    Ok(prepare_folder(&wanted)?)
}

fn judge(
    args: &Args,
    settings: &AnalysisSettings,
    request: &ClipRequest,
    cancel: &Cancel,
) -> anyhow::Result<(Engine, JudgedClip)> {
    let bar = print::Bar::new(args.quiet || args.json_on_stdout());
    bar.stage("loading the models");
    let config = settings.engine_config(&SystemPaths::of_this_machine(&Environment::of_process()), 1)?;
    let engine = Engine::load(&config)?;
    let judged = judge_clip(&engine, request, cancel, &mut |p: Progress| bar.show(p));
    bar.done();
    Ok((engine, judged?))
}

fn finish(
    args: &Args,
    settings: &AnalysisSettings,
    request: &ClipRequest,
    judged: &JudgedClip,
    folder: Option<&Path>,
    started: Instant,
    cancel: &Cancel,
) -> anyhow::Result<ExitCode> {
    if !args.json_on_stdout() {
        print::verdict(judged, args.language, args.quiet);
    }
    args.write_json(judged, request, started.elapsed())?;
    let Some(folder) = folder else { return Ok(ExitCode::SUCCESS) };
    let options = ArtifactOptions {
        overlay: if args.no_overlay { OverlayChoice::Skip } else { OverlayChoice::Make },
        corrected: settings.correction().filter(|_| args.corrected_video),
        stills: StillsFrom::Clip,
        keypoints: args.keypoints(),
        language: args.language,
    };
    let bar = print::Bar::new(args.quiet || args.json_on_stdout());
    bar.stage("writing files");
    let mut share = |done: f32| bar.files(done);
    let made = write_artifacts(judged, request, options, folder, started.elapsed(), cancel, &mut share);
    bar.done();
    Ok(report(args, folder, &made, cancel))
}

fn report(args: &Args, folder: &Path, made: &ArtifactsMade, cancel: &Cancel) -> ExitCode {
    if !args.quiet && !args.json_on_stdout() {
        print::files(folder, made);
    }
    for failure in &made.failures {
        eprintln!("referee: {failure}");
    }
    match (cancel.is_cancelled(), made.failures.is_empty()) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(FILES_MISSING),
    }
}

impl Args {
    fn keypoints(&self) -> KeypointDetail {
        if self.include_keypoints { KeypointDetail::Included } else { KeypointDetail::Omitted }
    }
}
