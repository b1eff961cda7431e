//! The public screen: what spectators see, opened and closed by one key.

use crate::support::window::window;
use egui_kittest::kittest::Queryable;
use fencing::Side;
use window::WindowOptions;
use window::command::{BoutCommand, Command};
use window::model::Screen;

#[test]
fn one_key_opens_names_score_clock_and_lights_for_spectators_and_closes_them() {
    let mut window = window(WindowOptions::default());
    for command in [
        Command::Show(Screen::Bout),
        Command::Bout(BoutCommand::Name(Side::Left, "Rossi".into())),
        Command::Bout(BoutCommand::Name(Side::Right, "Kim".into())),
        Command::Bout(BoutCommand::Score(Side::Left, 4)),
    ] {
        window.state_mut().send(command);
    }
    window.run_steps(3);
    assert!(window.query_by_label("Rossi 4").is_none());
    window.key_press(egui::Key::F8);
    // Without a display the second window lies in the first one.
    window.run_steps(4);
    assert!(window.query_by_label("Rossi 4").is_some() && window.query_by_label("Kim 0").is_some());
    assert!(window.query_by_label("3:00").is_some(), "the clock");
    window.key_press(egui::Key::F8);
    window.run_steps(4);
    assert!(window.query_by_label("Rossi 4").is_none() && !window.state().model().public_screen);
}
