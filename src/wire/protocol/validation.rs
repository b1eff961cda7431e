//! What `session_ended` says about the frames: the object's keys and the texts of its issues, as the reference words them.

use serde::{Deserialize, Serialize};

/// Fewest frames that the reference does not complain about.
const MIN_FRAMES: u64 = 10;
/// Up to so many missing numbers are listed one by one.
const LISTED_MISSING: usize = 5;

/// The `validation` object. Issues never block anything: without the signal yet, `valid` is normally false.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// Whether there are no issues.
    pub valid: bool,
    /// What is odd.
    pub issues: Vec<String>,
    /// Different frames received.
    pub frame_count: u64,
    /// Numbers between the first and the last that never came.
    pub missing_frames: u64,
    /// Frames that came again.
    pub duplicate_frames: u64,
    /// Frames that came after a higher number.
    pub out_of_order_frames: u64,
    /// Whether the signal log has come.
    pub has_signal: bool,
}

/// What a validation is made of.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Different frames received.
    pub frame_count: u64,
    /// Frames announced, when the client knew (0 means it did not).
    pub expected_frames: Option<i64>,
    /// Missing numbers, ascending; may be cut short.
    pub missing: &'a [i64],
    /// How many are missing in all.
    pub missing_count: u64,
    /// Highest missing number.
    pub last_missing: Option<i64>,
    /// Frames that came again.
    pub duplicate_frames: u64,
    /// Frames that came after a higher number.
    pub out_of_order_frames: u64,
    /// Whether the signal log has come.
    pub has_signal: bool,
    /// Seconds without activity, when that was longer than allowed.
    pub timed_out_after_secs: Option<f64>,
}

impl Validation {
    /// The object for those facts.
    pub fn of(facts: &Facts<'_>) -> Self {
        let issues: Vec<String> = [
            (facts.frame_count == 0).then(|| "No frames received".to_owned()),
            (!facts.has_signal).then(|| "No signal data received".to_owned()),
            missing_issue(facts),
            expectation_issue(facts),
            (facts.frame_count < MIN_FRAMES)
                .then(|| format!("Too few frames: {} (minimum {MIN_FRAMES})", facts.frame_count)),
            facts.timed_out_after_secs.map(|secs| format!("Session timeout: no activity for {secs:.1}s")),
        ]
        .into_iter()
        .flatten()
        .collect();
        Self {
            valid: issues.is_empty(),
            issues,
            frame_count: facts.frame_count,
            missing_frames: facts.missing_count,
            duplicate_frames: facts.duplicate_frames,
            out_of_order_frames: facts.out_of_order_frames,
            has_signal: facts.has_signal,
        }
    }
}

fn missing_issue(facts: &Facts<'_>) -> Option<String> {
    let first = facts.missing.first()?;
    if facts.missing_count as usize <= LISTED_MISSING {
        let listed: Vec<_> = facts.missing.iter().map(i64::to_string).collect();
        return Some(format!("Missing frames: [{}]", listed.join(", ")));
    }
    let last = facts.last_missing.unwrap_or(*first);
    Some(format!("Missing {} frames (first: {first}, last: {last})", facts.missing_count))
}

fn expectation_issue(facts: &Facts<'_>) -> Option<String> {
    let expected = facts.expected_frames.filter(|n| *n > 0)?;
    let received = facts.frame_count as i64;
    // The reference complains of fewer only: a client that sends more has lost nothing.
    (received < expected).then(|| format!("Expected {expected} frames, received {received}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issues_are_worded_as_the_reference_words_them() {
        let check = |facts: Facts<'_>, issues: &[&str]| {
            let validation = Validation::of(&facts);
            assert_eq!(validation.issues, issues);
            assert_eq!(validation.valid, issues.is_empty());
        };
        let none = ["No frames received", "No signal data received", "Too few frames: 0 (minimum 10)"];
        check(Facts::default(), &none);
        check(Facts { frame_count: 12, expected_frames: Some(5), has_signal: true, ..Facts::default() }, &[]);
        check(Facts { frame_count: 20, has_signal: true, ..Facts::default() }, &[]);
        check(
            Facts {
                frame_count: 4,
                expected_frames: Some(6),
                missing: &[2, 3],
                missing_count: 2,
                has_signal: true,
                ..Facts::default()
            },
            &["Missing frames: [2, 3]", "Expected 6 frames, received 4", "Too few frames: 4 (minimum 10)"],
        );
        check(
            Facts {
                frame_count: 30,
                expected_frames: Some(0),
                missing: &[5, 6, 7, 8, 9, 10],
                missing_count: 6,
                last_missing: Some(10),
                has_signal: true,
                timed_out_after_secs: Some(301.26),
                ..Facts::default()
            },
            &["Missing 6 frames (first: 5, last: 10)", "Session timeout: no activity for 301.3s"],
        );
    }
}
