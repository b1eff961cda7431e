//! What can be done with the bout.

use super::Listed;
use crate::fencing::Side;

/// One thing to do with the bout.
#[derive(Clone, Debug, PartialEq)]
pub enum BoutCommand {
    /// Gives or takes touches.
    Score(Side, i16),
}

/// The rows with a name and a shortcut.
pub(super) fn rows() -> Vec<Listed> {
    Vec::new()
}
