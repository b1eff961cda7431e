//! What newcomers mistype: every command says what failed, what to do and where, once, and before it starts to work.

use crate::support::in_project;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const DEMO: &str = "assets/demo/demo-phrase.mp4";

fn referee(args: &[&str], home: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"] {
        command.env(variable, home);
    }
    command.args(args).current_dir(home).output().expect("the program runs")
}

/// The exit code, and everything that must stand on standard error; nothing of the system's own numbers, nothing twice.
fn check(args: &[&str], home: &Path, code: i32, wanted: &[&str]) {
    let output = referee(args, home);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    for text in wanted {
        assert!(said.contains(text), "{args:?} does not say {text:?}: {said}");
    }
    assert!(!said.contains("os error") && said.matches("No such file").count() < 2, "{args:?}: {said}");
    assert!(!said.contains("loading the models") && output.stdout.is_empty(), "{args:?} began to work: {said}");
}

#[test]
fn a_wrong_path_or_value_is_reported_before_any_work_with_what_to_do() {
    let home = tempfile::tempdir().expect("a folder");
    let demo = in_project(DEMO);
    let demo = demo.to_str().expect("a path");
    std::fs::write(home.path().join("notes.txt"), "hi").expect("a file");
    std::fs::write(home.path().join("bad.toml"), "x = [[[").expect("a file");
    std::fs::create_dir(home.path().join("dir")).expect("a folder");
    let table: &[(&[&str], i32, &[&str])] = &[
        (&["analyze", "no.mp4"], 1, &["check the name", "no.mp4"]),
        (&["analyze", "dir"], 1, &["it is not a file", "dir"]),
        (&["analyze", "notes.txt"], 1, &["give an mp4, mov, mkv or avi", "notes.txt"]),
        (&["analyze", demo, "--signal", "no.txt"], 1, &["check that it exists", "no.txt"]),
        (&["analyze", demo, "--signal", "notes.txt"], 1, &["is it the right file?", "notes.txt"]),
        (&["analyze", demo, "--lights", "left"], 2, &["--lights needs --touch-at"]),
        (&["analyze", demo, "--json", "dir", "--no-files"], 1, &["give --json a file", "dir"]),
        (&["analyze", demo, "--json", "no/x.json"], 1, &["give --json a file", "no/x.json"]),
        (&["analyze", demo, "--config", "no.toml"], 1, &["leave --config out", "no.toml"]),
        (&["analyze", demo, "--config", "bad.toml"], 1, &["unclosed array", "bad.toml"]),
        (&["record", "--clip", "no.mp4"], 2, &["there is no such clip", "no.mp4"]),
        (&["library", "no"], 1, &["no such folder or clip", "no"]),
        (&["library", "dir", "--csv", "--results", "dir"], 1, &["no phrase was found"]),
        (&["draw", "--output", "notes.txt"], 1, &["cargo run --release -p referee-lab -- draw --output notes.txt"]),
        (&["serve", "--token-file", "no"], 1, &["correct --token-file", "no"]),
        (&["serve", "--tls-cert", "notes.txt", "--tls-key", "notes.txt"], 1, &["give a PEM file", "notes.txt"]),
        (&["serve", "--host", "0.0.0.0"], 1, &["set a token"]),
        (&["box", "replay", "no"], 1, &["referee box record", "no"]),
        (&["stream", "http://127.0.0.1:1", "--video", "no.mp4"], 2, &["there is no such file", "no.mp4"]),
        (&["submit", "http://127.0.0.1:1", "no.mp4", "notes.txt"], 2, &["check the name", "no.mp4"]),
        (&["submit", "http://127.0.0.1:1", demo, "notes.txt"], 1, &["check its address"]),
        (&["anlyze", demo], 2, &["a similar subcommand exists: 'analyze'"]),
    ];
    for (args, code, wanted) in table {
        if args.contains(&"--csv") {
            // Its header is output.
            let output = referee(args, home.path());
            assert!(output.status.code() == Some(*code) && !output.stderr.is_empty(), "{output:?}");
            continue;
        }
        check(args, home.path(), *code, wanted);
    }
}

#[test]
fn a_port_that_is_taken_is_reported_at_once() {
    let home = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    check(&["serve", "--port", &port], home.path(), 1, &["choose another --port", &port]);
}

#[test]
fn a_file_without_phrases_gives_no_table_of_noughts() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("notes.txt"), "hi").expect("a file");
    let output = referee(&["evaluate", "notes.txt", "--judge", "rules"], home.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && output.stdout.is_empty() && said.contains("give JSON lines"), "{said}");
}

#[test]
fn whoever_stops_reading_gets_no_panic() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    command.args(["doctor", "--json"]).env("HOME", home.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("panicked"), "{}: {said}", output.status);
}

#[test]
fn help_lists_the_exit_codes_and_where_to_begin() {
    let home = tempfile::tempdir().expect("a folder");
    let help = |args: &[&str]| String::from_utf8_lossy(&referee(args, home.path()).stdout).into_owned();
    assert!(help(&["--help"]).contains("Begin with `referee doctor`"));
    assert!(help(&["analyze", "--help"]).contains("3 judged but not every file written"));
    assert!(help(&["stream", "--help"]).contains("--resume sends one that was not"));
    assert!(help(&["serve", "--help"]).contains("1 when it cannot start"));
}
