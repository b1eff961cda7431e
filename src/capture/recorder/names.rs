//! Names of a phrase's folder and files, and how they are recognised.

use super::CameraRole;
use recording::is_of_a_phrase;
use std::path::{Path, PathBuf};
use time::PrimitiveDateTime;
use time::macros::format_description;

/// Lock file in the folder of a phrase that is being recorded.
pub(super) const OPEN_MARK: &str = ".open";
/// Prefix of the folder of a phrase that is being removed.
pub(super) const REMOVING: &str = ".removing-";

/// Frame times of the main camera and of the second.
const SIDECARS: [&str; 2] = ["frames.jsonl", "frames_camera2.jsonl"];

/// Time and number of a phrase from its folder's name: `<YYYYMMDD_HHMMSS>_phraseNN`, possibly followed by `_2`, `_3`, ... `None`
/// for any other name.
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

/// A phrase folder on disk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PhraseFolder {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) at: PrimitiveDateTime,
    pub(super) number: u32,
}

/// All phrases in a folder, oldest first. Skips everything else, links included.
pub(super) fn phrases_in(recordings: &Path) -> Vec<PhraseFolder> {
    let Ok(entries) = std::fs::read_dir(recordings) else { return Vec::new() };
    let phrase = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (at, number) = read_name(&name)?;
        entry.file_type().ok()?.is_dir().then(|| PhraseFolder { folder: entry.path(), name, at, number })
    };
    let mut phrases: Vec<PhraseFolder> = entries.filter_map(Result::ok).filter_map(phrase).collect();
    phrases.sort_by(|a, b| (a.at, a.number, &a.name).cmp(&(b.at, b.number, &b.name)));
    phrases
}

impl PhraseFolder {
    /// The files in the folder, if all of them belong to the phrase and one of them is its clip or its log.
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

/// Path of a camera's clip in a phrase's folder.
pub(super) fn clip_path(folder: &Path, name: &str, role: CameraRole) -> PathBuf {
    match role {
        CameraRole::Main => folder.join(format!("{name}.mkv")),
        CameraRole::Second => folder.join(format!("{name}_camera2.mkv")),
    }
}

/// Path of a camera's frame times in a phrase's folder.
pub(super) fn sidecar_path(folder: &Path, role: CameraRole) -> PathBuf {
    match role {
        CameraRole::Main => folder.join(SIDECARS[0]),
        CameraRole::Second => folder.join(SIDECARS[1]),
    }
}

/// Path of the signal log in a phrase's folder.
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
        // Left by a program that was killed while writing.
        let halves = [".part-a1b2c3.json", ".unfinished-a1b2c3.mp4", OPEN_MARK];
        for file in named.iter().map(String::as_str).chain(others).chain(halves) {
            std::fs::write(folder.join(file), b"x").unwrap();
        }
        assert_eq!(own_files(&folder, name).map(|f| f.len()), Some(12));
        std::fs::write(folder.join("wedding.jpg"), b"x").unwrap();
        assert_eq!(own_files(&folder, name), None);
    }
}
