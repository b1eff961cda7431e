//! File names of an upload in the folder of its phrase: the sender's names, but never those of artifacts, and never equal.

use super::multipart::UploadedFile;

/// Video extensions that are kept; any other video gets `.mp4`. Browsers treat none of them as a page, and only the overlay among
/// the artifacts has one.
const VIDEO_ENDINGS: [&str; 20] = [
    "3gp", "asf", "avi", "flv", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf",
    "nut", "ogv", "ts", "webm", "wmv",
];
/// Stem of the artifact that ends as a signal log does; compared without case for case-insensitive disks.
const SUMMARY: &str = "summary";

/// The video's name. Artifact names are its stem plus a suffix, so always longer.
pub(super) fn video_name(video: &UploadedFile) -> String {
    let is_video = VIDEO_ENDINGS.iter().any(|ending| video.ending.eq_ignore_ascii_case(ending));
    format!("{}.{}", video.stem, if is_video { &video.ending } else { "mp4" })
}

/// The signal log's name.
pub(super) fn signal_name(signal: &UploadedFile) -> String {
    let marked = if signal.stem.eq_ignore_ascii_case(SUMMARY) { "_signal" } else { "" };
    format!("{}{marked}.txt", signal.stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::report::{Artifact, ArtifactNames};
    use std::path::Path;

    #[test]
    fn nothing_that_is_uploaded_can_be_in_the_way_of_an_artifact_or_of_the_other_file() {
        for name in ["clip.mp4", "analysis_result.json", "report.html", "summary.txt", "SUMMARY.TXT", "x", "x.txt"] {
            let file = UploadedFile::named(name, "part0".into());
            let (video, signal) = (video_name(&file), signal_name(&file));
            let artifacts = ArtifactNames::for_clip(Path::new(&video));
            let mut all: Vec<String> = Artifact::ALL.iter().map(|artifact| artifacts.of(*artifact)).collect();
            all.extend([artifacts.overlay(), artifacts.corrected(), video, signal]);
            let mut different: Vec<_> = all.iter().map(|name| name.to_ascii_lowercase()).collect();
            different.sort();
            different.dedup();
            assert_eq!(different.len(), all.len(), "{name}: {all:?}");
            assert_eq!(artifacts.stem(), file.stem, "{name}: results keep the client's stem");
        }
    }

    #[test]
    fn videos_keep_their_ending_and_anything_else_becomes_one() {
        let check = |name: &str, expected: &str| {
            assert_eq!(video_name(&UploadedFile::named(name, "part0".into())), expected);
        };
        check("clip.MOV", "clip.MOV");
        check("clip", "clip.mp4");
        check("page.html", "page.mp4");
        check("picture.svg", "picture.mp4");
    }
}
