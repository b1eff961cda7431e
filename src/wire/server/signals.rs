//! The signal log as the server uses it: what the judge may see, apart from what a person decided.

use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::{HitSides, HumanAnswer, SignalLogError, parse_signal_log};
use records::analysis::PreparedSignals;

/// A signal log that has been read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Signals {
    prepared: PreparedSignals,
    /// What a person decided. For the papers alone, never for the judge.
    pub(super) declared: Option<HumanAnswer>,
}

impl Signals {
    /// Reads a log. An empty one is no error: the lamps may be in the picture, or nobody touched.
    pub(super) fn read(bytes: &[u8], sides: HitSides) -> Result<Self, SignalLogError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        let parsed = parse_signal_log(bytes, sides)?;
        Ok(Self { declared: parsed.answers.human, prepared: PreparedSignals::of_log(parsed) })
    }

    /// What the judge may see. A log whose zero is not the phrase's start is moved to end where the clip ends.
    pub(super) fn on_the_clock_of_a_clip_until(self, clip_end: Timestamp) -> SignalLog {
        self.prepared.on_clip_clock(&SignalLog::default(), clip_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_log_is_no_error_and_garbage_is() {
        assert_eq!(Signals::read(b" \r\n", HitSides::Auto).unwrap(), Signals::default());
        assert!(Signals::read(b"hello", HitSides::Auto).is_err());
        assert!(Signals::read(&[0, 1, 2], HitSides::Auto).is_err());
    }

    #[test]
    fn a_persons_answer_is_kept_apart() {
        let log = b" 0.000s | Phrase recording started\n 1.221s | HIT: Left scores on Right!\nScores -> Fencer 1: HIT, Fencer 2: MISS\n[2026-01-27 21:09:43] Confirmed result winner: Right Fencer (Green Lamp)\n";
        let signals = Signals::read(log, HitSides::Auto).unwrap();
        assert!(signals.declared.is_some());
        assert!(signals.on_the_clock_of_a_clip_until(Timestamp::from_secs(2.0)).first_touch().is_some());
    }
}
