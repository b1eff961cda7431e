//! What the two files of an upload are called in the folder of their phrase: as their sender calls them, but never as one of
//! the papers that are written beside them, and never alike.

use super::multipart::UploadedFile;

/// Endings that stay; whatever else a video is called, here it ends in `.mp4`. No browser takes one of them for a page, and
/// no paper of a phrase but the overlay has one.
const VIDEO_ENDINGS: [&str; 20] = [
    "3gp", "asf", "avi", "flv", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf",
    "nut", "ogv", "ts", "webm", "wmv",
];
/// The one paper that ends as a signal log does, on disks that know no capitals, too.
const SUMMARY: &str = "summary";

/// The video's name. The papers' own are made of its stem and always longer.
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
    fn nothing_that_is_uploaded_can_be_in_the_way_of_a_paper_or_of_the_other_file() {
        for name in ["clip.mp4", "analysis_result.json", "report.html", "summary.txt", "SUMMARY.TXT", "x", "x.txt"] {
            let file = UploadedFile::named(name, "part0".into());
            let (video, signal) = (video_name(&file), signal_name(&file));
            let papers = ArtifactNames::for_clip(Path::new(&video));
            let mut all: Vec<String> = Artifact::ALL.iter().map(|paper| papers.of(*paper)).collect();
            all.extend([papers.overlay(), papers.corrected(), video, signal]);
            let mut different: Vec<_> = all.iter().map(|name| name.to_ascii_lowercase()).collect();
            different.sort();
            different.dedup();
            assert_eq!(different.len(), all.len(), "{name}: {all:?}");
            assert_eq!(papers.stem(), file.stem, "{name}: results keep the client's stem");
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
