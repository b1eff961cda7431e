//! Time limit of an upload, which depends on its progress.
//!
//! An upload occupies the disk while it is received, so one that stalls or trickles is aborted. Only waiting for the client counts,
//! never the server's own disk.
//! waiting for the client counts, never the server's own disk.

use crate::server::uploads::MIN_RATE;
use std::future::Future;
use std::time::{Duration, Instant};

/// Longest silence between two chunks: half of what nginx grants by default (`client_body_timeout`).
const SILENCE: Duration = Duration::from_secs(30);
/// Waiting time granted regardless of progress: half of Apache's default for a body (`RequestReadTimeout body=20`). Beyond that,
/// every [`MIN_RATE`] bytes grant one second more. The slowest mobile network used for clips reaches twice that.
const GRACE: Duration = Duration::from_secs(10);

/// The client was too slow.
#[derive(Debug)]
pub(super) struct TooSlow;

/// Remaining time of one upload.
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
    /// Sets the longest silence, and the total waiting time granted regardless of progress.
    pub(super) fn new(silence: Duration, grace: Duration) -> Self {
        Self { silence, grace, waited: Duration::ZERO, received: 0 }
    }

    /// Waits for the next chunk. A chunk that has arrived already is always accepted.
    pub(super) async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, TooSlow> {
        let bought = Duration::from_millis(self.received.saturating_mul(1000) / MIN_RATE);
        let left = self.grace.saturating_add(bought).saturating_sub(self.waited);
        let began = Instant::now();
        let came = tokio::time::timeout(self.silence.min(left), next).await;
        self.waited += began.elapsed();
        came.map_err(|_| TooSlow)
    }

    /// Adds received bytes.
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
    async fn a_trickle_times_out_and_a_stream_extends_its_time() {
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
