//! One phrase on disk: the scoring box's text log, the phrase's folder, atomically written files.
//!
//! Hides the log's dialects and the differences of file systems. Knows nothing of judging.

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
