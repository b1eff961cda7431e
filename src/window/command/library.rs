//! What can be done with the phrases on disk.

use super::{Command, Listed, Scope};
use crate::model::{Choice, LibrarySide};
use fencing::Weapon;
use records::library::{Agreement, CallFilter, ExportFormat, SortBy};
use std::ops::Range;
use std::path::PathBuf;

/// One thing to do in the library.
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

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
    use LibraryCommand as L;
    let step = |rows, choice| L::Step { rows, choice };
    [
        ("cmd-library-down", "ArrowDown", step(1, Choice::Only)),
        ("cmd-library-up", "ArrowUp", step(-1, Choice::Only)),
        ("cmd-library-extend-down", "Shift+ArrowDown", step(1, Choice::UpTo)),
        ("cmd-library-extend-up", "Shift+ArrowUp", step(-1, Choice::UpTo)),
        ("cmd-library-page-down", "PageDown", step(10, Choice::Only)),
        ("cmd-library-page-up", "PageUp", step(-10, Choice::Only)),
        ("cmd-library-first", "Home", step(isize::MIN / 2, Choice::Only)),
        ("cmd-library-last", "End", step(isize::MAX / 2, Choice::Only)),
        ("cmd-library-open", "Enter", L::OpenCurrent),
        ("cmd-library-choose", "Space", L::ToggleCurrent),
        ("cmd-library-choose-all", "A", L::ChooseAll),
        ("cmd-library-choose-none", "N", L::ChooseNone),
        ("cmd-library-search", "Ctrl+F", L::FocusSearch),
        ("cmd-library-refresh", "Ctrl+R", L::Refresh),
        ("cmd-library-add", "Shift+O", L::AskForFolder),
        ("cmd-library-judge-chosen", "Ctrl+J", L::Judge(Judged::Chosen)),
        ("cmd-library-judge-unjudged", "Ctrl+Shift+J", L::Judge(Judged::Unjudged)),
        ("cmd-library-pause", "Ctrl+U", L::TogglePause),
        ("cmd-library-stop", "Ctrl+K", L::StopJudging),
        ("cmd-library-export-csv", "Ctrl+E", L::Export(ExportFormat::Csv)),
        ("cmd-library-export-json", "Ctrl+Shift+E", L::Export(ExportFormat::JsonLines)),
        ("cmd-library-figures", "Ctrl+G", L::ShowSide(LibrarySide::Figures)),
        ("cmd-library-batch", "Ctrl+B", L::ShowSide(LibrarySide::Batch)),
    ]
    .into_iter()
    .map(|(key, chord, command)| Listed {
        key,
        scope: Scope::Library,
        default_chord: chord.parse().ok(),
        command: Command::Library(command),
    })
    .collect()
}
