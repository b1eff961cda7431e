//! The command line: one file per command, `Args` as typed, `run` to do it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to the person at the terminal is this room's job"
)]

mod analyze;
mod bench;
mod bench_live;
mod box_command;
mod cameras;
mod doctor;
mod draw;
mod evaluate;
mod lamp_args;
mod library;
mod measure_pose;
mod record;
mod serve;
mod stream;
mod submit;
mod train;

#[cfg(feature = "gui")]
mod window;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An AI fencing referee.
#[derive(Debug, Parser)]
#[command(name = "referee", version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find, watch, record, replay or simulate a scoring apparatus
    Box(box_command::Args),
    /// Judge one clip: who has right of way, why, and how sure that is
    Analyze(Box<analyze::Args>),
    /// Measure what a frame and a verdict cost on this machine
    Bench(Box<bench::Args>),
    /// List cameras with every format and control, or try one
    Cameras(cameras::Args),
    /// Show what is present, what is missing and what that costs
    Doctor(doctor::Args),
    /// Draw the demo phrase: a clip with its signal log, or stills
    Draw(draw::Args),
    /// Judge labelled phrases unseen and print how often machine and referees agree
    Evaluate(evaluate::Args),
    /// List the phrases in folders: fencers, calls of referee and machine, and how often they agree
    Library(library::Args),
    /// Measure pose models on labelled stills
    MeasurePose(measure_pose::Args),
    /// Record one phrase from a camera, without a window
    Record(record::Args),
    /// Judge phrases that stream in over the network, or are uploaded
    Serve(Box<serve::Args>),
    /// Stream a clip or a camera to a server and print its verdict
    Stream(stream::Args),
    /// Upload a clip with its signal log to a server and print its verdict
    Submit(submit::Args),
    /// Train the call model on labelled phrases
    Train(train::Args),
    /// Open the window: judge clips and review them frame by frame
    #[cfg(feature = "gui")]
    Window(window::Args),
}

/// Runs the command that was typed.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Some(command) => run_command(command),
        None => run_without_command(),
    }
}

/// Without a command the window opens; a build without it says what else there is.
fn run_without_command() -> anyhow::Result<ExitCode> {
    #[cfg(feature = "gui")]
    return window::run(&window::Args::default());
    #[cfg(not(feature = "gui"))]
    anyhow::bail!("this build has no window; see referee --help for the commands");
}

fn run_command(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Box(args) => box_command::run(&args),
        Command::Analyze(args) => analyze::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Cameras(args) => cameras::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Library(args) => library::run(&args),
        Command::MeasurePose(args) => measure_pose::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Stream(args) => stream::run(&args),
        Command::Submit(args) => submit::run(&args),
        Command::Train(args) => train::run(&args),
        #[cfg(feature = "gui")]
        Command::Window(args) => window::run(&args),
    }
}
