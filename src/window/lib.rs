//! The window: a clip is opened, judged and reviewed frame by frame, with the verdict over the picture.
//!
//! [`model`] is the state and does not depend on the toolkit; [`command`] is everything a user can do; `update` is the one place where
//! either changes the other; `services` do what takes time, on threads of their own; `panels` and `widgets` paint.

mod app;
pub mod command;
mod effect;
mod fonts;
pub mod guide;
mod keymap;
pub mod model;
mod panels;
mod services;
mod textures;
mod theme;
mod update;
mod view;
mod widgets;

pub use app::App;

use capture::sound::SpeechProgram;
use command::{Command, Keymap};
use fencing::wording::Language;
use model::{Model, Settings, Weight};
pub use services::EngineMaker;
use services::{BoutFile, DataFolderLock, Services, SettingsFile, load_settings};
use settings::{AnalysisArgs, AnalysisSettings, Environment, FileSettings, SystemPaths};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Engine;

/// Why the window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No display, or no way to paint on it.
    #[error("no window could be opened ({0}); {WITHOUT_WINDOW}")]
    Display(String),
}

/// The remedy when no window opens.
const WITHOUT_WINDOW: &str = if cfg!(windows) {
    "it needs OpenGL 2 or newer, which a remote desktop and Microsoft's basic display driver do not offer: install the driver of the \
     graphics card, or use without a window: referee analyze CLIP"
} else {
    "without a display use: referee analyze CLIP"
};

/// Shows an error in a message box of the system if the program has no terminal: on Windows and macOS.
pub fn show_failure(text: &str) {
    if cfg!(any(windows, target_os = "macos")) {
        let message = rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title(TITLE);
        message.set_description(text).show();
    }
}

/// Title of the window.
const TITLE: &str = "Fencing Referee";

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct WindowOptions {
    /// Clips to open; the shipped demo phrase on a first run without any.
    pub clips: Vec<PathBuf>,
    /// Where the settings are kept; `None` forgets them when the window closes.
    pub settings_file: Option<PathBuf>,
    /// The demo phrase, where it is installed.
    pub demo: Option<PathBuf>,
    /// Default folder of recordings.
    pub recordings: PathBuf,
    /// Folder of cached thumbnails; `None` for no cache.
    pub cache_folder: Option<PathBuf>,
    /// The speech program for the call.
    pub speech: Option<SpeechProgram>,
    /// The system's language: that of the window until another is chosen.
    pub language: Option<Language>,
    /// Version of the program, as in `referee --version`.
    pub version: String,
    /// A new panic report to mention.
    pub panic_report: Option<PathBuf>,
}

/// Icon of the window, 128 pixels square.
const ICON: &[u8] = include_bytes!("../../assets/icon/referee-128.png");

/// Opens the window and returns when it is closed.
pub fn run(options: WindowOptions) -> Result<(), WindowError> {
    // Maximised: the picture should be large, and on a small screen a normal window would extend below the edge.
    let viewport = egui::ViewportBuilder::default()
        .with_inner_size([1280.0, 720.0])
        .with_min_inner_size([960.0, 540.0])
        .with_maximized(true)
        .with_title(TITLE);
    // Wayland and macOS take the icon from the desktop entry or the bundle; X11 and Windows from here.
    let viewport = match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    };
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let opened = eframe::run_native(
        "fencing-referee",
        native,
        Box::new(|cc| Ok(Box::new(make_app(&cc.egui_ctx, options, engine_maker())?))),
    );
    opened.map_err(|e| WindowError::Display(reason_of(&e.to_string()).to_owned()))
}

/// What the window system said, without the source line that its library puts before it ("os error at ..mod.rs:765: ").
fn reason_of(text: &str) -> &str {
    let after_line = text.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    after_line.map_or(text, |(_, reason)| reason.trim_end_matches([')', '.']))
}

/// The window's state and workers on any egui context: the program's window and tests use this.
pub fn make_app(ctx: &egui::Context, options: WindowOptions, make_engine: EngineMaker) -> std::io::Result<App> {
    let file = SettingsFile::at(options.settings_file);
    let thumbnails = options.cache_folder.map(|folder| folder.join("thumbnails"));
    let (mut settings, trouble) = load_settings(&file);
    let bout = model::Bout::of(BoutFile::beside(file.path.as_deref()).load());
    let first_run = !settings.welcomed;
    if let (true, Some(language)) = (first_run, options.language) {
        language.code().clone_into(&mut settings.language);
    }
    let mut model = Model {
        keymap: Keymap::with_changes(&settings.shortcuts),
        settings,
        bout,
        default_recordings: options.recordings,
        version: options.version,
        ..Model::default()
    };
    if let Some(text) = trouble {
        model.notices.add(Weight::Warning, text, 0.0);
    }
    let lock = DataFolderLock::of(file.path.as_deref());
    if lock.is_err() {
        model.notices.add(Weight::Failure, "notice-second-window", 0.0);
    }
    if let Some(report) = &options.panic_report {
        model.notices.add(Weight::Failure, format!("notice-panic-report {}", report.display()), 0.0);
    }
    let shows_demo = options.clips.is_empty() && first_run;
    let clips = if shows_demo { options.demo.into_iter().collect() } else { options.clips };
    if shows_demo && !clips.is_empty() {
        model.notices.add(Weight::Hint, "notice-welcome", 0.0);
    }
    let mut app = App::new(model, Services::start(ctx, make_engine, file, thumbnails, options.speech)?, ctx);
    app.hold(lock.ok().flatten());
    app.send(Command::Open(clips));
    if first_run {
        app.send(Command::Set(model::Setting::Welcomed));
    }
    Ok(app)
}

/// One phrase may be fenced while another is judged from its recording, or was called off and is still being put away.
/// Off the piste: one under review, and one of the library's queue.
const PHRASES_AT_ONCE: usize = 2;

/// Loads the engine with the window's settings, completed from the environment and `referee.toml`.
pub fn engine_maker() -> EngineMaker {
    Arc::new(|settings: &Settings| {
        let environment = Environment::of_process();
        let file = FileSettings::find(None, &environment).map_err(|e| e.to_string())?;
        let typed = typed_settings(settings);
        let resolved = AnalysisSettings::resolve(typed, &environment, file.analysis).map_err(|e| e.to_string())?;
        let places = SystemPaths::of_this_machine(&environment);
        let config = resolved.engine_config(&places, PHRASES_AT_ONCE).map_err(|e| e.to_string())?;
        Engine::load(&config).map_err(|e| e.to_string())
    })
}

fn typed_settings(settings: &Settings) -> AnalysisArgs {
    AnalysisArgs {
        accurate: Some(settings.accurate),
        min_confidence: Some(settings.min_confidence),
        call_models: settings.call_models.clone(),
        fisheye: Some(settings.lens_enabled),
        fisheye_strength: Some(settings.lens_strength),
        fisheye_balance: Some(settings.lens_balance),
        built_in_inference: (settings.live.accelerator == "cpu").then_some(true),
        ..AnalysisArgs::default()
    }
}

#[cfg(test)]
mod tests {
    use super::reason_of;

    #[test]
    fn a_missing_display_is_reported_without_a_source_line() {
        let message =
            "winit EventLoopError: os error at /lib/linux/mod.rs:765: neither DISPLAY nor WAYLAND_DISPLAY is set.";
        assert_eq!(reason_of(message), "neither DISPLAY nor WAYLAND_DISPLAY is set");
        assert_eq!(reason_of("no driver"), "no driver");
    }

    #[test]
    fn the_icon_can_be_read() {
        let icon = eframe::icon_data::from_png_bytes(super::ICON).unwrap();
        assert_eq!((icon.width, icon.height), (128, 128));
    }
}
