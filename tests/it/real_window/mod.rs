//! From the first start to an exported clip in a real window, as a user does it: by mouse and keys, looking at the screen and
//! at the disk. A clip stands in for the camera.

mod dialog;
mod display;
mod program;

use crate::support::in_project;
use display::{Area, Display};
use program::Program;
use recording::PhraseNotes;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vision::video::probe;

/// Colours of the dark theme.
const ACCENT: [u8; 3] = [0x4C, 0x8D, 0xFF];
const FOCUS: [u8; 3] = [0xFF, 0xFF, 0xFF];
const LEFT: [u8; 3] = [0xE5, 0x38, 0x3B];
const RIGHT: [u8; 3] = [0x2F, 0xB3, 0x44];

/// Places on the screen: tabs, the field for a clip in the settings, the live picture and what stands around it.
const PISTE_TAB: Area = (12, 8, 90, 36);
const REVIEW_TAB: Area = (100, 8, 190, 36);
const SETTINGS_TAB: Area = (392, 8, 490, 36);
const CAMERA_PAGE: Area = (124, 101, 287, 131);
const CAMERA_CLIP: Area = (310, 301, 636, 340);
const LEFT_LAMP: Area = (14, 60, 186, 540);
const RIGHT_LAMP: Area = (1094, 60, 1266, 540);
const LIVE_PICTURE: Area = (210, 60, 1070, 540);
/// The upper edge of the live picture, where the verdict stands; bright in the demo phrase.
const BANNER: Area = (230, 60, 1040, 100);
const BIG_BUTTON: Area = (12, 644, 246, 694);
/// The upper left corner of the picture in the review, where the left fencer's touch stands.
const VERDICT: Area = (100, 60, 395, 135);

/// How long the phrase is fenced: a touch at once after "Allez!" would be before it, as far as a key can tell.
const FENCED: Duration = Duration::from_millis(1500);

fn is(colour: [u8; 3]) -> impl Fn([u8; 3]) -> bool {
    move |pixel| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 3)
}

fn dark(pixel: [u8; 3]) -> bool {
    pixel.iter().all(|channel| *channel < 0x40)
}

#[test]
fn from_the_first_start_to_an_exported_clip() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(display) = Display::start(dir.path()) else {
        return crate::support::skip::skip(
            crate::support::skip::Lack::Package,
            "Xvfb and xdotool are not both installed",
        );
    };
    let camera = camera_clip(dir.path());
    let mut program = Program::first_start(display, dir.path());
    the_demo_phrase_is_judged(&mut program);
    a_clip_becomes_the_camera(&mut program, &camera);
    let folder = a_phrase_is_recorded_and_judged(&mut program);
    it_is_reviewed_and_exported(&mut program, &folder);
}

/// The demo phrase in small pictures, 15 a second: what a busy machine can keep up with.
fn camera_clip(folder: &Path) -> PathBuf {
    let clip = folder.join("camera.mp4");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(in_project("assets/demo/demo-phrase.mp4"))
        .args(["-vf", "fps=15,scale=640:-2", "-an", "-preset", "ultrafast"])
        .arg(&clip)
        .status();
    assert!(made.is_ok_and(|status| status.success()), "ffmpeg makes the clip");
    clip
}

fn the_demo_phrase_is_judged(program: &mut Program) {
    program.until_seen("the review", REVIEW_TAB, 0.4, is(ACCENT));
    program.until_seen("the left fencer's touch over the picture", VERDICT, 0.03, is(LEFT));
    let settings = program.data().join("window.toml");
    program
        .until("the settings", |_| std::fs::read_to_string(&settings).ok().filter(|t| t.contains("welcomed = true")));
}

fn a_clip_becomes_the_camera(program: &mut Program, camera: &Path) {
    program.key("F6");
    program.until_seen("the settings", SETTINGS_TAB, 0.4, is(ACCENT));
    program.key("Page_Down");
    program.until_seen("the page of the camera", CAMERA_PAGE, 0.4, is(ACCENT));
    program.click(470, 320);
    program.until_seen("the ring around the field of the clip", CAMERA_CLIP, 0.07, is(FOCUS));
    program.types(&camera.display().to_string());
    program.key("Return");
    let settings = program.data().join("window.toml");
    let chosen = |text: &String| text.contains("[live.camera]") && text.contains("camera.mp4");
    program.until("the camera in the settings", |_| std::fs::read_to_string(&settings).ok().filter(chosen));
    program.click(50, 22);
    program.until_seen("the piste", PISTE_TAB, 0.4, is(ACCENT));
    program.until_screen("the live picture", |screen| screen.colours(LIVE_PICTURE) > 1000);
}

fn a_phrase_is_recorded_and_judged(program: &mut Program) -> PathBuf {
    program.key("space");
    program.until_seen("the red ring of the recording", BIG_BUTTON, 0.02, is(LEFT));
    let recordings = program.data().join("recordings");
    let folder = program.until("a phrase on disk", |_| {
        std::fs::read_dir(&recordings).ok()?.flatten().map(|entry| entry.path()).find(|path| path.is_dir())
    });
    let begun = Instant::now();
    program.until("a phrase that is long enough", |_| (begun.elapsed() > FENCED).then_some(()));
    program.key("2");
    program.until_seen("the left lamp", LEFT_LAMP, 0.5, is(LEFT));
    program.until_seen("the right lamp", RIGHT_LAMP, 0.5, is(RIGHT));
    program.until("the verdict on disk", |_| PhraseNotes::read(&folder).machine_call);
    program.until_seen("the verdict over the picture", BANNER, 0.2, dark);
    program.key("Left");
    let own = program.until("the own call on disk", |_| PhraseNotes::read(&folder).own_call);
    assert_eq!(own, "left");
    folder
}

fn it_is_reviewed_and_exported(program: &mut Program, folder: &Path) {
    program.key("r");
    program.until_seen("the review", REVIEW_TAB, 0.4, is(ACCENT));
    program.until_seen("the verdict over the replay", VERDICT, 0.25, dark);
    program.key("shift+e");
    let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
    let clip = folder.join(format!("{name}_clip.mp4"));
    let clip = program.until("the exported clip", |_| clip.is_file().then(|| clip.clone()));
    let info = probe(&clip).expect("it is a clip");
    let recorded = probe(&folder.join(format!("{name}.mkv"))).expect("so is the recording");
    assert_eq!(info.size, recorded.size);
    assert!(info.duration_secs.is_some_and(|secs| secs > FENCED.as_secs_f64()), "{info:?}");
}
