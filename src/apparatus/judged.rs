//! How well the last seconds fitted: the confidence that is shown is judged by what arrived lately, not by the whole evening.
//!
//! While the protocol is being found out, tallies come from whichever candidate is ahead. Those of two candidates cannot be
//! subtracted from each other, so another guess begins afresh.

use super::{decoder::Tally, protocol::Protocol};
use fencing::time::Timestamp;

/// The confidence shown is judged by what arrived in this time.
const JUDGED_SECS: f64 = 4.0;

/// Tallies of the last seconds, all of one protocol's reader.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    guess: Option<Protocol>,
    tallies: Vec<(Timestamp, Tally)>,
}

impl Judged {
    /// Takes the tally of the reader that is ahead now; what of it arrived in the last seconds.
    pub(crate) fn recent(&mut self, now: Timestamp, guess: Option<Protocol>, tally: Tally) -> Tally {
        if self.guess != guess {
            *self = Self { guess, tallies: Vec::new() };
        }
        if self.tallies.last().is_none_or(|(at, _)| now.secs_since(*at) > JUDGED_SECS / 2.0) {
            self.tallies.push((now, tally));
        }
        while self.tallies.get(1).is_some_and(|(at, _)| now.secs_since(*at) > JUDGED_SECS) {
            self.tallies.remove(0);
        }
        match self.tallies.first() {
            Some((_, first)) if self.tallies.len() > 1 => tally.since(*first),
            _ => tally,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(frames: u64) -> Tally {
        Tally { good: frames, bad: frames / 2, bytes: frames * 10, explained: frames * 9 }
    }

    #[test]
    fn what_another_candidate_counted_is_not_subtracted() {
        let mut judged = Judged::default();
        let mut recent = |secs, guess, frames| judged.recent(Timestamp::from_secs(secs), Some(guess), tally(frames));
        assert_eq!(recent(0.0, Protocol::Letters, 100), tally(100));
        assert_eq!(recent(3.0, Protocol::Letters, 160), tally(160).since(tally(100)));
        // The one that is ahead now has counted less so far.
        assert_eq!(recent(3.1, Protocol::Favero, 7), tally(7));
        assert_eq!(recent(6.0, Protocol::Favero, 9).good, 2);
        assert_eq!(tally(1).since(tally(5)), Tally::default());
    }
}
