//! Everything a user can do, as one enum: menus, palette, shortcuts, buttons and tooltips all send these.
//!
//! Panels paint and push commands; `update` alone carries them out. A command in [`listed`] has a name
//! (a message key), a scope and a default shortcut; the palette, the help page and the settings are made from that list.

use crate::guide::Guide;
pub use crate::keymap::{Chord, Clash, Keymap, Listed, Scope, listed};
use crate::model::{Card, Choice, DrawCommand, LibrarySide, Screen, Setting};
use fencing::time::Timestamp;
use fencing::{Call, Side, Weapon};
use piste::ServerChoice;
use records::library::{Agreement, CallFilter, ExportFormat, SortBy};
use std::ops::Range;
use std::path::PathBuf;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Shows another screen.
    Show(Screen),
    /// Opens or closes the palette.
    TogglePalette,
    /// Opens or closes the help: the list of shortcuts and the guides.
    ToggleHelp,
    /// Shows a page of the help, or what a search in it finds.
    ShowGuide(Guide),
    /// Full screen on or off.
    ToggleFullScreen,
    /// Removes the toasts.
    DismissNotices,
    /// Opens or closes the list of all notices.
    ToggleNoticeHistory,
    /// Blanks every picture at once, or shows them again.
    TogglePrivacy,
    /// Asks for a clip or folder with the system's dialog.
    AskForClip,
    /// Opens or closes the field for a clip's path.
    TogglePathPrompt,
    /// Changes the path in that field.
    TypePath(String),
    /// Takes the path that was typed.
    OpenTypedPath,
    /// Asks for the path of that field with the system's dialog.
    BrowsePath,
    /// Closes what lies on top: tool, list, field or notice.
    CloseTop,
    /// Opens these files or folders (dropped, typed or chosen).
    Open(Vec<PathBuf>),
    /// Changes one setting.
    Set(Setting),
    /// Narrows the settings to those whose names hold these words.
    SearchSettings(String),
    /// The next chord becomes the shortcut of the command with this key; `None` leaves it as it is.
    Bind(Option<&'static str>),
    /// Replays the phrase that the piste recorded last, from memory.
    ReplayLast,
    /// Something about the clip under review.
    Review(ReviewCommand),
    /// Something on the live piste.
    Piste(PisteCommand),
    /// Something with the phrases on disk.
    Library(LibraryCommand),
    /// Something about the bout.
    Bout(BoutCommand),
}

/// What can be done with the clip under review.
#[derive(Clone, Debug, PartialEq)]
pub enum ReviewCommand {
    /// Plays or stops.
    TogglePlay,
    /// Moves by frames and stops.
    Step(i64),
    /// Moves by milliseconds.
    SkipMillis(i64),
    /// J (`-1`) or L (`1`).
    Shuttle(i8),
    /// K.
    Stop,
    /// Speed in percent of real time.
    SpeedPercent(u16),
    /// First frame.
    ToStart,
    /// Last frame.
    ToEnd,
    /// Zooms the timeline around a moment; greater than 1 magnifies.
    ZoomTimeline {
        /// By how much.
        factor: f64,
        /// What stays where it is.
        at: Timestamp,
    },
    /// The touch.
    ToTouch,
    /// The event after (`true`) or before the playhead.
    ToEvent(Direction),
    /// A moment, from a click on a fact or the timeline.
    Seek(Timestamp),
    /// Loop start here.
    LoopStart,
    /// Loop end here.
    LoopEnd,
    /// One end of the loop to a moment.
    MoveLoop {
        /// Which end.
        edge: LoopEdge,
        /// Where to.
        at: Timestamp,
    },
    /// Loop on or off.
    ToggleLoop,
    /// Clear the loop.
    ClearLoop,
    /// Magnify at the cursor by a factor; see [`Zoom`].
    Zoom(Zoom),
    /// Skeletons on or off.
    ToggleSkeletons,
    /// Lamps, lanes and distance plot on or off.
    ToggleTimeline,
    /// Verdict shown or hidden.
    ToggleVerdict,
    /// The referee's own call.
    OwnCall(OwnCall),
    /// Leaves the open phrase of a calling pass without a call.
    SkipCall,
    /// Judges the clip again with the present settings.
    JudgeAgain,
    /// Cancels the judgement.
    CancelJudging,
    /// Another look at the phrase was taken (t.60: four at most).
    Repetition,
    /// A fencer appealed; the answer decides whether the appeal is kept.
    Appeal {
        /// Who appealed.
        side: Side,
        /// Whether the referee agreed, so that the appeal is kept.
        outcome: Appeal,
    },
    /// Saves something made of the clip.
    Export(Export),
    /// Asks for a second clip to show beside this one.
    AskForBeside,
    /// Shows a second clip beside this one.
    OpenBeside(PathBuf),
    /// Moves the second clip by frames against the first.
    NudgeBeside(i64),
    /// Closes the second clip.
    CloseBeside,
    /// Something drawn on the picture.
    Draw(DrawCommand),
    /// Cancels the export.
    CancelExport,
    /// Plays the touch by itself: first at full speed, then slower.
    ReplayTouch,
    /// Weapon of this clip.
    Weapon(Weapon),
    /// Lamps and time of the touch by hand, for a clip without a signal.
    TouchHere(TouchByHand),
}

/// One end of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopEdge {
    /// Where it begins.
    From,
    /// Where it turns.
    To,
}

/// Forward or backward in time.
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
    /// The referee changed the call: the fencer keeps his appeal.
    Upheld,
    /// The call stands: the appeal is spent.
    Rejected,
}

/// How to magnify.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zoom {
    /// By a factor, around a point given as shares of the picture's width and height.
    By {
        /// Greater than 1 magnifies.
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
    /// The whole picture.
    Reset,
}

/// What can be saved of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// The clip as it is, cut to the loop when one runs.
    Clip,
    /// The clip with skeletons, lamps, lanes and verdict.
    ClipWithOverlay,
    /// The picture that is shown.
    Still,
    /// `analysis_result.json`.
    Json,
    /// A report to send to a fencer.
    Report,
}

/// Lamps named by the user at the playhead.
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
    /// The big button: begins a phrase, the first or the next.
    Go,
    /// "Halt!"; without a running phrase it takes the last seconds out of the memory.
    Halt,
    /// Cancels the running phrase, or its judgement.
    Cancel,
    /// A key stands in for the box; after the verdict it sets the lamps right and the phrase is judged again.
    Lamps(LampsByHand),
    /// The referee's own call.
    OwnCall(OwnCall),
    /// Banner shown or hidden.
    ToggleVerdict,
    /// Something over the live picture shown or hidden.
    Toggle(LivePart),
    /// Opens the phrase in the review at a moment; at its touch without one.
    Replay(Option<Timestamp>),
    /// The server failed: this machine judges.
    JudgeHere,
    /// What to do with a phrase that is being recorded while the window is to close.
    Close(CloseAnswer),
    /// Looks for cameras, ports and microphones.
    ListDevices,
    /// Tests the connection to the server.
    TryServer(ServerChoice),
    /// Tests the voice.
    TryVoice,
    /// Listens on every serial port for a box that is understood.
    FindBox,
    /// Asks for a folder of recordings with the system's dialog.
    AskForRecordings,
    /// Asks for a clip that stands in for a camera.
    AskForCameraClip,
}

/// Lamps named by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LampsByHand {
    /// One coloured lamp.
    One(Side),
    /// Both coloured lamps.
    Both,
    /// The white lamp of one side.
    White(Side),
}

/// The three calls that have a key; what "none" is called depends on the weapon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCall {
    /// Touch for a side.
    For(Side),
    /// Nobody alone: a double touch in épée, otherwise no touch.
    None,
}

impl OwnCall {
    /// The call in the words of a weapon.
    pub const fn call(self, weapon: fencing::Weapon) -> Call {
        match self {
            Self::For(side) => Call::Touch(side),
            Self::None if weapon.has_right_of_way() => Call::Simultaneous,
            Self::None => Call::Double,
        }
    }
}

/// Things over the live picture that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LivePart {
    /// Skeletons and tags.
    Skeletons,
    /// The way that both fencers came.
    Tracks,
    /// The line under their feet.
    PisteLine,
    /// The lamps, over the picture as well.
    Lamps,
}

/// What to do with the running phrase when the window is to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// End the phrase, save it, then close.
    Save,
    /// Drop it and close.
    Discard,
    /// Go on fencing.
    Stay,
}

/// A command for the library.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryCommand {
    /// Looks at the folders again.
    Refresh,
    /// Asks for a folder with the system's dialog.
    AskForFolder,
    /// Adds a folder or clip to what is listed.
    AddPlace(PathBuf),
    /// Takes a folder off the list; nothing on disk changes.
    RemovePlace(PathBuf),
    /// Narrows the list.
    Narrow(Narrow),
    /// Moves the cursor by rows.
    Step {
        /// How many, down is positive.
        rows: isize,
        /// What becomes of the choice.
        choice: Choice,
    },
    /// Chooses a row.
    Choose {
        /// Its place in the list.
        row: usize,
        /// What becomes of the choice.
        choice: Choice,
    },
    /// Chooses the row under the cursor, or not any more.
    ToggleCurrent,
    /// Chooses everything that is listed.
    ChooseAll,
    /// Chooses nothing.
    ChooseNone,
    /// Opens the row under the cursor in the review.
    OpenCurrent,
    /// Opens a row in the review.
    OpenRow(usize),
    /// Moves the keyboard to the search field.
    FocusSearch,
    /// What the screen shows now.
    Painted(Range<usize>),
    /// Judges phrases.
    Judge(Judged),
    /// Shows the listed phrases that no referee has called, one after the other, to be called blind.
    CallUncalled,
    /// Leaves what was dropped unjudged.
    DeclineOffer,
    /// Begins nothing new, or goes on.
    TogglePause,
    /// Stops judging.
    StopJudging,
    /// Tries a failed phrase again, or all of them.
    Retry(Option<PathBuf>),
    /// Forgets phrases that are done.
    ClearBatch,
    /// Shows figures or queue beside the list.
    ShowSide(LibrarySide),
    /// Saves the list.
    Export(ExportFormat),
}

/// Which phrases to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Those that are chosen.
    Chosen,
    /// All of the list that are not judged.
    Unjudged,
    /// Those that were just dropped.
    Offered,
}

/// One part of the query.
#[derive(Clone, Debug, PartialEq)]
pub enum Narrow {
    /// Words in name, folder, bout, fencers.
    Text(String),
    /// The weapon.
    Weapon(Option<Weapon>),
    /// The call.
    Call(Option<CallFilter>),
    /// Agreement of referee and machine.
    Agreement(Option<Agreement>),
    /// Confidence of the machine from the first to the second, 0..1.
    Confidence(f64, f64),
    /// The order.
    Sort(SortBy),
    /// Everything again; the order stays.
    Nothing,
}

/// A command for the bout.
#[derive(Clone, Debug, PartialEq)]
pub enum BoutCommand {
    /// Gives or takes touches.
    Score(Side, i16),
    /// Shows a card.
    Card(Side, Card),
    /// Draws priority by lot.
    DrawPriority,
    /// Nobody has priority.
    ClearPriority,
    /// Runs or stops the clock.
    ToggleClock,
    /// Sets the clock to so many seconds and stops it.
    SetClock(f64),
    /// Moves on or back by periods.
    Period(i8),
    /// Names a fencer.
    Name(Side, String),
    /// Names the bout.
    Title(String),
    /// Undoes the last change.
    Undo,
    /// A new bout on an empty sheet.
    New,
}
