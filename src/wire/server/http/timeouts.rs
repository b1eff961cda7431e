//! How long an upload may take to come: as long as it comes on.
//!
//! An upload takes room on the disk while it is received, so one that stalls, or trickles a byte at a time, is given up. Only
//! waiting for the client counts, never the server's own disk.

use crate::server::uploads::LEAST_RATE;
use std::future::Future;
use std::time::{Duration, Instant};

/// Longest silence between two pieces: half of what nginx grants by default (`client_body_timeout`).
const SILENCE: Duration = Duration::from_secs(30);
/// Waiting that needs no bytes to show for it: half of Apache's default for a body (`RequestReadTimeout body=20`). Beyond that,
/// [`LEAST_RATE`] bytes buy one second more. The slowest mobile network that a clip is sent over brings twice that.
const GRACE: Duration = Duration::from_secs(10);

/// The client did not go on in time.
#[derive(Debug)]
pub(super) struct TooSlow;

/// What is left of the time for one upload.
#[derive(Debug)]
pub(super) struct Timeouts {
    silence: Duration,
    grace: Duration,
    waited: Duration,
    received: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::new(SILENCE, GRACE)
    }
}

impl Timeouts {
    /// Allows so long a silence, and so long a wait in all before bytes have to buy more.
    pub(super) fn new(silence: Duration, grace: Duration) -> Self {
        Self { silence, grace, waited: Duration::ZERO, received: 0 }
    }

    /// Waits for the next piece. What is there already comes through at any time.
    pub(super) async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, TooSlow> {
        let bought = Duration::from_millis(self.received.saturating_mul(1000) / LEAST_RATE);
        let left = self.grace.saturating_add(bought).saturating_sub(self.waited);
        let began = Instant::now();
        let came = tokio::time::timeout(self.silence.min(left), next).await;
        self.waited += began.elapsed();
        came.map_err(|_| TooSlow)
    }

    /// Notes what came.
    pub(super) fn received(&mut self, bytes: usize) {
        self.received += bytes as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn silence_ends_it_and_what_is_there_already_does_not() {
        let mut timeouts = Timeouts::new(SHORT, LONG);
        assert!(timeouts.wait(std::future::pending::<()>()).await.is_err());
        let mut spent = Timeouts::new(SHORT, Duration::ZERO);
        assert!(spent.wait(std::future::ready(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_trickle_runs_out_of_patience_and_a_stream_buys_more() {
        let trickle = |bytes: usize| async move {
            let mut timeouts = Timeouts::new(LONG, SHORT);
            for _ in 0..20 {
                timeouts.wait(tokio::time::sleep(SHORT / 4)).await?;
                timeouts.received(bytes);
            }
            Ok::<_, TooSlow>(())
        };
        assert!(trickle(1).await.is_err());
        assert!(trickle(1_000_000).await.is_ok());
    }
}
