//! The public screen: what spectators see, opened and closed by one key; and the setup assistant before an evening.

use crate::support::window::window;
use egui_kittest::kittest::Queryable;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side};
use piste::Status;
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
    assert_eq!(window.query_all_by_label("3:00").count(), 2, "the clock of the bout and that of the public screen");
    window.key_press(egui::Key::F8);
    window.run_steps(4);
    assert!(window.query_by_label("Rossi 4").is_none() && !window.state().model().public_screen);
}

#[test]
fn the_setup_assistant_keeps_whose_light_was_seen_and_escape_closes_it() {
    let mut window = window(WindowOptions::default());
    window.state_mut().send(Command::Show(Screen::Piste));
    window.run_steps(3);
    window.key_press(egui::Key::F7);
    window.run_steps(4);
    assert!(window.query_by_label_contains("Test touch").is_some());
    for lamps in [PerSide::new(Lamp::Valid, Lamp::Off), PerSide::new(Lamp::Off, Lamp::Off)] {
        window.state_mut().stand_in(Status { lamps, ..Status::default() }, Timestamp::ZERO);
        window.run_steps(2);
    }
    let touched = window.state().model().setup.map(|setup| setup.touched);
    assert_eq!(touched, Some(PerSide::new(true, false)), "a light that went out was seen all the same");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.state().model().setup.is_none());
}
