//! A phrase at the piste from the window's first picture to the replay: a real window, piste, recorder and engine, with
//! the demo phrase played as if it were a camera.

use crate::support::in_project;
use crate::support::window::{Window, wait, window};
use egui_kittest::kittest::Queryable;
use fencing::{Call, Side};
use piste::Phase;
use recording::PhraseNotes;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use window::command::Command;
use window::model::{CameraPick, JudgeKind, LiveSettings, Screen, Settings};
use window::{App, WindowOptions};

/// The live screen with the demo phrase for a camera; everything it writes is in `folder`.
fn at_the_piste(folder: &Path, live: LiveSettings) -> Window {
    let camera = CameraPick::Clip { path: in_project("assets/demo/demo-phrase.mp4") };
    let live = LiveSettings { camera: Some(camera), pre_roll_secs: 1.0, post_roll_secs: 0.5, ..live };
    let settings = Settings { live, welcomed: true, ..Settings::default() };
    let file = folder.join("window.toml");
    std::fs::write(&file, toml::to_string(&settings).expect("settings have a text")).expect("they can be written");
    let recordings = folder.join("recordings");
    let options = WindowOptions { settings_file: Some(file), recordings, ..WindowOptions::default() };
    let mut window = window(options);
    window.state_mut().send(Command::Show(Screen::Piste));
    wait(&mut window, "pictures and the engine", |app| {
        let status = &app.model().piste.status;
        status.camera.measured_fps > 0.0 && status.engine.is_some() && status.recorder.memory_secs > 1.0
    });
    window
}

fn recording(app: &App) -> bool {
    matches!(app.model().piste.status.phase, Phase::Recording { .. })
}

/// A touch at once after "Allez!" would be before it, as far as a key can tell.
fn fenced_for_a_second(window: &mut Window) {
    wait(window, "a second of the phrase", |app| match app.model().piste.status.phase {
        Phase::Recording { since } => app.model().piste.now.secs_since(since) > 1.0,
        _ => false,
    });
}

fn judged(app: &App) -> bool {
    app.model().piste.phrase.as_ref().is_some_and(|p| p.ruling.is_some())
}

#[test]
fn a_phrase_by_keys_alone_is_recorded_judged_called_and_replayed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut window = at_the_piste(dir.path(), LiveSettings::default());

    window.key_press(egui::Key::Space);
    wait(&mut window, "the first phrase", recording);
    window.key_press(egui::Key::Delete);
    wait(&mut window, "its end", |app| matches!(app.model().piste.status.phase, Phase::Ready));

    window.key_press(egui::Key::Space);
    fenced_for_a_second(&mut window);
    window.key_press(egui::Key::Num1);
    wait(&mut window, "the verdict", judged);
    // The verdict does not wait for the disk.
    wait(&mut window, "the recording", |app| app.model().piste.phrase.as_ref().is_some_and(|p| p.recorded.is_some()));
    let phrase = window.state().model().piste.phrase.clone().expect("there is a phrase");
    assert_eq!(phrase.ruling.expect("a verdict").call(), Some(Call::Touch(Side::Left)), "the only lamp decides");

    window.key_press(egui::Key::ArrowRight);
    window.run_steps(3);
    let folder = phrase.recorded.expect("it is on disk").folder.clone();
    wait(&mut window, "both calls in the notes", |_| {
        let notes = PhraseNotes::read(&folder);
        notes.own_call.is_some() && notes.machine_call.is_some()
    });
    let notes = PhraseNotes::read(&folder);
    assert_eq!((notes.own_call.as_deref(), notes.machine_call.as_deref()), (Some("right"), Some("left")));

    window.key_press(egui::Key::R);
    window.run_steps(3);
    let model = window.state().model();
    assert_eq!(model.screen, Screen::Review);
    assert!(model.review.playback.len() > 10, "it is replayed out of memory, in the frame of the key press");
}

/// A phrase whose server is at `address` and does not judge it: said, and judged here by one click.
#[track_caller]
fn check_a_server_that_fails(address: &str) {
    let dir = tempfile::tempdir().expect("a folder");
    let server =
        LiveSettings { judged_by: JudgeKind::Server, server_address: address.into(), ..LiveSettings::default() };
    let mut window = at_the_piste(dir.path(), server);
    window.get_by_label("START").click();
    fenced_for_a_second(&mut window);
    window.get_by_label("Right: off").click();
    wait(&mut window, "the failure", |app| matches!(app.model().piste.status.phase, Phase::Failed { .. }));
    assert!(judged(window.state()), "one light needs no server");
    window.get_by_label("Judge here").click();
    wait(&mut window, "the verdict that stands", |app| {
        app.model().piste.phrase.as_ref().and_then(|p| p.ruling.as_ref()).is_some_and(|r| r.is_final())
    });
    let phrase = window.state().model().piste.phrase.clone().expect("there is a phrase");
    assert_eq!(phrase.ruling.expect("a verdict").call(), Some(Call::Touch(Side::Right)));
}

#[test]
fn a_server_that_fails_leaves_one_click_to_the_verdict() {
    check_a_server_that_fails("127.0.0.1:1");
}

#[test]
fn a_server_that_answers_nonsense_leaves_one_click_to_the_verdict() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = server.local_addr().expect("it has one").to_string();
    let talker = std::thread::Builder::new().name("nonsense".into()).spawn(move || {
        for caller in server.incoming().take(1) {
            let _gone =
                caller.and_then(|mut caller| caller.write_all(b"HTTP/1.1 299 Touche\r\n\r\n\x00\xff{\"call\":"));
        }
    });
    talker.expect("a thread");
    check_a_server_that_fails(&address);
}
