//! Work that a command asks for and the model cannot do itself: files, threads, the engine. Carried out by `services`.

use super::command::Export;
use super::model::{Drawings, Settings, Sheet};
use fencing::right_of_way::Verdict;
use fencing::time::{Span, Timestamp};
use fencing::wording::Language;
use fencing::{Call, PerSide, Weapon};
use records::library::{Entry, EntryKind, ExportFormat, Places};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;
use vision::video::Reel;

/// One piece of work outside the model. None of them blocks the window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Reads a clip into memory for the review.
    OpenClip(PathBuf),
    /// Shows a phrase that is in memory: nothing is read from the disk.
    ShowReel(SharedReel),
    /// Asks for a clip with the system's dialog.
    AskForClip(Pane),
    /// Reads a clip into memory beside the first one.
    OpenBeside(PathBuf),
    /// Judges the clip beside the first one.
    JudgeBeside(Box<JudgeRequest>),
    /// Forgets the clip beside the first one.
    CloseBeside,
    /// Judges a clip.
    Judge(Box<JudgeRequest>),
    /// Stops the judgement that runs.
    CancelJudging,
    /// Saves something made of the clip under review.
    Export(ExportRequest),
    /// Gives up the export that runs.
    CancelExport,
    /// Writes the settings file.
    SaveSettings(Box<Settings>),
    /// Window over the whole screen or not.
    SetFullScreen(Extent),
    /// Something for the live piste.
    Piste(piste::Command),
    /// Something beside the live piste: devices, sound, closing.
    Live(LiveEffect),
    /// Writes down how the bout stands.
    SaveBout(Box<Sheet>),
    /// Something for the library's workers.
    Library(LibraryEffect),
}

/// A phrase in memory. Two are the same when they are the same memory: pictures are never compared.
#[derive(Clone, Debug)]
pub(crate) struct SharedReel(pub Arc<Reel>);

impl PartialEq for SharedReel {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Work beside the live piste.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LiveEffect {
    /// Looks for cameras, ports and microphones.
    ListDevices,
    /// Asks a server for a sign of life.
    TryServer(piste::ServerChoice),
    /// Listens on every serial port for a box that is understood.
    FindBox,
    /// Asks for a folder of recordings.
    AskForRecordings,
    /// Asks for a clip that stands in for a camera.
    AskForCameraClip,
    /// Draws priority by lot.
    DrawPriority,
    /// Something is heard.
    Sound(Heard),
    /// A call is said aloud.
    Say(Box<SpokenCall>),
    /// The voice is tried, and what came of it is told.
    TryVoice,
    /// The window closes.
    CloseWindow,
}

/// A call that is said aloud.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpokenCall {
    /// The call.
    pub call: Call,
    /// What it rests on; `None` where a server did not say.
    pub verdict: Option<Verdict>,
    /// Whether another one was said of the same phrase.
    pub corrects: bool,
}

/// What is heard in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// "En garde. Prêts? Allez!"
    Begin,
    /// "Halte!"
    Halt,
    /// The buzzer begins.
    Buzz,
    /// The buzzer ends.
    Hush,
    /// A phrase begins: a call that is still being said ends.
    Quiet,
}

/// Work of the library.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LibraryEffect {
    /// Looks for phrases; gives up the look before.
    Look {
        /// Where.
        places: Places,
        /// Number of the look.
        number: u64,
    },
    /// Asks for a folder with the system's dialog.
    AskForFolder,
    /// Finds out which of the paths that were dropped are folders.
    SortOut(Vec<PathBuf>),
    /// Judges one phrase of the queue.
    Judge(Box<BatchRequest>),
    /// Stops the phrase of the queue that runs.
    StopJudging,
    /// Saves a list.
    Export {
        /// How.
        format: ExportFormat,
        /// What.
        entries: Vec<Arc<Entry>>,
        /// Folder to write into; the first entry's when none is set.
        folder: Option<PathBuf>,
    },
}

/// A phrase of the queue, with everything that its results depend on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BatchRequest {
    /// The clip.
    pub clip: PathBuf,
    /// How it lies: results of a recorded phrase go into its own folder, others into a fresh one.
    pub kind: EntryKind,
    /// Weapon.
    pub weapon: Weapon,
    /// The settings in force.
    pub settings: Settings,
}

/// Which of the two places of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    /// The clip under review.
    First,
    /// The one beside it.
    Beside,
}

/// How much of the screen the window takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A window among others.
    Window,
    /// All of it.
    Screen,
}

/// A clip to judge, with everything that the answer depends on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JudgeRequest {
    /// The clip.
    pub clip: PathBuf,
    /// Weapon.
    pub weapon: Weapon,
    /// Lamps and touch named by hand.
    pub touch_by_hand: Option<(Timestamp, PerSide<bool>)>,
    /// The settings in force.
    pub settings: Settings,
}

/// What to save, and where from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExportRequest {
    /// What.
    pub what: Export,
    /// The clip.
    pub clip: PathBuf,
    /// The verdict that is shown; a clip without overlay and a still need none.
    pub judgement: Option<Arc<Judgement>>,
    /// Seconds that judging took.
    pub processing_secs: f64,
    /// Lines and angles that go into stills and overlay clips.
    pub drawings: Drawings,
    /// The frame that is shown.
    pub at: Timestamp,
    /// The loop, when it runs: a clip is saved from its start to its end only.
    pub part: Option<Span>,
    /// The referee's own call, for the report.
    pub own_call: Option<Call>,
    /// Folder to write into; beside the clip when none is set.
    pub folder: Option<PathBuf>,
    /// Language of what is written.
    pub language: Language,
}
