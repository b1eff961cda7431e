//! The window by label: open, judge, step, own call, blind mode, settings. No display; a real clip, a real engine.

use crate::support::in_project;
use crate::support::window::{Window, wait, window, window_judging_by};
use egui_kittest::kittest::Queryable;
use fencing::{Call, Side};
use std::sync::Arc;
use window::model::Judging;
use window::{EngineMaker, WindowOptions};

fn demo_judged() -> Window {
    let demo = in_project("assets/demo/demo-phrase.mp4");
    let mut window = window(WindowOptions { clips: vec![demo], ..WindowOptions::default() });
    wait(&mut window, "the demo phrase to be judged", |app| app.model().review.judgement().is_some());
    window
}

#[test]
fn a_clip_is_opened_judged_stepped_and_called() {
    let mut window = demo_judged();
    let review = &window.state().model().review;
    assert_eq!(review.judgement().expect("it is judged").verdict.call, Call::Touch(Side::Left));
    let touch = review.playback.cursor();
    assert!(touch > 0, "it stands at the touch");

    window.get_by_label("Back").click();
    window.run_steps(3);
    assert_eq!(window.state().model().review.playback.cursor(), touch - 1);
    window.key_press(egui::Key::ArrowRight);
    window.run_steps(3);
    assert_eq!(window.state().model().review.playback.cursor(), touch);
    window.key_press(egui::Key::Home);
    window.run_steps(3);
    assert_eq!(window.state().model().review.playback.cursor(), 0);
    window.get_by_label("Touch").click();
    window.run_steps(3);
    assert_eq!(window.state().model().review.playback.cursor(), touch);

    window.get_by_label("My call: right").click();
    window.run_steps(3);
    let opinions = &window.state().model().review.procedure.opinions;
    assert_eq!(
        opinions.iter().map(|o| o.call).collect::<Vec<_>>(),
        [Call::Touch(Side::Left), Call::Touch(Side::Right)]
    );

    a_fact_jumps_to_its_frame(&mut window);
    blind_mode_hides_the_verdict_of_the_next_phrase(&mut window);
    the_language_changes_at_once(&mut window);
}

fn a_fact_jumps_to_its_frame(window: &mut Window) {
    let judgement = Arc::clone(window.state().model().review.judgement().expect("it is judged"));
    let fact = judgement.verdict.facts.iter().find(|f| f.span.is_some()).expect("a fact with a moment decided");
    let text = fencing::wording::Words::new(fencing::wording::Language::English).fact(fact).expect("it has words");
    window.get_by_label(&text).click();
    window.run_steps(3);
    let shown = window.state().model().review.playback.now();
    assert!(shown.secs_since(fact.span.expect("it has a moment").start).abs() < 0.05, "the fact's frame is shown");
}

fn blind_mode_hides_the_verdict_of_the_next_phrase(window: &mut Window) {
    use window::command::Command;
    use window::model::Setting;
    assert!(window.query_by_label_contains("Machine: Touch left").is_some());
    window.get_by_label("Settings").click();
    window.run_steps(3);
    window.state_mut().send(Command::Set(Setting::BlindMode(true)));
    window.run_steps(3);
    assert!(window.state().model().settings.blind_mode);
    window.get_by_label("Review").click();
    window.run_steps(3);
    let review = &window.state().model().review;
    assert!(review.verdict_visible(true), "the own call was given, so the verdict may be seen");
}

fn the_language_changes_at_once(window: &mut Window) {
    window.get_by_label("Settings").click();
    window.run_steps(3);
    window.get_by_label("Look & language").click();
    window.run_steps(3);
    window.get_by_label("Deutsch").click_accesskit();
    window.run_steps(4);
    assert!(window.query_by_label("Einstellungen").is_some());
}

#[test]
fn a_failed_judgement_is_no_dead_end() {
    let demo = in_project("assets/demo/demo-phrase.mp4");
    let broken: EngineMaker = Arc::new(|_| Err("the models are nowhere to be found; run the set-up again".to_owned()));
    let mut window = window_judging_by(WindowOptions { clips: vec![demo], ..WindowOptions::default() }, broken);
    wait(&mut window, "the failure", |app| matches!(app.model().review.judging, Judging::Failed(_)));
    assert!(window.query_all_by_label_contains("run the set-up again").count() > 0);
    window.get_by_label("Judge again").click();
    window.run_steps(1);
    assert!(window.query_by_label("Play").is_some(), "the clip can still be watched");
}

#[test]
fn an_empty_window_teaches_and_a_bad_file_is_explained() {
    let mut empty = window(WindowOptions::default());
    empty.run_steps(3);
    assert!(empty.query_by_label_contains("Drop a clip here").is_some());

    let dir = tempfile::tempdir().expect("a folder");
    let text = dir.path().join("notes.mp4");
    std::fs::write(&text, "no video at all").expect("a file");
    let mut bad = window(WindowOptions { clips: vec![text], ..WindowOptions::default() });
    wait(&mut bad, "the refusal", |app| !app.model().notices.history().is_empty());
    assert!(bad.query_by_label_contains("notes.mp4").is_some());
}

#[test]
fn every_word_of_the_window_is_there_in_every_language() {
    use fencing::wording::{Language, Words};
    use window::command::listed;
    let keys_of = |code: &str| -> Vec<String> {
        let of = |screen: &&str| {
            let file = in_project(&format!("assets/lang/{screen}/{code}.ftl"));
            std::fs::read_to_string(file).expect("a message file")
        };
        let text: String = ["report", "window", "piste", "library", "bout"].iter().map(of).collect();
        text.lines().filter_map(|l| l.split_once(" = ")).map(|(key, _)| key.to_owned()).collect()
    };
    for language in Language::ALL {
        assert_eq!(keys_of(language.code()), keys_of("en"), "{language:?}");
        let words = Words::new(language);
        for row in listed() {
            assert!(words.knows(row.key), "{language:?} has no word for {}", row.key);
        }
    }
}
