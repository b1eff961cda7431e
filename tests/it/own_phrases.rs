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

/// Touches of a long video, by a list: lines that are wrong are named, the rest is collected.
#[test]
fn a_list_of_touches_becomes_records() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let demo = in_project("assets/demo/demo-phrase.mp4");
    std::fs::copy(&demo, root.join("bout.mp4")).expect("copied");
    let list = "video;end;call;lights\nbout.mp4;0:03,5;left;both\nbout.mp4;4.1;left;both\nother.mp4;9;left;\nbout.mp4;7;who;\n";
    std::fs::write(root.join("touches.csv"), list).expect("written");
    let args = ["collect", "--list", "touches.csv", "bout.mp4", "--output", "own.jsonl"];
    let output = referee(&args, root);
    let (said, named) = (succeeded(&output), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(said.contains("1 of 4 phrases"), "{said}{named}");
    for line in ["line 3:", "line 4:", "line 5:"] {
        assert!(named.contains(line), "{line} in {named}");
    }
    let record: Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("own.jsonl")).expect("a file")).expect("JSON");
    assert_eq!((&record["label"], &record["group"]), (&"left".into(), &"bout".into()));
    assert_eq!((&record["light_left"], &record["light_right"]), (&true.into(), &true.into()));
    let touch = record["hit_time_s"].as_f64().expect("a time");
    assert!((touch - 3.46).abs() <= 1.5, "{touch}");
    std::fs::write(root.join("touches.csv"), "clip,when\nbout.mp4,2\n").expect("written");
    assert!(complaint(&referee(&args, root)).contains("no column"));
}

/// The same clip seen a little differently gets the same call.
#[test]
fn how_far_a_verdict_moves_is_printed() {
    let root = tempfile::tempdir().expect("a folder");
    let demo = |ending: &str| in_project(&format!("assets/demo/demo-phrase.{ending}")).display().to_string();
    let (clip, log) = (demo("mp4"), demo("txt"));
    let said = succeeded(&referee(&["analyze", &clip, "--signal", &log, "--stability"], root.path()));
    for variant in
        ["H.264 at crf 14", "H.264 at crf 34", "three quarters", "half the frame rate", "7 ms later", "mirrored"]
    {
        assert!(said.contains(variant), "{variant} in {said}");
    }
    assert!(said.contains("same call in 8 of 8"), "{said}");
    assert!(!root.path().join("results").exists(), "nothing is written");
}

#[test]
fn what_cannot_be_collected_is_reported() {
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
