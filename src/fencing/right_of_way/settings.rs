//! Settings of the decision. None of these numbers is in the rulebook, which uses fencing time, not seconds.

use super::strengths::RuleStrengths;
use std::fmt;
use std::str::FromStr;

/// Weights of the rules and of the learned model on double lights, as factors of the weights that were fitted on the phrases
/// that the models were trained on. One is as fitted; `referee evaluate --fit-doubt` finds a club's own on its labelled phrases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooling {
    /// The rules, 0 or more.
    pub rules: f64,
    /// The learned model where no blades met before the touch, 0 or more.
    pub model: f64,
    /// The learned model where they did, 0 or more.
    pub model_at_contact: f64,
}

impl Pooling {
    /// A greater factor is taken for a typing mistake.
    const MOST: f64 = 3.0;
}

/// As people type it: `0.80,0.75,0.14`.
impl fmt::Display for Pooling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rules, model, model_at_contact } = self;
        write!(f, "{rules:.2},{model:.2},{model_at_contact:.2}")
    }
}

impl FromStr for Pooling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some([rules, model, model_at_contact])
                if [rules, model, model_at_contact].iter().all(|n| (0.0..=Self::MOST).contains(*n)) =>
            {
                Ok(Self { rules: *rules, model: *model, model_at_contact: *model_at_contact })
            }
            _ => Err("give three factors from 0 to 3, such as 0.80,0.75,0.14".to_owned()),
        }
    }
}

/// How close is too close, and how sure is sure enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecisionSettings {
    /// Below this calibrated confidence the call is "too close", 0..1.
    pub min_confidence: f64,
    /// Attacks that begin within this many seconds of each other begin together (rules 4.6, tau).
    pub simultaneity_window_secs: f64,
    /// A riposte later than this after the parry has lost its right, in seconds.
    pub immediate_riposte_secs: f64,
    /// Only a blade contact this close before the touch can have decided it, in seconds (reference 3.9).
    pub contact_window_secs: f64,
    /// How rules and learned judge are put together.
    pub pooling: Pooling,
    /// Shares of rulings from motion that agree with referees, used where there is no learned model.
    pub strengths: RuleStrengths,
    /// Share of double lights that end without a touch, among phrases such as this, 0..1.
    pub no_touch_prior: f64,
}

/// How often a double light ends without a touch, by the kind of fencing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoTouchPrior {
    /// Lessons and club bouts, where phrases are fenced out and referees call a side: 66 of 1,987 phrases of set A.
    #[default]
    Club,
    /// Competition sabre: 38 % of 12,839 double lights brought no touch (two public lists of score changes; 33 % at the other weapons).
    Competition,
}

impl FromStr for NoTouchPrior {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "club" => Ok(Self::Club),
            "competition" => Ok(Self::Competition),
            other => Err(format!("'{other}' is neither club nor competition")),
        }
    }
}

impl NoTouchPrior {
    /// The share.
    pub const fn share(self) -> f64 {
        match self {
            Self::Club => 0.033,
            Self::Competition => 0.38,
        }
    }
}

impl Default for DecisionSettings {
    /// Confidence 0.67 is a policy: with calibrated probabilities a call is made when it is expected to be right in two of three.
    /// Simultaneity 50 ms: the middle of rules 4.6's 40 to 60 ms, checked against the hand-annotated bouts (`tests/it/fencingvis.rs`).
    /// Riposte 0.5 s and contact 1 s: reference 3.9's window, of which a parry and its answer take half.
    fn default() -> Self {
        Self {
            min_confidence: 0.67,
            simultaneity_window_secs: 0.050,
            immediate_riposte_secs: 0.5,
            contact_window_secs: 1.0,
            pooling: Pooling { rules: 1.0, model: 1.0, model_at_contact: 1.0 },
            strengths: RuleStrengths::shipped(),
            no_touch_prior: NoTouchPrior::Club.share(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_of_the_factors_can_be_typed_again() {
        let shipped = DecisionSettings::default().pooling;
        assert_eq!(shipped.to_string().parse(), Ok(shipped));
        for wrong in ["", "1", "1,2", "1,2,x", "1,2,3,1", "1,1,-1", "1,1,nan", "9,9,9"] {
            assert!(wrong.parse::<Pooling>().is_err(), "{wrong}");
        }
    }
}
