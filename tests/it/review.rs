//! The review beyond its basics: replay from memory, drawing with the mouse, two clips, exports, and what can go wrong.
//! No display; most of it with an engine that refuses, because nothing here depends on a verdict.

use crate::support::in_project;
use crate::support::window::{Window, wait, window_judging_by};
use egui_kittest::kittest::Queryable;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use piste::{Event, RecordedPhrase};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource, Reel, encode_jpeg, probe};
use window::command::{Command, LoopEdge, ReviewCommand as R};
use window::model::{Screen, Setting, SettingsPage, ThemeChoice};
use window::{EngineMaker, WindowOptions};

fn window(options: WindowOptions) -> Window {
    let no_engine: EngineMaker = Arc::new(|_| Err("no engine in this test".to_owned()));
    window_judging_by(options, no_engine)
}

fn do_it(window: &mut Window, command: Command) {
    window.state_mut().send(command);
    window.run_steps(3);
}

fn with_demo_in(folder: &Path) -> Window {
    let clip = folder.join("phrase.mp4");
    std::fs::copy(in_project("assets/demo/demo-phrase.mp4"), &clip).expect("the demo phrase is there");
    let mut window = window(WindowOptions { clips: vec![clip], ..WindowOptions::default() });
    wait(&mut window, "the clip", |app| app.frame_shown().is_some());
    window
}

/// A phrase in memory whose clip does not exist: whoever touches the disk fails.
fn phrase_in_memory() -> Arc<RecordedPhrase> {
    let size = FrameSize::new(320, 180);
    let mut reel = Reel::default();
    for i in 0..60_u8 {
        let jpeg = encode_jpeg(&vec![i * 4; 320 * 180 * 3], size).expect("a picture");
        reel.push_jpeg(Timestamp::from_secs(f64::from(i) / 30.0), size, jpeg);
    }
    let mut signals = SignalLog::default();
    let kind = SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid };
    let at = Timestamp::from_secs(1.5);
    signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind });
    let folder = PathBuf::from("/nowhere/at/all");
    let (clip, log) = (folder.join("clip.mp4"), folder.join("signals.txt"));
    let reel = Arc::new(reel);
    Arc::new(RecordedPhrase { folder, clip, second_clip: None, log, reel, signals, weapon: Weapon::Epee })
}

#[test]
fn a_recorded_phrase_is_replayed_from_memory_with_one_key() {
    let mut window = window(WindowOptions::default());
    do_it(&mut window, Command::Show(Screen::Piste));
    window.state_mut().handle_event(Event::Recorded(phrase_in_memory()));
    wait(&mut window, "the picture of the touch", |app| app.frame_shown() == Some(45));
    assert_eq!(window.state().model().screen, Screen::Piste, "it waits until it is asked for");
    window.key_press(egui::Key::B);
    window.run_steps(4);
    let model = window.state().model();
    assert!(model.screen == Screen::Review && model.review.playback.shuttle.playing);
    assert_eq!(model.review.playback.shuttle.speed, 1.0, "the first look is at full speed");
    wait(&mut window, "the slower look", |app| app.model().review.playback.shuttle.speed < 0.6);
    window.key_press(egui::Key::K);
    window.run_steps(3);
    assert!(!window.state().model().review.playback.shuttle.playing, "K ends the replay");
}

#[test]
fn a_line_and_an_angle_are_drawn_moved_and_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    let picture = window.get_by_label("Picture").rect();
    let at = |x: f32, y: f32| picture.min + egui::vec2(x, y) * picture.size();
    let click = |window: &mut Window, place: egui::Pos2| {
        window.hover_at(place);
        window.run_steps(1);
        window.drag_at(place);
        window.drop_at(place);
        window.run_steps(3);
    };
    window.key_press(egui::Key::A);
    window.run_steps(2);
    for place in [at(0.3, 0.2), at(0.3, 0.6), at(0.6, 0.6)] {
        click(&mut window, place);
    }
    let drawn = window.state().model().review.drawings.clone();
    let degrees = drawn.figures().first().and_then(|drawn| drawn.figure.degrees());
    assert!(degrees.is_some_and(|d| (d - 90.0).abs() < 1.0), "{degrees:?}");

    window.drag_at(at(0.6, 0.6));
    window.run_steps(2);
    window.hover_at(at(0.6, 0.5));
    window.run_steps(2);
    window.drop_at(at(0.6, 0.3));
    window.run_steps(2);
    assert_ne!(window.state().model().review.drawings, drawn, "the end was moved");
    do_it(&mut window, Command::Review(R::Export(window::command::Export::Still)));
    wait(&mut window, "the still", |app| app.model().review.exporting.is_none());
    assert!(folder.path().join("phrase_still.jpg").is_file());
    window.key_press(egui::Key::Delete);
    window.run_steps(3);
    assert!(window.state().model().review.drawings.is_empty());
}

#[test]
fn text_stopwatch_and_magnifier_are_placed_used_and_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    let picture = window.get_by_label("Picture").rect();
    let click = |window: &mut Window, x: f32, y: f32| {
        let place = picture.min + egui::vec2(x, y) * picture.size();
        window.hover_at(place);
        window.run_steps(1);
        window.drag_at(place);
        window.drop_at(place);
        window.run_steps(3);
    };
    window.key_press(egui::Key::X);
    window.run_steps(2);
    click(&mut window, 0.3, 0.2);
    // The field has the keyboard at once; letters in it are no shortcuts.
    window.event(egui::Event::Text("parry".into()));
    window.run_steps(3);
    let drawn = |window: &Window| window.state().model().review.drawings.figures().to_vec();
    assert_eq!(drawn(&window).iter().map(|d| d.text.as_str()).collect::<Vec<_>>(), ["parry"]);
    click(&mut window, 0.9, 0.9);
    window.key_press(egui::Key::Home);
    window.run_steps(2);
    window.key_press(egui::Key::Q);
    window.run_steps(2);
    click(&mut window, 0.6, 0.2);
    for _ in 0..5 {
        window.key_press(egui::Key::ArrowRight);
        window.run_steps(2);
    }
    window.get_by_label("Stop at this frame").click_accesskit();
    window.run_steps(3);
    let clock = drawn(&window)[1].clock;
    let times = window.state().model().review.playback.times().to_vec();
    assert_eq!((clock.start, clock.stop), (times[0], Some(times[5])));
    window.key_press(egui::Key::M);
    window.run_steps(2);
    click(&mut window, 0.5, 0.6);
    click(&mut window, 0.6, 0.6);
    assert_eq!(window.state().model().review.drawings.magnifiers(times[5]).count(), 1);
    do_it(&mut window, Command::Review(R::Export(window::command::Export::Still)));
    wait(&mut window, "the still", |app| app.model().review.exporting.is_none());
    assert!(folder.path().join("phrase_still.jpg").is_file());
    for left in [2, 2, 1, 1, 0] {
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
        window.run_steps(2);
        assert_eq!(drawn(&window).len(), left, "each step is taken back: magnifier, stop, stopwatch, words, text");
    }
}

#[test]
fn the_clip_is_saved_whole_or_cut_to_the_loop() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    window.get_by_label("Save the clip").click_accesskit();
    window.run_steps(2);
    wait(&mut window, "the whole clip", |app| app.model().review.exporting.is_none());
    for (edge, secs) in [(LoopEdge::From, 1.0), (LoopEdge::To, 2.0)] {
        do_it(&mut window, Command::Review(R::MoveLoop { edge, at: Timestamp::from_secs(secs) }));
    }
    do_it(&mut window, Command::Review(R::ToggleLoop));
    assert!(window.query_by_label_contains("cut to the loop").is_some(), "it is said before it is done");
    window.get_by_label("Save the clip").click_accesskit();
    window.run_steps(2);
    wait(&mut window, "the loop", |app| app.model().review.exporting.is_none());
    let secs = |name: &str| {
        let info = probe(&folder.path().join(name)).expect("a video");
        info.duration_secs.expect("it has a length")
    };
    let original = probe(&in_project("assets/demo/demo-phrase.mp4")).expect("a video").duration_secs;
    assert!((secs("phrase_clip.mp4") - original.unwrap_or_default()).abs() < 0.1);
    assert!((secs("phrase_clip-1.mp4") - 1.0).abs() < 0.15, "{}", secs("phrase_clip-1.mp4"));
}

#[test]
fn an_all_intra_recording_is_cut_without_being_encoded_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recording, cut) = (folder.path().join("rec.mkv"), folder.path().join("cut.mp4"));
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2"])
        .args(["-c:v", "mjpeg", "-q:v", "3"])
        .arg(&recording)
        .status();
    assert!(made.is_ok_and(|s| s.success()), "ffmpeg makes the recording");
    let info = probe(&recording).expect("a video");
    let part = ClipOptions { from_secs: 0.5, to_secs: Some(1.0), max_width: 320, ..ClipOptions::default() };
    vision::video::save_clip(&info, &part, &cut, &Cancel::new(), &mut |_| {}).expect("it is cut");
    let saved = probe(&cut).expect("a video");
    assert_eq!(saved.codec, "mjpeg", "the pictures are the camera's own");
    let pictures = |clip: &Path, options: &ClipOptions| {
        let mut reader = ClipReader::open(clip, options, &Cancel::new()).expect("it opens");
        std::iter::from_fn(|| reader.next_frame().expect("it can be read")).map(|f| f.rgb).collect::<Vec<_>>()
    };
    let (wanted, got) = (pictures(&recording, &part), pictures(&cut, &ClipOptions::default()));
    assert!(got.len().abs_diff(wanted.len()) <= 1, "{} of {}", got.len(), wanted.len());
    assert!(got.first() == wanted.first(), "it begins at the very picture");
}

#[test]
fn a_clip_that_is_deleted_while_it_is_open_can_still_be_watched() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    std::fs::remove_file(folder.path().join("phrase.mp4")).expect("it was there");
    window.key_press(egui::Key::End);
    window.run_steps(2);
    let last = window.state().model().review.playback.len() - 1;
    wait(&mut window, "the last picture", |app| app.frame_shown() == Some(last));
    window.get_by_label("Save the clip").click_accesskit();
    window.run_steps(2);
    wait(&mut window, "the refusal", |app| app.model().review.exporting.is_none());
    assert!(window.query_by_label_contains("Nothing was saved").is_some());
}

#[test]
fn two_dropped_clips_stand_side_by_side_under_one_transport() {
    let demo = in_project("assets/demo/demo-phrase.mp4");
    let mut window = window(WindowOptions { clips: vec![demo.clone(), demo], ..WindowOptions::default() });
    wait(&mut window, "both clips", |app| app.model().review.beside.is_some() && app.frame_shown().is_some());
    window.get_by_label("Second clip one frame forward").click_accesskit();
    window.run_steps(3);
    assert_eq!(window.state().model().review.beside.as_ref().map(|b| b.nudge_frames), Some(1));
    window.get_by_label("Close the second clip").click_accesskit();
    window.run_steps(3);
    assert!(window.state().model().review.beside.is_none());
}

#[test]
fn a_path_can_be_typed_where_there_is_no_dialog() {
    let mut window = window(WindowOptions::default());
    window.run_steps(3);
    window.get_by_label("Type the path of a clip").click();
    window.run_steps(4);
    let demo = in_project("assets/demo/demo-phrase.mp4");
    do_it(&mut window, Command::TypePath(format!("\"{}\"", demo.display())));
    window.get_by_label("Open").click();
    wait(&mut window, "the clip", |app| app.model().review.clip.is_some());
}

#[test]
fn enter_opens_the_path_that_was_typed() {
    let mut window = window(WindowOptions::default());
    window.run_steps(3);
    window.get_by_label("Type the path of a clip").click();
    window.run_steps(4);
    window.event(egui::Event::Text(in_project("assets/demo/demo-phrase.mp4").display().to_string()));
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    wait(&mut window, "the clip", |app| app.model().review.clip.is_some());
}

#[test]
fn another_display_scale_keeps_everything_in_reach() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    for (points_per_pixel, width, height) in [(2.0, 960.0, 600.0), (1.25, 1536.0, 864.0), (1.0, 1280.0, 720.0)] {
        window.set_pixels_per_point(points_per_pixel);
        window.set_size(egui::vec2(width, height));
        window.run_steps(4);
        let before = window.state().model().review.playback.cursor();
        window.get_by_label("Forward").click_accesskit();
        window.run_steps(3);
        assert_eq!(window.state().model().review.playback.cursor(), before + 1, "at {points_per_pixel}");
    }
}

#[test]
fn settings_of_another_version_or_broken_ones_never_keep_the_window_from_opening() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("window.toml");
    let open = |text: &str| {
        std::fs::write(&file, text).expect("a file");
        let mut window = window(WindowOptions { settings_file: Some(file.clone()), ..WindowOptions::default() });
        window.run_steps(4);
        window
    };
    let newer = open("welcomed = true\ntheme = \"light\"\nhologram = { depth = 3 }\n");
    assert_eq!(newer.state().model().settings.theme, ThemeChoice::Light);
    let broken = open("theme = [[[");
    assert_eq!(broken.state().model().settings.theme, ThemeChoice::Dark);
    assert!(broken.query_by_label_contains("was set aside").is_some());
    assert!(folder.path().join("window.broken.toml").is_file());
    let unknown = open("welcomed = true\nlanguage = \"de\"\ntheme = \"infrared\"\ntext_scale = \"huge\"\n");
    let settings = &unknown.state().model().settings;
    assert_eq!((settings.theme, settings.text_scale.0), (ThemeChoice::Dark, 1.0));
    assert!(settings.welcomed && settings.language == "de", "an unknown choice costs nothing else");
}

#[test]
fn the_lens_is_checked_on_the_open_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = with_demo_in(folder.path());
    do_it(&mut window, Command::ShowSettings(SettingsPage::Camera));
    let settings = window.state().model().settings.clone();
    assert!(!settings.lens_enabled, "a lens that nobody calibrated bends nothing");
    let (strength, balance) = (settings.lens_strength, settings.lens_balance);
    do_it(&mut window, Command::Set(Setting::Lens { enabled: true, strength, balance }));
    let before = window.state().model().settings.lens_strength;
    window.get_by_label("Straight-line check").scroll_to_me();
    window.run_steps(6);
    let place = window
        .get_by_label("Straight-line check")
        .rect()
        .intersect(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 720.0)));
    window.drag_at(place.center());
    window.run_steps(2);
    window.hover_at(place.center() + egui::vec2(60.0, 0.0));
    window.run_steps(2);
    window.drop_at(place.center() + egui::vec2(60.0, 0.0));
    window.run_steps(3);
    let after = window.state().model().settings.lens_strength;
    assert!(after > before, "{before} to {after}");
    do_it(&mut window, Command::Set(Setting::Reset));
}

/// Every sign of every message has a shape in the typefaces that the window carries.
#[test]
fn every_sign_that_is_shown_is_in_the_typefaces() {
    use ab_glyph::Font;
    let fonts = ["NotoSans-Regular.ttf", "NotoSansSC-Regular-subset.otf"].map(|name| {
        let bytes = std::fs::read(in_project(&format!("assets/fonts/{name}"))).expect("a typeface");
        ab_glyph::FontVec::try_from_vec(bytes).expect("a typeface that can be read")
    });
    let known = |sign: char| fonts.iter().any(|font| font.glyph_id(sign).0 != 0);
    let mut missing = Vec::new();
    for file in walkdir::WalkDir::new(in_project("assets/lang")).into_iter().filter_map(Result::ok) {
        if file.path().extension().is_none_or(|e| e != "ftl") {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).expect("a message file");
        let shown = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars);
        missing.extend(shown.filter(|sign| !sign.is_control() && !known(*sign)).map(|s| (s, file.path().to_owned())));
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "run assets/fonts/subset.sh: {missing:?}");
}
