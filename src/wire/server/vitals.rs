//! What the table knows of a session without asking its connection: what has come, when, and how late it is looked at.

use super::phrase::Lag;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

/// What was announced and what has come, by the names of the protocol. Noted with every frame, so it is numbers only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Counts {
    /// Nominal frames per second.
    pub(super) fps: f64,
    /// Pixels per row, as announced.
    pub(super) width: u32,
    /// Rows, as announced.
    pub(super) height: u32,
    /// Frames announced.
    pub(super) expected_frames: Option<i64>,
    /// Different frames kept.
    pub(super) frames_received: u64,
    /// All frames, duplicates too.
    pub(super) total_frames_received: u64,
    /// Frames that came again.
    pub(super) duplicate_frames: u64,
    /// Frames that came after a higher number.
    pub(super) out_of_order_frames: u64,
    /// Numbers between the first and the last that have not come.
    pub(super) missing_frames: u64,
    /// Whether the signal log has come.
    pub(super) has_signal: bool,
    /// Memory held, in megabytes.
    pub(super) memory_mb: f64,
}

/// What the table knows of a session.
#[derive(Debug)]
pub(super) struct Vitals {
    /// The client's name for it.
    pub(super) id: String,
    opened: Instant,
    state: Mutex<(Instant, Counts)>,
    resume_token: Option<String>,
    /// How far behind its client the phrase is looked at.
    pub(super) lag: Arc<Lag>,
    /// Asks the connection that holds the session to let it go: its client is back on another one.
    pub(super) handover: Mutex<CancellationToken>,
}

impl Vitals {
    /// A session that begins now.
    pub(super) fn new(id: &str, resume_token: Option<String>) -> Self {
        let now = Instant::now();
        Self {
            id: id.to_owned(),
            opened: now,
            state: Mutex::new((now, Counts::default())),
            resume_token,
            lag: Arc::default(),
            handover: Mutex::default(),
        }
    }

    /// Notes that the client did something, and what has come by now.
    pub(super) fn update(&self, counts: Counts) {
        *self.state.lock() = (Instant::now(), counts);
    }

    /// What has come.
    pub(super) fn counts(&self) -> Counts {
        self.state.lock().1
    }

    /// How long the client has been silent.
    pub(super) fn idle(&self) -> Duration {
        self.state.lock().0.elapsed()
    }

    /// Whether frames have come, and something within `silence`.
    pub(super) fn is_fencing(&self, silence: Duration) -> bool {
        let (last, counts) = *self.state.lock();
        last.elapsed() < silence && counts.frames_received > 0
    }

    /// Whether the secret is this session's.
    pub(super) fn is_opened_by(&self, token: &str) -> bool {
        self.resume_token.as_deref().is_some_and(|own| own.as_bytes().ct_eq(token.as_bytes()).into())
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
            object.insert("lag_seconds".to_owned(), json!(self.lag.mean().as_secs_f64()));
        }
        stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_of_the_protocol_has_every_name_that_clients_read() {
        let vitals = Vitals::new("a", None);
        vitals.update(Counts { fps: 30.0, frames_received: 7, memory_mb: 0.5, ..Counts::default() });
        let mut stats = vitals.stats();
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
