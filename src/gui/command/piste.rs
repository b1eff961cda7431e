//! What can be done on the live screen.

use super::Listed;

/// One thing to do at the piste.
#[derive(Clone, Debug, PartialEq)]
pub enum PisteCommand {
    /// Handed on to the piste.
    Do(crate::piste::Command),
}

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
    Vec::new()
}
