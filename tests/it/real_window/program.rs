//! The program as a user starts it: a process of its own, with folders of its own, before a screen of its own.

use super::display::{Area, Display, Screen};
use settings::{Environment, SystemPaths};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Longest that any step may take on a machine that is busy with other tests.
const TIMEOUT: Duration = Duration::from_mins(6);
/// How often it is looked whether a step is done.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The running program; ends with the value.
pub(super) struct Program {
    child: Child,
    display: Display,
    window: String,
    folder: PathBuf,
}

impl Program {
    /// Starts it for a user who never started it before; `folder` holds everything that it will write.
    pub(super) fn first_start(display: Display, folder: &Path) -> Self {
        Self::first_start_with(display, folder, &[])
    }

    /// The same with other variables of the environment.
    pub(super) fn first_start_with(display: Display, folder: &Path, variables: &[(&str, OsString)]) -> Self {
        let log = File::create(folder.join("log")).expect("a file");
        let runtime = folder.join("runtime");
        std::fs::create_dir(&runtime).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_referee"));
        command.env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY").env("LIBGL_ALWAYS_SOFTWARE", "1");
        for (name, sub) in [("DATA_HOME", "data"), ("CONFIG_HOME", "config"), ("CACHE_HOME", "cache")] {
            command.env(format!("XDG_{name}"), folder.join(sub));
        }
        command.env("XDG_RUNTIME_DIR", runtime).stdout(log.try_clone().expect("a handle")).stderr(log);
        if let Some(library) = quick_inference() {
            command.env("ORT_DYLIB_PATH", library);
        }
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let child = command.spawn().expect("the program starts");
        let mut program = Self { child, display, window: String::new(), folder: folder.to_owned() };
        program.window = program.until("a window", |p| {
            let found = p.display.xdotool(&["search", "--onlyvisible", "--name", "^Fencing Referee$"]);
            found.lines().next().map(str::to_owned)
        });
        // There is no window manager here that gives it the keyboard focus.
        program.display.xdotool(&["windowfocus", "--sync", &program.window]);
        program
    }

    /// Presses a key, such as `F2` or `shift+e`.
    pub(super) fn key(&self, chord: &str) {
        self.display.xdotool(&["key", chord]);
    }

    /// Types a text.
    pub(super) fn types(&self, text: &str) {
        self.display.xdotool(&["type", text]);
    }

    /// Clicks with the left button.
    pub(super) fn click(&self, x: usize, y: usize) {
        self.display.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    }

    /// Where it keeps what it writes.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data/fencing-referee")
    }

    /// Waits until an area of the screen has as much of what fits as `least`, a share of it.
    pub(super) fn until_seen(&mut self, what: &str, area: Area, least: f64, fits: impl Fn([u8; 3]) -> bool) {
        self.until_screen(what, |screen| screen.share(area, &fits) >= least);
    }

    /// Waits until the screen is as wanted.
    pub(super) fn until_screen(&mut self, what: &str, wanted: impl Fn(&Screen) -> bool) {
        self.until(what, |program| wanted(&program.display.look()).then_some(()));
    }

    /// Waits for `done` as long as the program runs.
    pub(super) fn until<T>(&mut self, what: &str, mut done: impl FnMut(&Self) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(answer) = done(self) {
                return answer;
            }
            let ended = self.child.try_wait().expect("it can be asked");
            if ended.is_some() || started.elapsed() > TIMEOUT {
                let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real-window.png");
                self.display.look().save(&picture);
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("still waiting for {what}; ended: {ended:?}; see {}; it said: {log}", picture.display());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The inference library of the user who runs the tests: the folders of the one who is made up here are empty.
fn quick_inference() -> Option<PathBuf> {
    let folder = SystemPaths::of_this_machine(&Environment::of_process()).user_data_dir?;
    let mut found: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libonnxruntime")));
    found.sort();
    found.pop()
}
