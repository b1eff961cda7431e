//! Names of all screens for screen readers: every control has one.

use crate::support::window::{Window, window};
use window::WindowOptions;
use window::command::Command;
use window::model::{Screen, SettingsPage};

/// What is shown: each screen, of the settings each page, and what opens over a screen.
fn views() -> Vec<(&'static str, Vec<Command>)> {
    let screens = Screen::ALL.into_iter().filter(|screen| *screen != Screen::Settings);
    let mut views: Vec<_> = screens.map(|screen| (screen.key(), vec![Command::Show(screen)])).collect();
    let page = |page: SettingsPage| (page.key(), vec![Command::ShowSettings(page)]);
    views.extend(SettingsPage::ALL.into_iter().map(page));
    let over = |name, command| (name, vec![Command::Show(Screen::Review), command]);
    views.push(over("help", Command::ToggleHelp));
    views.push(over("palette", Command::TogglePalette));
    views.push(over("path", Command::TogglePathPrompt));
    views.push(over("setup", Command::ToggleSetup));
    views.push(over("public", Command::TogglePublicScreen));
    views
}

/// Shows a view over nothing else.
fn show(window: &mut Window, commands: &[Command]) {
    for _ in 0..3 {
        window.state_mut().send(Command::CloseTop);
    }
    if window.state().model().public_screen {
        window.state_mut().send(Command::TogglePublicScreen);
    }
    window.run_steps(2);
    for command in commands {
        window.state_mut().send(command.clone());
    }
    window.run_steps(4);
}

#[test]
fn every_control_of_every_screen_has_a_name() {
    let mut window = window(WindowOptions::default());
    let mut unnamed = Vec::new();
    for (name, commands) in views() {
        show(&mut window, &commands);
        unnamed.extend(window.unnamed_widgets().into_iter().map(|widget| format!("{name}: {widget}")));
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}
