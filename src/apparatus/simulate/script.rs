//! Script of a simulation: random phrases with exact times, determined by a seed.
//!
//! The same seed gives the same phrases for every protocol, so a test knows each touch before a box has reported it.
//! `Piste` is the state that any box would show.

use crate::decoder::LampBits;
use fencing::{PerSide, Side, Weapon};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// An event on the piste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptEvent {
    /// "Allez!", the clock starts.
    Start,
    /// The blades meet.
    BladesMeet,
    /// They part.
    BladesPart,
    /// A touch on valid target, or off target in foil.
    Touch(Side, Target),
    /// The lockout ends.
    LockoutOver,
    /// The lamps go dark and the score is updated.
    Dark,
}

/// Where a touch landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Coloured lamp.
    Valid,
    /// White lamp (foil only).
    OffTarget,
}

/// An event with its time in seconds from the script's start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timed {
    /// Time in seconds.
    pub at_secs: f64,
    /// The event.
    pub what: ScriptEvent,
}

/// Parameters of the random phrases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScriptSettings {
    /// Same seed, same phrases.
    pub seed: u64,
    /// How many phrases.
    pub phrases: u32,
    /// The weapon: decides the lockout and whether touches can be off target.
    pub weapon: Weapon,
    /// How long the lamps stay lit, in seconds.
    pub lit_secs: f64,
    /// From dark lamps to the next start, in seconds.
    pub rest_secs: f64,
}

impl Default for ScriptSettings {
    fn default() -> Self {
        Self { seed: 1, phrases: 1, weapon: Weapon::Sabre, lit_secs: 3.0, rest_secs: 2.0 }
    }
}

/// Iterator over the phrases.
#[derive(Clone, Debug)]
pub struct Script {
    settings: ScriptSettings,
    random: ChaCha8Rng,
    drawn: u32,
    now_secs: f64,
}

impl Script {
    /// A script at its beginning.
    pub fn new(settings: ScriptSettings) -> Self {
        Self { settings, random: ChaCha8Rng::seed_from_u64(settings.seed), drawn: 0, now_secs: 0.5 }
    }

    /// One phrase: start, up to three contacts, one or two touches, end of the lockout, dark. Earliest first.
    fn phrase(&mut self) -> Vec<Timed> {
        let start = self.now_secs;
        let first = start + self.random.random_range(1.0..4.0);
        let mut happenings = vec![Timed { at_secs: start, what: ScriptEvent::Start }];
        for _ in 0..self.random.random_range(0..4) {
            let at_secs = self.random.random_range(start + 0.2..first - 0.05);
            happenings.push(Timed { at_secs, what: ScriptEvent::BladesMeet });
            happenings.push(Timed { at_secs: at_secs + 0.02, what: ScriptEvent::BladesPart });
        }
        let lockout = self.settings.weapon.timings().lockout_secs;
        let side = if self.random.random_bool(0.5) { Side::Left } else { Side::Right };
        happenings.push(Timed { at_secs: first, what: ScriptEvent::Touch(side, self.target()) });
        if self.random.random_bool(0.5) {
            let at_secs = first + self.random.random_range(0.001..lockout - 0.001);
            happenings.push(Timed { at_secs, what: ScriptEvent::Touch(side.opponent(), self.target()) });
        }
        happenings.push(Timed { at_secs: first + lockout, what: ScriptEvent::LockoutOver });
        let dark = first + self.settings.lit_secs.max(lockout + 0.05);
        happenings.push(Timed { at_secs: dark, what: ScriptEvent::Dark });
        happenings.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        self.now_secs = dark + self.settings.rest_secs;
        happenings
    }

    fn target(&mut self) -> Target {
        let off = self.settings.weapon == Weapon::Foil && self.random.random_bool(0.3);
        if off { Target::OffTarget } else { Target::Valid }
    }
}

impl Iterator for Script {
    type Item = Vec<Timed>;

    fn next(&mut self) -> Option<Vec<Timed>> {
        if self.drawn == self.settings.phrases {
            return None;
        }
        self.drawn += 1;
        Some(self.phrase())
    }
}

/// A team match ends at this score; no box shows more.
const MAX_SCORE: u16 = 45;

/// State of a box.
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
    /// Seconds left on the clock when it last stopped.
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

    /// Time shown on the clock.
    pub(super) fn clock_secs(&self, now_secs: f64) -> f64 {
        let ran = self.running_since.map_or(0.0, |since| now_secs - since);
        let left = self.left_secs - ran;
        if left > 0.0 { left } else { left.rem_euclid(180.0) }
    }

    pub(super) fn apply(&mut self, timed: Timed) {
        let Timed { at_secs, what } = timed;
        match what {
            ScriptEvent::Start => {
                self.started_at = at_secs;
                self.running_since = Some(at_secs);
            }
            ScriptEvent::BladesMeet => self.blades_touch = true,
            ScriptEvent::BladesPart => self.blades_touch = false,
            ScriptEvent::Touch(side, target) => self.touch(side, target, at_secs),
            ScriptEvent::LockoutOver => self.lockout = false,
            ScriptEvent::Dark => self.dark(),
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
                self.score[side] = (self.score[side] + 1) % (MAX_SCORE + 1);
            }
        }
        self.lamps = PerSide::default();
        self.lockout = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_phrases_in_order_of_time() {
        for weapon in Weapon::ALL {
            let settings = ScriptSettings { seed: 7, phrases: 200, weapon, ..ScriptSettings::default() };
            let all: Vec<Timed> = Script::new(settings).flatten().collect();
            assert_eq!(all, Script::new(settings).flatten().collect::<Vec<_>>());
            assert!(all.windows(2).all(|w| w[0].at_secs <= w[1].at_secs));
            let touches = all.iter().filter(|t| matches!(t.what, ScriptEvent::Touch(..))).count();
            assert!((220..380).contains(&touches), "{touches}");
        }
    }
}
