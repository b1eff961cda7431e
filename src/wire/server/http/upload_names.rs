//! File names of an upload in the folder of its phrase: the sender's names, but never those of artifacts, and never equal.

use super::multipart::UploadedFile;
use std::path::Path;
use vision::video::is_clip_name;

/// Stem of the artifact that ends as a signal log does; compared without case for case-insensitive disks.
const SUMMARY: &str = "summary";

/// The video's name, which keeps the extension of a clip and gets `.mp4` for any other. Artifact names are its stem plus a suffix, so always longer.
pub(super) fn video_name(video: &UploadedFile) -> String {
    let named = format!("{}.{}", video.stem, video.ending);
    if is_clip_name(Path::new(&named)) { named } else { format!("{}.mp4", video.stem) }
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
        check("clip.3g2", "clip.3g2");
        check("clip", "clip.mp4");
        check("page.html", "page.mp4");
        check("picture.svg", "picture.mp4");
    }
}
