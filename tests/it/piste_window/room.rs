//! What stands where: in every state, in small and large windows, and in the first frame already.

use super::scene::{BOTH, DARK, judged, stand, window};
use crate::support::window::Window;
use egui::{Rect, vec2};
use egui_kittest::kittest::Queryable;
use fencing::time::Timestamp;
use fencing::{Call, Side};
use piste::Phase;
use window::command::Command;
use window::model::{Screen, SettingsPage};

fn place(window: &Window, label: &str) -> Rect {
    window.get_by_label(label).rect()
}

#[test]
fn the_own_call_stays_in_its_place_whatever_is_offered_beside_it() {
    let mut window = window(Screen::Piste);
    stand(&mut window, Phase::Ready, DARK);
    let ready = place(&window, "Left");
    let states = [
        Phase::Recording { since: Timestamp::from_secs(96.8) },
        Phase::Ending,
        Phase::Judging { stage: "stage-watching", share: 0.4 },
        Phase::Failed { text: "no server".into(), folder: "/nowhere/1".into() },
    ];
    for phase in states {
        stand(&mut window, phase.clone(), BOTH);
        assert_eq!(place(&window, "Left"), ready, "{phase:?}");
    }
}

#[test]
fn a_small_window_keeps_the_clock_and_a_large_one_is_read_from_farther_away() {
    let mut window = window(Screen::Piste);
    judged(&mut window, Call::Touch(Side::Left));
    let usual = place(&window, "Touch left").height();
    window.set_size(vec2(1024.0, 580.0));
    window.run_steps(3);
    let screen = Rect::from_min_size(egui::Pos2::ZERO, vec2(1024.0, 580.0));
    assert!(screen.contains_rect(place(&window, "Clock 3:00")));
    window.set_size(vec2(1920.0, 1080.0));
    window.run_steps(3);
    let large = place(&window, "Touch left").height();
    assert!(large > 1.4 * usual, "{usual} points before, {large} now");
}

#[test]
fn a_call_that_is_too_close_says_so_once() {
    let mut window = window(Screen::Piste);
    judged(&mut window, Call::TooClose);
    assert!(window.query_by_label("Too close to call").is_some());
    for word in ["sure", "likely", "leaning", "too close"] {
        assert!(window.query_by_label(word).is_none(), "{word}");
    }
}

#[test]
fn the_keys_begin_with_those_of_the_screen_and_can_be_closed_in_a_low_window() {
    let mut window = window(Screen::Piste);
    window.set_size(vec2(1024.0, 560.0));
    window.state_mut().send(Command::ToggleHelp);
    window.run_steps(8);
    let own = window.get_by_label("Begin a phrase").rect();
    let everywhere = window.get_by_label("Go to the library").rect();
    assert!(own.top() < everywhere.top(), "{own:?} {everywhere:?}");
    assert!(place(&window, "Close").bottom() < 560.0);
    window.get_by_label("Close").click();
    window.run_steps(3);
    assert!(!window.state().model().help_open);
}

#[test]
fn the_bout_stands_in_the_middle_from_its_first_frame_on() {
    let mut window = window(Screen::Piste);
    window.state_mut().send(Command::Show(Screen::Bout));
    // The first sends the command, the second shows the screen.
    window.step();
    window.step();
    let first = place(&window, "Draw priority");
    window.run_steps(5);
    assert_eq!(place(&window, "Draw priority"), first);
}

#[test]
fn a_clip_held_over_the_window_gets_a_hint() {
    let mut window = window(Screen::Piste);
    let held = egui::HoveredFile { path: Some("a.mp4".into()), ..egui::HoveredFile::default() };
    window.input_mut().hovered_files.push(held);
    window.run_steps(2);
    assert!(window.query_by_label("Drop to open").is_some());
    window.input_mut().hovered_files.clear();
    window.run_steps(2);
    assert!(window.query_by_label("Drop to open").is_none());
}

#[test]
fn a_button_for_a_key_shows_the_whole_key() {
    let mut window = window(Screen::Settings);
    window.state_mut().send(Command::ShowSettings(SettingsPage::Keys));
    window.run_steps(5);
    let button = window.get_by_role_and_label(egui::Role::Button, "Light left: 1");
    assert!(button.rect().width() >= 140.0, "{:?}", button.rect());
}
