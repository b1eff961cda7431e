//! File name extensions of clips: the one list of the program, for the library, file dialogs, recordings and uploads.

use std::path::Path;

/// Extensions of the containers and raw streams that are read, in lower case. Browsers show none of them as a page.
pub const CLIP_ENDINGS: &[&str] = &[
    "mp4", "mov", "m4v", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp", "3g2", "flv", "wmv", "asf",
    "ogv", "nut", "mxf", "h264", "hevc", "mjpeg", "mjpg", "dv", "rm", "gif",
];

/// Whether a file name has the extension of a clip, in any case.
pub fn is_clip_name(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    CLIP_ENDINGS.contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cameras_write_is_a_clip_in_any_case_and_its_log_is_not() {
        for name in ["IMG_1.MOV", "GX01.MP4", "00001.MTS", "phrase.mkv", "a.b.Avi"] {
            assert!(is_clip_name(Path::new(name)), "{name}");
        }
        for name in ["phrase.txt", "mp4", ".mp4", "phrase", "report.html", "clip.mp4.part"] {
            assert!(!is_clip_name(Path::new(name)), "{name}");
        }
    }
}
