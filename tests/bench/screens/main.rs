//! Pictures of every screen, to be looked at: full and empty, three themes at two sizes, German and Chinese, large text.
//!
//! `cargo bench --bench screens -- --output DIR` (default `target/screens`). Needs no display; the pictures are painted
//! by wgpu on whatever is there, a software driver included. Takes minutes: a phrase is recorded and judged for it.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on stops there and says why")]

mod album;
mod scenes;

use album::{Album, demo, window};
use fencing::time::Timestamp;
use std::path::{Path, PathBuf};
use window::WindowOptions;
use window::command::{Command, LoopEdge, ReviewCommand as R};
use window::model::{DrawCommand, DrawnPoint, Screen, Setting, SettingsPage, ThemeChoice, Tool};

const SIZES: [(f32, f32); 2] = [(1280.0, 720.0), (1920.0, 1080.0)];
const THEMES: [(&str, ThemeChoice); 3] =
    [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light), ("contrast", ThemeChoice::HighContrast)];
const SCREENS: [(&str, Screen); 5] = [
    ("piste", Screen::Piste),
    ("review", Screen::Review),
    ("library", Screen::Library),
    ("bout", Screen::Bout),
    ("settings", Screen::Settings),
];

fn main() {
    let folder = output_folder();
    std::fs::create_dir_all(&folder).expect("the output folder can be made");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut album = Album::new(window(options(scratch.path())), folder);
    album.wait("the demo phrase", |app| app.model().review.judgement().is_some());
    scenes::club(&scratch.path().join("club"));
    scenes::fill_bout(&mut album);
    scenes::fence(&mut album);
    scenes::fill_library(&mut album, &scratch.path().join("club"));
    themes(&mut album);
    languages(&mut album);
    states_of_the_review(&mut album);
    album.window = window(WindowOptions::default());
    all_screens(&mut album, "empty");
    println!("{}", album.summary());
}

/// A user's folders in `scratch`, with the demo phrase open and for a camera.
fn options(scratch: &Path) -> WindowOptions {
    let file = scratch.join("window.toml");
    std::fs::write(&file, toml::to_string(&scenes::settings()).expect("settings have a text")).expect("a file");
    let (recordings, cache_folder) = (scratch.join("recordings"), Some(scratch.join("cache")));
    let clips = vec![demo()];
    WindowOptions { clips, settings_file: Some(file), recordings, cache_folder, ..WindowOptions::default() }
}

fn all_screens(album: &mut Album, what: &str) {
    for (name, screen) in SCREENS {
        album.show(screen);
        if screen != Screen::Settings {
            album.take(&format!("{name}-{what}"));
            continue;
        }
        for page in SettingsPage::ALL {
            album.send(Command::ShowSettings(page));
            album.take(&format!("{}-{what}", page.key()));
        }
    }
}

fn themes(album: &mut Album) {
    for (name, theme) in THEMES {
        album.set(Setting::Theme(theme));
        for (width, height) in SIZES {
            album.window.set_size(egui::vec2(width, height));
            all_screens(album, &format!("{name}-{width}x{height}"));
        }
    }
    album.set(Setting::Theme(ThemeChoice::Dark));
    album.window.set_size(egui::vec2(1280.0, 720.0));
}

fn languages(album: &mut Album) {
    for code in ["de", "zh"] {
        album.set(Setting::Language(code.to_owned()));
        all_screens(album, code);
    }
    album.set(Setting::Language("en".to_owned()));
    album.set(Setting::TextScale(1.6));
    all_screens(album, "large-text");
    album.set(Setting::TextScale(1.0));
}

fn states_of_the_review(album: &mut Album) {
    album.show(Screen::Review);
    album.grey("review");
    draw(album);
    let at = |secs| Timestamp::from_secs(secs);
    album.review(R::MoveLoop { edge: LoopEdge::From, at: at(1.0) });
    album.review(R::MoveLoop { edge: LoopEdge::To, at: at(2.5) });
    album.review(R::ToggleLoop);
    album.take("review-drawing-and-loop");
    album.review(R::OpenBeside(demo()));
    album.wait("the second clip", |app| app.model().review.beside.as_ref().is_some_and(|b| b.judgement.is_some()));
    album.take("review-side-by-side");
    album.review(R::CloseBeside);
    album.review(R::ToggleVerdict);
    for (name, command) in [
        ("palette", Command::TogglePalette),
        ("keys", Command::ToggleHelp),
        ("path", Command::TogglePathPrompt),
        ("privacy", Command::TogglePrivacy),
    ] {
        let blanks = command == Command::TogglePrivacy;
        album.send(command);
        album.take(&format!("review-{name}"));
        album.send(if blanks { Command::TogglePrivacy } else { Command::CloseTop });
    }
}

fn draw(album: &mut Album) {
    let click = |x, y| R::Draw(DrawCommand::Click { at: DrawnPoint { x, y }, reach: 0.01 });
    album.review(R::Draw(DrawCommand::Take(Tool::Line)));
    album.review(click(0.1, 0.72));
    album.review(click(1.65, 0.70));
    album.review(R::Draw(DrawCommand::Take(Tool::Angle)));
    album.review(click(0.55, 0.25));
    album.review(click(0.62, 0.45));
    album.review(click(0.80, 0.40));
}

/// The folder after `--output`; cargo hands in flags of its own beside it.
fn output_folder() -> PathBuf {
    let given = std::env::args().skip_while(|a| a != "--output").nth(1);
    given.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens"), PathBuf::from)
}
