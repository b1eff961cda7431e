//! The window whose pictures are taken, and where they go.

use egui_kittest::Harness;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use window::command::{Command, ReviewCommand};
use window::model::{Screen, Setting};
use window::{App, WindowOptions, engine_maker, make_app};

/// The window without a display.
pub(crate) type Window = Harness<'static, App>;

/// The window and the folder of its pictures.
pub(crate) struct Album {
    pub(crate) window: Window,
    folder: PathBuf,
    pictures: u32,
}

impl Album {
    /// Nothing taken yet.
    pub(crate) fn new(window: Window, folder: PathBuf) -> Self {
        Self { window, folder, pictures: 0 }
    }

    /// How many pictures were taken, and where they are.
    pub(crate) fn summary(&self) -> String {
        format!("{} pictures in {}", self.pictures, self.folder.display())
    }

    /// Does something and lets the window take it in.
    pub(crate) fn send(&mut self, command: Command) {
        self.window.state_mut().send(command);
        self.window.run_steps(3);
    }

    /// Changes a setting.
    pub(crate) fn set(&mut self, setting: Setting) {
        self.send(Command::Set(setting));
    }

    /// Another screen, without what was left over from the one before.
    pub(crate) fn show(&mut self, screen: Screen) {
        self.send(Command::Show(screen));
        self.send(Command::DismissNotices);
    }

    /// Something about the clip under review.
    pub(crate) fn review(&mut self, command: ReviewCommand) {
        self.send(Command::Review(command));
    }

    /// One picture.
    pub(crate) fn take(&mut self, name: &str) {
        let picture = self.painted();
        self.save(name, &image::DynamicImage::ImageRgba8(picture));
    }

    /// Without colours: left and right must still be told apart.
    pub(crate) fn grey(&mut self, name: &str) {
        let picture = image::DynamicImage::ImageRgba8(self.painted());
        self.save(&format!("{name}-grey"), &image::DynamicImage::ImageLuma8(picture.into_luma8()));
    }

    fn painted(&mut self) -> image::RgbaImage {
        self.window.run_steps(8);
        // A driver in software on a busy machine takes longer than the toolkit waits.
        let mut tried = (0..20).map(|_| self.window.render());
        tried.find_map(Result::ok).expect("a driver that paints, such as Mesa's llvmpipe")
    }

    fn save(&mut self, name: &str, picture: &image::DynamicImage) {
        picture.save(self.folder.join(format!("{name}.png"))).expect("the picture can be written");
        self.pictures += 1;
    }

    /// Steps the window until `done` returns true; the workers run on their own threads.
    pub(crate) fn wait(&mut self, what: &str, done: impl Fn(&App) -> bool) {
        let started = Instant::now();
        while !done(self.window.state()) {
            assert!(started.elapsed() < Duration::from_mins(10), "still waiting for {what}");
            self.window.run_steps(2);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.window.run_steps(4);
    }
}

/// The demo phrase.
pub(crate) fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo-phrase.mp4")
}

/// A window of 1280 x 720.
pub(crate) fn window(options: WindowOptions) -> Window {
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 720.0)).with_accessibility_check(false);
    builder.build_eframe(move |cc| make_app(&cc.egui_ctx, options, engine_maker()).expect("the window starts"))
}
