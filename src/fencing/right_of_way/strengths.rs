//! How often each kind of ruling agrees with referees, fitted on labelled phrases by `referee train`.
//!
//! A rule says who has right of way; how far it may be believed when its facts come from tracked motion is a measured share, not a number
//! of the rule book. Shares are shrunk towards one half as if by ten phrases. A ruling that rests on the order of two moments may be believed
//! less the closer they lie: a little noise on the joints would have exchanged them.

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

/// What the rules rule for one side, for fitting and weighing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// What the ruling rests on.
    pub ground: Ground,
    /// For whom it is.
    pub side: Side,
    /// By how much one moment was before the other, in seconds; `None` where the ruling rests on no order.
    pub margin_secs: Option<f64>,
}

impl Vote {
    /// How likely the two moments came in the order that was seen, 0.5..1.
    fn order_certainty(&self, order_scale_secs: f64) -> f64 {
        match self.margin_secs {
            Some(margin) => 1.0 / (1.0 + (-margin / order_scale_secs.max(1e-6)).exp()),
            None => 1.0,
        }
    }
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
    /// Scale of the logistic error of a margin between two moments, in seconds; at 0 every order is certain.
    #[serde(default)]
    pub order_scale_secs: f64,
}

/// Scales that are tried, in seconds: from no error to four frames of 30 a second.
const ORDER_SCALES_SECS: [f64; 7] = [0.0, 0.01, 0.02, 0.033, 0.05, 0.08, 0.13];

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
        order_scale_secs: 0.0,
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

    /// How likely a vote is right, 0.5..1.
    pub fn believed(&self, vote: &Vote) -> f64 {
        let (share, certain) = (self.of(vote.ground), vote.order_certainty(self.order_scale_secs));
        certain * share + (1.0 - certain) * (1.0 - share)
    }

    /// Fits shares and scale on votes and whom the referee gave the touch: the likeliest of a grid.
    pub fn fitted(votes: &(impl Iterator<Item = (Vote, Side)> + Clone)) -> Self {
        let of_scale = |scale: f64| {
            let mut likelihood = 0.0;
            let mut fit = |ground: Ground| {
                let (share, of_ground) = fitted_share(&votes.clone().filter(|(vote, _)| vote.ground == ground), scale);
                likelihood += of_ground;
                share
            };
            let fitted = Self {
                pause: fit(Ground::Pause),
                retreat: fit(Ground::Retreat),
                short_lunge: fit(Ground::ShortLunge),
                arm_first: fit(Ground::ArmFirst),
                only_lunge: fit(Ground::OnlyLunge),
                lunge_first: fit(Ground::LungeFirst),
                attack_first: fit(Ground::AttackFirst),
                attack_alone: fit(Ground::AttackAlone),
                slow_start: fit(Ground::SlowStart),
                order_scale_secs: scale,
            };
            (fitted, likelihood)
        };
        let all = ORDER_SCALES_SECS.map(of_scale);
        all.into_iter().fold(all[0], |best, next| if next.1 > best.1 { next } else { best }).0
    }
}

/// The likeliest share of one ground's votes, with the log-likelihood. A rule that is wrong more often than not says nothing; it never
/// speaks for the other side.
fn fitted_share(votes: &(impl Iterator<Item = (Vote, Side)> + Clone), scale: f64) -> (f64, f64) {
    let likelihood = |share: f64| {
        let prior = PRIOR_PHRASES * (share.ln() + (1.0 - share).ln());
        votes.clone().fold(prior, |sum, (vote, winner)| {
            let certain = vote.order_certainty(scale);
            let right = certain * share + (1.0 - certain) * (1.0 - share);
            sum + if vote.side == winner { right } else { 1.0 - right }.ln()
        })
    };
    let shares = (0..=470).map(|thousandths| 0.5 + f64::from(thousandths) / 1000.0);
    shares.map(|share| (share, likelihood(share))).fold((0.5, f64::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_shrunk_and_never_speak_for_the_other_side() {
        let vote = |ground, right: bool| {
            (Vote { ground, side: Side::Left, margin_secs: None }, if right { Side::Left } else { Side::Right })
        };
        let votes: Vec<_> = (0..40)
            .map(|i| vote(Ground::Pause, i < 30))
            .chain((0..40).map(|i| vote(Ground::ArmFirst, i < 10)))
            .collect();
        let fitted = RuleStrengths::fitted(&votes.into_iter());
        assert!((fitted.pause - 35.0 / 50.0).abs() < 1e-12, "{fitted:?}");
        assert_eq!((fitted.arm_first, fitted.retreat), (0.5, 0.5));
    }

    #[test]
    fn a_close_order_is_believed_less_and_the_scale_is_found() {
        let strengths = RuleStrengths { pause: 0.8, order_scale_secs: 0.05, ..RuleStrengths::NONE };
        let vote = |margin| Vote { ground: Ground::Pause, side: Side::Left, margin_secs: Some(margin) };
        assert!((strengths.believed(&vote(0.0)) - 0.5).abs() < 1e-9);
        assert!(strengths.believed(&vote(0.05)) < strengths.believed(&vote(0.2)));
        assert!((strengths.believed(&vote(1.0)) - 0.8).abs() < 1e-3);
        let votes: Vec<_> = (0..4000_u32)
            .map(|i| {
                let even = |k: u32| f64::from(i.wrapping_mul(k) % 997) / 997.0;
                let vote = vote(0.3 * even(7919));
                (vote, if even(104_729) < strengths.believed(&vote) { Side::Left } else { Side::Right })
            })
            .collect();
        let fitted = RuleStrengths::fitted(&votes.into_iter());
        assert!((fitted.pause - 0.8).abs() < 0.03 && (0.033..=0.08).contains(&fitted.order_scale_secs), "{fitted:?}");
    }

    #[test]
    fn the_shipped_shares_can_be_read() {
        assert_ne!(RuleStrengths::shipped(), RuleStrengths::NONE);
    }
}
