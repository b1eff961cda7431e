//! From the start of the process to the first picture of a clip on a screen, the graphics driver's work included: with
//! Mesa's software driver under Xvfb that is more than a graphics card needs.

#[allow(dead_code, reason = "the end-to-end test uses the rest of it")]
#[path = "../../it/real_window/display.rs"]
mod display;

use super::report;
use display::Display;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A part of the review's picture, small because it is looked at again and again.
const PICTURE: display::Area = (400, 100, 560, 200);

/// Starts the program a few times on the same clip; the first start warms the disk and is not counted.
pub(super) fn of_the_program(clip: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(display) = Display::start(folder.path()) else { return };
    let times: Vec<_> = (0..6).map(|_| started(&display, clip, folder.path())).collect();
    report("process started to first picture on a screen (Xvfb)", times.into_iter().skip(1).collect());
}

fn started(display: &Display, clip: &Path, folder: &Path) -> Duration {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
    command.arg("window").arg(clip).env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY");
    for name in ["DATA_HOME", "CONFIG_HOME", "CACHE_HOME"] {
        command.env(format!("XDG_{name}"), folder);
    }
    let mut program = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    while display.look().colours(PICTURE) < 200 {
        assert!(begun.elapsed() < Duration::from_mins(2), "no frame came");
        std::thread::sleep(Duration::from_millis(2));
    }
    let elapsed = begun.elapsed();
    let _gone = program.kill();
    let _reaped = program.wait();
    while display.look().colours(PICTURE) > 1 {
        assert!(begun.elapsed() < Duration::from_mins(3), "the window stays on the screen");
        std::thread::sleep(Duration::from_millis(20));
    }
    elapsed
}
