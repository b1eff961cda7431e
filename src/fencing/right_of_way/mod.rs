//! Who has right of way: ordered rules over facts, with learned evidence beside them. Pure; never sees a pixel, a file or a thread.
//!
//! [`Evidence`] holds three-valued facts, gathered from a timeline or filled in by hand. [`decide`] asks the rows of
//! [`table`] in order; the first that rules, wins; [`DecisionSettings`] says how close is too close. [`mod@reference`] is the
//! existing system's logic on the same facts, kept for comparison.

mod blend;
mod decide;
mod doubt;
mod evidence;
mod gather;
mod initiative;
pub mod reference;
mod rules;
mod settings;
mod strengths;
mod verdict;

pub use blend::{Blend, Members, ModelPrediction, Weights, fitted_none_shift};
pub use decide::{LEARNED_RULE, NO_ACTION_RULE, decide, needs_right_of_way};
pub use doubt::{JudgeOdds, judge_odds, rules_log_odds, vote};
pub use evidence::{ContactFacts, Evidence, FencerFacts, Observed, Sighting};
pub use rules::{Rule, table};
pub use settings::{DecisionSettings, NoTouchPrior, Pooling};
pub use strengths::{Ground, RuleStrengths, Vote};
pub use verdict::{Fact, RuleId, Truth, Verdict};
