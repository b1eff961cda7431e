//! Ctrl-C: before the verdict nothing is left, after it only whole files; no decoder outlives the program.

use super::{demo, listed, referee, text};
use crate::clips::{Folder, ffmpeg_children_of};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes on any machine.
const TIMEOUT: Duration = Duration::from_mins(2);

fn interrupt(child: &Child) {
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn interrupted_in_the_middle_it_leaves_nothing() {
    let folder = Folder::new();
    let clip = folder.make("-f lavfi -i testsrc2=size=640x360:rate=30:duration=120 -c:v mpeg4", "interrupted.mp4");
    let home = tempfile::tempdir().unwrap();
    let mut child = referee(home.path())
        .args(["--output", "results"])
        .arg(&clip)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while ffmpeg_children_of(&clip) == 0 {
        assert!(since.elapsed() < TIMEOUT && child.try_wait().unwrap().is_none(), "the decoder never ran");
        std::thread::sleep(Duration::from_millis(20));
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty() && text(&output.stderr).contains("cancelled; nothing was written"));
    assert!(listed(&home.path().join("results")).is_empty());
    assert_eq!(ffmpeg_children_of(&clip), 0);
}

#[test]
fn interrupted_after_the_verdict_it_leaves_whole_files_only() {
    let home = tempfile::tempdir().unwrap();
    let mut child = referee(home.path())
        .args(["--output", "results", "--from", "2.6", "--signal"])
        .args([demo("txt"), demo("mp4")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut verdict = String::new();
    stdout.read_line(&mut verdict).unwrap();
    interrupt(&child);
    assert!(verdict.to_lowercase().contains("left"), "{verdict}");
    stdout.read_to_string(&mut verdict).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{verdict}");
    let phrases = listed(&home.path().join("results"));
    let files = listed(&home.path().join("results").join(&phrases[0]));
    let whole = ["analysis_result.json", "demo-phrase_keypoints.xlsx", "report.html", "summary.txt"];
    assert_eq!(files, whole, "{verdict}");
}
