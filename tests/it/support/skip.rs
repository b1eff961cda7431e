//! Tests that cannot run here: one line each on the terminal, counted by `.ci/test`, and a failure where they must run.
//!
//! The line goes past the test harness, which would show it for failing tests only. `.ci/test` removes the list before the
//! tests and prints how many lines it has afterwards.

use std::io::Write;
use std::path::Path;

/// What a test lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// A program that `.ci/packages` installs: with `CI=true` its absence fails the test.
    Package,
    /// Data beside the project, a tool that is not installed by default, or a right that this machine does not grant.
    Optional,
}

/// The list of skipped tests, one line each, in the build's folder for tests.
const LIST: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped.txt");

/// Notes that the running test is skipped, and why.
///
/// # Panics
/// With `CI=true` for a [`Lack::Package`].
pub(crate) fn skip(lack: Lack, why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("skipped: {test}: {why}");
    assert!(
        !must_fail(lack, std::env::var_os("CI").is_some_and(|value| value == "true")),
        "{line} (.ci/packages installs it)"
    );
    let list = Path::new(LIST);
    let folder = list.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| std::fs::OpenOptions::new().create(true).append(true).open(list));
    if let Ok(mut file) = written {
        let _full = writeln!(file, "{line}");
    }
    let _closed = writeln!(std::io::stderr(), "{line}");
}

fn must_fail(lack: Lack, is_ci: bool) -> bool {
    lack == Lack::Package && is_ci
}

#[test]
fn a_missing_package_fails_in_ci_alone() {
    assert!(must_fail(Lack::Package, true));
    assert!(!must_fail(Lack::Package, false));
    assert!(!must_fail(Lack::Optional, true));
}
