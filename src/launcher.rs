//! `referee-window`: opens the window of the `referee` beside it and nothing else, so that a double click on Windows opens no console.
//!
//! `referee` itself stays a console program there: commands print, and a shell waits for them. A program is one or the other.

#![cfg_attr(windows, windows_subsystem = "windows")]

use std::path::PathBuf;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let Some(program) = referee() else { return ExitCode::FAILURE };
    let mut command = Command::new(program);
    command.arg("window").args(std::env::args_os().skip(1));
    without_console(&mut command);
    // `referee` shows its own failures in a message box: what is left here is an installation that is broken.
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The program beside this one.
fn referee() -> Option<PathBuf> {
    let name = format!("referee{}", std::env::consts::EXE_SUFFIX);
    Some(std::env::current_exe().ok()?.parent()?.join(name))
}

/// `CREATE_NO_WINDOW`: the console program gets no console.
#[cfg(windows)]
fn without_console(command: &mut Command) {
    std::os::windows::process::CommandExt::creation_flags(command, 0x0800_0000);
}

#[cfg(not(windows))]
fn without_console(_: &mut Command) {}
