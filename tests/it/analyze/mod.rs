//! `referee analyze` as a user types it: verdict, files, exit codes, and what it says to bad input.

mod bad_input;
mod demo;
#[cfg(target_os = "linux")]
mod interrupt;
mod real_clips;

use crate::support::in_project;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The built program with no setting of whoever runs the tests, in `folder`.
fn referee(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REFEREE_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).env("XDG_CONFIG_HOME", folder).arg("analyze");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code, what was printed, what was complained about.
fn said(output: &Output) -> (Option<i32>, String, String) {
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn demo(ending: &str) -> PathBuf {
    in_project(&format!("assets/demo/demo-phrase.{ending}"))
}

/// Everything in a folder, sorted.
fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The result that `--json -` prints.
fn result_of(folder: &Path, args: &[&str], clip: &Path) -> Value {
    let output = referee(folder).args(args).args(["--json", "-"]).arg(clip).output().unwrap();
    let (code, stdout, stderr) = said(&output);
    assert_eq!(code, Some(0), "{}: {stderr}", clip.display());
    serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{e}: {stdout}"))
}

fn caution_keys(result: &Value) -> Vec<&str> {
    let cautions = result["verdict"]["cautions"].as_array().expect("cautions");
    cautions.iter().filter_map(|caution| caution["key"].as_str()).collect()
}
