//! Pictures of every screen, to be looked at: three themes at two sizes, German and Chinese, large text, first start.
//!
//! `cargo bench --bench screens -- --output DIR` (default `target/screens`). Needs no display; the pictures are painted
//! by wgpu on whatever is there, a software driver included.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on stops there and says why")]

use egui_kittest::Harness;
use fencing_referee::gui::command::{Command, LoopEdge, ReviewCommand as R};
use fencing_referee::gui::model::{DrawCommand, DrawnPoint, Screen, Setting, ThemeChoice, Tool};
use fencing_referee::gui::{App, WindowOptions, engine_maker, make_app};
use fencing_referee::time::Timestamp;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Window = Harness<'static, App>;

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
    let mut album = Album { window: judged_demo(), folder, pictures: 0 };
    for (theme_name, theme) in THEMES {
        album.set(Setting::Theme(theme));
        for (width, height) in SIZES {
            album.window.set_size(egui::vec2(width, height));
            for (name, screen) in SCREENS {
                album.show(screen);
                album.take(&format!("{name}-{theme_name}-{width}x{height}"));
            }
        }
    }
    album.set(Setting::Theme(ThemeChoice::Dark));
    album.window.set_size(egui::vec2(1280.0, 720.0));
    languages(&mut album);
    states_of_the_review(&mut album);
    println!("{} pictures in {}", album.pictures, album.folder.display());
}

fn languages(album: &mut Album) {
    for code in ["de", "zh"] {
        album.set(Setting::Language(code.to_owned()));
        for (name, screen) in SCREENS {
            album.show(screen);
            album.take(&format!("{name}-{code}"));
        }
    }
    album.set(Setting::Language("en".to_owned()));
    album.set(Setting::TextScale(1.6));
    for (name, screen) in SCREENS {
        album.show(screen);
        album.take(&format!("{name}-large-text"));
    }
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
    wait(&mut album.window, "the second clip", |app| {
        app.model().review.beside.as_ref().is_some_and(|b| b.judgement.is_some())
    });
    album.take("review-side-by-side");
    album.review(R::CloseBeside);
    album.review(R::ToggleVerdict);
    for (name, command) in [
        ("palette", Command::TogglePalette),
        ("keys", Command::ToggleHelp),
        ("path", Command::TogglePathPrompt),
        ("privacy", Command::TogglePrivacy),
    ] {
        album.window.state_mut().send(command);
        album.take(&format!("review-{name}"));
        album.window.state_mut().send(Command::TogglePrivacy);
        album.window.run_steps(4);
    }
    album.window = window(WindowOptions::default());
    album.take("review-empty");
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

/// The window and where its pictures go.
struct Album {
    window: Window,
    folder: PathBuf,
    pictures: u32,
}

impl Album {
    fn set(&mut self, setting: Setting) {
        self.window.state_mut().send(Command::Set(setting));
        self.window.run_steps(3);
    }

    fn show(&mut self, screen: Screen) {
        self.window.state_mut().send(Command::Show(screen));
        self.window.state_mut().send(Command::DismissNotices);
        self.window.run_steps(6);
    }

    fn review(&mut self, command: R) {
        self.window.state_mut().send(Command::Review(command));
        self.window.run_steps(3);
    }

    fn take(&mut self, name: &str) {
        self.window.run_steps(8);
        let picture = self.window.render().expect("a driver that paints, such as Mesa's llvmpipe");
        picture.save(self.folder.join(format!("{name}.png"))).expect("the picture can be written");
        self.pictures += 1;
    }

    /// Without colours: left and right must still be told apart.
    fn grey(&mut self, name: &str) {
        self.window.run_steps(8);
        let picture = self.window.render().expect("a driver that paints");
        let grey = image::DynamicImage::ImageRgba8(picture).into_luma8();
        grey.save(self.folder.join(format!("{name}-grey.png"))).expect("the picture can be written");
        self.pictures += 1;
    }
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo-phrase.mp4")
}

fn window(options: WindowOptions) -> Window {
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 720.0)).with_accessibility_check(false);
    builder.build_eframe(move |cc| make_app(&cc.egui_ctx, options, engine_maker()).expect("the window starts"))
}

fn judged_demo() -> Window {
    let mut window = window(WindowOptions { clips: vec![demo()], ..WindowOptions::default() });
    wait(&mut window, "the demo phrase", |app| app.model().review.judgement().is_some());
    window
}

fn wait(window: &mut Window, what: &str, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    while !done(window.state()) {
        assert!(started.elapsed() < Duration::from_mins(5), "still waiting for {what}");
        window.run_steps(2);
        std::thread::sleep(Duration::from_millis(20));
    }
    window.run_steps(4);
}

/// The folder after `--output`; cargo hands in flags of its own beside it.
fn output_folder() -> PathBuf {
    let given = std::env::args().skip_while(|a| a != "--output").nth(1);
    given.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens"), PathBuf::from)
}
