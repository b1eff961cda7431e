//! From a club's recordings to records, to a judge that uses its numbers and models: the loop that `collect` closes.

use crate::support::in_project;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// The built program with no setting of whoever runs the tests, in `folder`.
fn referee(args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REFEREE_")) {
        command.env_remove(name);
    }
    command.args(args).current_dir(folder).env("XDG_CONFIG_HOME", folder).output().expect("the program runs")
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The demo phrase as the recorder leaves it, with a referee's call.
fn recorded(root: &Path, name: &str, own_call: &str) {
    let folder = root.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (ending, demo) in [("mp4", "demo-phrase.mp4"), ("txt", "demo-phrase.txt")] {
        let from = in_project(&format!("assets/demo/{demo}"));
        std::fs::copy(from, folder.join(format!("{name}.{ending}"))).expect("copied");
    }
    let notes = format!(r#"{{"weapon":"sabre","own_call":"{own_call}"}}"#);
    std::fs::write(folder.join("phrase.json"), notes).expect("notes");
}

fn analysed(folder: &Path, more: &[&str]) -> Value {
    let demo = |ending: &str| in_project(&format!("assets/demo/demo-phrase.{ending}")).display().to_string();
    let (clip, log) = (demo("mp4"), demo("txt"));
    let args = [&["analyze", &clip, "--signal", &log, "--json", "-", "--no-files"], more].concat();
    serde_json::from_str(&succeeded(&referee(&args, folder))).expect("JSON")
}

/// What is collected of a phrase is judged as the phrase was, to the last digit that is printed, whatever its referee said.
#[test]
fn a_recording_becomes_a_record_that_is_judged_alike() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    recorded(root, "20260127_210901_phrase01", "right");
    recorded(root, "20260128_210902_phrase02", "simultaneous");
    recorded(root, "20260128_210903_phrase03", "no_touch");
    let said = succeeded(&referee(&["collect", ".", "--output", "own.jsonl.gz"], root));
    assert!(said.contains("2 of 2 phrases of 2 days"), "{said}");
    let figures = succeeded(&referee(&["evaluate", "own.jsonl.gz", "--json", "judged.jsonl"], root));
    assert!(figures.contains("two-way (forced)      0/1"), "the referee's call is the label: {figures}");
    let analysed = &analysed(root, &[])["verdict"];
    let lines = std::fs::read_to_string(root.join("judged.jsonl")).expect("lines");
    assert_eq!(lines.lines().count(), 2);
    for line in lines.lines() {
        let judged: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((&judged["call"], &judged["rule"]), (&analysed["call"], &analysed["rule"]));
        for share in ["p_left", "p_right", "p_none"] {
            let (a, b) = (judged[share].as_f64().expect("a share"), analysed[share].as_f64().expect("a share"));
            assert!((a - b).abs() < 1e-4, "{share}: {a} {b}");
        }
    }
}

#[test]
fn what_cannot_be_collected_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let collect = |place: &str| complaint(&referee(&["collect", place, "--output", "own.jsonl"], root));
    assert!(collect("nowhere").contains("no such folder"));
    recorded(root, "20260128_210903_phrase03", "no_touch");
    assert!(collect(".").contains("no phrase here was called by a referee"));
    recorded(root, "20260128_210904_phrase04", "left");
    std::fs::write(root.join("20260128_210904_phrase04/20260128_210904_phrase04.mp4"), "no clip").expect("written");
    let said = collect(".");
    assert!(said.contains("passed over 20260128_210904_phrase04") && said.contains("nothing written"), "{said}");
    assert!(!root.join("own.jsonl").exists());
}

/// The numbers that `evaluate --fit-doubt` prints count wherever the program judges: as an argument, a variable, or in the file.
#[test]
fn fitted_doubt_is_a_setting_of_the_program() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let sure = |more: &[&str]| analysed(root, more)["verdict"]["p_left"].as_f64().expect("a share");
    let shipped = sure(&[]);
    let timid = sure(&["--doubt", "0.2,0.2,0.2"]);
    assert!(timid < shipped - 0.1, "{timid} {shipped}");
    std::fs::write(root.join("referee.toml"), "[analysis]\ndoubt = \"0.2,0.2,0.2\"\n").expect("written");
    assert_eq!(sure(&["--config", "referee.toml"]), timid);
    std::fs::write(root.join("referee.toml"), "[analysis]\ndoubt = \"1,2\"\n").expect("written");
    let clip = in_project("assets/demo/demo-phrase.mp4").display().to_string();
    let said = complaint(&referee(&["analyze", &clip, "--config", "referee.toml"], root));
    assert!(said.contains("three factors"), "{said}");
}
