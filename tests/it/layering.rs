//! What the compiler cannot see of the layering: which crate may use which toolkit, and how source files are kept.
//!
//! Cargo keeps the walls between our own crates: what is no dependency cannot be imported, and a cycle does not build.

use crate::support::in_project;
use std::collections::BTreeSet;
use std::path::Path;

/// The longest a file may grow: beyond it a reader no longer understands it at one sitting. 100 to 800 lines are usual; the loop of
/// the live session is longer, because the whole `impl` of a type stays together.
const MAX_LINES: usize = 1000;

/// The toolkits that stay in one part of the building, and the crates that may name them as a dependency.
const TOOLKITS: &[(&str, &[&str])] = &[
    ("egui", &["window"]),
    ("eframe", &["window"]),
    ("rfd", &["window"]),
    ("tokio", &["wire", "lab"]),
    ("axum", &["wire"]),
    ("ort", &["vision"]),
    ("nokhwa", &["capture"]),
    ("cpal", &["capture"]),
    ("serialport", &["apparatus"]),
    ("rumqttc", &["apparatus"]),
];

/// Our own crates that each may depend on, for those whose independence is a promise: `fencing` is pure, `apparatus` is
/// published by itself, `recording` and `vision` know nothing of what is built on them.
const INDEPENDENT: &[(&str, &[&str])] = &[
    ("fencing", &[]),
    ("apparatus", &["fencing"]),
    ("recording", &["fencing"]),
    ("vision", &["fencing", "recording"]),
    ("learning", &["fencing", "vision"]),
    ("wire", &["fencing", "recording", "records", "settings", "vision"]),
];

#[test]
fn toolkits_stay_in_their_crates() {
    for name in crates() {
        let used = dependencies(&name);
        for (toolkit, allowed) in TOOLKITS {
            let is_clean = !used.contains(*toolkit) || allowed.contains(&name.as_str());
            assert!(is_clean, "src/{name} depends on `{toolkit}`, which belongs to {allowed:?}");
        }
    }
}

#[test]
fn independent_crates_depend_on_nothing_above_them() {
    let ours: BTreeSet<String> = crates().into_iter().collect();
    for (name, allowed) in INDEPENDENT {
        let used: Vec<String> = dependencies(name).intersection(&ours).cloned().collect();
        assert!(
            used.iter().all(|u| allowed.contains(&u.as_str())),
            "src/{name} depends on {used:?}, not only {allowed:?}"
        );
    }
}

#[test]
fn every_file_says_what_it_is_and_can_be_read_at_one_sitting() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for file in walkdir::WalkDir::new(in_project("src")).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if file.path().extension().is_none_or(|e| e != "rs") {
            continue;
        }
        seen += 1;
        let text = std::fs::read_to_string(file.path()).expect("a source file can be read");
        if !text.starts_with("//!") {
            broken.push(format!("{}: no `//!` header", file.path().display()));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            broken.push(format!("{}: {lines} lines, more than {MAX_LINES}", file.path().display()));
        }
    }
    assert!(seen > 100, "the walk found only {seen} files");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The folders of `src` that are crates.
fn crates() -> Vec<String> {
    let folders = std::fs::read_dir(in_project("src")).expect("src is there").filter_map(Result::ok);
    let found: Vec<String> = folders
        .filter(|folder| folder.path().join("Cargo.toml").is_file())
        .map(|folder| folder.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(found.len() >= 12, "{found:?}");
    found
}

/// What a crate's manifest names under `[dependencies]`, for all systems; not what only its tests need.
fn dependencies(name: &str) -> BTreeSet<String> {
    let path = in_project("src").join(name).join("Cargo.toml");
    let manifest: toml::Table = read(&path).parse().expect("a manifest is TOML");
    let keys = |table: &toml::Table| -> Vec<String> {
        table.get("dependencies").and_then(toml::Value::as_table).map_or_else(Vec::new, |t| t.keys().cloned().collect())
    };
    let mut found: BTreeSet<String> = keys(&manifest).into_iter().collect();
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        found.extend(targets.values().filter_map(toml::Value::as_table).flat_map(keys));
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
