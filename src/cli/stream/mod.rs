//! `referee stream`: sends a clip or camera to a server, frame by frame in real time.
//!
//! The phrase is written to this machine's disk before it is sent and stays there until it is judged, so neither a lost
//! server nor a crash of this program loses it.

mod args;
mod here;
mod send;
mod show;

pub(crate) use args::Args;
pub(super) use args::server;

use anyhow::Context;
use args::Fallback;
use serde_json::Value;
use settings::{Environment, SystemPaths};
use std::path::PathBuf;
use std::process::ExitCode;
use vision::video::Cancel;
use wire::client::{ClientError, LocalCopy};

/// Exit code for wrong arguments; the same as clap's.
const WRONG_ARGUMENTS: u8 = 2;
/// Exit code after Ctrl-C, as shells use it.
const INTERRUPTED: u8 = 130;

/// Outcome of a phrase.
enum Outcome {
    Judged(Value),
    Failed(ClientError),
}

/// Sends the phrase and prints the result as JSON.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let typed = args.check().and_then(|()| Ok((args.server(&environment)?, args.lamps()?)));
    let (server, lamps) = match typed {
        Ok(typed) => typed,
        Err(error) => {
            super::print_error(&error);
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
    match &sent.outcome {
        Outcome::Judged(result) => finish(args, result),
        Outcome::Failed(ClientError::Cancelled) => Ok(called_off("")),
        Outcome::Failed(error) => without_server(args, &environment, error, &sent, &cancel),
    }
}

fn called_off(kept: &str) -> ExitCode {
    eprintln!("referee: called off{kept}");
    ExitCode::from(INTERRUPTED)
}

fn finish(args: &Args, result: &Value) -> anyhow::Result<ExitCode> {
    let text = serde_json::to_string_pretty(result)? + "\n";
    if let Some(path) = &args.output {
        recording::write_atomically(path, text.as_bytes())?;
    }
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// Folder of phrases that are not judged yet: in the user's data folder, otherwise in the system's temporary one.
fn unsent_folder(environment: &Environment) -> PathBuf {
    let home = SystemPaths::of_this_machine(environment).user_data_dir;
    home.unwrap_or_else(std::env::temp_dir).join("unsent")
}

/// Without a verdict of the server: judges here if requested, otherwise prints where the phrase is kept.
fn without_server(
    args: &Args,
    environment: &Environment,
    error: &ClientError,
    sent: &send::Sent,
    cancel: &Cancel,
) -> anyhow::Result<ExitCode> {
    if args.fallback == Fallback::None {
        anyhow::bail!("{error}{}", kept(args, sent));
    }
    eprintln!("referee: {error}; judging here");
    match here::judge(args, environment, &sent.phrase, cancel) {
        Ok(result) => {
            if let Some(copy) = &sent.copy {
                let _gone = std::fs::remove_file(copy);
            }
            finish(args, &result)
        }
        Err(_) if cancel.is_cancelled() => Ok(called_off(&kept(args, sent))),
        Err(failure) => anyhow::bail!("it cannot be judged here either: {failure:#}{}", kept(args, sent)),
    }
}

/// A line with the path of the phrase and the command to send it again; empty if it is not on disk.
fn kept(args: &Args, sent: &send::Sent) -> String {
    let resume_hint = |copy: &PathBuf| {
        format!("\nthe phrase is kept; to send it again: referee stream {} --resume {}", args.server, copy.display())
    };
    sent.copy.as_ref().map(resume_hint).unwrap_or_default()
}
