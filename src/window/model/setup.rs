//! State of the setup assistant.

use fencing::{Lamp, PerSide, Side};

/// The open setup assistant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Whose light was seen since it was opened.
    pub touched: PerSide<bool>,
}

impl Setup {
    /// Notes the lights that are lit now.
    pub fn see(&mut self, lamps: PerSide<Lamp>) {
        for side in Side::BOTH {
            self.touched[side] |= lamps[side] != Lamp::Off;
        }
    }
}
