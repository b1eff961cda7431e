//! The bout: who fences, score, clock, periods, cards, priority. Usable without any of it.

use crate::fencing::PerSide;

/// Everything that the bout screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bout {
    /// Names.
    pub names: PerSide<String>,
    /// Touches.
    pub score: PerSide<u16>,
}
