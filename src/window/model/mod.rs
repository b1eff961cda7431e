//! The state of the window: plain data, no toolkit, no IO. Panels read it, commands and events change it.

mod bout;
mod calling;
mod drawing;
mod figure;
mod library;
mod notices;
mod piste;
mod playback;
mod review;
mod settings;
mod setup;
mod teaching;

pub use bout::{Bout, Card, CardTally, Followed, MINUTE_SECS, PERIOD_SECS, Sheet};
pub use calling::{CallingPass, ToCall};
pub use drawing::{DrawCommand, Drawings, Drawn, LONGEST_TEXT, Stopwatch};
pub use figure::{DrawnPoint, Figure, FigureLayout, MAGNIFICATION, Tool, layout_of};
pub use library::{Batch, BatchItem, BatchState, Choice, ItemState, Library, Outcome, Side as LibrarySide};
pub use notices::{Notice, Notices, Weight};
pub use piste::{
    BOX_SILENT_SECS, CameraOffer, Closing, Condition, Devices, LivePhrase, LiveShown, Offer, PisteModel, TRAIL_SECS,
    Trial,
};
pub use playback::{LastPhrase, Playback, Replay, SPEEDS, Shuttle};
pub use review::{
    Anchor, Beside, CurveValues, Curves, Judging, MAX_REPETITIONS, OpenClip, Opinion, Procedure, Review, Shown,
    Viewport,
};
pub use settings::{
    ApparatusKind, CameraPick, JudgeKind, LiveSettings, Motion, PruneRule, Setting, Settings, SettingsPage, TextScale,
    ThemeChoice,
};
pub use setup::Setup;
pub use teaching::{ClubJudge, Purpose, Taught, Teaching};

use super::command::{Keymap, Rebound, Scope};
use super::guide::Guide;
use records::library::ExportFormat;
use std::path::PathBuf;

/// The screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    /// The live piste.
    Piste,
    /// Review of one phrase.
    #[default]
    Review,
    /// The library.
    Library,
    /// The bout.
    Bout,
    /// The settings.
    Settings,
}

impl Screen {
    /// All screens in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Piste, Self::Review, Self::Library, Self::Bout, Self::Settings];

    /// Message key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Piste => "screen-piste",
            Self::Review => "screen-review",
            Self::Library => "screen-library",
            Self::Bout => "screen-bout",
            Self::Settings => "screen-settings",
        }
    }

    /// Scope of its shortcuts.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Piste => Scope::Piste,
            Self::Review => Scope::Review,
            Self::Library => Scope::Library,
            Self::Bout => Scope::Bout,
            Self::Settings => Scope::Settings,
        }
    }
}

/// Purpose of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFor {
    /// A clip to review.
    Clip,
    /// A clip to show beside the one under review.
    SecondClip,
    /// A folder whose phrases the library lists.
    LibraryFolder,
    /// A file for the library's list.
    List(ExportFormat),
    /// The folder of the recordings.
    Recordings,
    /// A clip that replaces a camera.
    CameraClip,
    /// A file for labelled phrases.
    Records,
    /// A folder for the judge that learned from a club's phrases.
    ClubJudge,
}

impl PathFor {
    /// Message key of the title over the field.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Clip => "cmd-open-path",
            Self::SecondClip => "cmd-compare",
            Self::LibraryFolder => "cmd-library-add",
            Self::List(ExportFormat::Csv) => "cmd-library-export-csv",
            Self::List(ExportFormat::JsonLines) => "cmd-library-export-json",
            Self::Recordings => "settings-recordings",
            Self::CameraClip => "settings-camera-clip",
            Self::Records => "cmd-library-save-records",
            Self::ClubJudge => "cmd-library-teach",
        }
    }
}

/// A path that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPrompt {
    /// Purpose.
    pub purpose: PathFor,
    /// Text so far.
    pub text: String,
}

/// State of the window.
#[allow(clippy::struct_excessive_bools, reason = "each says whether something of its own is open")]
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The displayed screen.
    pub screen: Screen,
    /// The live piste.
    pub piste: PisteModel,
    /// The clip under review.
    pub review: Review,
    /// The last recorded phrase, for the instant replay.
    pub last_phrase: LastPhrase,
    /// The library.
    pub library: Library,
    /// The running calling pass.
    pub calling: Option<CallingPass>,
    /// The bout.
    pub bout: Bout,
    /// The settings.
    pub settings: Settings,
    /// The current shortcuts, made from the settings.
    pub keymap: Keymap,
    /// Notices and their history.
    pub notices: Notices,
    /// The shown page of the settings.
    pub settings_page: SettingsPage,
    /// Words that the settings are searched for, on all pages; empty for none.
    pub settings_search: String,
    /// The command, by its key, that the next chord becomes the shortcut of.
    pub binding: Option<&'static str>,
    /// What became of the last chord that was pressed for a command, while the sentence about it is shown.
    pub rebound: Option<Rebound>,
    /// Text in the palette; `None` when it is closed.
    pub palette: Option<String>,
    /// The field for a path; `None` when it is closed.
    pub path_prompt: Option<PathPrompt>,
    /// Purpose of the open file dialog; there is at most one.
    pub asking_for: Option<PathFor>,
    /// Whether the help is open.
    pub help_open: bool,
    /// Page of the help.
    pub guide: Guide,
    /// Default folder of recordings.
    pub default_recordings: PathBuf,
    /// Version of the program, for the guide's last line.
    pub version: String,
    /// Whether every picture is hidden.
    pub privacy: bool,
    /// The setup assistant, while it is open.
    pub setup: Option<Setup>,
    /// Whether the public screen is open.
    pub public_screen: bool,
    /// Whether the window is in full screen.
    pub full_screen: bool,
    /// Time of the window's clock in seconds, set from outside so that tests can control it.
    pub now_secs: f64,
}

impl Model {
    /// Current scope of shortcuts.
    pub fn scope(&self) -> Scope {
        match (&self.calling, self.screen) {
            (Some(_), Screen::Review) => Scope::Calling,
            _ => self.screen.scope(),
        }
    }

    /// Whether verdicts stay hidden until the referee has called.
    pub fn blind(&self) -> bool {
        self.settings.blind_mode || self.calling.is_some()
    }

    /// State of the piste.
    pub fn condition(&self) -> Condition {
        self.piste.condition(self.camera_chosen(), self.settings.live.apparatus)
    }

    /// Whether a camera is chosen.
    pub fn camera_chosen(&self) -> bool {
        self.settings.live.camera.is_some() || !self.piste.status.camera.name.is_empty()
    }
}
