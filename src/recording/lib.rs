//! One phrase on disk: the scoring box's text log, the phrase's folder, files that are never half written.
//!
//! Hides the log's many dialects and the file system's traps. Must never know what was decided about a phrase.

mod file_names;
pub mod folder;
mod notes;
mod replace;
pub mod signal_log_txt;

pub use file_names::{PAGE_FILE, RESULT_FILE, SUMMARY_FILE, UNFINISHED, is_of_a_phrase};
pub use folder::{
    AtomicFile, FolderError, analysis_folder, phrase_folder_name, sanitise, write_atomically, write_privately,
};
pub use notes::{NOTES_FILE, PhraseNotes, SIDECAR_ENDING};
pub use replace::{persist, persist_open, rename};
pub use signal_log_txt::{
    HitSides, HumanAnswer, LogFacts, LogOrigin, ParsedSignalLog, RecordedAnswers, SignalLogError, SignalLogMeta,
    TimeBase, parse_signal_log, read_signal_log, signal_log_of_now, write_signal_log,
};
