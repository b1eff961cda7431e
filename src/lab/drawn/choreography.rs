//! From a list of moves to one fencer's stance at any moment: a function of time, never of frames.
//!
//! Distances are metres along the fencer's own line, growing towards the opponent.

use super::script::{Action, Move};
use std::f32::consts::PI;

/// Where the feet and the arm of one fencer are. Lengths in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stance {
    pub(super) front_x: f32,
    pub(super) rear_x: f32,
    pub(super) front_lift: f32,
    pub(super) rear_lift: f32,
    /// Height of the middle of the hips above the floor.
    pub(super) hip: f32,
    /// Forward lean of the trunk in degrees.
    pub(super) lean: f32,
    /// Where the hips are between rear (0) and front foot (1).
    pub(super) balance: f32,
    /// Arm: 0 bent on guard, 1 stretched.
    pub(super) extension: f32,
    /// Hand and blade: 0 on guard, 1 raised in a parry.
    pub(super) parry: f32,
    /// Blade: 1 tipped down in a cut.
    pub(super) cut: f32,
}

/// Metres between the ankles on guard.
const GUARD_WIDTH: f32 = 0.62;
const GUARD_HIP: f32 = 0.80;
const GUARD_LEAN: f32 = 4.0;

impl Stance {
    /// On guard with the front foot at `front_x`.
    pub(super) const fn on_guard(front_x: f32) -> Self {
        Self {
            front_x,
            rear_x: front_x - GUARD_WIDTH,
            front_lift: 0.0,
            rear_lift: 0.0,
            hip: GUARD_HIP,
            lean: GUARD_LEAN,
            balance: 0.5,
            extension: 0.0,
            parry: 0.0,
            cut: 0.0,
        }
    }

    /// The stance `secs` after the start of `moves`, begun on guard at `front_x`.
    pub(super) fn at(moves: &[Move], front_x: f32, secs: f64) -> Self {
        let mut stance = Self::on_guard(front_x);
        let mut begun = 0.0;
        for step in moves {
            if secs <= begun {
                break;
            }
            let share = if step.secs > 0.0 { ((secs - begun) / step.secs).min(1.0) as f32 } else { 1.0 };
            stance = stance.after(step, share);
            begun += step.secs.max(0.0);
        }
        stance.breathing(secs)
    }

    /// The stance when a `share` (0..1) of a move is done.
    fn after(self, step: &Move, share: f32) -> Self {
        let held = Self { front_lift: 0.0, rear_lift: 0.0, ..self };
        match step.action {
            Action::OnGuard | Action::Pause => held.arm_towards(step, share),
            Action::Advance => held.advanced(step.metres, share).arm_towards(step, share),
            Action::Retreat => held.retreated(step.metres, share).arm_towards(step, share),
            Action::Lunge => held.lunged(step.metres, share),
            Action::Recover => held.recovered(share),
            Action::Fleche => held.fleched(step.metres, share),
            Action::Extend => held.with_arm(1.0, self.parry, share),
            Action::Withdraw => held.with_arm(0.0, 0.0, share).with_cut(0.0, share),
            Action::Parry => held.with_arm(0.15, 1.0, share),
            Action::Hit => held.with_arm(1.0, 0.0, share).with_cut(1.0, share),
        }
    }

    fn arm_towards(self, step: &Move, share: f32) -> Self {
        step.arm.map_or(self, |arm| self.with_arm(arm, self.parry, share))
    }

    fn with_arm(self, extension: f32, parry: f32, share: f32) -> Self {
        Self {
            extension: mix(self.extension, extension, ease(share)),
            parry: mix(self.parry, parry, ease(share)),
            ..self
        }
    }

    fn with_cut(self, cut: f32, share: f32) -> Self {
        Self { cut: mix(self.cut, cut, ease(share)), ..self }
    }

    fn advanced(self, metres: f32, share: f32) -> Self {
        let (front, rear) = (window(share, 0.0, 0.6), window(share, 0.4, 1.0));
        Self {
            front_x: self.front_x + metres * ease(front),
            rear_x: self.rear_x + metres * ease(rear),
            front_lift: 0.06 * arch(front),
            rear_lift: 0.04 * arch(rear),
            ..self
        }
    }

    fn retreated(self, metres: f32, share: f32) -> Self {
        let (rear, front) = (window(share, 0.0, 0.6), window(share, 0.4, 1.0));
        Self {
            front_x: self.front_x - metres * ease(front),
            rear_x: self.rear_x - metres * ease(rear),
            front_lift: 0.04 * arch(front),
            rear_lift: 0.05 * arch(rear),
            ..self
        }
    }

    fn lunged(self, metres: f32, share: f32) -> Self {
        let body = ease(window(share, 0.15, 1.0));
        let sunk = Self {
            front_x: self.front_x + metres * body,
            front_lift: 0.12 * arch(window(share, 0.15, 1.0)),
            hip: mix(self.hip, 0.56, body),
            lean: mix(self.lean, 20.0, body),
            balance: mix(self.balance, 0.56, body),
            ..self
        };
        sunk.with_arm(1.0, 0.0, window(share, 0.0, 0.5))
    }

    fn recovered(self, share: f32) -> Self {
        let back = ease(share);
        let risen = Self {
            front_x: mix(self.front_x, self.rear_x + GUARD_WIDTH, back),
            front_lift: 0.06 * arch(share),
            hip: mix(self.hip, GUARD_HIP, back),
            lean: mix(self.lean, GUARD_LEAN, back),
            balance: mix(self.balance, 0.5, back),
            ..self
        };
        risen.with_arm(0.0, 0.0, share)
    }

    fn fleched(self, metres: f32, share: f32) -> Self {
        let (tip, pass) = (ease(window(share, 0.1, 0.6)), window(share, 0.3, 1.0));
        let passed = Self {
            rear_x: mix(self.rear_x, self.front_x + metres, ease(pass)),
            rear_lift: 0.25 * arch(pass),
            hip: mix(self.hip, 0.84, tip),
            lean: mix(self.lean, 34.0, tip),
            balance: mix(self.balance, 0.75, tip),
            ..self
        };
        passed.with_arm(1.0, 0.0, window(share, 0.0, 0.4))
    }

    /// Sway of a standing fencer: the hips rise and fall by a few millimetres.
    fn breathing(self, secs: f64) -> Self {
        Self { hip: self.hip + 0.005 * (secs as f32 * 2.0 * PI * 1.4).sin(), ..self }
    }
}

fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// Slow start, slow end.
fn ease(share: f32) -> f32 {
    0.5 - 0.5 * (PI * share.clamp(0.0, 1.0)).cos()
}

/// Up and down again.
fn arch(share: f32) -> f32 {
    (PI * share.clamp(0.0, 1.0)).sin()
}

/// How much of the stretch `from..to` of a move is done.
fn window(share: f32, from: f32, to: f32) -> f32 {
    ((share - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front_after(moves: &[Move], secs: f64) -> f32 {
        Stance::at(moves, 0.0, secs).front_x
    }

    #[test]
    fn moves_travel_as_far_as_they_say() {
        let moves = [
            Move::advance(0.5, 0.4),
            Move::retreat(0.5, 0.3),
            Move::pause(0.4),
            Move::lunge(0.4, 0.8),
            Move::recover(0.5),
        ];
        for (secs, metres) in [(0.0, 0.0), (0.5, 0.4), (1.0, 0.1), (1.4, 0.1), (1.8, 0.9), (2.3, 0.1), (9.0, 0.1)] {
            assert!((front_after(&moves, secs) - metres).abs() < 1e-4, "at {secs} s");
        }
    }

    #[test]
    fn a_lunge_stretches_arm_and_legs_and_a_withdrawal_bends_the_arm() {
        let moves = [Move::lunge(0.4, 0.8), Move::withdraw(0.2)];
        let lunged = Stance::at(&moves, 0.0, 0.4);
        assert!(lunged.extension > 0.99 && lunged.front_x - lunged.rear_x > 1.3 && lunged.hip < 0.6);
        assert!(Stance::at(&moves, 0.0, 0.6).extension < 0.01);
    }

    #[test]
    fn nothing_jumps_between_neighbouring_moments() {
        let moves =
            [Move::advance(0.4, 0.5), Move::parry(0.2), Move::hit(0.15), Move::fleche(0.5, 0.6), Move::pause(0.2)];
        let stances: Vec<_> = (0..300).map(|i| Stance::at(&moves, 0.0, f64::from(i) * 0.005)).collect();
        for pair in stances.windows(2) {
            assert!(
                (pair[1].rear_x - pair[0].rear_x).abs() < 0.04 && (pair[1].extension - pair[0].extension).abs() < 0.1
            );
        }
    }
}
