//! `referee-lab draw` and a folder that it cannot write to.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops there and says why")]

use std::process::Command;

#[test]
fn a_file_in_place_of_the_folder_is_refused_with_what_to_do() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("notes.txt"), "hi").expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee-lab"));
    let output = command.args(["draw", "--output", "notes.txt"]).current_dir(home.path()).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("choose another --output") && stderr.contains("notes.txt"), "{stderr}");
}
