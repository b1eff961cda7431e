//! What can be done with the phrases on disk.

use super::Listed;

/// One thing to do in the library.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryCommand {
    /// Looks at the folders again.
    Refresh,
}

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
    Vec::new()
}
