//! The settings: six pages, a search over all of them, and no heading without a setting under it.

use crate::support::window::{Window, window};
use egui_kittest::kittest::Queryable;
use window::WindowOptions;
use window::command::Command;
use window::model::{Screen, SettingsPage};

fn settings() -> Window {
    let mut window = window(WindowOptions::default());
    window.state_mut().send(Command::Show(Screen::Settings));
    window.set_size(egui::vec2(1280.0, 2400.0));
    window.run_steps(3);
    window
}

#[test]
fn every_page_shows_its_own_settings_alone() {
    let mut window = settings();
    for (page, own, other) in [
        ("Live piste", "Touches come from", "Pre-roll"),
        ("Recordings and files", "Pre-roll", "Volume"),
        ("Sound", "Volume", "Theme"),
        ("Judging", "Accurate pose model (slower)", "Theme"),
        ("Appearance", "Theme", "Volume"),
    ] {
        let tab = window.get_all_by_label(page).next().expect("there is such a tab");
        tab.click();
        window.run_steps(3);
        assert!(window.query_by_label(own).is_some(), "{page}: {own}");
        assert!(window.query_by_label(other).is_none(), "{page}: {other}");
    }
}

#[test]
fn a_search_finds_settings_of_all_pages_and_leaves_no_heading_alone() {
    let mut window = settings();
    window.state_mut().send(Command::SearchSettings("sp".into()));
    window.run_steps(3);
    // "Speak the machine's call" on the page Sound; nothing of the camera's card holds these letters.
    assert!(window.query_by_label("Speak the machine’s call").is_some());
    assert!(window.query_by_label("Camera").is_none(), "a card without a match has no heading");
    window.state_mut().send(Command::SearchSettings("no such setting".into()));
    window.run_steps(3);
    assert!(window.query_by_label_contains("No setting is called that").is_some());
    window.state_mut().send(Command::ShowSettingsPage(SettingsPage::Sound));
    window.run_steps(3);
    assert!(window.query_by_label("Volume").is_some());
}
