//! The main job: the bundled demo phrase, judged from its log, with every file of the reference's names.

use super::{demo, listed, referee, result_of, said};
use serde_json::Value;
use std::path::Path;
use vision::video::probe;

#[test]
fn the_demo_is_judged_and_its_files_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = referee(folder.path())
        .args(["--output", "results", "--include-keypoints", "--signal"])
        .args([demo("txt"), demo("mp4")])
        .output()
        .unwrap();
    let (code, stdout, stderr) = said(&output);
    assert_eq!(code, Some(0), "{stderr}");
    let first = stdout.lines().next().unwrap_or_default().to_lowercase();
    assert!(first.contains("left") && !first.contains("right"), "{stdout}");
    assert!(stdout.find("Files in") > stdout.find("[B"), "the verdict comes before the files: {stdout}");

    let phrases = listed(&folder.path().join("results"));
    assert!(matches!(&phrases[..], [one] if one.starts_with("demo-phrase_")), "{phrases:?}");
    let phrase = folder.path().join("results").join(&phrases[0]);
    let expected =
        ["analysis_result.json", "demo-phrase_keypoints.xlsx", "demo-phrase_overlay.mp4", "report.html", "summary.txt"];
    assert_eq!(listed(&phrase), expected);
    check_result(&phrase);
    let overlay = probe(&phrase.join("demo-phrase_overlay.mp4")).unwrap();
    let clip = probe(&demo("mp4")).unwrap();
    assert_eq!((overlay.size, overlay.frame_count), (clip.size, clip.frame_count));
    assert!(std::fs::read_to_string(phrase.join("summary.txt")).unwrap().to_lowercase().contains("left"));
    let workbook = std::fs::File::open(phrase.join("demo-phrase_keypoints.xlsx")).unwrap();
    let sheets = zip::ZipArchive::new(workbook).unwrap();
    assert_eq!(
        sheets.file_names().filter(|n| n.as_ref().is_ok_and(|n| n.starts_with("xl/worksheets/sheet"))).count(),
        4
    );
}

fn check_result(phrase: &Path) {
    let json = std::fs::read_to_string(phrase.join("analysis_result.json")).unwrap();
    let result: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&result["status"], &result["winner"]), (&Value::from("success"), &Value::from("left")));
    assert_eq!(result["verdict"]["call"], "left");
    assert_eq!(result["frames_analyzed"], 156);
    assert!(result["verdict"]["cautions"].as_array().is_some_and(Vec::is_empty), "{}", result["verdict"]);
}

#[test]
fn lamps_given_by_hand_are_the_lamps_that_count() {
    let folder = tempfile::tempdir().unwrap();
    let check = |args: &[&str], call: &str, rule: &str| {
        // The part around the touch is enough for a single light.
        let result = result_of(folder.path(), &[args, &["--from", "3", "--to", "3.8"]].concat(), &demo("mp4"));
        let verdict = &result["verdict"];
        assert_eq!((&verdict["call"], &verdict["rule"]), (&Value::from(call), &Value::from(rule)), "{args:?}");
    };
    check(&["--lights", "right", "--touch-at", "3.46"], "right", "L1");
    check(&["--lights", "left", "--touch-at", "3.46"], "left", "L1");
    check(&["--lights", "none"], "no_touch", "A1");
    check(&["--lights", "left,right", "--touch-at", "3.46", "--weapon", "epee"], "double", "E1");
    assert!(listed(folder.path()).is_empty(), "a result on standard output comes with no files");
}
