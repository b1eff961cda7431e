//! The live screen, the bout and the live settings by label: what a referee sees and presses in every state. The piste is
//! told by hand, so that every state is had at once; `piste` and the live flow have tests of their own.

mod pictures;
mod room;
mod scene;

use crate::support::judgement::judgement;
use crate::support::window::Window;
use capture::sound::SpeechProgram;
use egui_kittest::kittest::Queryable;
use fencing::time::Timestamp;
use fencing::{Call, PerSide, Side};
use piste::{Event, Phase, Status};
use scene::{BOTH, DARK, judged, phrase, stand, tell, window, window_with};
use window::WindowOptions;
use window::command::Command;
use window::model::{Closing, Screen, Setting, SettingsPage};

const LEFT: Call = Call::Touch(Side::Left);

#[test]
fn an_empty_piste_teaches_how_to_get_a_camera() {
    let mut window = window(Screen::Piste);
    assert!(window.query_by_label("No camera yet").is_some());
    window.get_by_label("CHOOSE A CAMERA").click();
    window.run_steps(3);
    let model = window.state().model();
    assert_eq!((model.screen, model.settings_page), (Screen::Settings, SettingsPage::Camera));
}

#[test]
fn every_state_says_what_to_do_next() {
    let mut window = window(Screen::Piste);
    stand(&mut window, Phase::Ready, DARK);
    assert!(window.query_by_label("START").is_some() && window.query_by_label("HALT").is_some());
    stand(&mut window, Phase::Recording { since: Timestamp::from_secs(96.8) }, DARK);
    assert!(window.query_by_label("RECORDING 0:03.2").is_some());
    stand(&mut window, Phase::Judging { stage: "stage-watching", share: 0.4 }, BOTH);
    assert!(window.query_by_label("Watching the fencers").is_some());
    assert!(window.query_by_label("Left: valid").is_some(), "the lamp says its state in words");
    stand(&mut window, Phase::Failed { text: "no server".into(), folder: "/nowhere/1".into() }, BOTH);
    assert!(window.query_by_label("Judge here").is_some() && window.query_by_label("NEXT PHRASE").is_some());
    assert!(window.query_all_by_label_contains("camera 59.9 fps").count() > 0);
}

#[test]
fn a_fencer_who_is_not_in_the_frame_is_missed_before_the_phrase_begins() {
    let mut window = window(Screen::Piste);
    for (seen, words) in [
        (None, "judge ready"),
        (Some(PerSide::new(true, true)), "judge ready"),
        (Some(PerSide::new(true, false)), "right fencer not in the picture"),
        (Some(PerSide::new(false, true)), "left fencer not in the picture"),
        (Some(PerSide::new(false, false)), "no two fencers in the picture"),
    ] {
        let status = Status { engine: Some(Ok(())), in_frame: seen, ..Status::default() };
        window.state_mut().stand_in(status, Timestamp::from_secs(100.0));
        window.run_steps(3);
        assert!(window.query_all_by_label(words).count() > 0, "{words}");
    }
}

#[test]
fn the_verdict_its_chips_and_the_own_call_are_on_the_picture() {
    let mut window = window(Screen::Piste);
    judged(&mut window, LEFT);
    assert!(window.query_by_label("Touch left").is_some());
    window.key_press(egui::Key::ArrowRight);
    window.run_steps(3);
    assert!(window.query_by_label_contains("The machine disagrees").is_some());
    window.key_press(egui::Key::V);
    window.run_steps(3);
    assert!(window.query_by_label("Touch left").is_none(), "V hides the banner");
    window.key_press(egui::Key::V);
    window.run_steps(3);
    let fact = judgement().verdict.facts.into_iter().find(|f| f.span.is_some()).expect("a fact with a moment");
    let words = fencing::wording::Words::new(fencing::wording::Language::English);
    window.get_by_label(&words.fact(&fact).expect("it has words")).click();
    window.run_steps(3);
    assert_eq!(window.state().model().screen, Screen::Review, "a chip opens its moment in the review");
}

#[test]
fn blind_mode_hides_the_verdict_until_the_own_call_and_both_are_kept() {
    let mut window = window(Screen::Piste);
    window.state_mut().send(Command::Set(Setting::BlindMode(true)));
    judged(&mut window, LEFT);
    assert!(window.query_by_label("Touch left").is_none());
    window.get_by_label("Left").click();
    window.run_steps(3);
    assert!(window.query_by_label("Touch left").is_some());
    let phrase = window.state().model().piste.phrase.clone().expect("there is a phrase");
    assert_eq!((phrase.own_call, phrase.own_call_first), (Some(Call::Touch(Side::Left)), true));
}

#[test]
fn a_camera_that_is_pulled_out_is_reported_over_the_picture() {
    let mut window = window(Screen::Piste);
    let mut status = Status::default();
    status.camera.name = "test camera".into();
    status.camera.trouble = Some("The camera is gone; plug it in again.".into());
    window.state_mut().stand_in(status, Timestamp::from_secs(1.0));
    window.run_steps(3);
    assert!(window.query_by_label_contains("The camera is gone").is_some());
}

#[test]
fn a_window_that_is_closed_while_recording_asks_first() {
    let mut window = window(Screen::Piste);
    stand(&mut window, Phase::Ready, DARK);
    tell(&mut window, Event::Started);
    stand(&mut window, Phase::Recording { since: Timestamp::from_secs(99.0) }, DARK);
    let close = egui::ViewportEvent::Close;
    window.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.push(close);
    window.run_steps(3);
    assert_eq!(window.state().model().piste.closing, Closing::Asking);
    window.get_by_label("Save and close").click();
    window.run_steps(3);
    assert_eq!(window.state().model().piste.closing, Closing::Saving);
    tell(&mut window, Event::Recorded(phrase()));
    assert_eq!(window.state().model().piste.closing, Closing::Leaving);
}

#[test]
fn a_bout_is_kept_by_keys_and_buttons_and_taken_back() {
    let mut window = window(Screen::Bout);
    window.key_press(egui::Key::ArrowLeft);
    window.run_steps(3);
    window.get_by_label("Touch for right").click();
    window.run_steps(3);
    window.get_by_label("Yellow card, left").click();
    window.run_steps(3);
    window.get_by_label("Yellow card, left").click();
    window.run_steps(3);
    let sheet = window.state().model().bout.sheet.clone();
    assert_eq!((sheet.score, sheet.cards.left.red), (PerSide::new(1, 2), 1), "the second yellow is red and a touch");
    window.get_by_label("Undo").click();
    window.run_steps(3);
    assert_eq!(window.state().model().bout.sheet.score, PerSide::new(1, 1));
    window.get_by_label("Run").click();
    window.run_steps(20);
    let left = window.state().model().bout.sheet.clock_secs;
    assert!(left < 180.0 && window.state().model().bout.running, "the clock runs: {left}");
    window.key_press(egui::Key::Space);
    window.run_steps(3);
    assert!(!window.state().model().bout.running);
}

#[test]
fn the_live_settings_are_changed_by_label() {
    let mut window = window(Screen::Settings);
    window.set_size(egui::vec2(1280.0, 2400.0));
    window.run_steps(3);
    window.get_by_label("A box").click();
    window.run_steps(3);
    assert!(window.query_by_label("Search").is_some());
    window.get_by_label("Server & advanced").click();
    window.run_steps(3);
    window.get_by_label("A server").click();
    window.run_steps(3);
    let field = window.get_by_role_and_label(egui::accesskit::Role::TextInput, "Server");
    field.focus();
    field.type_text("127.0.0.1:1");
    window.run_steps(3);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    let live = window.state().model().settings.live.clone();
    assert_eq!(live.server_address, "127.0.0.1:1");
    assert!(window.query_by_label("Test").is_some());
}

/// Switches the voice on by label and lets its button be pressed.
fn with_voice(options: WindowOptions) -> Window {
    let mut window = window_with(options, Screen::Settings);
    window.set_size(egui::vec2(1280.0, 2400.0));
    window.run_steps(3);
    window.get_by_label("Speak the machine’s call: On").click();
    window.run_steps(3);
    window
}

#[test]
fn without_a_speech_program_the_voice_says_what_to_install() {
    let mut window = with_voice(WindowOptions::default());
    window.get_by_label("Test").click();
    window.run_steps(4);
    assert!(window.query_by_label_contains("Install eSpeak NG").is_some());
}

#[cfg(unix)]
#[test]
fn the_call_is_spoken_in_the_windows_language() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let (program, said) = (folder.path().join("espeak-ng"), folder.path().join("said"));
    let script = format!("#!/bin/sh\nprintf '%s|' \"$@\" >> '{}'\n", said.display());
    std::fs::write(&program, script).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("that may be run");
    let speech = SpeechProgram::find(|name| (name == "espeak-ng").then(|| program.clone()));
    let mut window = with_voice(WindowOptions { speech, ..WindowOptions::default() });
    window.state_mut().send(Command::Set(Setting::Language("de".into())));
    window.run_steps(2);
    judged(&mut window, LEFT);
    let wanted = "-v|de|-a|140|--|Angriff von links. Treffer links.|";
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::fs::read_to_string(&said).unwrap_or_default() != wanted {
        assert!(std::time::Instant::now() < deadline, "heard {:?}", std::fs::read_to_string(&said));
        window.run_steps(1);
    }
}

const FULL: &str = "the disk is full; free some space or choose another folder";

/// A phrase is being recorded, or was, on a disk that is full.
fn on_a_full_disk(window: &mut Window, phase: Phase) {
    let mut status = Status { phase, ..Status::default() };
    status.camera.name = "test camera".into();
    status.recorder.trouble = Some(FULL.into());
    window.state_mut().stand_in(status, Timestamp::from_secs(100.0));
    window.run_steps(3);
}

fn close(window: &mut Window) {
    let close = egui::ViewportEvent::Close;
    window.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.push(close);
    window.run_steps(3);
}

fn closing_on_a_full_disk() -> Window {
    let mut window = window(Screen::Piste);
    tell(&mut window, Event::Started);
    on_a_full_disk(&mut window, Phase::Recording { since: Timestamp::from_secs(90.0) });
    close(&mut window);
    window.get_by_label("Save and close").click();
    window.run_steps(3);
    assert_eq!(window.state().model().piste.closing, Closing::Saving);
    window
}

#[test]
fn a_full_disk_is_named_where_the_phrase_is_being_saved_and_can_be_left() {
    let mut window = closing_on_a_full_disk();
    assert!(window.query_by_label(FULL).is_some(), "what keeps it from being saved");
    window.get_by_label("Discard the phrase and close").click();
    window.run_steps(3);
    assert_eq!(window.state().model().piste.closing, Closing::Leaving);
}

#[test]
fn escape_leaves_the_question_and_a_phrase_that_could_not_be_saved_asks_again() {
    let mut window = closing_on_a_full_disk();
    on_a_full_disk(&mut window, Phase::Ready);
    assert!(window.query_by_label("The phrase could not be saved").is_some());
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert_eq!(window.state().model().piste.closing, Closing::Open);
    assert!(!window.state().model().privacy, "Escape closes and does nothing else");
}

#[test]
fn a_full_disk_is_reported_on_every_screen_and_nothing_claims_that_all_is_recorded() {
    let mut window = window(Screen::Piste);
    tell(&mut window, Event::Started);
    on_a_full_disk(&mut window, Phase::Recording { since: Timestamp::from_secs(97.0) });
    assert!(window.query_by_label("NOT ON DISK 0:03.0").is_some() && window.query_by_label("recording").is_none());
    for screen in Screen::ALL {
        window.state_mut().send(Command::Show(screen));
        window.run_steps(3);
        assert!(window.query_by_label("Recordings cannot be written").is_some(), "{screen:?}");
    }
}

#[test]
fn a_protocol_that_is_only_guessed_is_no_connection() {
    use apparatus::{Connection, Protocol};
    use window::model::ApparatusKind;
    let mut window = window(Screen::Piste);
    let mut live = window.state().model().settings.live.clone();
    live.apparatus = ApparatusKind::Box;
    window.state_mut().send(Command::Set(Setting::Live(Box::new(live))));
    for (confidence, unknown) in [(0.0, true), (0.49, true), (0.9, false)] {
        let mut status = Status::default();
        status.camera.name = "test camera".into();
        status.apparatus.connection = Connection::Open;
        status.apparatus.protocol = Some(Protocol::ALL[0]);
        status.apparatus.confidence = confidence;
        status.apparatus.last_received = Some(Timestamp::from_secs(99.9));
        window.state_mut().stand_in(status, Timestamp::from_secs(100.0));
        window.run_steps(3);
        assert_eq!(window.query_all_by_label("scoring box not understood").next().is_some(), unknown, "{confidence}");
        assert_eq!(
            window.query_all_by_label("No signal from the scoring box").next().is_some(),
            unknown,
            "{confidence}"
        );
    }
}

#[test]
fn the_own_call_scores_is_revised_taken_back_and_kept_into_the_review() {
    let mut window = window(Screen::Piste);
    tell(&mut window, Event::Started);
    tell(&mut window, Event::Recorded(phrase()));
    let score = |window: &Window| window.state().model().bout.sheet.score;
    window.key_press(egui::Key::ArrowLeft);
    window.run_steps(3);
    assert_eq!(score(&window), PerSide::new(1, 0));
    window.key_press(egui::Key::ArrowRight);
    window.run_steps(3);
    assert_eq!(score(&window), PerSide::new(0, 1));
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    window.run_steps(3);
    assert_eq!(score(&window), PerSide::new(1, 0), "the revision is taken back");
    window.key_press(egui::Key::ArrowRight);
    window.run_steps(3);
    window.state_mut().send(Command::ReplayLast);
    window.run_steps(3);
    let model = window.state().model();
    assert_eq!((model.screen, model.review.own_call), (Screen::Review, Some(Call::Touch(Side::Right))));
}

#[test]
fn a_failed_judgement_keeps_the_one_that_was_there() {
    let mut window = window(Screen::Piste);
    judged(&mut window, LEFT);
    window.state_mut().send(Command::ReplayLast);
    window.run_steps(3);
    assert!(window.state().model().review.judgement().is_some());
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::J);
    crate::support::window::wait(&mut window, "the failure", |app| {
        matches!(app.model().review.judging, window::model::Judging::Failed(_))
    });
    assert!(window.state().model().review.judgement().is_some() && window.query_by_label("Touch left").is_some());
}
