//! What goes between `update` and `services`: effects are work that the model cannot do itself (files, threads, devices, the
//! engine), events are what came of it.

use crate::command::Export;
use crate::model::{Devices, Drawings, OpenClip, PathFor, Settings, Sheet, Trial};
use fencing::right_of_way::Verdict;
use fencing::time::{Span, Timestamp};
use fencing::wording::Language;
use fencing::{Call, PerSide, Side, Weapon};
use records::library::{Entry, EntryKind, ExportFormat, Finding, FoundResult, LibraryFolders, Probed};
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
    /// Asks for a path with the system's dialog.
    AskForPath(PathFor),
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
    /// Draws priority by lot.
    DrawPriority,
    /// Something is heard.
    Sound(SoundCue),
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
pub(crate) enum SoundCue {
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
        places: LibraryFolders,
        /// Number of the look.
        number: u64,
    },
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
        /// Where to.
        path: PathBuf,
        /// What becomes of a file of that name.
        existing: Existing,
    },
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It is replaced: the system's dialog has asked.
    Replace,
    /// It stays; the new file gets a number.
    Keep,
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

/// Something that happened outside.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A clip is being read: share of it, 0..1.
    ClipLoading(f32),
    /// A clip is in memory.
    ClipOpened {
        /// The clip.
        clip: OpenClip,
        /// Time of every frame.
        times: Vec<Timestamp>,
    },
    /// A clip could not be read; a finished sentence.
    ClipFailed(String),
    /// A path was chosen in the system's dialog, which has asked before it replaces a file.
    PathChosen(PathFor, PathBuf),
    /// The clip beside the first one is in memory.
    BesideOpened {
        /// The clip.
        clip: OpenClip,
        /// Time of every frame.
        times: Vec<Timestamp>,
    },
    /// The clip beside the first one is judged.
    BesideJudged(Arc<Judgement>),
    /// The dialog was closed without a choice.
    NothingChosen,
    /// This system has no file dialog: the path must be typed.
    NoDialog(PathFor),
    /// The judgement has come so far.
    JudgeProgress {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of the whole, 0..1.
        share: f32,
    },
    /// The phrase is judged.
    Judged {
        /// Its clip, which another may have replaced meanwhile.
        clip: PathBuf,
        /// The verdict and everything it rests on.
        judgement: Arc<Judgement>,
        /// How long it took.
        processing_secs: f64,
    },
    /// The phrase could not be judged; a finished sentence with the remedy.
    JudgeFailed(String),
    /// The judgement was given up.
    JudgeCancelled,
    /// An export has come so far: share of it, 0..1.
    ExportProgress(f32),
    /// The export was given up; nothing was left behind.
    ExportCancelled,
    /// Something was saved there.
    Exported(PathBuf),
    /// Something could not be saved; a finished sentence.
    ExportFailed(String),
    /// The live piste told something.
    Piste(Box<piste::Event>),
    /// Something beside the live piste.
    Live(LiveEvent),
    /// The library's workers told something.
    Library(LibraryEvent),
    /// Anything else that went wrong; a finished sentence.
    Trouble(String),
}

/// What is told beside the live piste.
#[derive(Clone, Debug)]
pub(crate) enum LiveEvent {
    /// Cameras, ports and microphones were looked for.
    DevicesFound(Box<Devices>),
    /// What a server answered.
    ServerTried(Trial),
    /// The voice was asked to say something.
    VoiceTried(Trial),
    /// A box was found, with its link and protocol; or none, with the reason.
    BoxFound(Result<(String, String), String>),
    /// Priority was drawn.
    PriorityDrawn(Side),
}

/// What the library's workers tell.
#[derive(Clone, Debug)]
pub(crate) enum LibraryEvent {
    /// A look found something.
    Found {
        /// Number of the look.
        number: u64,
        /// What, in order.
        findings: Vec<Finding>,
    },
    /// A look is complete.
    Looked {
        /// Number of the look.
        number: u64,
    },
    /// What was dropped, told apart.
    SortedOut {
        /// Files.
        clips: Vec<PathBuf>,
        /// Folders.
        folders: Vec<PathBuf>,
    },
    /// A clip was opened for its picture.
    Probed {
        /// The entry.
        path: PathBuf,
        /// What that told; its picture went another way.
        probed: Probed,
    },
    /// The phrase of the queue has come so far.
    BatchProgress {
        /// Its clip.
        clip: PathBuf,
        /// Message key of the stage.
        stage: &'static str,
        /// Share of it, 0..1.
        share: f32,
    },
    /// The phrase of the queue is judged and its results are on disk.
    BatchDone {
        /// Its clip.
        clip: PathBuf,
        /// The result that was written.
        result: Box<FoundResult>,
    },
    /// The phrase of the queue could not be judged, or its results could not be written; a finished sentence.
    BatchFailed {
        /// Its clip.
        clip: PathBuf,
        /// Why, with the remedy.
        text: String,
    },
    /// The phrase of the queue was stopped; nothing was left behind.
    BatchStopped {
        /// Its clip.
        clip: PathBuf,
    },
    /// The list was saved there.
    Exported(PathBuf),
}
