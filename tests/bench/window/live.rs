//! The live screen while a phrase is recorded and watched: what a frame costs, and how old a picture is when it is painted.

use super::{Window, demo, make_clip, report, window};
use piste::Phase;
use std::path::Path;
use std::time::{Duration, Instant};
use window::command::{Command, PisteCommand};
use window::model::{CameraPick, LiveSettings, Screen, Settings};
use window::{App, WindowOptions};

/// Frames that are measured of each camera.
const FRAMES: usize = 300;
/// Time between two of the window's frames, in seconds: a screen of 60 Hz.
const TURN: Duration = Duration::from_micros(16_667);

/// Two cameras: the demo phrase, in which there is something to watch, and 1080p60 as a camera of 200 euros sends it.
pub(super) fn frames_and_latency(folder: &Path) {
    let fast = make_clip(folder, "camera.mkv", &["-c:v", "mjpeg", "-q:v", "5"]);
    for (name, clip) in [("demo phrase, 720p30", demo()), ("1080p60 MJPEG", fast)] {
        let mut window = at_the_piste(&folder.join(name.replace([' ', ','], "")), &clip);
        let (frames, ages) = watched(&mut window);
        report(&format!("a frame of the piste, recording, {name}"), frames);
        report(&format!("picture taken to handed to the painter, {name}"), ages);
    }
}

/// The live screen with a clip for a camera, in the middle of a phrase.
fn at_the_piste(folder: &Path, clip: &Path) -> Window {
    std::fs::create_dir_all(folder).expect("a folder");
    let camera = Some(CameraPick::Clip { path: clip.to_owned() });
    let live = LiveSettings { camera, ..LiveSettings::default() };
    let settings = Settings { live, welcomed: true, ..Settings::default() };
    let file = folder.join("window.toml");
    std::fs::write(&file, toml::to_string(&settings).expect("settings have a text")).expect("a file");
    let recordings = folder.join("recordings");
    let mut window = window(WindowOptions { settings_file: Some(file), recordings, ..WindowOptions::default() });
    window.state_mut().send(Command::Show(Screen::Piste));
    until(&mut window, |app| app.live_frame_times().is_some() && app.model().piste.status.engine.is_some());
    window.state_mut().send(Command::Piste(PisteCommand::Go));
    until(&mut window, |app| match app.model().piste.status.phase {
        Phase::Recording { since } => app.model().piste.now.secs_since(since) > 2.0,
        _ => false,
    });
    window
}

/// What each frame took, and how old each new picture was when it was handed over.
fn watched(window: &mut Window) -> (Vec<Duration>, Vec<Duration>) {
    let (mut frames, mut ages, mut last) = (Vec::new(), Vec::new(), None);
    while frames.len() < FRAMES {
        let started = Instant::now();
        window.step();
        frames.push(started.elapsed());
        if let Some((taken, shown)) = window.state().live_frame_times().filter(|times| last != Some(times.0)) {
            last = Some(taken);
            ages.push(Duration::from_secs_f64(shown.secs_since(taken).max(0.0)));
        }
        std::thread::sleep(TURN.saturating_sub(started.elapsed()));
    }
    (frames, ages)
}

fn until(window: &mut Window, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    while !done(window.state()) {
        assert!(started.elapsed() < Duration::from_mins(5), "still waiting for the piste");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}
