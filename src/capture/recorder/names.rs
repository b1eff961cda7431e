//! What a phrase's folder and the files in it are called, and what is recognised as one.

use super::CameraSeat;
use recording::is_of_a_phrase;
use std::path::{Path, PathBuf};
use time::PrimitiveDateTime;
use time::macros::format_description;

/// Stands in the folder of a phrase that is being recorded; locked by whoever records it.
pub(super) const OPEN_MARK: &str = ".open";
/// Begins the name of a phrase that is being removed.
pub(super) const REMOVING: &str = ".removing-";

/// The times of the pictures of the main camera and of the second.
const SIDECARS: [&str; 2] = ["frames.jsonl", "frames_camera2.jsonl"];

/// When a phrase was recorded and its number, by its folder's name: `<YYYYMMDD_HHMMSS>_phraseNN`, or with `_2`, `_3`..
/// behind it. `None` for the name of anything else.
pub(super) fn read_name(name: &str) -> Option<(PrimitiveDateTime, u32)> {
    let (stamp, rest) = name.split_once("_phrase")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if stamp.len() != 15 || !stamp.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let at = PrimitiveDateTime::parse(stamp, format_description!("[year][month][day]_[hour][minute][second]")).ok()?;
    let number = match rest.split_once('_') {
        Some((number, twin)) if digits(twin) => number,
        Some(_) => return None,
        None => rest,
    };
    if number.len() < 2 || !digits(number) {
        return None;
    }
    Some((at, number.parse().ok()?))
}

/// A phrase that lies on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OnDisk {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) at: PrimitiveDateTime,
    pub(super) number: u32,
}

/// All phrases in a folder, oldest first. Anything else is passed over, links included.
pub(super) fn phrases_in(recordings: &Path) -> Vec<OnDisk> {
    let Ok(entries) = std::fs::read_dir(recordings) else { return Vec::new() };
    let phrase = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (at, number) = read_name(&name)?;
        entry.file_type().ok()?.is_dir().then(|| OnDisk { folder: entry.path(), name, at, number })
    };
    let mut phrases: Vec<OnDisk> = entries.filter_map(Result::ok).filter_map(phrase).collect();
    phrases.sort_by(|a, b| (a.at, a.number, &a.name).cmp(&(b.at, b.number, &b.name)));
    phrases
}

impl OnDisk {
    /// The files in the folder, when all of them belong to the phrase and one of them is its clip or its log.
    pub(super) fn own_files(&self) -> Option<Vec<PathBuf>> {
        own_files(&self.folder, &self.name)
    }
}

pub(super) fn own_files(folder: &Path, name: &str) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut recognised = false;
    for entry in std::fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let file = entry.file_name().into_string().ok()?;
        let of_the_phrase = file.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '_']));
        let known = of_the_phrase || file == OPEN_MARK || SIDECARS.contains(&&*file) || is_of_a_phrase(&file);
        if !entry.file_type().ok()?.is_file() || !known {
            return None;
        }
        recognised |= [".mkv", ".txt"].iter().any(|ending| file == format!("{name}{ending}"));
        files.push(entry.path());
    }
    recognised.then_some(files)
}

/// The clip of a camera in a phrase's folder.
pub(super) fn clip_path(folder: &Path, name: &str, seat: CameraSeat) -> PathBuf {
    match seat {
        CameraSeat::Main => folder.join(format!("{name}.mkv")),
        CameraSeat::Second => folder.join(format!("{name}_camera2.mkv")),
    }
}

/// The times of a camera's pictures in a phrase's folder.
pub(super) fn sidecar_path(folder: &Path, seat: CameraSeat) -> PathBuf {
    match seat {
        CameraSeat::Main => folder.join(SIDECARS[0]),
        CameraSeat::Second => folder.join(SIDECARS[1]),
    }
}

/// The signal log in a phrase's folder.
pub(super) fn log_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.txt"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn only_our_names_are_read() {
        let at = datetime!(2026-01-27 21:09:34);
        for (name, expected) in [
            ("20260127_210934_phrase05", Some(5)),
            ("20260127_210934_phrase123", Some(123)),
            ("20260127_210934_phrase05_2", Some(5)),
            ("20260127_210934_phrase", None),
            ("20260127_210934_phrase5", None),
            ("20260127_210934_phrase05_old", None),
            ("20260127_210934_phrase05 copy", None),
            ("20261327_210934_phrase05", None),
            ("2026127_2109340_phrase05", None),
            ("my_phrase05", None),
            ("", None),
        ] {
            assert_eq!(read_name(name), expected.map(|n| (at, n)), "{name}");
        }
    }

    #[test]
    fn a_folder_with_a_strangers_file_is_not_ours_to_empty() {
        let dir = tempfile::tempdir().unwrap();
        let name = "20260127_210934_phrase05";
        let folder = dir.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(own_files(&folder, name), None);
        let named = [".mkv", ".txt", "_result.json", "_keypoints.xlsx"].map(|end| format!("{name}{end}"));
        let others = ["phrase.json", "frames.jsonl", "analysis_result.json", "summary.txt", "report.html"];
        // Left by a program that was killed while it wrote.
        let halves = [".part-a1b2c3.json", ".unfinished-a1b2c3.mp4", OPEN_MARK];
        for file in named.iter().map(String::as_str).chain(others).chain(halves) {
            std::fs::write(folder.join(file), b"x").unwrap();
        }
        assert_eq!(own_files(&folder, name).map(|f| f.len()), Some(12));
        std::fs::write(folder.join("wedding.jpg"), b"x").unwrap();
        assert_eq!(own_files(&folder, name), None);
    }
}
