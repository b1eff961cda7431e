//! The receptionist: parse, set up logging, hand over, turn the outcome into an exit code.

use clap::Parser;
use fencing_referee::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::end_when_nobody_reads();
    let typed = cli::Cli::parse();
    match cli::run(typed) {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
