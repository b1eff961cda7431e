//! The review by its keys: shuttle, speeds, loop, events; blind mode; and words of every language in their places. The demo
//! phrase, without an engine where no verdict is needed.

use crate::support::in_project;
use crate::support::window::{Window, wait, window, window_judging_by};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use fencing::wording::Language;
use std::sync::Arc;
use window::command::Command;
use window::model::{Playback, Setting, Settings};
use window::{EngineMaker, WindowOptions};

/// Where the column beside the picture begins in a window of 1280 points.
const COLUMN: f32 = 980.0;

fn options() -> WindowOptions {
    WindowOptions { clips: vec![in_project("assets/demo/demo-phrase.mp4")], ..WindowOptions::default() }
}

/// The demo phrase, not judged: everything but the verdict works.
fn reviewed() -> Window {
    let no_engine: EngineMaker = Arc::new(|_| Err("no engine in this test".to_owned()));
    let mut window = window_judging_by(options(), no_engine);
    wait(&mut window, "the clip", |app| app.frame_shown().is_some());
    window
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(2);
}

fn playback(window: &Window) -> &Playback {
    &window.state().model().review.playback
}

#[test]
fn the_shuttle_runs_both_ways_faster_with_each_press_and_stops() {
    let mut window = reviewed();
    press(&mut window, Modifiers::NONE, Key::Home);
    press(&mut window, Modifiers::NONE, Key::L);
    press(&mut window, Modifiers::NONE, Key::L);
    let shuttle = playback(&window).shuttle;
    assert_eq!((shuttle.speed, shuttle.direction, shuttle.playing), (2.0, 1, true));
    window.run_steps(4);
    assert!(playback(&window).cursor() > 0, "it runs forward");
    press(&mut window, Modifiers::NONE, Key::J);
    assert_eq!(playback(&window).shuttle.direction, -1);
    press(&mut window, Modifiers::NONE, Key::K);
    let stopped = playback(&window).cursor();
    window.run_steps(4);
    assert!(playback(&window).cursor() == stopped && !playback(&window).shuttle.playing);
    press(&mut window, Modifiers::NONE, Key::Num4);
    assert_eq!(playback(&window).shuttle.speed, 0.10);
}

#[test]
fn a_loop_is_marked_by_keys_and_holds_the_playhead() {
    let mut window = reviewed();
    press(&mut window, Modifiers::NONE, Key::Home);
    press(&mut window, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::I);
    let from = playback(&window).now();
    press(&mut window, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::O);
    let to = playback(&window).now();
    assert!(to > from);
    if !playback(&window).loop_marks().2 {
        press(&mut window, Modifiers::NONE, Key::R);
    }
    press(&mut window, Modifiers::NONE, Key::Space);
    let mut turns = 0;
    let mut last = playback(&window).now();
    for _ in 0..40 {
        window.run_steps(1);
        let now = playback(&window).now();
        assert!(now >= from && now <= to, "{now:?} is outside {from:?} to {to:?}");
        turns += usize::from(now < last);
        last = now;
    }
    assert!(turns > 0, "it begins again at the loop's start");
    press(&mut window, Modifiers::SHIFT, Key::R);
    assert_eq!(playback(&window).loop_marks(), (None, None, false));
}

#[test]
fn blind_mode_hides_the_verdict_of_a_clip_until_the_own_call() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("window.toml");
    let settings = Settings { blind_mode: true, welcomed: true, ..Settings::default() };
    std::fs::write(&file, toml::to_string(&settings).expect("settings have a text")).expect("a file");
    let mut window = window(WindowOptions { settings_file: Some(file), ..options() });
    wait(&mut window, "the judgement", |app| app.model().review.judgement().is_some());
    assert!(window.query_by_label("Touch left").is_none() && window.query_by_label_contains("Machine:").is_none());
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    assert!(window.query_by_label("Touch left").is_some(), "now it is shown");
    assert!(window.query_by_label_contains("Machine: Touch left").is_some());
}

#[test]
fn the_column_keeps_its_edges_in_every_language() {
    let mut window = reviewed();
    for language in Language::ALL {
        window.state_mut().send(Command::Set(Setting::Language(language.code().to_owned())));
        window.run_steps(4);
        let title = window.get_by_label("demo-phrase").rect();
        assert!(title.left() >= COLUMN, "{language:?}: the title begins at {}", title.left());
        for button in window.get_all_by_role(egui::Role::Button).filter(|button| button.rect().top() > 60.0) {
            let (rect, label) = (button.rect(), button.accesskit_node().label());
            assert!(rect.right() <= 1280.0, "{language:?}: {label:?} {rect:?}");
        }
    }
}
