//! Whose upload is judged now, and who waits: in the order of coming, for a while, and not too many.
//!
//! The reference judges one upload after the other and lets the others wait; clients written for it upload a bout's
//! phrases at once. A count of their own, so that a server that takes no streams takes uploads all the same.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Uploads that may wait: as many as a bout has phrases, and fewer than one address may have connections.
const WAITING: usize = 48;
/// How long one may wait. The reference's clients give up after 300 s, of which judging needs some.
const PATIENCE: Duration = Duration::from_mins(4);

/// The places at the judge and before it.
#[derive(Debug)]
pub(super) struct Uploads {
    judged: Arc<Semaphore>,
    /// Those that are judged and those that wait.
    inside: Arc<Semaphore>,
    patience: Duration,
}

/// One upload's place at the judge. Dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Turn {
    _judged: OwnedSemaphorePermit,
    _inside: OwnedSemaphorePermit,
}

/// Why an upload is sent away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoTurn {
    /// Others came before it.
    #[error("As many uploads as the server takes are being judged; try again shortly")]
    Crowded,
    /// Nothing new is begun.
    #[error("The server is stopping; try again shortly")]
    Stopping,
}

impl Uploads {
    /// Places for this machine: judging decodes and looks at the same time, which two processors share.
    pub(super) fn for_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(cores.div_ceil(2), WAITING, PATIENCE)
    }

    fn new(judged: usize, waiting: usize, patience: Duration) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { judged: places(judged), inside: places(judged + waiting), patience }
    }

    /// Waits for this upload's turn.
    pub(super) async fn turn(&self, stopping: &CancellationToken) -> Result<Turn, NoTurn> {
        let inside = Arc::clone(&self.inside).try_acquire_owned().map_err(|_| NoTurn::Crowded)?;
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.judged).acquire_owned());
        tokio::select! {
            biased;
            () = stopping.cancelled() => Err(NoTurn::Stopping),
            judged = turn => match judged {
                Ok(Ok(judged)) => Ok(Turn { _judged: judged, _inside: inside }),
                Ok(Err(_)) | Err(_) => Err(NoTurn::Crowded),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_surplus_upload_waits_its_turn_and_one_too_many_does_not() {
        let uploads = Arc::new(Uploads::new(1, 1, PATIENCE));
        let stopping = CancellationToken::new();
        let first = uploads.turn(&stopping).await.unwrap();
        let (queue, token) = (Arc::clone(&uploads), stopping.clone());
        let second = tokio::spawn(async move { queue.turn(&token).await.map(drop) });
        // The runtime of a test has one thread: now the second one waits.
        tokio::task::yield_now().await;
        assert_eq!(uploads.turn(&stopping).await.unwrap_err(), NoTurn::Crowded, "there is room for one that waits");
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_nor_for_a_server_that_stops() {
        let hasty = Uploads::new(1, 1, Duration::from_millis(20));
        let stopping = CancellationToken::new();
        let _first = hasty.turn(&stopping).await.unwrap();
        assert_eq!(hasty.turn(&stopping).await.unwrap_err(), NoTurn::Crowded, "after its patience");
        let uploads = Uploads::new(1, 1, PATIENCE);
        let _first = uploads.turn(&stopping).await.unwrap();
        let (waited, ()) = tokio::join!(uploads.turn(&stopping), async { stopping.cancel() });
        assert_eq!(waited.unwrap_err(), NoTurn::Stopping);
    }
}
