//! How long to wait before something that failed is tried again: twice as long each time, up to a limit.

use std::time::Duration;

/// The waits between attempts. Has no clock: the caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    attempt: u32,
}

impl Backoff {
    /// Waits of `first`, twice that, and so on; none above `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, attempt: 0 }
    }

    /// The next wait; counts the attempt that follows it.
    pub fn next_wait(&mut self) -> Duration {
        let factor = 2u32.saturating_pow(self.attempt);
        self.attempt = self.attempt.saturating_add(1);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// Waits that were taken since the last success.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// It worked: the next failure is waited for as little as the first one.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        let mut waits = || backoff.next_wait().as_secs();
        assert_eq!([waits(), waits(), waits(), waits(), waits()], [1, 2, 4, 5, 5]);
        assert_eq!(backoff.attempt(), 5);
        backoff.reset();
        assert_eq!((backoff.next_wait().as_secs(), backoff.attempt()), (1, 1));
        let mut endless = Backoff { attempt: u32::MAX, ..Backoff::new(Duration::MAX, Duration::MAX) };
        assert_eq!(endless.next_wait(), Duration::MAX);
    }
}
