//! Turns times, paths and a child's complaints into words for error messages.

use std::path::Path;

/// A path for the end of a message: control characters made visible, so that a name cannot forge a line of a log.
pub(super) fn plain_path(path: &Path) -> String {
    let text = path.display().to_string();
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `"45.0 s"` below two minutes, `"3 min 20 s"` above.
pub(super) fn minutes(secs: f64) -> String {
    if secs < 120.0 {
        return format!("{secs:.1} s");
    }
    let whole = secs.round() as u64;
    format!("{} min {} s", whole / 60, whole % 60)
}

/// The most telling line of a child's complaints: its last one, without addresses and without the path that the message
/// will name anyway.
pub(super) fn last_complaint(stderr: &str, path: &Path) -> String {
    let line = stderr.lines().rev().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let line = without_tag(line).replace(&format!("file:{}: ", path.display()), "");
    line.chars().filter(|c| !c.is_control()).take(MAX_COMPLAINT).collect()
}

/// Longest complaint that is passed on, in characters.
const MAX_COMPLAINT: usize = 200;

/// ffmpeg opens lines with `[mov,mp4 @ 0x55d0c0ffee] `; the address helps nobody.
fn without_tag(line: &str) -> &str {
    let mut rest = line;
    while let Some(end) = rest.starts_with('[').then(|| rest.find("] ")).flatten() {
        rest = &rest[end + 2..];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_loses_its_tags_and_its_path() {
        let said = "first\n[mov,mp4 @ 0x55] [info] moov atom not found\nfile:/a b.mp4: Invalid data found\n\n";
        assert_eq!(last_complaint(said, Path::new("/a b.mp4")), "Invalid data found");
        assert_eq!(without_tag("[mov,mp4 @ 0x55] [x] moov atom not found"), "moov atom not found");
        assert_eq!(last_complaint("", Path::new("x")), "");
    }

    #[test]
    fn long_times_are_told_in_minutes() {
        assert_eq!(minutes(3.25), "3.2 s");
        assert_eq!(minutes(14_400.0), "240 min 0 s");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(plain_path(Path::new("a\nb")), "a\u{fffd}b");
    }
}
