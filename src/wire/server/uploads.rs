//! Admission of uploads: limits on receiving and judging, first come, first served.
//!
//! An upload is received first and waits for a judge when it is complete, so a slow one delays no other. When too many are being
//! received, the slowest is aborted. The reference judges one upload after the other and lets the others wait; clients written for
//! it upload a bout's phrases at once. Counted separately from sessions, so that a server without streaming accepts uploads all
//! the same.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Uploads that may wait for a judge: as many as a bout has phrases, and fewer than one address may have connections.
const MAX_WAITING: usize = 48;
/// Longest wait. The reference's clients give up after 300 s, of which judging needs some.
const TURN_TIMEOUT: Duration = Duration::from_mins(4);
/// Uploads that may be received at the same time, in total and from one address.
const MAX_RECEIVING: usize = 96;
const MAX_RECEIVING_PER_ADDRESS: usize = 48;
/// A younger upload is not aborted: its rate is not known yet.
const MIN_AGE: Duration = Duration::from_secs(1);
/// Nor is one at this rate, in bytes per second, or faster.
pub(super) const MIN_RATE: u64 = 20_000;

#[derive(Debug)]
struct Progress {
    address: IpAddr,
    began: Instant,
    bytes: AtomicU64,
    evicted: CancellationToken,
}

impl Progress {
    fn bytes_per_sec(&self) -> f64 {
        self.bytes.load(Ordering::Relaxed) as f64 / self.began.elapsed().as_secs_f64().max(f64::EPSILON)
    }
}

#[derive(Debug, Default)]
struct ActiveUploads {
    uploads: BTreeMap<u64, Arc<Progress>>,
    next_id: u64,
}

impl ActiveUploads {
    /// Aborts the slowest upload, if one is slow. Returns whether there was one.
    fn evict_slowest(&mut self, from: Option<IpAddr>) -> bool {
        let candidates = self.uploads.iter().filter(|(_, one)| from.is_none_or(|address| one.address == address));
        let slow = candidates.filter(|(_, one)| one.began.elapsed() >= MIN_AGE);
        let slowest = slow.map(|(id, one)| (one.bytes_per_sec(), *id)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, id)) = slowest.filter(|(rate, _)| *rate < MIN_RATE as f64) else { return false };
        if let Some(progress) = self.uploads.remove(&id) {
            progress.evicted.cancel();
        }
        true
    }

    fn from(&self, address: IpAddr) -> usize {
        self.uploads.values().filter(|one| one.address == address).count()
    }
}

/// Permit to receive an upload. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct ReceivePermit {
    uploads: Arc<Mutex<ActiveUploads>>,
    id: u64,
    progress: Arc<Progress>,
}

impl ReceivePermit {
    /// Adds received bytes.
    pub(super) fn received(&self, bytes: usize) {
        self.progress.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Ready when another upload has taken the place.
    pub(super) async fn evicted(&self) {
        self.progress.evicted.cancelled().await;
    }
}

impl Drop for ReceivePermit {
    fn drop(&mut self) {
        self.uploads.lock().uploads.remove(&self.id);
    }
}

/// Limits on receiving and judging.
#[derive(Debug)]
pub(super) struct Uploads {
    judged: Arc<Semaphore>,
    /// Uploads being judged and waiting.
    admitted: Arc<Semaphore>,
    timeout: Duration,
    active: Arc<Mutex<ActiveUploads>>,
}

/// An upload's place among those that wait for a judge and those being judged.
#[derive(Debug)]
pub(super) struct Admitted {
    judged: Arc<Semaphore>,
    place: OwnedSemaphorePermit,
}

/// Permit to judge an upload. Dropping it admits the next one.
#[derive(Debug)]
pub(super) struct JudgePermit {
    _judged: OwnedSemaphorePermit,
    _inside: OwnedSemaphorePermit,
}

/// Why an upload is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UploadRefused {
    /// Too many uploads.
    #[error("As many uploads as the server takes are being judged; try again shortly")]
    TooMany,
    /// The server is stopping.
    #[error("The server is stopping; try again shortly")]
    Stopping,
}

impl Uploads {
    /// Limits for this machine: judging one upload decodes and analyses in parallel, so it uses two processors.
    pub(super) fn for_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(cores.div_ceil(2), MAX_WAITING, TURN_TIMEOUT)
    }

    fn new(judged: usize, waiting: usize, timeout: Duration) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { judged: places(judged), admitted: places(judged + waiting), timeout, active: Arc::default() }
    }

    /// Permit to receive an upload from that address; aborts a slow one if necessary.
    pub(super) fn receive(&self, address: IpAddr) -> Result<ReceivePermit, UploadRefused> {
        // An upload that could not wait for a judge afterwards need not be received.
        if self.admitted.available_permits() == 0 {
            return Err(UploadRefused::TooMany);
        }
        let mut active = self.active.lock();
        if active.from(address) >= MAX_RECEIVING_PER_ADDRESS && !active.evict_slowest(Some(address)) {
            return Err(UploadRefused::TooMany);
        }
        if active.uploads.len() >= MAX_RECEIVING && !active.evict_slowest(None) {
            return Err(UploadRefused::TooMany);
        }
        let id = active.next_id;
        active.next_id += 1;
        let (bytes, evicted) = (AtomicU64::new(0), CancellationToken::new());
        let progress = Arc::new(Progress { address, began: Instant::now(), bytes, evicted });
        active.uploads.insert(id, Arc::clone(&progress));
        Ok(ReceivePermit { uploads: Arc::clone(&self.active), id, progress })
    }

    /// A place among those that wait.
    pub(super) fn admit(&self) -> Result<Admitted, UploadRefused> {
        let place = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| UploadRefused::TooMany)?;
        Ok(Admitted { judged: Arc::clone(&self.judged), place })
    }

    /// Waits for a judge, as long as a client waits for its answer.
    pub(super) async fn judge_permit(
        &self,
        admitted: Admitted,
        stopping: &CancellationToken,
    ) -> Result<JudgePermit, UploadRefused> {
        tokio::time::timeout(self.timeout, admitted.judge_permit(stopping)).await.unwrap_or(Err(UploadRefused::TooMany))
    }
}

impl Admitted {
    /// Waits for a judge, however long.
    pub(super) async fn judge_permit(self, stopping: &CancellationToken) -> Result<JudgePermit, UploadRefused> {
        tokio::select! {
            biased;
            () = stopping.cancelled() => Err(UploadRefused::Stopping),
            judged = self.judged.acquire_owned() => match judged {
                Ok(judged) => Ok(JudgePermit { _judged: judged, _inside: self.place }),
                Err(_closed) => Err(UploadRefused::Stopping),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Uploads {
        async fn permit(&self, stopping: &CancellationToken) -> Result<JudgePermit, UploadRefused> {
            self.judge_permit(self.admit()?, stopping).await
        }
    }

    #[tokio::test]
    async fn a_surplus_upload_waits_its_turn_and_one_too_many_does_not() {
        let uploads = Arc::new(Uploads::new(1, 1, TURN_TIMEOUT));
        let stopping = CancellationToken::new();
        let first = uploads.permit(&stopping).await.unwrap();
        let (queue, token) = (Arc::clone(&uploads), stopping.clone());
        let second = tokio::spawn(async move { queue.permit(&token).await.map(drop) });
        // A test runtime has one thread: now the second one waits.
        tokio::task::yield_now().await;
        assert_eq!(
            uploads.permit(&stopping).await.unwrap_err(),
            UploadRefused::TooMany,
            "there is room for one that waits"
        );
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_nor_for_a_server_that_stops() {
        let hasty = Uploads::new(1, 1, Duration::from_millis(20));
        let stopping = CancellationToken::new();
        let _first = hasty.permit(&stopping).await.unwrap();
        assert_eq!(hasty.permit(&stopping).await.unwrap_err(), UploadRefused::TooMany, "after its time-out");
        let uploads = Uploads::new(1, 1, TURN_TIMEOUT);
        let _first = uploads.permit(&stopping).await.unwrap();
        let (waited, ()) = tokio::join!(uploads.permit(&stopping), async { stopping.cancel() });
        assert_eq!(waited.unwrap_err(), UploadRefused::Stopping);
    }

    #[test]
    fn the_slowest_upload_makes_room_and_an_honest_one_does_not() {
        let uploads = Uploads::new(1, 1, TURN_TIMEOUT);
        let (hostile, honest) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut held: Vec<_> = (0..MAX_RECEIVING_PER_ADDRESS).map(|_| uploads.receive(hostile).unwrap()).collect();
        assert_eq!(uploads.receive(hostile).map(|_| ()), Err(UploadRefused::TooMany), "their rates are not known yet");
        let _other = uploads.receive(honest).unwrap();
        let mut table = uploads.active.lock();
        for (id, progress) in &mut table.uploads {
            let (address, bytes) = (progress.address, if *id == 7 { 600 } else { 1 << 20 });
            let began = Instant::now().checked_sub(MIN_AGE * 2).unwrap();
            let evicted = progress.evicted.clone();
            *progress = Arc::new(Progress { address, began, bytes: AtomicU64::new(bytes), evicted });
        }
        drop(table);
        held.push(uploads.receive(hostile).unwrap());
        assert!(held[7].progress.evicted.is_cancelled());
        assert_eq!(uploads.receive(hostile).map(|_| ()), Err(UploadRefused::TooMany), "none of the others is slow");
        drop(held);
        assert_eq!(uploads.active.lock().uploads.len(), 1);
    }
}
