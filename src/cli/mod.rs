//! The command line: one file per command, `Args` as typed, `run` to do it.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An AI fencing referee.
#[derive(Debug, Parser)]
#[command(name = "referee", version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {}

/// Runs the command that was typed.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {}
}
