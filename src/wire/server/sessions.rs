//! The sessions of all streaming clients: admission, statistics, and sessions whose client is gone and may come back.
//!
//! A [`SessionSlot`] is a session's place in the table; dropping it frees the place, so every end of a connection frees its session.
//! Everything that may refuse a request is checked under one lock before anything is given up for it. The lock is never held while a
//! session is dropped.

use super::phrase::{FrameCost, MemoryBudget, OutOfMemory, PhraseLoad};
use super::stream::Session;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use settings::Limits;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const MEGABYTE: f64 = 1024.0 * 1024.0;
/// A session that has sent nothing for so long is not in a phrase, and its lag is outdated.
pub(super) const SILENCE: Duration = Duration::from_millis(1500);
/// How long a new session counts as if its frames had arrived already: clients that start together ask before the first frame of any of
/// them.
const RESERVATION: Duration = Duration::from_secs(1);
/// How long a returning client waits for its old connection to release the session, which happens between two messages: enough for
/// anything but a send that hangs, and half of what strict clients grant an answer.
const RESUME_TIMEOUT: Duration = Duration::from_secs(5);
/// The same while a phrase is read from its spool file, within the half minute that clients grant this answer.
const RESTORE_TIMEOUT: Duration = Duration::from_secs(25);
/// Retry-after of a client refused for lack of processors or sessions: about the length of a phrase's end.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// Share of skipped frames of a running phrase above which no new phrase is admitted.
const MAX_SKIPPED: f64 = 0.05;
/// Highest nominal rate that admission plans for; cameras at a piste have 60.
const MAX_PLANNED_FPS: f64 = 60.0;

/// Why a session is not admitted. The texts are the reference's where it has the case.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum AdmissionError {
    /// The id is in use.
    #[error("Session {0} already exists")]
    Exists(String),
    /// All sessions are taken.
    #[error("Maximum concurrent sessions reached ({0})")]
    Full(usize),
    /// No memory is free.
    #[error(transparent)]
    MemoryBudget(#[from] OutOfMemory),
    /// The analysis of running phrases lags.
    #[error("Maximum processor load reached (running phrases are {:.2} s behind); try again in {} s", .0.as_secs_f64(), RETRY_AFTER.as_secs())]
    Behind(Duration),
    /// Frames of running phrases are skipped.
    #[error("Maximum processor load reached (running phrases are analysed with gaps); try again in {} s", RETRY_AFTER.as_secs())]
    Skipping,
    /// The running phrases and this one would need more processors than there are.
    #[error("Maximum processor load reached (running phrases need {:.1} of {:.1} processors); try again in {} s", .0, .1, RETRY_AFTER.as_secs())]
    Busy(f64, f64),
    /// There is no session to resume, or it belongs to another client.
    #[error("Session {0} cannot be resumed; start it again")]
    Gone(String),
}

impl AdmissionError {
    /// When a retry may help.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Exists(_) | Self::Gone(_) => None,
            Self::Full(_) | Self::MemoryBudget(_) | Self::Behind(_) | Self::Skipping | Self::Busy(..) => {
                Some(RETRY_AFTER)
            }
        }
    }
}

/// Announced and received figures, with the names of the protocol. Updated with every frame, so it contains numbers only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct FrameCounts {
    /// Nominal frames per second.
    pub(super) fps: f64,
    /// Announced frame width.
    pub(super) width: u32,
    /// Announced frame height.
    pub(super) height: u32,
    /// Announced number of frames.
    pub(super) expected_frames: Option<i64>,
    /// Distinct frames received.
    pub(super) frames_received: u64,
    /// All frames received, duplicates included.
    pub(super) total_frames_received: u64,
    /// Frames received again.
    pub(super) duplicate_frames: u64,
    /// Frames received after a higher number.
    pub(super) out_of_order_frames: u64,
    /// Missing numbers between the first and the last.
    pub(super) missing_frames: u64,
    /// Whether the signal log was received.
    pub(super) has_signal: bool,
    /// Memory held, in megabytes.
    pub(super) memory_mb: f64,
}

/// State of a session that is available without its connection.
#[derive(Debug)]
pub(super) struct SessionStats {
    /// The client's name for it.
    pub(super) id: String,
    opened: Instant,
    state: Mutex<(Instant, FrameCounts)>,
    resume_token: Option<String>,
    /// Lag and completeness of its analysis.
    pub(super) load: Arc<PhraseLoad>,
    /// Asks the connection that holds the session to release it: its client has come back on another one.
    pub(super) handover: Mutex<CancellationToken>,
    /// Whether it was restored from its spool file.
    pub(super) is_restored: bool,
}

impl SessionStats {
    fn new(id: &str, resume_token: Option<String>, fps: f64, is_restored: bool) -> Self {
        let now = Instant::now();
        Self {
            id: id.to_owned(),
            opened: now,
            state: Mutex::new((now, FrameCounts { fps, ..FrameCounts::default() })),
            resume_token,
            load: Arc::default(),
            handover: Mutex::default(),
            is_restored,
        }
    }

    /// Records activity of the client, with the current figures.
    pub(super) fn update(&self, counts: FrameCounts) {
        *self.state.lock() = (Instant::now(), counts);
    }

    /// The figures.
    pub(super) fn counts(&self) -> FrameCounts {
        self.state.lock().1
    }

    /// How long the client has been silent.
    pub(super) fn idle(&self) -> Duration {
        self.state.lock().0.elapsed()
    }

    /// Whether frames have arrived, and something within `silence`.
    fn is_active(&self, silence: Duration) -> bool {
        let (last, counts) = *self.state.lock();
        last.elapsed() < silence && counts.frames_received > 0
    }

    /// Whether the secret is this session's.
    fn has_token(&self, token: &str) -> bool {
        self.resume_token.as_deref().is_some_and(|own| own.as_bytes().ct_eq(token.as_bytes()).into())
    }

    /// Processors that the phrase needs: its rate times the cost of a frame, skipped frames included.
    fn demand(&self, cost: &FrameCost) -> f64 {
        let (last, counts) = *self.state.lock();
        let is_running = counts.frames_received > 0 && last.elapsed() < SILENCE;
        let is_reserved = counts.frames_received == 0 && self.opened.elapsed() < RESERVATION;
        match self.load.rate_per_sec() {
            _ if !is_running && !is_reserved => 0.0,
            Some(rate) => rate.min(MAX_PLANNED_FPS) * self.load.cost_secs().unwrap_or_else(|| cost.secs()),
            None => counts.fps.min(MAX_PLANNED_FPS) * self.load.cost_secs().unwrap_or_else(|| cost.secs()),
        }
    }

    /// The statistics object of the protocol.
    pub(super) fn stats(&self) -> Value {
        let (last, counts) = *self.state.lock();
        let mut stats = json!(counts);
        if let Some(object) = stats.as_object_mut() {
            object.insert("session_id".to_owned(), json!(self.id));
            object.insert("completed".to_owned(), json!(false));
            object.insert("aborted".to_owned(), json!(false));
            object.insert("duration_seconds".to_owned(), json!(self.opened.elapsed().as_secs_f64()));
            object.insert("idle_seconds".to_owned(), json!(last.elapsed().as_secs_f64()));
            object.insert("lag_seconds".to_owned(), json!(self.load.lag().as_secs_f64()));
        }
        stats
    }
}

struct Detached {
    session: Session,
    since: Instant,
}

#[derive(Default)]
struct SessionTable {
    live: BTreeMap<String, Arc<SessionStats>>,
    detached: BTreeMap<String, Detached>,
}

impl SessionTable {
    fn take_oldest_detached(&mut self) -> Option<Session> {
        let oldest = self.detached.iter().min_by_key(|(_, d)| d.since).map(|(id, _)| id.clone())?;
        self.detached.remove(&oldest).map(|detached| detached.session)
    }
}

/// All sessions. Clones share them.
#[derive(Clone)]
pub(super) struct Sessions {
    table: Arc<Mutex<SessionTable>>,
    released: Arc<Notify>,
    /// The shared memory budget.
    pub(super) memory: MemoryBudget,
    /// Cost of a frame, learned from all phrases.
    pub(super) cost: FrameCost,
    max_count: usize,
    max_lag: Duration,
    max_load: f64,
    timeout: Duration,
}

/// A session's place in the table. Dropping it frees the place.
pub(super) struct SessionSlot {
    table: Arc<Mutex<SessionTable>>,
    /// State of the session.
    pub(super) stats: Arc<SessionStats>,
}

impl SessionSlot {
    /// Drops the session that has been detached longest, for its memory. Returns whether there was one.
    pub(super) fn evict_detached(&self) -> bool {
        let evicted = self.table.lock().take_oldest_detached();
        evicted.is_some_and(|session| {
            tracing::info!(session = session.id(), "given up: its memory is needed");
            true
        })
    }
}

impl Drop for SessionSlot {
    fn drop(&mut self) {
        let mut table = self.table.lock();
        // The id may belong to another session by now.
        if table.live.get(&self.stats.id).is_some_and(|live| Arc::ptr_eq(live, &self.stats)) {
            table.live.remove(&self.stats.id);
        }
    }
}

impl Sessions {
    /// An empty table.
    pub(super) fn new(limits: &Limits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        Self {
            table: Arc::default(),
            released: Arc::default(),
            memory: MemoryBudget::new(limits.max_memory_bytes, limits.max_sessions),
            cost: FrameCost::default(),
            max_count: limits.max_sessions,
            max_lag: limits.max_lag,
            max_load: limits.max_load * cores,
            timeout: limits.session_timeout,
        }
    }

    /// Admits a new session of nominally `fps` frames per second. Drops a detached session if that is sufficient, and only then.
    pub(super) fn admit(
        &self,
        id: &str,
        resume_token: Option<String>,
        fps: f64,
    ) -> Result<SessionSlot, AdmissionError> {
        let admitted = self.try_admit(id, resume_token, fps);
        if let Err(AdmissionError::MemoryBudget(_)) = &admitted {
            self.memory.record_refusal();
        }
        admitted
    }

    fn try_admit(&self, id: &str, resume_token: Option<String>, fps: f64) -> Result<SessionSlot, AdmissionError> {
        let mut evicted = Vec::new();
        let mut table = self.table.lock();
        // Detached sessions are in this map too: an id is never taken from a client that can resume it.
        if table.live.contains_key(id) {
            return Err(AdmissionError::Exists(id.to_owned()));
        }
        self.check_processor(&table, fps)?;
        if table.live.len() >= self.max_count {
            if table.detached.is_empty() || table.live.len() > self.max_count {
                return Err(AdmissionError::Full(self.max_count));
            }
            // The memory of the detached session counts as free already; only the place is needed.
            let freed = table.detached.values().min_by_key(|d| d.since).map_or(0, |d| d.session.bytes());
            self.memory.check(freed)?;
            evicted.extend(table.take_oldest_detached());
        } else {
            let held: u64 = table.detached.values().map(|detached| detached.session.bytes()).sum();
            self.memory.check(held)?;
            let mut freed = 0;
            while self.memory.check(freed).is_err() {
                let Some(session) = table.take_oldest_detached() else { break };
                freed += session.bytes();
                evicted.push(session);
            }
        }
        let stats = Arc::new(SessionStats::new(id, resume_token, fps, false));
        for session in &evicted {
            // Dropped after the lock is released; the place is free from here on.
            table.live.remove(session.id());
        }
        table.live.insert(id.to_owned(), Arc::clone(&stats));
        drop(table);
        drop(evicted);
        Ok(SessionSlot { table: Arc::clone(&self.table), stats })
    }

    /// Admits a session that an earlier run of the server left in its spool file, whatever the load.
    pub(super) fn admit_restored(&self, id: &str, resume_token: Option<String>, fps: f64) -> Option<SessionSlot> {
        let mut table = self.table.lock();
        if table.live.contains_key(id) {
            return None;
        }
        let stats = Arc::new(SessionStats::new(id, resume_token, fps, true));
        table.live.insert(id.to_owned(), Arc::clone(&stats));
        Some(SessionSlot { table: Arc::clone(&self.table), stats })
    }

    /// Protects running phrases: no phrase is admitted while they lag or skip frames, nor one too many for the processors.
    fn check_processor(&self, table: &SessionTable, fps: f64) -> Result<(), AdmissionError> {
        let lag = lag_of(table);
        if lag > self.max_lag {
            return Err(AdmissionError::Behind(lag));
        }
        let mut running = table.live.values().filter(|stats| stats.is_active(SILENCE));
        if self.max_load.is_finite() && running.any(|stats| stats.load.skipped_share() > MAX_SKIPPED) {
            return Err(AdmissionError::Skipping);
        }
        let asked: f64 = table.live.values().map(|stats| stats.demand(&self.cost)).sum();
        let wanted = fps.min(MAX_PLANNED_FPS) * self.cost.secs();
        // Alone on the machine any phrase is admitted: it disturbs no other.
        if asked > 0.0 && asked + wanted > self.max_load {
            return Err(AdmissionError::Busy(asked, self.max_load));
        }
        Ok(())
    }

    /// Keeps a session whose connection broke, until its client comes back or the time-out.
    pub(super) fn detach(&self, session: Session) {
        let id = session.id().to_owned();
        let before = self.table.lock().detached.insert(id, Detached { session, since: Instant::now() });
        drop(before);
        self.released.notify_waiters();
    }

    /// Returns a session to the client that has its secret; takes it from a connection that has not noticed the loss yet.
    pub(super) async fn resume(&self, id: &str, token: &str) -> Result<Session, AdmissionError> {
        let is_restored = self.table.lock().live.get(id).is_some_and(|stats| stats.is_restored);
        let timeout = if is_restored { RESTORE_TIMEOUT } else { RESUME_TIMEOUT };
        let deadline = tokio::time::Instant::now() + timeout;
        loop {
            let let_go = self.released.notified();
            tokio::pin!(let_go);
            let_go.as_mut().enable();
            if let Some(session) = self.take_detached(id, token)? {
                *session.session_stats().handover.lock() = CancellationToken::new();
                return Ok(session);
            }
            if tokio::time::timeout_at(deadline, let_go).await.is_err() {
                return Err(AdmissionError::Gone(id.to_owned()));
            }
        }
    }

    /// The session if it is detached; `None` if a connection that was asked to release it still holds it.
    fn take_detached(&self, id: &str, token: &str) -> Result<Option<Session>, AdmissionError> {
        let mut table = self.table.lock();
        let opened = table.live.get(id).filter(|stats| stats.has_token(token));
        let Some(stats) = opened else { return Err(AdmissionError::Gone(id.to_owned())) };
        stats.handover.lock().cancel();
        Ok(table.detached.remove(id).map(|detached| detached.session))
    }

    /// Removes the sessions whose clients have not come back in time.
    pub(super) fn expire(&self) -> Vec<Session> {
        let mut table = self.table.lock();
        let timeout = self.timeout;
        let late = |detached: &Detached| detached.since.elapsed() > timeout;
        let ids: Vec<_> = table.detached.iter().filter(|(_, d)| late(d)).map(|(id, _)| id.clone()).collect();
        ids.iter().filter_map(|id| table.detached.remove(id)).map(|detached| detached.session).collect()
    }

    /// Number of sessions, detached ones included.
    pub(super) fn active(&self) -> usize {
        self.table.lock().live.len()
    }

    /// Whether a session with frames sent something within `silence`. A session without frames does not count.
    pub(super) fn is_any_active(&self, silence: Duration) -> bool {
        self.table.lock().live.values().any(|stats| stats.is_active(silence))
    }

    /// Average lag of running phrases; zero while none runs.
    pub(super) fn lag(&self) -> Duration {
        lag_of(&self.table.lock())
    }

    /// `GET /streaming/stats`, in the reference's wording.
    pub(super) fn stats(&self) -> Value {
        if self.max_count == 0 {
            return json!({"streaming_enabled": false, "message": "Streaming disabled. Use POST /analyze uploads."});
        }
        let live: Vec<Arc<SessionStats>> = self.table.lock().live.values().cloned().collect();
        let sessions: serde_json::Map<_, _> = live.iter().map(|v| (v.id.clone(), v.stats())).collect();
        let frames: u64 = live.iter().map(|v| v.counts().frames_received).sum();
        json!({
            "active_sessions": live.len(), "max_sessions": self.max_count,
            "total_memory_mb": self.memory.used() as f64 / MEGABYTE,
            "max_memory_mb": self.memory.max() as f64 / MEGABYTE,
            "lag_seconds": self.lag().as_secs_f64(), "max_lag_seconds": self.max_lag.as_secs_f64(),
            "total_frames": frames, "sessions": sessions, "streaming_enabled": true,
        })
    }
}

fn lag_of(table: &SessionTable) -> Duration {
    let running = table.live.values().filter(|stats| stats.is_active(SILENCE));
    let (count, sum) = running.fold((0, Duration::ZERO), |(count, sum), v| (count + 1, sum + v.load.lag()));
    sum / count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { max_sessions: 2, max_memory_bytes: 1 << 20, max_load: 1000.0, ..Limits::default() }
    }

    fn refused(sessions: &Sessions, id: &str) -> String {
        sessions.admit(id, None, 30.0).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_place_is_free_again_as_soon_as_it_is_dropped() {
        let sessions = Sessions::new(&limits());
        let first = sessions.admit("a", None, 30.0).unwrap();
        assert_eq!(refused(&sessions, "a"), "Session a already exists");
        let _second = sessions.admit("b", None, 30.0).unwrap();
        assert_eq!(refused(&sessions, "c"), "Maximum concurrent sessions reached (2)");
        drop(first);
        assert!(sessions.admit("c", None, 30.0).is_ok());
        assert_eq!(sessions.active(), 1);
    }

    #[test]
    fn want_of_memory_is_reported_before_a_frame_comes() {
        let sessions = Sessions::new(&limits());
        let mut share = sessions.memory.share();
        share.grow(1024 * 1024).unwrap();
        assert_eq!(refused(&sessions, "a"), "Maximum memory limit reached (1.0 MB)");
        drop(share);
        // Less than one phrase's share counts as none.
        let mut share = sessions.memory.share();
        share.grow(800 * 1024).unwrap();
        assert_eq!(refused(&sessions, "a"), "Maximum memory limit reached (1.0 MB)");
    }

    #[test]
    fn clients_that_start_together_are_admitted_as_far_as_the_processors_go() {
        let sessions = Sessions::new(&Limits { max_sessions: 10, max_load: 1000.0, ..limits() });
        let sessions = Sessions { max_load: 1.8, ..sessions };
        sessions.cost.set_secs(0.02);
        let ask = |number: usize| sessions.admit(&number.to_string(), None, 30.0);
        let (admitted, refused): (Vec<_>, Vec<_>) = (0..10).map(ask).partition(Result::is_ok);
        assert_eq!(admitted.len(), 3, "three of 0.6 processors each");
        for error in refused.into_iter().filter_map(Result::err) {
            assert_eq!(error.retry_after(), Some(RETRY_AFTER), "{error}");
            assert!(error.to_string().ends_with("processors); try again in 2 s"), "{error}");
        }
    }

    #[test]
    fn gaps_of_a_running_phrase_admit_nobody() {
        let sessions = Sessions::new(&limits());
        let running = sessions.admit("a", None, 30.0).unwrap();
        running.stats.update(FrameCounts { fps: 30.0, frames_received: 40, ..FrameCounts::default() });
        (0..40).for_each(|number| running.stats.load.observe_skipped(number % 4 == 0));
        assert!(refused(&sessions, "b").contains("analysed with gaps"));
    }

    #[tokio::test]
    async fn a_stranger_cannot_resume() {
        let sessions = Sessions::new(&limits());
        let _slot = sessions.admit("a", Some("secret".into()), 30.0).unwrap();
        let refused = sessions.resume("a", "guess").await.map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused, "Session a cannot be resumed; start it again");
    }

    #[test]
    fn the_object_of_the_protocol_has_every_name_that_clients_read() {
        let session = SessionStats::new("a", None, 30.0, false);
        session.update(FrameCounts { fps: 30.0, frames_received: 7, memory_mb: 0.5, ..FrameCounts::default() });
        let mut stats = session.stats();
        for name in ["duration_seconds", "idle_seconds", "lag_seconds"] {
            assert!(stats.as_object_mut().unwrap().remove(name).is_some_and(|secs| secs.is_f64()), "{name}");
        }
        let expected = json!({
            "session_id": "a", "fps": 30.0, "width": 0, "height": 0, "expected_frames": null, "frames_received": 7,
            "total_frames_received": 0, "duplicate_frames": 0, "out_of_order_frames": 0, "missing_frames": 0,
            "has_signal": false, "memory_mb": 0.5, "completed": false, "aborted": false,
        });
        assert_eq!(stats, expected);
    }
}
