//! `referee library` from outside: list, figures, formats, exit codes.

use assert_cmd::Command;
use std::path::Path;

fn phrase(root: &Path, number: u32, own: &str, machine: &str) {
    let name = format!("20260127_2109{number:02}_phrase{number:02}");
    let folder = root.join(&name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.mkv")), "clip").expect("a clip");
    let notes = format!(
        r#"{{"weapon":"sabre","left":"Kim","right":"Rossi","own_call":"{own}","machine_call":"{machine}","machine_confidence":0.8}}"#
    );
    std::fs::write(folder.join("phrase.json"), notes).expect("notes");
}

fn referee(args: &[&str], root: &Path) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_referee")).arg("library").args(args).arg(root).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn club() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    phrase(dir.path(), 1, "left", "left");
    phrase(dir.path(), 2, "right", "left");
    phrase(dir.path(), 3, "simultaneous", "no_touch");
    dir
}

#[test]
fn the_list_ends_with_the_figures() {
    let dir = club();
    let (code, out, err) = referee(&["--sort", "oldest"], dir.path());
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines[0].starts_with("left          left          0.80 agrees   20260127_210901_phrase01  Kim – Rossi"),
        "{out}"
    );
    assert!(out.contains("3 phrases, 3 judged, 3 called by a referee, 0 too close"), "{out}");
    assert!(out.contains("referee and machine agree: 2/3 = 66.7 % [20.8, 93.9]"), "{out}");
    assert!(out.contains("Kim: 3 phrases, 1 touches, 1 against, 1 without"), "{out}");
}

#[test]
fn scripts_get_lines_of_json_or_a_table() {
    let dir = club();
    let (_, out, _) = referee(&["--json", "--agreement", "differs"], dir.path());
    let lines: Vec<serde_json::Value> = out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!((lines.len(), lines[0]["own_call"].as_str()), (2, Some("right")));
    assert_eq!(lines[1]["statistics"]["agreement"]["all"], 1);
    let (_, out, _) = referee(&["--csv", "--call", "none"], dir.path());
    assert_eq!(out.lines().count(), 2, "{out}");
}

#[test]
fn what_could_not_be_read_is_reported_and_the_exit_code_tells() {
    let dir = club();
    let (code, out, err) = referee(&["/nowhere/at/all"], dir.path());
    assert!(code == 1 && out.contains("3 phrases") && err.contains("not there any more"), "{out}{err}");
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(referee(&[], empty.path()).0, 1);
}
