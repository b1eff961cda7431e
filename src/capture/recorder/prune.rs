//! Removes old phrases by the configured rule, and nothing else.
//!
//! A phrase is removed only when its folder is named like one, contains nothing but the files of a phrase, and is not being
//! recorded. It is renamed first, so that a partial removal never looks like a phrase.

use super::disk::Disk;
use super::names::{OPEN_MARK, PhraseFolder, REMOVING, phrases_in};
use super::settings::Pruning;
use std::io;
use std::path::{Path, PathBuf};
use time::{Duration, PrimitiveDateTime};

/// Bytes in a gigabyte.
const GIGABYTE: f64 = 1e9;

/// Removes what `rule` selects from `recordings` at the local time `now`; never `kept` (the phrase just recorded). Returns the
/// removed folders, oldest first.
pub(super) fn prune(
    recordings: &Path,
    rule: Pruning,
    now: PrimitiveDateTime,
    kept: Option<&Path>,
    disk: &dyn Disk,
) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    let mut removable: Vec<PhraseFolder> = phrases_in(recordings);
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

fn remove(phrase: &PhraseFolder) -> io::Result<()> {
    let recording = phrase.folder.join(OPEN_MARK).exists();
    if recording || phrase.own_files().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let going = phrase.folder.with_file_name(format!("{REMOVING}{}", phrase.name));
    recording::rename(&phrase.folder, &going)?;
    empty_and_remove(&going)
}

/// Removes the files of a folder, then the folder; does not descend.
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
    const FOREIGN: [&str; 5] = [
        "20260101_100000_phrase09",
        "20250101_100000_phrase01_old",
        "holiday",
        "20240101_000000_phrase01",
        ".removing-me",
    ];

    /// Three phrases; a folder like a phrase with a foreign file in it, other folders, and a phrase being recorded.
    fn recordings() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in NAMES.iter().chain(&FOREIGN) {
            std::fs::create_dir(dir.path().join(name)).unwrap();
            std::fs::write(dir.path().join(name).join(format!("{name}.mkv")), b"x").unwrap();
        }
        std::fs::write(dir.path().join(FOREIGN[0]).join("letter.odt"), b"x").unwrap();
        std::fs::write(dir.path().join(FOREIGN[3]).join(OPEN_MARK), b"{}").unwrap();
        dir
    }

    fn check(rule: Pruning, expected: &[&str]) {
        let dir = recordings();
        let kept = dir.path().join(NAMES[2]);
        let removed = prune(dir.path(), rule, datetime!(2026-01-12 10:00:00), Some(&kept), &SystemDisk);
        let names: Vec<_> = removed.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, expected, "{rule:?}");
        for name in NAMES.iter().chain(&FOREIGN) {
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
