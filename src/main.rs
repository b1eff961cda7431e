//! The receptionist: parse, set up logging, hand over, turn the outcome into an exit code.

mod cli;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Every phrase has threads of its own, and pictures of megabytes go from one to the other. The C library keeps an arena
/// per thread, and in each what was freed there: a server grew by half with its first phrases and never gave it back
/// (`referee bench wire` prints it). This one gives freed pages back whichever thread had them.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::end_when_nobody_reads();
    let typed = cli::Cli::of_process();
    match cli::run(typed) {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
