//! What a user may turn about a decision. None of these numbers is in the rulebook: it speaks of fencing time, not of seconds.

/// How close is too close, and how sure is sure enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecisionSettings {
    /// Below this calibrated confidence the call is "too close", 0..1.
    pub min_confidence: f64,
    /// Attacks that begin within this many seconds of each other begin together (spec 4.6, tau).
    pub simultaneity_window_secs: f64,
    /// A riposte later than this after the parry has lost its right, in seconds.
    pub immediate_riposte_secs: f64,
    /// Only a blade contact this close before the touch can have decided it, in seconds (spec 3.9).
    pub contact_window_secs: f64,
}

impl Default for DecisionSettings {
    /// Confidence 0.67: the round figure at which at least 85 % of the double lights that are called agree with the referees of
    /// sets B and C (at 0.65: 84 %; `models/README.md`). Simultaneity 50 ms: the middle of spec 4.6's 40 to
    /// 60 ms, checked against the hand-annotated bouts (`tests/it/fencingvis.rs`). Riposte 0.5 s and contact 1 s: spec 3.9's window,
    /// of which a parry and its answer take half.
    fn default() -> Self {
        Self {
            min_confidence: 0.67,
            simultaneity_window_secs: 0.050,
            immediate_riposte_secs: 0.5,
            contact_window_secs: 1.0,
        }
    }
}
