//! The state of the simulated piste, as any box would show it.

use super::script::{Happening, Target, Timed};
use crate::reading::LampBits;
use fencing::{PerSide, Side, Weapon};

/// A team match ends at this score; no box shows more.
const MOST_TOUCHES: u16 = 45;

/// What a box knows at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Piste {
    pub(super) weapon: Weapon,
    pub(super) name: String,
    pub(super) lamps: PerSide<LampBits>,
    pub(super) touched_at: PerSide<f64>,
    pub(super) blades_touch: bool,
    pub(super) lockout: bool,
    pub(super) score: PerSide<u16>,
    pub(super) started_at: f64,
    /// Seconds left on the clock when it last stood still.
    left_secs: f64,
    running_since: Option<f64>,
}

impl Piste {
    pub(super) fn new(name: &str, weapon: Weapon) -> Self {
        Self { weapon, name: name.to_owned(), left_secs: 180.0, ..Self::default() }
    }

    pub(super) fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// What the clock shows.
    pub(super) fn clock_secs(&self, now_secs: f64) -> f64 {
        let ran = self.running_since.map_or(0.0, |since| now_secs - since);
        let left = self.left_secs - ran;
        if left > 0.0 { left } else { left.rem_euclid(180.0) }
    }

    pub(super) fn apply(&mut self, timed: Timed) {
        let Timed { at_secs, what } = timed;
        match what {
            Happening::Start => {
                self.started_at = at_secs;
                self.running_since = Some(at_secs);
            }
            Happening::BladesMeet => self.blades_touch = true,
            Happening::BladesPart => self.blades_touch = false,
            Happening::Touch(side, target) => self.touch(side, target, at_secs),
            Happening::LockoutOver => self.lockout = false,
            Happening::Dark => self.dark(),
        }
    }

    fn touch(&mut self, side: Side, target: Target, at_secs: f64) {
        self.left_secs = self.clock_secs(at_secs);
        self.running_since = None;
        self.lockout = true;
        self.touched_at[side] = at_secs;
        self.lamps[side] = if target == Target::Valid { LampBits::COLOURED } else { LampBits::WHITE };
    }

    fn dark(&mut self) {
        for side in Side::BOTH {
            if self.lamps[side].coloured && !self.lamps[side.opponent()].coloured {
                self.score[side] = (self.score[side] + 1) % (MOST_TOUCHES + 1);
            }
        }
        self.lamps = PerSide::default();
        self.lockout = false;
    }
}
