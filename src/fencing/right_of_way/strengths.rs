//! How often each kind of ruling agrees with referees, fitted on labelled phrases by `referee train`.
//!
//! A rule says who has right of way; how far it may be believed when its facts come from tracked motion is a measured share, not a number
//! of the rule book. Shares are shrunk towards one half as if by ten phrases.

use crate::Side;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What a ruling rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// Facts that motion does not show, filled in by a person: the rule book decides.
    RuleBook,
    /// The opponent stopped last.
    Pause,
    /// The opponent retreated last.
    Retreat,
    /// Only the opponent's lunge was over before the touch.
    ShortLunge,
    /// The arm went out first.
    ArmFirst,
    /// Only this fencer lunged.
    OnlyLunge,
    /// The lunge began first.
    LungeFirst,
    /// The last forward movement began first.
    AttackFirst,
    /// The opponent did not attack.
    AttackAlone,
    /// The opponent left the line late.
    SlowStart,
}

/// Share of rulings that agree with the referee, by ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleStrengths {
    /// [`Ground::Pause`].
    pub pause: f64,
    /// [`Ground::Retreat`].
    pub retreat: f64,
    /// [`Ground::ShortLunge`].
    pub short_lunge: f64,
    /// [`Ground::ArmFirst`].
    pub arm_first: f64,
    /// [`Ground::OnlyLunge`].
    pub only_lunge: f64,
    /// [`Ground::LungeFirst`].
    pub lunge_first: f64,
    /// [`Ground::AttackFirst`].
    pub attack_first: f64,
    /// [`Ground::AttackAlone`].
    pub attack_alone: f64,
    /// [`Ground::SlowStart`].
    pub slow_start: f64,
}

/// A row that rules on facts that a person saw. Not fitted: no labelled phrase here has such facts. A referee who accepts the
/// facts follows the book; one in ten is what referees among themselves disagree at least.
const RULE_BOOK: f64 = 0.9;
/// Phrases for and against that every share starts with.
const PRIOR_PHRASES: f64 = 5.0;

impl RuleStrengths {
    /// No ruling from motion says anything.
    pub const NONE: Self = Self {
        pause: 0.5,
        retreat: 0.5,
        short_lunge: 0.5,
        arm_first: 0.5,
        only_lunge: 0.5,
        lunge_first: 0.5,
        attack_first: 0.5,
        attack_alone: 0.5,
        slow_start: 0.5,
    };

    /// Those that ship with the call model.
    pub fn shipped() -> Self {
        static SHIPPED: LazyLock<RuleStrengths> = LazyLock::new(|| {
            #[derive(Deserialize)]
            struct Manifest {
                blend: Fitted,
            }
            #[derive(Deserialize)]
            struct Fitted {
                strengths: RuleStrengths,
            }
            let text = include_str!("../../../models/call/call.toml");
            toml::from_str::<Manifest>(text).map_or(RuleStrengths::NONE, |manifest| manifest.blend.strengths)
        });
        *SHIPPED
    }

    /// The share for a ground, 0.5..1.
    pub fn of(&self, ground: Ground) -> f64 {
        match ground {
            Ground::RuleBook => RULE_BOOK,
            Ground::Pause => self.pause,
            Ground::Retreat => self.retreat,
            Ground::ShortLunge => self.short_lunge,
            Ground::ArmFirst => self.arm_first,
            Ground::OnlyLunge => self.only_lunge,
            Ground::LungeFirst => self.lunge_first,
            Ground::AttackFirst => self.attack_first,
            Ground::AttackAlone => self.attack_alone,
            Ground::SlowStart => self.slow_start,
        }
    }

    /// Fits the shares on votes: what the ruling rests on, for whom it was, whom the referee gave the touch, and how much the phrase weighs.
    pub fn fitted(votes: impl Iterator<Item = (Ground, Side, Side, f64)> + Clone) -> Self {
        let share = |ground: Ground| {
            let of_ground = votes.clone().filter(|vote| vote.0 == ground);
            let (right, all) = of_ground.fold((PRIOR_PHRASES, 2.0 * PRIOR_PHRASES), |(right, all), vote| {
                (right + if vote.1 == vote.2 { vote.3 } else { 0.0 }, all + vote.3)
            });
            // A rule that is wrong more often than not says nothing; it never speaks for the other side.
            (right / all).clamp(0.5, 0.97)
        };
        Self {
            pause: share(Ground::Pause),
            retreat: share(Ground::Retreat),
            short_lunge: share(Ground::ShortLunge),
            arm_first: share(Ground::ArmFirst),
            only_lunge: share(Ground::OnlyLunge),
            lunge_first: share(Ground::LungeFirst),
            attack_first: share(Ground::AttackFirst),
            attack_alone: share(Ground::AttackAlone),
            slow_start: share(Ground::SlowStart),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_shrunk_and_never_speak_for_the_other_side() {
        let vote = |ground, right: bool| (ground, Side::Left, if right { Side::Left } else { Side::Right }, 1.0);
        let votes: Vec<_> = (0..40)
            .map(|i| vote(Ground::Pause, i < 30))
            .chain((0..40).map(|i| vote(Ground::ArmFirst, i < 10)))
            .collect();
        let fitted = RuleStrengths::fitted(votes.into_iter());
        assert!((fitted.pause - 35.0 / 50.0).abs() < 1e-12, "{fitted:?}");
        assert_eq!((fitted.arm_first, fitted.retreat), (0.5, 0.5));
    }

    #[test]
    fn the_shipped_shares_can_be_read() {
        assert_ne!(RuleStrengths::shipped(), RuleStrengths::NONE);
    }
}
