//! Removes old phrases, by an explicit rule and never anything else.
//!
//! A phrase goes only when its folder is named like one, holds nothing but the files of a phrase, and nobody is recording
//! it. It is renamed first, so that half a removal never looks like a phrase.

use super::disk::Disk;
use super::names::{OPEN_MARK, OnDisk, REMOVING, phrases_in};
use super::settings::Pruning;
use std::io;
use std::path::{Path, PathBuf};
use time::{Duration, PrimitiveDateTime};

/// Bytes in a gigabyte.
const GIGABYTE: f64 = 1e9;

/// Removes what `rule` says from `recordings` at the local time `now`; `kept` (the phrase just recorded) stays in any case.
/// Gives what was removed, oldest first.
pub(super) fn prune(
    recordings: &Path,
    rule: Pruning,
    now: PrimitiveDateTime,
    kept: Option<&Path>,
    disk: &dyn Disk,
) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    let mut removable: Vec<OnDisk> = phrases_in(recordings);
    let surplus = match rule {
        Pruning::KeepNewest(most) => removable.len().saturating_sub(most as usize),
        _ => usize::MAX,
    };
    removable.truncate(surplus);
    for phrase in removable.into_iter().filter(|p| Some(p.folder.as_path()) != kept) {
        let due = match rule {
            Pruning::Never => false,
            Pruning::OlderThanDays(days) => now - phrase.at > Duration::days(days.into()),
            Pruning::KeepFreeGigabytes(wanted) => {
                disk.free_bytes(recordings).is_some_and(|free| (free as f64) < wanted * GIGABYTE)
            }
            Pruning::KeepNewest(_) => true,
        };
        if due && remove(&phrase).is_ok() {
            removed.push(phrase.folder);
        }
    }
    removed
}

fn remove(phrase: &OnDisk) -> io::Result<()> {
    let recording = phrase.folder.join(OPEN_MARK).exists();
    if recording || phrase.own_files().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let going = phrase.folder.with_file_name(format!("{REMOVING}{}", phrase.name));
    recording::rename(&phrase.folder, &going)?;
    empty_and_remove(&going)
}

/// Removes the files of a folder, then the folder; nothing below it.
pub(super) fn empty_and_remove(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        std::fs::remove_file(entry?.path())?;
    }
    std::fs::remove_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::super::disk::SystemDisk;
    use super::*;
    use time::macros::datetime;

    const NAMES: [&str; 3] = ["20260101_100000_phrase01", "20260110_100000_phrase02", "20260111_100000_phrase03"];
    const STRANGERS: [&str; 5] = [
        "20260101_100000_phrase09",
        "20250101_100000_phrase01_old",
        "holiday",
        "20240101_000000_phrase01",
        ".removing-me",
    ];

    /// Three phrases; a folder like a phrase with a stranger's file in it, other folders, and a phrase being recorded.
    fn recordings() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in NAMES.iter().chain(&STRANGERS) {
            std::fs::create_dir(dir.path().join(name)).unwrap();
            std::fs::write(dir.path().join(name).join(format!("{name}.mkv")), b"x").unwrap();
        }
        std::fs::write(dir.path().join(STRANGERS[0]).join("letter.odt"), b"x").unwrap();
        std::fs::write(dir.path().join(STRANGERS[3]).join(OPEN_MARK), b"{}").unwrap();
        dir
    }

    fn check(rule: Pruning, expected: &[&str]) {
        let dir = recordings();
        let kept = dir.path().join(NAMES[2]);
        let removed = prune(dir.path(), rule, datetime!(2026-01-12 10:00:00), Some(&kept), &SystemDisk);
        let names: Vec<_> = removed.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, expected, "{rule:?}");
        for name in NAMES.iter().chain(&STRANGERS) {
            assert_eq!(dir.path().join(name).join(format!("{name}.mkv")).exists(), !expected.contains(name), "{name}");
        }
    }

    #[test]
    fn only_phrases_go_and_only_by_the_rule() {
        check(Pruning::Never, &[]);
        check(Pruning::OlderThanDays(5), &NAMES[..1]);
        check(Pruning::OlderThanDays(0), &NAMES[..2]);
        check(Pruning::KeepFreeGigabytes(0.0), &[]);
        check(Pruning::KeepFreeGigabytes(f64::NAN), &[]);
        check(Pruning::KeepFreeGigabytes(1e9), &NAMES[..2]);
        check(Pruning::KeepNewest(0), &NAMES[..2]);
        check(Pruning::KeepNewest(100), &[]);
    }
}
