//! Which uploads are received and which are judged now, and which wait: in the order of coming, for a while, and not too many.
//!
//! An upload is received first and takes its place at the judge when it is whole, so a slow one holds nobody up. Where too
//! many are on their way, the slowest makes room. The reference judges one upload after the other and lets the others wait;
//! clients written for it upload a bout's phrases at once. A count apart from the sessions, so that a server that takes no
//! streams takes uploads all the same.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Uploads that may wait for the judge: as many as a bout has phrases, and fewer than one address may have connections.
const WAITING: usize = 48;
/// How long one may wait. The reference's clients give up after 300 s, of which judging needs some.
const TURN_TIMEOUT: Duration = Duration::from_mins(4);
/// Uploads that may be on their way at the same time, in all and from one address.
const RECEIVING: usize = 96;
const RECEIVING_FROM_ONE: usize = 48;
/// An upload younger than this makes room for nobody: how fast it comes is not known yet.
const LEAST_AGE: Duration = Duration::from_secs(1);
/// Nor does one that comes at this rate, in bytes per second, or faster.
pub(super) const LEAST_RATE: u64 = 20_000;

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
struct OnTheirWay {
    uploads: BTreeMap<u64, Arc<Progress>>,
    next_id: u64,
}

impl OnTheirWay {
    /// Gives up the slowest upload, if one is slow. Returns whether there was one.
    fn evict_slowest(&mut self, from: Option<IpAddr>) -> bool {
        let candidates = self.uploads.iter().filter(|(_, one)| from.is_none_or(|address| one.address == address));
        let slow = candidates.filter(|(_, one)| one.began.elapsed() >= LEAST_AGE);
        let slowest = slow.map(|(id, one)| (one.bytes_per_sec(), *id)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, id)) = slowest.filter(|(rate, _)| *rate < LEAST_RATE as f64) else { return false };
        if let Some(progress) = self.uploads.remove(&id) {
            progress.evicted.cancel();
        }
        true
    }

    fn from(&self, address: IpAddr) -> usize {
        self.uploads.values().filter(|one| one.address == address).count()
    }
}

/// An upload on its way. Dropping it frees its place.
#[derive(Debug)]
pub(super) struct Reception {
    uploads: Arc<Mutex<OnTheirWay>>,
    id: u64,
    progress: Arc<Progress>,
}

impl Reception {
    /// Notes what came.
    pub(super) fn received(&self, bytes: usize) {
        self.progress.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Ready when another upload has taken the place.
    pub(super) async fn evicted(&self) {
        self.progress.evicted.cancelled().await;
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.uploads.lock().uploads.remove(&self.id);
    }
}

/// The places at the judge and before it.
#[derive(Debug)]
pub(super) struct Uploads {
    judged: Arc<Semaphore>,
    /// Those that are judged and those that wait.
    inside: Arc<Semaphore>,
    patience: Duration,
    on_their_way: Arc<Mutex<OnTheirWay>>,
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
        Self::new(cores.div_ceil(2), WAITING, TURN_TIMEOUT)
    }

    fn new(judged: usize, waiting: usize, patience: Duration) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { judged: places(judged), inside: places(judged + waiting), patience, on_their_way: Arc::default() }
    }

    /// A place to receive an upload from that address; taken from a slow one where none is free.
    pub(super) fn receive(&self, address: IpAddr) -> Result<Reception, NoTurn> {
        // One that could not wait for the judge afterwards need not be sent at all.
        if self.inside.available_permits() == 0 {
            return Err(NoTurn::Crowded);
        }
        let mut on_their_way = self.on_their_way.lock();
        if on_their_way.from(address) >= RECEIVING_FROM_ONE && !on_their_way.evict_slowest(Some(address)) {
            return Err(NoTurn::Crowded);
        }
        if on_their_way.uploads.len() >= RECEIVING && !on_their_way.evict_slowest(None) {
            return Err(NoTurn::Crowded);
        }
        let id = on_their_way.next_id;
        on_their_way.next_id += 1;
        let (bytes, evicted) = (AtomicU64::new(0), CancellationToken::new());
        let progress = Arc::new(Progress { address, began: Instant::now(), bytes, evicted });
        on_their_way.uploads.insert(id, Arc::clone(&progress));
        Ok(Reception { uploads: Arc::clone(&self.on_their_way), id, progress })
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
        let uploads = Arc::new(Uploads::new(1, 1, TURN_TIMEOUT));
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
        let uploads = Uploads::new(1, 1, TURN_TIMEOUT);
        let _first = uploads.turn(&stopping).await.unwrap();
        let (waited, ()) = tokio::join!(uploads.turn(&stopping), async { stopping.cancel() });
        assert_eq!(waited.unwrap_err(), NoTurn::Stopping);
    }

    #[test]
    fn the_slowest_upload_makes_room_and_an_honest_one_does_not() {
        let uploads = Uploads::new(1, 1, TURN_TIMEOUT);
        let (hostile, honest) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut held: Vec<_> = (0..RECEIVING_FROM_ONE).map(|_| uploads.receive(hostile).unwrap()).collect();
        assert_eq!(uploads.receive(hostile).map(|_| ()), Err(NoTurn::Crowded), "their rates are not known yet");
        let _other = uploads.receive(honest).unwrap();
        let mut table = uploads.on_their_way.lock();
        for (id, progress) in &mut table.uploads {
            let (address, bytes) = (progress.address, if *id == 7 { 600 } else { 1 << 20 });
            let began = Instant::now().checked_sub(LEAST_AGE * 2).unwrap();
            let evicted = progress.evicted.clone();
            *progress = Arc::new(Progress { address, began, bytes: AtomicU64::new(bytes), evicted });
        }
        drop(table);
        held.push(uploads.receive(hostile).unwrap());
        assert!(held[7].progress.evicted.is_cancelled());
        assert_eq!(uploads.receive(hostile).map(|_| ()), Err(NoTurn::Crowded), "none of the others is slow");
        drop(held);
        assert_eq!(uploads.on_their_way.lock().uploads.len(), 1);
    }
}
