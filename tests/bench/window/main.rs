//! What the window costs: a frame of the review and of the piste with everything on it, the way of a picture from the camera
//! to the screen, the first picture, one step, an instant replay.
//!
//! `cargo bench --bench window`. Needs no display but for the start of the program, which is left out where Xvfb and xdotool
//! are not installed: everything but the graphics card's own work is in the figures. The clips are made with ffmpeg first:
//! 1080p, 60 frames per second. Prints median, 95th percentile and the most of each.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on stops there and says why")]

mod live;
mod start;

use egui_kittest::Harness;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use piste::{Event, RecordedPhrase};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource, Reel};
use window::command::{Command, ReviewCommand as R};
use window::{App, WindowOptions, engine_maker, make_app};

type Window = Harness<'static, App>;

const STEPS: usize = 120;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clip = make_clip(folder.path(), "1080p60.mp4", &["-c:v", "libx264", "-preset", "veryfast"]);
    frames_of_the_review();
    corrections();
    live::frames_and_latency(folder.path());
    start::of_the_program(&clip);
    first_picture(&clip);
    let reel = read(&clip);
    replays(&reel, folder.path());
    steps(&reel, folder.path());
}

/// `logic` and `ui` of one frame, begin and end of the toolkit's pass included, while the judged demo phrase plays.
fn frames_of_the_review() {
    let demo = demo();
    let mut window = window(WindowOptions { clips: vec![demo], ..WindowOptions::default() });
    wait(&mut window, |app| app.model().review.judgement().is_some());
    send(&mut window, R::ToStart);
    send(&mut window, R::SpeedPercent(25));
    send(&mut window, R::TogglePlay);
    window.run_steps(30);
    let frame = |window: &mut Window| {
        // The workers decode while the window waits for its next turn, as at 60 frames per second.
        std::thread::sleep(Duration::from_millis(10));
        let started = Instant::now();
        window.step();
        started.elapsed()
    };
    let times: Vec<_> = (0..300).map(|_| frame(&mut window)).collect();
    report("a frame of the review, 1280x720, picture and timeline full", times);
}

/// From another weapon, chosen for a judged phrase, to its verdict: from kept poses, so no frame is read.
fn corrections() {
    let mut window = window(WindowOptions { clips: vec![demo()], ..WindowOptions::default() });
    wait(&mut window, |app| app.model().review.judgement().is_some());
    let judged_at = |app: &App| app.model().review.judgement().map(|judgement| judgement.weapon);
    let times = (0..30).map(|i| {
        let weapon = Weapon::ALL[i % Weapon::ALL.len()];
        let weapon = if judged_at(window.state()) == Some(weapon) { Weapon::ALL[(i + 1) % 3] } else { weapon };
        let started = Instant::now();
        window.state_mut().send(Command::Review(R::Weapon(weapon)));
        wait(&mut window, |app| judged_at(app) == Some(weapon));
        started.elapsed()
    });
    report("weapon chosen to new verdict, from kept poses", times.collect());
}

/// From the start of the window's workers to the first picture of a clip from disk.
fn first_picture(clip: &Path) {
    let times = (0..5).map(|_| {
        let started = Instant::now();
        let mut window = window(WindowOptions { clips: vec![clip.to_owned()], ..WindowOptions::default() });
        until_shown(&mut window, |app| app.model().review.playback.cursor());
        started.elapsed()
    });
    report("workers started to first picture, 2 s of 1080p60 from disk", times.collect());
}

/// From the piste's word that a phrase is recorded to its touch on the screen.
fn replays(reel: &Arc<Reel>, folder: &Path) {
    let mut window = window(WindowOptions::default());
    window.run_steps(10);
    let times = (0..20).map(|number| {
        let phrase = phrase(reel, &folder.join(number.to_string()));
        let started = Instant::now();
        window.state_mut().handle_event(Event::Recorded(phrase));
        window.state_mut().send(Command::ReplayLast);
        until_shown(&mut window, |app| app.model().review.playback.cursor());
        let elapsed = started.elapsed();
        send(&mut window, R::Stop);
        elapsed
    });
    report("recorded phrase to its first picture, 1080p60 from memory", times.collect());
}

/// From the key to the picture, forward and backward.
fn steps(reel: &Arc<Reel>, folder: &Path) {
    let mut window = window(WindowOptions::default());
    window.state_mut().handle_event(Event::Recorded(phrase(reel, folder)));
    window.state_mut().send(Command::ReplayLast);
    window.run_steps(5);
    for (name, frames, start) in [("step forward, 1080p60", 1, R::ToStart), ("step backward, 1080p60", -1, R::ToEnd)] {
        send(&mut window, start);
        until_shown(&mut window, |app| app.model().review.playback.cursor());
        let times = (0..STEPS.min(reel.frames().len() - 2)).map(|_| {
            let started = Instant::now();
            window.state_mut().send(Command::Review(R::Step(frames)));
            until_shown(&mut window, |app| app.model().review.playback.cursor());
            let elapsed = started.elapsed();
            std::thread::sleep(Duration::from_millis(15));
            elapsed
        });
        report(name, times.collect());
    }
}

fn phrase(reel: &Arc<Reel>, folder: &Path) -> Arc<RecordedPhrase> {
    let mut signals = SignalLog::default();
    let kind = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
    let at = Timestamp::from_secs(1.0);
    signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind });
    let (folder, clip, log) = (folder.to_owned(), folder.join("clip.mp4"), folder.join("signals.txt"));
    let (reel, weapon) = (Arc::clone(reel), Weapon::Sabre);
    Arc::new(RecordedPhrase { folder, clip, second_clip: None, log, reel, signals, weapon })
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo-phrase.mp4")
}

/// Two seconds of 1080p60 with the grain of a camera.
fn make_clip(folder: &Path, name: &str, codec: &[&str]) -> PathBuf {
    let clip = folder.join(name);
    let pattern = "testsrc2=size=1920x1080:rate=60:duration=2,noise=alls=12:allf=t";
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", pattern, "-pix_fmt", "yuv420p"])
        .args(codec)
        .arg(&clip)
        .status();
    assert!(made.is_ok_and(|s| s.success()), "ffmpeg makes the clip");
    clip
}

fn read(clip: &Path) -> Arc<Reel> {
    let options = ClipOptions { max_width: u32::MAX, ..ClipOptions::default() };
    let mut reader = ClipReader::open(clip, &options, &Cancel::new()).expect("the clip opens");
    let mut reel = Reel::default();
    while let Some(frame) = reader.next_frame().expect("the clip can be read") {
        reel.push(&frame).expect("a picture can be compressed");
    }
    Arc::new(reel)
}

fn window(options: WindowOptions) -> Window {
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 720.0)).with_accessibility_check(false);
    builder.build_eframe(move |cc| make_app(&cc.egui_ctx, options, engine_maker()).expect("the window starts"))
}

fn send(window: &mut Window, command: R) {
    window.state_mut().send(Command::Review(command));
    window.run_steps(2);
}

fn wait(window: &mut Window, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    while !done(window.state()) {
        assert!(started.elapsed() < Duration::from_mins(5), "still waiting");
        window.step();
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Steps the window until the picture of the frame that is wanted is the one on the screen.
fn until_shown(window: &mut Window, wanted: impl Fn(&App) -> usize) {
    // One step takes in the command; only then is the wish known.
    window.step();
    let started = Instant::now();
    while window.state().frame_shown() != Some(wanted(window.state())) {
        assert!(started.elapsed() < Duration::from_mins(1), "no frame came");
        std::thread::sleep(Duration::from_micros(500));
        window.step();
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1000.0;
    println!(
        "{what:<64} median {:7.2} ms   p95 {:7.2} ms   most {:7.2} ms   n {}",
        at(0.5),
        at(0.95),
        at(1.0),
        times.len()
    );
}
