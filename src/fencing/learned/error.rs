//! Why learned models cannot be used or made.

use super::models::MODELS_VERSION;
use super::trees::TreesError;
use std::path::PathBuf;

/// What is wrong with the models of a folder.
#[derive(Debug, thiserror::Error)]
pub enum LearnedError {
    /// A file cannot be read.
    #[error("a file of the call model cannot be read ({source}); train it with `referee train`: {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("the call model cannot be written here ({source}); choose another folder: {}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// Trained by another version of the program.
    #[error("the call model is of version {found}, this program reads {MODELS_VERSION}; train it again: {}", path.display())]
    OtherVersion {
        /// The file's version.
        found: u32,
        /// Which.
        path: PathBuf,
    },
    /// A file that is not what it should be.
    #[error("a file of the call model is damaged ({reason}); train it again: {}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The trees cannot be used.
    #[error("{reason}: {}", path.display())]
    Trees {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: TreesError,
    },
    /// Nothing to train on.
    #[error(
        "{phrases} labelled phrases in {groups} groups are too few to train on; give at least 20 in as many groups as folds"
    )]
    TooFew {
        /// Usable phrases.
        phrases: usize,
        /// Their groups.
        groups: usize,
    },
    /// A thread of the training ended early.
    #[error("the training was interrupted; start it again")]
    Interrupted,
}
