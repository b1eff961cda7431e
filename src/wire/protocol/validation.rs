//! The `validation` object of `session_ended`: keys, and the texts of issues in the reference's wording.

use serde::{Deserialize, Serialize};

/// Fewer frames are an issue, as in the reference.
const MIN_FRAMES: u64 = 10;
/// Up to this many missing numbers are listed.
const LISTED_MISSING: usize = 5;

/// The `validation` object. Issues never block anything: before the signal, `valid` is normally false.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// Whether there are no issues.
    pub valid: bool,
    /// The issues.
    pub issues: Vec<String>,
    /// Distinct frames received.
    pub frame_count: u64,
    /// Missing numbers between the first and the last.
    pub missing_frames: u64,
    /// Frames received again.
    pub duplicate_frames: u64,
    /// Frames received after a higher number.
    pub out_of_order_frames: u64,
    /// Whether the signal log was received.
    pub has_signal: bool,
}

/// Input of a validation.
#[derive(Clone, Debug, Default)]
pub struct ValidationInput<'a> {
    /// Distinct frames received.
    pub frame_count: u64,
    /// Frames announced, if the client knew (0 means unknown).
    pub expected_frames: Option<i64>,
    /// Missing numbers, ascending; may be truncated.
    pub missing: &'a [i64],
    /// Number of all missing ones.
    pub missing_count: u64,
    /// Highest missing number.
    pub last_missing: Option<i64>,
    /// Frames received again.
    pub duplicate_frames: u64,
    /// Frames received after a higher number.
    pub out_of_order_frames: u64,
    /// Whether the signal log was received.
    pub has_signal: bool,
    /// Seconds without activity, when longer than allowed.
    pub timed_out_after_secs: Option<f64>,
}

impl Validation {
    /// Validates.
    pub fn of(input: &ValidationInput<'_>) -> Self {
        let issues: Vec<String> = [
            (input.frame_count == 0).then(|| "No frames received".to_owned()),
            (!input.has_signal).then(|| "No signal data received".to_owned()),
            missing_issue(input),
            expected_issue(input),
            (input.frame_count < MIN_FRAMES)
                .then(|| format!("Too few frames: {} (minimum {MIN_FRAMES})", input.frame_count)),
            input.timed_out_after_secs.map(|secs| format!("Session timeout: no activity for {secs:.1}s")),
        ]
        .into_iter()
        .flatten()
        .collect();
        Self {
            valid: issues.is_empty(),
            issues,
            frame_count: input.frame_count,
            missing_frames: input.missing_count,
            duplicate_frames: input.duplicate_frames,
            out_of_order_frames: input.out_of_order_frames,
            has_signal: input.has_signal,
        }
    }
}

fn missing_issue(input: &ValidationInput<'_>) -> Option<String> {
    let first = input.missing.first()?;
    if input.missing_count as usize <= LISTED_MISSING {
        let listed: Vec<_> = input.missing.iter().map(i64::to_string).collect();
        return Some(format!("Missing frames: [{}]", listed.join(", ")));
    }
    let last = input.last_missing.unwrap_or(*first);
    Some(format!("Missing {} frames (first: {first}, last: {last})", input.missing_count))
}

fn expected_issue(input: &ValidationInput<'_>) -> Option<String> {
    let expected = input.expected_frames.filter(|n| *n > 0)?;
    let received = input.frame_count as i64;
    // The reference reports missing frames only: a client that sends more has lost nothing.
    (received < expected).then(|| format!("Expected {expected} frames, received {received}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issues_are_worded_as_the_reference_words_them() {
        let check = |input: ValidationInput<'_>, issues: &[&str]| {
            let validation = Validation::of(&input);
            assert_eq!(validation.issues, issues);
            assert_eq!(validation.valid, issues.is_empty());
        };
        let none = ["No frames received", "No signal data received", "Too few frames: 0 (minimum 10)"];
        check(ValidationInput::default(), &none);
        check(
            ValidationInput {
                frame_count: 12,
                expected_frames: Some(5),
                has_signal: true,
                ..ValidationInput::default()
            },
            &[],
        );
        check(ValidationInput { frame_count: 20, has_signal: true, ..ValidationInput::default() }, &[]);
        check(
            ValidationInput {
                frame_count: 4,
                expected_frames: Some(6),
                missing: &[2, 3],
                missing_count: 2,
                has_signal: true,
                ..ValidationInput::default()
            },
            &["Missing frames: [2, 3]", "Expected 6 frames, received 4", "Too few frames: 4 (minimum 10)"],
        );
        check(
            ValidationInput {
                frame_count: 30,
                expected_frames: Some(0),
                missing: &[5, 6, 7, 8, 9, 10],
                missing_count: 6,
                last_missing: Some(10),
                has_signal: true,
                timed_out_after_secs: Some(301.26),
                ..ValidationInput::default()
            },
            &["Missing 6 frames (first: 5, last: 10)", "Session timeout: no activity for 301.3s"],
        );
    }
}
