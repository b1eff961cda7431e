//! `referee-lab`: draws the demo phrase, measures pose models, and prints what frames, verdicts, recording and server cost.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod bench;
mod draw;
mod measure_pose;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// The allocator of the program that is measured.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

/// The laboratory of the fencing referee: drawn clips, benches, measurement of pose models.
#[derive(Debug, Parser)]
#[command(name = "referee-lab", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bench(Box<bench::Args>),
    Draw(draw::Args),
    MeasurePose(measure_pose::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Bench(args) => bench::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::MeasurePose(args) => measure_pose::run(&args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("referee-lab: {error:#}");
        ExitCode::FAILURE
    })
}
