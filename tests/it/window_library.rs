//! The library by label: folders, search, opening, the queue with its errors, ten thousand phrases, clips that vanish.

use crate::support::in_project;
use crate::support::window::{Window, wait, window_judging_by};
use egui_kittest::kittest::{NodeT, Queryable};
use fencing::{Call, Side};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use window::command::{Command, LibraryCommand};
use window::model::{ItemState, Screen, Setting};
use window::{App, EngineMaker, WindowOptions, engine_maker};

fn library(make: EngineMaker) -> Window {
    let mut window = window_judging_by(WindowOptions::default(), make);
    window.run_steps(2);
    window.get_by_label("Library").click();
    window.run_steps(3);
    window
}

fn is_listed(app: &App, count: usize) -> bool {
    app.model().library.looking.is_none() && app.model().library.listed.len() == count
}

fn phrase(root: &Path, number: u32, notes: &str) -> PathBuf {
    let name = format!("20260127_{:06}_phrase{number:02}", 100_000 + number);
    let folder = root.join(&name);
    std::fs::create_dir(&folder).expect("a folder");
    let clip = folder.join(format!("{name}.mkv"));
    std::fs::write(&clip, "clip").expect("a clip");
    std::fs::write(folder.join("phrase.json"), notes).expect("notes");
    clip
}

fn club() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let notes = |left: &str, weapon: &str, own: &str, machine: &str| {
        format!(
            r#"{{"left":"{left}","right":"Rossi","weapon":"{weapon}","own_call":"{own}","machine_call":"{machine}","machine_confidence":0.8}}"#
        )
    };
    phrase(dir.path(), 1, &notes("Kim", "sabre", "left", "left"));
    phrase(dir.path(), 2, &notes("Kim", "foil", "right", "left"));
    phrase(dir.path(), 3, &notes("Müller", "sabre", "left", "too_close"));
    dir
}

fn type_path(window: &mut Window, path: &Path) {
    window.get_by_label("Path of a folder or clip, then Enter").focus();
    window.run_steps(1);
    window.get_by_label("Path of a folder or clip, then Enter").type_text(&path.display().to_string());
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
}

fn copy_of_demo(folder: &Path) -> PathBuf {
    for ending in ["mp4", "txt"] {
        let from = in_project(&format!("assets/demo/demo-phrase.{ending}"));
        std::fs::copy(from, folder.join(format!("demo-phrase.{ending}"))).expect("the demo phrase is copied");
    }
    folder.join("demo-phrase.mp4")
}

#[test]
fn a_folder_is_added_narrowed_and_opened() {
    let dir = club();
    copy_of_demo(dir.path());
    let mut window = library(engine_maker());
    wait(&mut window, "the first look", |app| is_listed(app, 0));
    assert!(window.query_by_label("Drop a clip here, or press Ctrl+O").is_some(), "an empty library teaches");
    type_path(&mut window, dir.path());
    wait(&mut window, "four entries", |app| is_listed(app, 4));
    assert!(window.query_by_label("4 of 4 phrases").is_some());
    assert!(window.query_by_label_contains("Overall: 1 of 2, 9–91 %").is_some(), "the figures carry their interval");

    assert!(window.query_all_by_label("Called phrases: 3 of 200 wanted").count() > 0, "the way to a club's own judge");
    assert!(window.query_by_label("Save labelled phrases").is_some());
    assert!(window.query_by_label("Teach the judge these calls").is_none(), "three calls teach nothing");

    window.get_by_role_and_label(egui::Role::Button, "Foil").click();
    window.run_steps(3);
    assert_eq!(window.state().model().library.listed.len(), 1);
    assert!(window.query_by_label_contains("Kim – Rossi, Referee: Touch right, Machine: Touch left").is_some());
    window.get_by_role_and_label(egui::Role::Button, "Foil").click();
    window.run_steps(2);
    window.get_by_label("Differ").click();
    window.run_steps(3);
    assert_eq!(window.state().model().library.listed.len(), 1);
    window.get_by_label("Show everything").click();
    window.run_steps(3);

    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::F);
    window.run_steps(3);
    window.get_by_label("Search for a fencer, a name, a folder").type_text("müll");
    window.run_steps(3);
    assert_eq!(window.state().model().library.listed.len(), 1);
    window.get_by_label("Search for a fencer, a name, a folder").type_text("nobody");
    window.run_steps(3);
    assert!(window.query_by_label("No match").is_some());
    window.get_all_by_label("Show everything").next().expect("a way back").click();
    window.run_steps(3);

    window.state_mut().send(Command::Library(LibraryCommand::Narrow(window::command::Narrow::Text("demo".to_owned()))));
    window.run_steps(3);
    window.get_by_label("Open: demo-phrase").click();
    wait(&mut window, "the clip in the review", |app| app.model().review.clip.is_some());
    assert_eq!(window.state().model().screen, Screen::Review);
}

#[test]
fn arrows_move_shift_extends_and_enter_opens() {
    let dir = club();
    let mut window = library(engine_maker());
    type_path(&mut window, dir.path());
    wait(&mut window, "three entries", |app| is_listed(app, 3));
    window.key_press(egui::Key::ArrowDown);
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::ArrowDown);
    window.run_steps(2);
    let library = &window.state().model().library;
    assert_eq!((library.cursor, library.chosen.len()), (2, 2));
    assert!(window.query_by_label("Judge selected (2)").is_some());
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert_eq!(window.state().model().screen, Screen::Review);
}

#[test]
fn a_queue_says_what_failed_tries_again_and_writes_results() {
    let dir = tempfile::tempdir().expect("a folder");
    let clip = copy_of_demo(dir.path());
    std::fs::write(dir.path().join("broken.mp4"), "no video at all").expect("a file");
    let real = engine_maker();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    // The first time the models are nowhere, as on a disk that is not mounted yet.
    let make: EngineMaker = Arc::new(move |settings| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err("the models are nowhere to be found; run the set-up again".to_owned()),
        _ => real(settings),
    });
    let mut window = library(make);
    window.state_mut().send(Command::Open(vec![dir.path().to_owned()]));
    wait(&mut window, "two entries", |app| is_listed(app, 2));
    // The small picture may have told already that one of them is no video.
    window.run_steps(3);
    window.key_press(egui::Key::A);
    window.run_steps(3);
    window.get_by_label("Judge selected (2)").click();
    wait(&mut window, "both failures", |app| {
        !app.model().library.batch.is_open() && app.model().library.batch.items.len() == 2
    });
    assert!(window.query_all_by_label_contains("run the set-up again").count() > 0);
    assert!(window.query_all_by_label_contains("broken.mp4").count() > 0, "the broken file is named");

    window.get_by_label("Try again: demo-phrase").click();
    wait(&mut window, "the demo phrase", |app| {
        app.model().library.batch.items.iter().any(|item| matches!(item.state, ItemState::Done(_)))
    });
    let library = &window.state().model().library;
    let entry = library.catalogue.get(&clip.canonicalize().expect("it is there")).expect("it is listed");
    assert_eq!(entry.machine.as_ref().expect("it is judged").call, Call::Touch(Side::Left));
    assert!(entry.result.as_ref().is_some_and(|result| result.is_file()));
    assert!(window.query_by_label_contains("demo-phrase, Machine: Touch left").is_some(), "the row shows the call");

    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::R);
    wait(&mut window, "another look", |app| is_listed(app, 2));
    let found = window.state().model().library.listed.iter().filter(|entry| entry.machine.is_some()).count();
    assert_eq!(found, 1, "the result is found on disk again");
}

#[test]
fn ten_thousand_phrases_are_listed_scrolled_and_searched() {
    const PHRASES: u32 = 10_000;
    let dir = tempfile::tempdir().expect("a folder");
    for number in 0..PHRASES {
        phrase(dir.path(), number, r#"{"left":"Kim","right":"Rossi","own_call":"left","machine_call":"right"}"#);
    }
    let mut window = library(engine_maker());
    window.state_mut().send(Command::Library(LibraryCommand::AddPlace(dir.path().to_owned())));
    wait(&mut window, "ten thousand entries", |app| is_listed(app, PHRASES as usize));
    let rows = |app: &App| app.model().library.visible.clone();
    assert!(rows(window.state()).len() < 20, "only what is in view is drawn");
    window.key_press(egui::Key::End);
    window.run_steps(4);
    assert_eq!(window.state().model().library.cursor, PHRASES as usize - 1);
    assert!(rows(window.state()).end == PHRASES as usize, "{:?}", rows(window.state()));
    window.key_press(egui::Key::PageUp);
    window.run_steps(4);
    assert!(rows(window.state()).contains(&(PHRASES as usize - 11)));
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::F);
    window.run_steps(3);
    window.get_by_label("Search for a fencer, a name, a folder").type_text("phrase4711");
    window.run_steps(3);
    assert_eq!(window.state().model().library.listed.len(), 1);
}

#[test]
fn a_clip_that_vanishes_is_explained_and_gone_with_the_next_look() {
    let dir = tempfile::tempdir().expect("a folder");
    let clip = copy_of_demo(dir.path());
    let other = dir.path().join("other.mp4");
    std::fs::copy(&clip, &other).expect("a copy");
    let mut window = library(engine_maker());
    window.state_mut().send(Command::Library(LibraryCommand::AddPlace(dir.path().to_owned())));
    wait(&mut window, "two entries", |app| is_listed(app, 2));
    std::fs::remove_file(&clip).expect("it was there");
    window.get_by_label("Open: demo-phrase").click();
    wait(&mut window, "the refusal", |app| !app.model().notices.history().is_empty());
    assert!(window.query_all_by_label_contains("demo-phrase.mp4").count() > 0);
    window.get_by_label("Library").click();
    wait(&mut window, "one entry", |app| is_listed(app, 1));
}

#[test]
fn german_and_chinese_fit_their_buttons() {
    let dir = club();
    for code in ["de", "zh"] {
        let mut window = library(engine_maker());
        window.state_mut().send(Command::Set(Setting::Language(code.to_owned())));
        window.state_mut().send(Command::Library(LibraryCommand::AddPlace(dir.path().to_owned())));
        wait(&mut window, "three entries", |app| is_listed(app, 3));
        for button in window.get_all_by_role(egui::Role::Button) {
            // Below the fold is scrolled to; beside the edge is lost.
            let (rect, label) = (button.rect(), button.accesskit_node().label());
            assert!(rect.left() >= 0.0 && rect.right() <= 1280.0, "{code}: {label:?} {rect:?}");
        }
    }
}

#[test]
fn a_narrow_window_keeps_folders_and_filters_within_reach() {
    let dir = club();
    let mut window = library(engine_maker());
    window.state_mut().send(Command::Library(LibraryCommand::AddPlace(dir.path().to_owned())));
    wait(&mut window, "three entries", |app| is_listed(app, 3));
    window.set_size(egui::vec2(1024.0, 600.0));
    window.run_steps(3);
    assert!(window.query_by_label("Add a folder").is_none());
    window.get_by_label("Folders").click();
    window.run_steps(3);
    assert!(window.query_by_label("Add a folder").is_some());
    window.get_by_label("Foil").click();
    wait(&mut window, "one foil phrase", |app| is_listed(app, 1));
}
