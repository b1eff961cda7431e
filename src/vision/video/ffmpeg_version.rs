//! Version of the installed ffmpeg, queried once per program, and the options that depend on it.
//!
//! Releases 5.1 to 9 are supported. Of the options used here one changed between them: the encoder time base "as in the
//! source" is `-enc_time_base -1` up to 6.0 and `-enc_time_base demux` from 6.1 on, where `-1` was deprecated; 9 refuses it
//! (ffmpeg's `fftools/ffmpeg_mux_init.c`). `-fps_mode` replaced `-vsync` in 5.1 and is the reason for the lower bound.

use super::child::collect;
use super::{Cancel, VideoError};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Oldest release with every option used here (`-fps_mode`).
const OLDEST: Release = Release { major: 5, minor: 1 };
/// Newest major release that was tested.
const NEWEST_MAJOR: u32 = 9;
/// Release that introduced `-enc_time_base demux`.
const NAMED_TIME_BASE_SINCE: Release = Release { major: 6, minor: 1 };

/// libavformat's version in each release, ascending (ffmpeg's `libavformat/version.h` and `version_major.h` of the release branches):
/// identifies builds from the source repository, whose version string contains no release.
const LIBAVFORMAT: &[(Release, Release)] = &[
    (Release { major: 59, minor: 16 }, Release { major: 5, minor: 0 }),
    (Release { major: 59, minor: 27 }, Release { major: 5, minor: 1 }),
    (Release { major: 60, minor: 3 }, Release { major: 6, minor: 0 }),
    (Release { major: 60, minor: 16 }, Release { major: 6, minor: 1 }),
    (Release { major: 61, minor: 1 }, Release { major: 7, minor: 0 }),
    (Release { major: 61, minor: 7 }, Release { major: 7, minor: 1 }),
    (Release { major: 62, minor: 3 }, Release { major: 8, minor: 0 }),
    (Release { major: 63, minor: 1 }, Release { major: 9, minor: 0 }),
];

/// First two parts of a version number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// First part.
    pub major: u32,
    /// Second part.
    pub minor: u32,
}

/// Whether a version is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Between the oldest and the newest tested release.
    Supported,
    /// Before 5.1: options are missing, no clip can be read.
    TooOld,
    /// After the newest tested release; treated like that one.
    Newer,
    /// The version is unknown; treated like the newest.
    Unknown,
}

/// Output of `ffmpeg -version` or `ffprobe -version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FfmpegVersion {
    /// The first line, such as `ffmpeg version n7.1-184-gd3a3 Copyright (c) 2000-2024 the FFmpeg developers`.
    pub line: String,
    /// The release, or for builds from the source repository the last one before them; `None` if unknown.
    pub release: Option<Release>,
}

impl FfmpegVersion {
    /// Parses the whole output of `-version`.
    pub fn parse(answer: &str) -> Self {
        let line = answer.lines().next().unwrap_or_default().trim().to_owned();
        let named = line.split_once(" version ").and_then(|(_, rest)| named_release(rest));
        let release = named.or_else(|| answer.lines().find_map(libavformat).map(release_of_libavformat));
        Self { line, release }
    }

    /// Whether it is supported.
    pub fn support(&self) -> Support {
        match self.release {
            None => Support::Unknown,
            Some(release) if release < OLDEST => Support::TooOld,
            Some(release) if release.major > NEWEST_MAJOR => Support::Newer,
            Some(_) => Support::Supported,
        }
    }

    /// The value of `-enc_time_base` that keeps the source's time base.
    pub(super) fn source_time_base(&self) -> &'static str {
        if self.release.is_some_and(|release| release < NAMED_TIME_BASE_SINCE) { "-1" } else { "demux" }
    }
}

/// Parses `5.1.9-0+deb12u1`, `n9.0.2-17-g2a57`, `7.1-full_build-www.gyan.dev`; `None` for `N-109542-g2a57`, `git-2024-10-27-..` and
/// `2024-10-27-git-..`.
fn named_release(text: &str) -> Option<Release> {
    let text = text.split_whitespace().next()?;
    let text = text.strip_prefix('n').unwrap_or(text);
    let (major, rest) = text.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(Release { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

/// The loaded version in `libavformat    59. 27.100 / 59. 27.100`.
fn libavformat(line: &str) -> Option<Release> {
    let versions = line.trim().strip_prefix("libavformat")?;
    let runs = versions.rsplit('/').next()?;
    let mut parts = runs.split('.').map(|part| part.trim().parse().ok());
    Some(Release { major: parts.next()??, minor: parts.next()?? })
}

fn release_of_libavformat(library: Release) -> Release {
    let last = LIBAVFORMAT.iter().rev().find(|(known, _)| *known <= library);
    let newest = LIBAVFORMAT.last().map_or(0, |(known, _)| known.major);
    match last {
        // One major version of the library for each of ffmpeg's since 5.0.
        Some(_) if library.major > newest => Release { major: NEWEST_MAJOR + library.major - newest, minor: 0 },
        Some((_, release)) => *release,
        None => Release { major: 4, minor: 0 },
    }
}

/// Cached versions by program. A program that could not be started is tried again: it may be installed meanwhile.
static VERSIONS: Mutex<Option<HashMap<PathBuf, Arc<FfmpegVersion>>>> = Mutex::new(None);

/// The version of ffmpeg or ffprobe, cached after the first query.
pub(super) fn version_of(tool: &Path, cancel: &Cancel) -> Result<Arc<FfmpegVersion>, VideoError> {
    if let Some(known) = VERSIONS.lock().as_ref().and_then(|known| known.get(tool)) {
        return Ok(Arc::clone(known));
    }
    // Without holding the lock: a program that hangs must not block queries for another one. Two threads may query at once.
    let output = collect(tool, &["-version".into()], Path::new(""), cancel)?;
    let version = Arc::new(FfmpegVersion::parse(&output.stdout));
    if output.succeeded {
        VERSIONS.lock().get_or_insert_default().insert(tool.to_owned(), Arc::clone(&version));
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "it is compared with what a parser returns")]
    fn release(major: u32, minor: u32) -> Option<Release> {
        Some(Release { major, minor })
    }

    #[test]
    fn releases_and_distributions_are_understood() {
        let named =
            |name: &str| FfmpegVersion::parse(&format!("ffmpeg version {name} Copyright (c) 2000-2026")).release;
        assert_eq!(named("5.1.9-0+deb12u1"), release(5, 1));
        assert_eq!(named("n9.0.2-17-g2a571b6068-20260930"), release(9, 0));
        assert_eq!(named("n7.1-184-gd3a3"), release(7, 1));
        assert_eq!(named("7.1-full_build-www.gyan.dev"), release(7, 1));
        assert_eq!(named("6.1.1-3ubuntu5"), release(6, 1));
        assert_eq!(named("7.1.git"), release(7, 1));
        assert_eq!(named("10.2"), release(10, 2));
        for unnamed in
            ["N-109542-g2a571b6068", "2024-10-27-git-bb57b78013-full_build-www.gyan.dev", "git-2020-01-01-x", ""]
        {
            assert_eq!(named(unnamed), None, "{unnamed}");
        }
    }

    #[test]
    fn a_build_without_a_release_is_placed_by_its_libraries() {
        let built = |library: &str| {
            let answer =
                format!("ffmpeg version N-1-gabc\nlibavutil 57. 1.100 / 57. 1.100\nlibavformat    {library}\n");
            FfmpegVersion::parse(&answer)
        };
        assert_eq!(built("59. 27.100 / 59. 27.100").release, release(5, 1));
        assert_eq!(built("60.  9.100 / 60.  9.100").release, release(6, 0));
        assert_eq!(built("61.  7.100 / 61.  7.103").release, release(7, 1));
        assert_eq!(built("63.  1.102 / 63.  1.102").release, release(9, 0));
        assert_eq!(built("64.  1.100 / 64.  1.100").release, release(10, 0));
        assert_eq!(built("58. 76.100 / 58. 76.100").support(), Support::TooOld);
        assert_eq!(built("none").release, None);
    }

    #[test]
    fn what_is_too_old_new_or_unknown_is_distinguished() {
        let support = |name: &str| FfmpegVersion::parse(&format!("ffmpeg version {name}")).support();
        assert_eq!(support("4.4.2-0ubuntu0.22.04.1"), Support::TooOld);
        assert_eq!(support("5.0.3"), Support::TooOld);
        assert_eq!(support("5.1"), Support::Supported);
        assert_eq!(support("9.0.2"), Support::Supported);
        assert_eq!(support("10.0"), Support::Newer);
        assert_eq!(support("N-7-gabc"), Support::Unknown);
    }

    #[test]
    fn the_time_base_of_the_source_is_named_as_each_release_wants_it() {
        let base = |name: &str| FfmpegVersion::parse(&format!("ffmpeg version {name}")).source_time_base();
        let expected =
            [("5.1.9", "-1"), ("6.0", "-1"), ("6.1", "demux"), ("7.0", "demux"), ("9.0.2", "demux"), ("N-1", "demux")];
        for (name, expected) in expected {
            assert_eq!(base(name), expected, "{name}");
        }
    }
}
