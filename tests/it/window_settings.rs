//! The settings in the window: six pages, a search through all of them, and shortcuts that are pressed.

use crate::support::window::{Window, window};
use egui_kittest::kittest::Queryable;
use window::WindowOptions;
use window::command::Command;
use window::model::{Screen, SettingsPage};

fn settings() -> Window {
    let mut window = window(WindowOptions::default());
    window.set_size(egui::vec2(1280.0, 2400.0));
    send(&mut window, Command::Show(Screen::Settings));
    window
}

fn send(window: &mut Window, command: Command) {
    window.state_mut().send(command);
    window.run_steps(4);
}

fn press(window: &mut Window, label: &str, key: egui::Key) {
    window.get_by_label(label).click();
    window.run_steps(3);
    assert!(window.state().model().binding.is_some(), "{label} waits for its keys");
    window.key_press(key);
    window.run_steps(4);
}

fn kept(window: &Window, command: &str) -> Option<String> {
    window.state().model().settings.shortcuts.get(command).cloned()
}

const PAGES: [(&str, &[&str]); 6] = [
    ("Piste & box", &["Scoring box", "Sound"]),
    ("Camera & recording", &["Camera", "Recording", "Lens"]),
    ("Judge", &["Judging"]),
    ("Look & language", &["Appearance"]),
    ("Keys", &["Keys"]),
    ("Server & advanced", &["Live phrases", "Folders", "Privacy"]),
];

#[test]
fn each_page_shows_its_own_cards_by_mouse_and_by_key() {
    let mut window = settings();
    // The button of a page may have the name of a card: what is not its own stands there once less.
    let headings = |window: &Window, name: &str| {
        let buttons = PAGES.iter().filter(|(page, _)| *page == name).count();
        window.query_all_by_label(name).count() - buttons
    };
    for (page, own) in PAGES {
        window.get_all_by_label(page).next().expect("its button").click();
        window.run_steps(4);
        for (_, cards) in PAGES {
            for card in cards {
                assert_eq!(headings(&window, card), usize::from(own.contains(card)), "{card} on {page}");
            }
        }
    }
    window.key_press(egui::Key::PageDown);
    window.run_steps(3);
    assert_eq!(window.state().model().settings_page, SettingsPage::Piste, "after the last comes the first");
    window.key_press(egui::Key::PageUp);
    window.run_steps(3);
    assert_eq!(window.state().model().settings_page, SettingsPage::Server);
}

#[test]
fn a_search_leaves_matching_rows_under_their_page_and_heading() {
    let mut window = settings();
    for (words, headings, row) in [
        ("volume", &["Piste & box › Sound"][..], "Volume"),
        ("lens distortion", &["Camera & recording › Lens"], "Correct lens distortion"),
        ("blank", &["Keys › Keys", "Server & advanced › Privacy"], "Blank screen"),
    ] {
        send(&mut window, Command::SearchSettings(words.into()));
        for heading in headings {
            assert!(window.query_by_label(heading).is_some(), "{words}: {heading}");
        }
        assert_eq!(window.query_all_by_label_contains(" › ").count(), headings.len(), "{words}: no bare heading");
        assert!(window.query_all_by_label(row).count() > 0, "{words}: {row}");
        assert!(window.query_by_label("Text size").is_none() && window.query_by_label("Restore defaults").is_none());
    }
    send(&mut window, Command::SearchSettings("hologram".into()));
    assert!(window.query_by_label("No setting has this in its name.").is_some());
    assert_eq!(window.query_all_by_label_contains(" › ").count(), 0);
    window.get_by_label("End the search").click();
    window.run_steps(4);
    assert!(window.query_by_label("Scoring box").is_some(), "the page from before");
}

#[test]
fn a_pressed_key_is_exchanged_or_refused_with_a_sentence() {
    let mut window = settings();
    send(&mut window, Command::ShowSettings(SettingsPage::Keys));
    press(&mut window, "Play or stop: Space", egui::Key::K);
    assert_eq!(
        (kept(&window, "cmd-play"), kept(&window, "cmd-shuttle-stop")),
        (Some("K".into()), Some("Space".into()))
    );
    assert!(window.query_by_label("“Play or stop” has K now; “Stop” has Space in exchange.").is_some());
    assert!(window.query_by_label("Stop: Space").is_some());

    // An arrow moves the review, the library and the bout: it cannot be a key of every screen.
    press(&mut window, "Replay the last phrase: B", egui::Key::ArrowLeft);
    assert_eq!(kept(&window, "cmd-replay-last"), None);
    assert!(window.query_by_label_contains("Not changed: ← is the shortcut of").is_some());

    // Space and Enter are keys like others while a command waits.
    press(&mut window, "Stop: Space", egui::Key::Enter);
    assert_eq!(kept(&window, "cmd-shuttle-stop").as_deref(), Some("Enter"));

    press(&mut window, "Play or stop: K", egui::Key::Escape);
    assert_eq!((kept(&window, "cmd-play").as_deref(), window.state().model().binding), (Some("K"), None));
}

#[test]
fn a_shortcut_is_taken_away_and_brought_back() {
    let mut window = settings();
    send(&mut window, Command::ShowSettings(SettingsPage::Keys));
    window.get_by_label("Play or stop: No shortcut").click();
    window.run_steps(4);
    assert!(window.query_by_label("Play or stop: none").is_some());
    window.get_by_label("Play or stop: Shipped shortcut").click();
    window.run_steps(4);
    assert!(window.query_by_label("Play or stop: Space").is_some());
}
