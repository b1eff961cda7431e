//! All actions of a user as one enum: menus, palette, shortcuts, buttons and tooltips send these commands.
//!
//! Panels paint and push commands; only `update` carries them out. A command in [`listed`] has a name (a message key), a scope and a
//! default shortcut; palette, help page and settings are generated from that list.

use crate::guide::Guide;
pub use crate::keymap::{Chord, Clash, Keymap, Listed, Rebound, Scope, listed};
use crate::model::{Card, Choice, DrawCommand, LibrarySide, Screen, Setting, SettingsPage};
use fencing::time::Timestamp;
use fencing::{Call, Side, Weapon};
use piste::ServerChoice;
use records::library::{Agreement, CallFilter, ExportFormat, SortBy};
use std::ops::Range;
use std::path::PathBuf;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Shows a screen.
    Show(Screen),
    /// Opens or closes the palette.
    TogglePalette,
    /// Opens or closes the help: the list of shortcuts and the guides.
    ToggleHelp,
    /// Shows a page of the help, or the results of a search.
    ShowGuide(Guide),
    /// Turns full screen on or off.
    ToggleFullScreen,
    /// Opens or closes the setup assistant.
    ToggleSetup,
    /// Opens or closes the public screen.
    TogglePublicScreen,
    /// Removes the toasts.
    DismissNotices,
    /// Opens or closes the list of all notices.
    ToggleNoticeHistory,
    /// Hides or shows all pictures.
    TogglePrivacy,
    /// Opens the system's dialog for a clip or folder.
    AskForClip,
    /// Opens or closes the field for a clip's path.
    TogglePathPrompt,
    /// Edits the path in that field.
    TypePath(String),
    /// Accepts the path in that field.
    OpenTypedPath,
    /// Opens the system's dialog for the path of that field.
    BrowsePath,
    /// Closes the topmost element: tool, list, field or notice.
    CloseTop,
    /// Opens these files or folders (dropped, typed or chosen).
    Open(Vec<PathBuf>),
    /// Changes a setting.
    Set(Setting),
    /// Shows a page of the settings and ends a search in them.
    ShowSettings(SettingsPage),
    /// Turns the pages of the settings: 1 to the next, -1 to the previous one.
    TurnSettings(isize),
    /// Narrows the settings to those whose names hold these words.
    SearchSettings(String),
    /// The next chord becomes the shortcut of the command with this key; `None` leaves it as it is.
    Bind(Option<&'static str>),
    /// Gives the command with this key a chord. One other command that has it gets the old chord in exchange; where that cannot be,
    /// nothing changes.
    Rebind(&'static str, Chord),
    /// Replays the last recorded phrase from memory.
    ReplayLast,
    /// A command for the clip under review.
    Review(ReviewCommand),
    /// A command for the live piste.
    Piste(PisteCommand),
    /// A command for the library.
    Library(LibraryCommand),
    /// A command for the bout.
    Bout(BoutCommand),
}

/// A command for the clip under review.
#[derive(Clone, Debug, PartialEq)]
pub enum ReviewCommand {
    /// Starts or stops playing.
    TogglePlay,
    /// Moves by frames and stops.
    Step(i64),
    /// Moves by milliseconds.
    SkipMillis(i64),
    /// Shuttles backward (`-1`, key J) or forward (`1`, key L).
    Shuttle(i8),
    /// Stops (key K).
    Stop,
    /// Speed in percent of real time.
    SpeedPercent(u16),
    /// First frame.
    ToStart,
    /// Last frame.
    ToEnd,
    /// Zooms the timeline around a time; above 1 magnifies.
    ZoomTimeline {
        /// Factor.
        factor: f64,
        /// The time that keeps its position.
        at: Timestamp,
    },
    /// Goes to the touch.
    ToTouch,
    /// Goes to the next (`true`) or previous event.
    ToEvent(Direction),
    /// Goes to a time, from a click on a fact or the timeline.
    Seek(Timestamp),
    /// Starts the loop at the playhead.
    LoopStart,
    /// Ends the loop at the playhead.
    LoopEnd,
    /// Moves one end of the loop.
    MoveLoop {
        /// The end.
        edge: LoopEdge,
        /// The time.
        at: Timestamp,
    },
    /// Turns the loop on or off.
    ToggleLoop,
    /// Clear the loop.
    ClearLoop,
    /// Zooms the picture; see [`Zoom`].
    Zoom(Zoom),
    /// Shows or hides skeletons.
    ToggleSkeletons,
    /// Shows or hides lamps, lanes and plot.
    ToggleTimeline,
    /// Shows or hides the verdict.
    ToggleVerdict,
    /// Sets the referee's call.
    OwnCall(OwnCall),
    /// Skips the open phrase of a calling pass.
    SkipCall,
    /// Judges the clip again with the current settings.
    JudgeAgain,
    /// Cancels the judgement.
    CancelJudging,
    /// Counts a video review of the phrase (t.60: four at most).
    Repetition,
    /// Records a fencer's appeal.
    Appeal {
        /// The fencer.
        side: Side,
        /// The decision.
        outcome: Appeal,
    },
    /// Saves something made from the clip.
    Export(Export),
    /// Opens the dialog for a second clip.
    AskForBeside,
    /// Opens a second clip beside this one.
    OpenBeside(PathBuf),
    /// Moves the second clip by frames relative to the first.
    NudgeBeside(i64),
    /// Closes the second clip.
    CloseBeside,
    /// The next click on the picture says who this fencer is; the same again puts that away.
    PickFencer(Side),
    /// The person at a point of the picture is the fencer who is looked for.
    FencerHere {
        /// Share of the picture's width, 0..1.
        x: f32,
        /// Share of the picture's height, 0..1.
        y: f32,
    },
    /// Undoes the last drawing or the last correction of a fencer, whichever was later.
    Undo,
    /// A drawing command.
    Draw(DrawCommand),
    /// Cancels the export.
    CancelExport,
    /// Replays the touch: first at full speed, then slower.
    ReplayTouch,
    /// Sets the weapon of this clip.
    Weapon(Weapon),
    /// Sets lamps and time of the touch by hand, for a clip without signals.
    TouchHere(TouchByHand),
}

/// One end of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopEdge {
    /// The start.
    From,
    /// The end.
    To,
}

/// A direction in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Later.
    Next,
    /// Earlier.
    Previous,
}

/// Answer to an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appeal {
    /// Upheld: the referee changed the call, and the fencer keeps the appeal.
    Upheld,
    /// Rejected: the call stands, and the appeal is spent.
    Rejected,
}

/// A change of magnification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zoom {
    /// By a factor, around a point given as shares of the picture's width and height.
    By {
        /// Above 1 magnifies.
        factor: f32,
        /// Share of the width, 0..1.
        x: f32,
        /// Share of the height, 0..1.
        y: f32,
    },
    /// Moves the visible part by shares of the picture.
    Pan {
        /// Share of the width.
        dx: f32,
        /// Share of the height.
        dy: f32,
    },
    /// Shows the whole picture.
    Reset,
}

/// Something to save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// The clip, cut to the loop if one is on.
    Clip,
    /// The clip with skeletons, lamps, lanes and verdict.
    ClipWithOverlay,
    /// The displayed frame.
    Still,
    /// `analysis_result.json`.
    Json,
    /// A report to send to a fencer.
    Report,
}

/// Lamps given by the user at the playhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TouchByHand {
    /// One lamp.
    One(Side),
    /// Both lamps.
    Both,
}

/// A command for the piste.
#[derive(Clone, Debug, PartialEq)]
pub enum PisteCommand {
    /// Starts a phrase (the big button).
    Go,
    /// "Halt!"; without a running phrase the last seconds in memory become one.
    Halt,
    /// Cancels the running phrase, or its judgement.
    Cancel,
    /// A key press in place of the box; after the verdict it corrects the lamps and the phrase is judged again.
    Lamps(LampsByHand),
    /// Sets the referee's call.
    OwnCall(OwnCall),
    /// Shows or hides the banner.
    ToggleVerdict,
    /// Shows or hides a part of the live overlay.
    Toggle(LivePart),
    /// Opens the phrase in the review at a time; by default at its touch.
    Replay(Option<Timestamp>),
    /// Judges on this machine after the server failed.
    JudgeHere,
    /// What to do with the phrase being recorded when the window closes.
    Close(CloseAnswer),
    /// Lists cameras, ports and microphones.
    ListDevices,
    /// Tests the connection to the server.
    TryServer(ServerChoice),
    /// Tests the voice.
    TryVoice,
    /// Listens on every serial port for a known box.
    FindBox,
    /// Opens the system's dialog for the folder of recordings.
    AskForRecordings,
    /// Opens the dialog for a clip that replaces a camera.
    AskForCameraClip,
}

/// Lamps set by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LampsByHand {
    /// One coloured lamp.
    One(Side),
    /// Both coloured lamps.
    Both,
    /// The white lamp of one side.
    White(Side),
}

/// The calls with a key; the name of "none" depends on the weapon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCall {
    /// Touch for a side.
    For(Side),
    /// No single touch: a double touch in épée, otherwise no touch.
    None,
}

impl OwnCall {
    /// The call for a weapon.
    pub const fn call(self, weapon: fencing::Weapon) -> Call {
        match self {
            Self::For(side) => Call::Touch(side),
            Self::None if weapon.has_right_of_way() => Call::Simultaneous,
            Self::None => Call::Double,
        }
    }
}

/// Parts of the live overlay that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LivePart {
    /// Skeletons and tags.
    Skeletons,
    /// The paths of both fencers.
    Tracks,
    /// The line of the piste.
    PisteLine,
    /// The lamps.
    Lamps,
}

/// What to do with the running phrase when the window closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// Ends the phrase, saves it, then closes.
    Save,
    /// Discards it and closes.
    Discard,
    /// Stays open.
    Stay,
}

/// A command for the library.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryCommand {
    /// Scans the folders again.
    Refresh,
    /// Opens the system's dialog for a folder.
    AskForFolder,
    /// Adds a folder or clip to the list.
    AddPlace(PathBuf),
    /// Removes a folder from the list; nothing on disk changes.
    RemovePlace(PathBuf),
    /// Changes the filter.
    Narrow(Narrow),
    /// Moves the cursor by rows.
    Step {
        /// Number of rows, positive is down.
        rows: isize,
        /// What happens to the selection.
        choice: Choice,
    },
    /// Selects a row.
    Choose {
        /// Index in the list.
        row: usize,
        /// What happens to the selection.
        choice: Choice,
    },
    /// Selects or deselects the row under the cursor.
    ToggleCurrent,
    /// Selects the whole list.
    ChooseAll,
    /// Selects nothing.
    ChooseNone,
    /// Opens the row under the cursor in the review.
    OpenCurrent,
    /// Opens a row in the review.
    OpenRow(usize),
    /// Moves the keyboard focus to the search field.
    FocusSearch,
    /// Notes which rows are visible.
    Painted(Range<usize>),
    /// Judges phrases.
    Judge(Judged),
    /// Opens the listed phrases without a referee's call one after the other, to be called blind.
    CallUncalled,
    /// Dismisses the offer to judge dropped clips.
    DeclineOffer,
    /// Pauses or resumes the queue.
    TogglePause,
    /// Stops judging.
    StopJudging,
    /// Tries a failed phrase again, or all.
    Retry(Option<PathBuf>),
    /// Removes finished phrases from the queue.
    ClearBatch,
    /// Shows figures or queue beside the list.
    ShowSide(LibrarySide),
    /// Exports the list.
    Export(ExportFormat),
    /// Asks for a file and saves the called phrases there as labelled phrases.
    SaveRecords,
    /// Asks for a folder and teaches the judge the called phrases there.
    Teach,
    /// Stops teaching.
    StopTeaching,
    /// Judges with the models in this folder from now on; with the built-in ones without a folder.
    JudgeWith(Option<PathBuf>),
}

/// Phrases to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The selected ones.
    Chosen,
    /// All unjudged ones in the list.
    Unjudged,
    /// The ones just dropped.
    Offered,
}

/// A part of the filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Narrow {
    /// Words in title, folder, bout, fencers.
    Text(String),
    /// The weapon.
    Weapon(Option<Weapon>),
    /// The call.
    Call(Option<CallFilter>),
    /// Agreement of referee and machine.
    Agreement(Option<Agreement>),
    /// Range of the machine's confidence, 0..1.
    Confidence(f64, f64),
    /// The order.
    Sort(SortBy),
    /// Resets all filters, but not the order.
    Nothing,
}

/// A command for the bout.
#[derive(Clone, Debug, PartialEq)]
pub enum BoutCommand {
    /// Adds or removes touches.
    Score(Side, i16),
    /// Shows a card.
    Card(Side, Card),
    /// Draws priority by lot.
    DrawPriority,
    /// Clears the priority.
    ClearPriority,
    /// Starts or stops the clock.
    ToggleClock,
    /// Sets the clock in seconds and stops it.
    SetClock(f64),
    /// Changes the period.
    Period(i8),
    /// Sets the name of a fencer.
    Name(Side, String),
    /// Sets the name of the bout.
    Title(String),
    /// Undoes the last change.
    Undo,
    /// Starts a new bout.
    New,
}
