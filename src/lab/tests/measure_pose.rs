//! `referee-lab measure-pose` on labelled stills, with either inference library.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops there and says why")]

use std::io::Write;
use std::path::Path;
use std::process::Command;

#[test]
fn both_backends_give_the_same_poses() {
    let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fencer-poses");
    if !stills.exists() {
        let _closed =
            writeln!(std::io::stderr(), "skipped: both_backends_give_the_same_poses: no labelled stills here");
        return;
    }
    let table = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_referee-lab"));
        command.arg("measure-pose").arg(&stills).args(["--limit", "4"]).args(more);
        String::from_utf8(command.output().expect("the program runs").stdout).unwrap()
    };
    let (found, built_in) = (table(&[]), table(&["--built-in-inference"]));
    if found.lines().next().is_some_and(|line| line.contains("built-in")) {
        let _closed = writeln!(std::io::stderr(), "skipped: both_backends_give_the_same_poses: no ONNX Runtime here");
        return;
    }
    // Without the heading that names the backend and the times in the last column.
    let figures = |table: &str| -> Vec<String> {
        let untimed = |line: &str| line.rsplit_once(' ').map_or(String::new(), |(rest, _)| rest.trim_end().to_owned());
        table.lines().skip(2).map(untimed).collect()
    };
    assert_eq!(figures(&found).len(), 3, "{found}");
    assert_eq!(figures(&found), figures(&built_in));
}
