//! A system without a portal: the file dialog is zenity's. One that answers at once stands in for it.

use super::{Area, Display, Program, is};
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The middle of the picture under review.
const PICTURE: Area = (300, 160, 700, 320);
const MAGENTA: [u8; 3] = [0xFF, 0x00, 0xFF];

/// A clip of one colour, which is seen from afar.
fn magenta_clip(folder: &Path) -> PathBuf {
    let clip = folder.join("a clip of the club's.mp4");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=magenta:size=640x360:rate=15:duration=1"])
        .args(["-preset", "ultrafast"])
        .arg(&clip)
        .status();
    assert!(made.is_ok_and(|status| status.success()), "ffmpeg makes the clip");
    clip
}

/// Writes a zenity that says what it was asked and answers with a path.
fn zenity(folder: &Path, answer: &Path) -> PathBuf {
    let bin = folder.join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    std::fs::write(folder.join("answer"), answer.to_string_lossy().as_bytes()).expect("a file");
    let here = folder.display();
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > '{here}/asked'\ncat '{here}/answer'\n");
    std::fs::write(bin.join("zenity"), script).expect("a program");
    std::fs::set_permissions(bin.join("zenity"), std::fs::Permissions::from_mode(0o755)).expect("that may be run");
    bin
}

#[test]
fn the_clip_that_is_chosen_in_the_dialog_is_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(display) = Display::start(dir.path()) else {
        return crate::support::skip::skip(
            crate::support::skip::Lack::Package,
            "Xvfb and xdotool are not both installed",
        );
    };
    let bin = zenity(dir.path(), &magenta_clip(dir.path()));
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(bin).chain(std::env::split_paths(&usual));
    let variables = [
        ("PATH", std::env::join_paths(folders).expect("no colon in a folder's name")),
        ("DBUS_SESSION_BUS_ADDRESS", OsString::from("unix:path=/nowhere/at/all")),
    ];
    let mut program = Program::first_start_with(display, dir.path(), &variables);
    // The keyboard may be given to the window a moment after it is seen: asked again until somebody is asked.
    let asked = dir.path().join("asked");
    let asked = program.until("the dialog", |program| {
        let words = std::fs::read_to_string(&asked).ok();
        if words.is_none() {
            program.key("ctrl+o");
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        words
    });
    assert!(asked.contains("--file-selection") && asked.contains("*.mp4"), "{asked}");
    program.until_seen("the clip", PICTURE, 0.5, |pixel| is(MAGENTA)(pixel) || is([0xFE, 0x00, 0xFE])(pixel));
}
