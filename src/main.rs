//! The receptionist: parse, set up logging, hand over, turn the outcome into an exit code.

use clap::Parser;
use fencing_referee::cli;
use std::process::ExitCode;

#[allow(clippy::print_stderr, reason = "the last word on a failure goes to the terminal")]
fn main() -> ExitCode {
    let typed = cli::Cli::parse();
    match cli::run(typed) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("referee: {error:#}");
            ExitCode::FAILURE
        }
    }
}
