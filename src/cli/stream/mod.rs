//! `referee stream`: a clip to a remote judge, frame by frame, as if it were being filmed.
//!
//! The phrase is written to this machine's disk before it is sent and stays there until it is judged, so neither a lost
//! server nor a crash of this program costs it.

mod args;
mod send;
mod show;

pub(crate) use args::Args;
pub(super) use args::{log_of, server};

use crate::analysis::{ClipRequest, judge_clip};
use crate::client::{ClientError, LocalCopy};
use crate::config::{AnalysisSettings, Environment, FileSettings, Places, TypedAnalysis};
use crate::engine::Engine;
use crate::report::{ResultContext, analysis_result};
use crate::video::{Cancel, ClipOptions};
use anyhow::Context;
use args::Fallback;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// What was typed makes no sense; clap uses the same for what it refuses.
const WRONG_ARGUMENTS: u8 = 2;
/// What shells say for "interrupted by Ctrl-C".
const INTERRUPTED: u8 = 130;

/// How a phrase ended.
enum Outcome {
    Judged(Value),
    Failed(ClientError),
}

/// Streams, prints the result as JSON.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let typed = args.check().and_then(|()| Ok((args.server(&environment)?, args.lamps()?)));
    let (server, lamps) = match typed {
        Ok(typed) => typed,
        Err(error) => {
            super::complain(&error);
            return Ok(ExitCode::from(WRONG_ARGUMENTS));
        }
    };
    let cancel = Cancel::new();
    let interrupted = cancel.clone();
    ctrlc::set_handler(move || interrupted.cancel()).context("Ctrl-C cannot be caught")?;
    let sender = send::Sender { args, server, lamps, unsent: unsent_folder(&environment), cancel: &cancel };
    let sent = match &args.resume {
        Some(path) => {
            let (copy, offer) = LocalCopy::reopen(path)?;
            sender.send_again(copy, offer)?
        }
        None => sender.send_new()?,
    };
    match sent.outcome {
        Outcome::Judged(result) => finish(args, &result),
        Outcome::Failed(ClientError::Cancelled) => {
            eprintln!("referee: called off");
            Ok(ExitCode::from(INTERRUPTED))
        }
        Outcome::Failed(error) => without_server(args, &environment, &error, sent.copy, &cancel),
    }
}

fn finish(args: &Args, result: &Value) -> anyhow::Result<ExitCode> {
    let text = serde_json::to_string_pretty(result)? + "\n";
    if let Some(path) = &args.output {
        crate::recording::write_atomically(path, text.as_bytes())?;
    }
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// Where phrases lie that are not judged yet: the user's data folder, else the system's temporary one.
fn unsent_folder(environment: &Environment) -> PathBuf {
    let home = Places::of_this_machine(environment).user_data_dir;
    home.unwrap_or_else(std::env::temp_dir).join("unsent")
}

/// The server gave no verdict: judges here when that was asked for, otherwise says where the phrase lies.
fn without_server(
    args: &Args,
    environment: &Environment,
    error: &ClientError,
    copy: Option<PathBuf>,
    cancel: &Cancel,
) -> anyhow::Result<ExitCode> {
    if args.fallback == Fallback::Local && args.video.is_some() {
        eprintln!("referee: {error}; judging here");
        let result = judge_here(args, environment, cancel)?;
        if let Some(copy) = copy {
            let _gone = std::fs::remove_file(copy);
        }
        return finish(args, &result);
    }
    match copy {
        Some(copy) => anyhow::bail!(
            "{error}\nthe phrase is kept; to send it again: referee stream {} --resume {}",
            args.server,
            copy.display()
        ),
        None => anyhow::bail!("{error}"),
    }
}

/// The same phrase on this machine's engine.
fn judge_here(args: &Args, environment: &Environment, cancel: &Cancel) -> anyhow::Result<Value> {
    let file = FileSettings::find(None, environment)?;
    let settings = AnalysisSettings::resolve(TypedAnalysis::default(), environment, file.analysis)?;
    let engine = Engine::load(&settings.engine_config(&Places::of_this_machine(environment), 1)?)?;
    let request = ClipRequest {
        clip: args.video.clone().context("only a clip can be judged here")?,
        signals: args.lamps.clip_signals(settings.hit_sides)?,
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
