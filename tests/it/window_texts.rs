//! Texts and names of all screens: nothing is cut at 160 and 200 % in six languages, and every control has a name for screen readers.

use crate::support::window::{Window, window};
use fencing::wording::Language;
use std::collections::BTreeSet;
use window::WindowOptions;
use window::command::Command;
use window::model::{Screen, Setting, SettingsPage};

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

/// Texts that are wider than where they are painted, or that end in an ellipsis.
fn cut_texts(window: &Window) -> BTreeSet<String> {
    let mut cut = BTreeSet::new();
    for clipped in &window.output().shapes {
        collect_cut(&clipped.shape, clipped.clip_rect, &mut cut);
    }
    cut
}

fn collect_cut(shape: &egui::Shape, clip: egui::Rect, cut: &mut BTreeSet<String>) {
    match shape {
        egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect_cut(shape, clip, cut)),
        egui::Shape::Text(text) => {
            let place = text.galley.rect.translate(text.pos.to_vec2());
            let is_painted = clip.top() < place.bottom() && place.top() < clip.bottom() && clip.is_positive();
            let is_wider = place.right() > clip.right() + 1.0 || place.left() < clip.left() - 1.0;
            if is_painted && !text.galley.text().trim().is_empty() && (is_wider || text.galley.elided) {
                cut.insert(text.galley.text().to_owned());
            }
        }
        _ => {}
    }
}

/// Shows all views in a language and says which texts are cut; `what` names the rest.
fn check_language(window: &mut Window, language: Language, what: &str, cut: &mut Vec<String>) {
    window.state_mut().send(Command::Set(Setting::Language(language.code().to_owned())));
    for (name, commands) in views() {
        show(window, &commands);
        let texts = cut_texts(window);
        if !texts.is_empty() {
            cut.push(format!("{name} {} {what}: {texts:?}", language.code()));
        }
    }
}

#[test]
fn no_text_is_cut_in_large_letters_in_any_language() {
    let mut window = window(WindowOptions::default());
    let mut cut = Vec::new();
    for (width, height, scale) in
        [(1024.0, 600.0, 1.6), (1024.0, 600.0, 2.0), (1280.0, 720.0, 1.6), (1280.0, 720.0, 2.0)]
    {
        window.set_size(egui::vec2(width, height));
        window.state_mut().send(Command::Set(Setting::TextScale(scale)));
        for language in Language::ALL {
            check_language(&mut window, language, &format!("{width}x{height} at {scale}"), &mut cut);
        }
    }
    assert!(cut.is_empty(), "{} views cut texts:\n{}", cut.len(), cut.join("\n"));
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
