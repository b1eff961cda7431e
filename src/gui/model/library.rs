//! Phrases on disk: what was found, what is searched for, what is chosen.

use std::path::PathBuf;

/// Everything that the library shows.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Folders that are looked into.
    pub folders: Vec<PathBuf>,
}
