//! Who streams right now: admission, ids, and sessions whose client has gone and may come back.
//!
//! A [`Slot`] is a session's place at the table; dropping it frees the place, so every way a connection can end frees its
//! session. The table's lock is never held while a session is dropped.

use super::phrase::{Memory, OutOfMemory};
use super::stream::Session;
use super::vitals::Vitals;
use parking_lot::Mutex;
use serde_json::{Value, json};
use settings::Limits;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const MEGABYTE: f64 = 1024.0 * 1024.0;
/// A session that has said nothing for so long is not being fenced, and how late it was tells nothing any more.
pub(super) const SILENCE: Duration = Duration::from_millis(1500);
/// How long a returning client waits for its old connection to let go, which that does between two messages and while a
/// frame waits for its place: time for anything but a send that hangs, and half of what strict clients grant an answer.
const HANDOVER: Duration = Duration::from_secs(5);

/// Why a session is not admitted. The texts are the reference's.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum AdmissionError {
    /// The id is in use.
    #[error("Session {0} already exists")]
    Exists(String),
    /// No place is free.
    #[error("Maximum concurrent sessions reached ({0})")]
    Full(usize),
    /// No memory is free.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
    /// The processor has no time left: whoever fences already is looked at too late.
    #[error("Maximum processor load reached (running phrases are {:.2} s behind); try again shortly", .0.as_secs_f64())]
    Behind(Duration),
    /// Nothing to come back to, or not this client's.
    #[error("Session {0} cannot be resumed; start it again")]
    Gone(String),
}

struct Detached {
    session: Session,
    since: Instant,
}

#[derive(Default)]
struct Table {
    live: BTreeMap<String, Arc<Vitals>>,
    detached: BTreeMap<String, Detached>,
}

/// All sessions. Clones share them.
#[derive(Clone)]
pub(super) struct Sessions {
    table: Arc<Mutex<Table>>,
    came_back: Arc<Notify>,
    /// The memory that all sessions share.
    pub(super) memory: Memory,
    max_count: usize,
    max_lag: Duration,
    timeout: Duration,
}

/// A session's place. Dropping it frees the place.
pub(super) struct Slot {
    table: Arc<Mutex<Table>>,
    /// What the table knows of it.
    pub(super) vitals: Arc<Vitals>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.table.lock().live.remove(&self.vitals.id);
    }
}

impl Sessions {
    /// An empty table.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            table: Arc::default(),
            came_back: Arc::default(),
            memory: Memory::new(limits.max_memory_bytes),
            max_count: limits.max_sessions,
            max_lag: limits.max_lag,
            timeout: limits.session_timeout,
        }
    }

    /// Takes a place for a new session. A session whose client has gone makes room when there is none.
    pub(super) fn admit(&self, id: &str, resume_token: Option<String>) -> Result<Slot, AdmissionError> {
        self.memory.check()?;
        let lag = self.lag();
        if lag > self.max_lag {
            return Err(AdmissionError::Behind(lag));
        }
        if self.is_full() {
            drop(self.take_oldest_detached());
        }
        let mut table = self.table.lock();
        if table.live.contains_key(id) {
            return Err(AdmissionError::Exists(id.to_owned()));
        }
        if table.live.len() >= self.max_count {
            return Err(AdmissionError::Full(self.max_count));
        }
        let vitals = Arc::new(Vitals::new(id, resume_token));
        table.live.insert(id.to_owned(), Arc::clone(&vitals));
        Ok(Slot { table: Arc::clone(&self.table), vitals })
    }

    /// Keeps a session whose connection broke, until its client is back or the time-out.
    pub(super) fn detach(&self, session: Session) {
        let id = session.id().to_owned();
        let before = self.table.lock().detached.insert(id, Detached { session, since: Instant::now() });
        drop(before);
        self.came_back.notify_waiters();
    }

    /// Gives a session back to the client that shows its secret; takes it from a connection that has not yet noticed.
    pub(super) async fn resume(&self, id: &str, token: &str) -> Result<Session, AdmissionError> {
        let deadline = tokio::time::Instant::now() + HANDOVER;
        loop {
            let let_go = self.came_back.notified();
            tokio::pin!(let_go);
            let_go.as_mut().enable();
            if let Some(session) = self.take_detached(id, token)? {
                *session.vitals().handover.lock() = CancellationToken::new();
                return Ok(session);
            }
            if tokio::time::timeout_at(deadline, let_go).await.is_err() {
                return Err(AdmissionError::Gone(id.to_owned()));
            }
        }
    }

    /// The session if it waits detached; `None` if a connection that was asked to let go still holds it.
    fn take_detached(&self, id: &str, token: &str) -> Result<Option<Session>, AdmissionError> {
        let mut table = self.table.lock();
        let opened = table.live.get(id).filter(|vitals| vitals.is_opened_by(token));
        let Some(vitals) = opened else { return Err(AdmissionError::Gone(id.to_owned())) };
        vitals.handover.lock().cancel();
        Ok(table.detached.remove(id).map(|detached| detached.session))
    }

    /// Drops the sessions whose clients have not come back in time. Returns how many.
    pub(super) fn expire(&self) -> usize {
        let expired: Vec<Detached> = {
            let mut table = self.table.lock();
            let timeout = self.timeout;
            let late = |detached: &Detached| detached.since.elapsed() > timeout;
            let ids: Vec<_> = table.detached.iter().filter(|(_, d)| late(d)).map(|(id, _)| id.clone()).collect();
            ids.iter().filter_map(|id| table.detached.remove(id)).collect()
        };
        expired.len()
    }

    /// How many sessions there are, detached ones included.
    pub(super) fn active(&self) -> usize {
        self.table.lock().live.len()
    }

    /// Whether any session that has frames was heard of within `silence`. One that is only open disturbs nobody.
    pub(super) fn is_anyone_fencing(&self, silence: Duration) -> bool {
        self.table.lock().live.values().any(|vitals| vitals.is_fencing(silence))
    }

    /// How far behind the phrases that are fenced are looked at, in the mean; nothing while nobody fences.
    pub(super) fn lag(&self) -> Duration {
        let table = self.table.lock();
        let fenced = table.live.values().filter(|vitals| vitals.is_fencing(SILENCE));
        let (count, sum) = fenced.fold((0, Duration::ZERO), |(count, sum), v| (count + 1, sum + v.lag.mean()));
        sum / count.max(1)
    }

    /// `GET /streaming/stats`, as the reference words it.
    pub(super) fn stats(&self) -> Value {
        if self.max_count == 0 {
            return json!({"streaming_enabled": false, "message": "Streaming disabled. Use POST /analyze uploads."});
        }
        let live: Vec<Arc<Vitals>> = self.table.lock().live.values().cloned().collect();
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

    fn is_full(&self) -> bool {
        self.table.lock().live.len() >= self.max_count
    }

    fn take_oldest_detached(&self) -> Option<Detached> {
        let mut table = self.table.lock();
        let oldest = table.detached.iter().min_by_key(|(_, d)| d.since).map(|(id, _)| id.clone())?;
        table.detached.remove(&oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions() -> Sessions {
        Sessions::new(&Limits { max_sessions: 2, max_memory_bytes: 1 << 20, ..Limits::default() })
    }

    #[test]
    fn a_place_is_free_again_as_soon_as_it_is_dropped() {
        let sessions = sessions();
        let first = sessions.admit("a", None).unwrap();
        let refused = |id| sessions.admit(id, None).map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused("a"), "Session a already exists");
        let _second = sessions.admit("b", None).unwrap();
        assert_eq!(refused("c"), "Maximum concurrent sessions reached (2)");
        drop(first);
        assert!(sessions.admit("c", None).is_ok());
        assert_eq!(sessions.active(), 1);
    }

    #[test]
    fn no_memory_left_is_said_early() {
        let sessions = sessions();
        let mut share = sessions.memory.share();
        share.grow(1024 * 1024).unwrap();
        let refused = sessions.admit("a", None).map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused, "Maximum memory limit reached (1.0 MB)");
    }

    #[tokio::test]
    async fn a_stranger_cannot_resume() {
        let sessions = sessions();
        let _slot = sessions.admit("a", Some("secret".into())).unwrap();
        let refused = sessions.resume("a", "guess").await.map(|_| ()).unwrap_err().to_string();
        assert_eq!(refused, "Session a cannot be resumed; start it again");
    }
}
