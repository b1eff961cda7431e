//! Everything a user can do, as one enum: menus, palette, shortcuts, buttons and tooltips all send these.
//!
//! Panels paint and push commands; `update` alone carries them out. A command in [`listed`] has a name
//! (a message key), a scope and a default shortcut; the palette, the help page and the settings are made from that list.

mod bout;
mod chord;
mod keymap;
mod library;
mod listed;
mod piste;

pub use bout::BoutCommand;
pub use chord::Chord;
pub use keymap::{Clash, Keymap};
pub use library::{Judged, LibraryCommand, Narrow};
pub use listed::{Listed, Scope, listed};
pub use piste::{CloseAnswer, LampsByHand, LivePart, OwnCall, PisteCommand};

use crate::model::{DrawCommand, Screen, Setting};
use fencing::time::Timestamp;
use fencing::{Call, Side, Weapon};
use std::path::PathBuf;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Shows another screen.
    Show(Screen),
    /// Opens or closes the palette.
    TogglePalette,
    /// Opens or closes the list of shortcuts.
    ToggleHelp,
    /// Full screen on or off.
    ToggleFullScreen,
    /// Takes the toasts away.
    DismissNotices,
    /// Opens or closes the list of all notices.
    ToggleNoticeHistory,
    /// Hides every picture at once, or shows them again.
    TogglePrivacy,
    /// Asks for a clip or folder with the system's dialog.
    AskForClip,
    /// Opens or closes the field for a clip's path.
    TogglePathPrompt,
    /// Changes the path in that field.
    TypePath(String),
    /// Opens the clip whose path was typed.
    OpenTypedPath,
    /// Opens these files or folders (dropped, typed or chosen).
    Open(Vec<PathBuf>),
    /// Changes one setting.
    Set(Setting),
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
    /// Forget the loop.
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
    OwnCall(Call),
    /// Judges the clip again with the present settings.
    JudgeAgain,
    /// Gives up the judgement that is running.
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
    /// Takes the second clip away.
    CloseBeside,
    /// Something drawn on the picture.
    Draw(DrawCommand),
    /// Gives up the export that runs.
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
