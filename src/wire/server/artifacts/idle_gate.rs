//! Background work: when it may run, and its lower thread priority.

use crate::server::sessions::{SILENCE, Sessions};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Longest wait for a moment without streams: a hall with many pistes may have none.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// Polling interval. Only the start of background work depends on it.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Increment of `nice` for background threads: live phrases get nine tenths of a processor that both want.
#[cfg(target_os = "linux")]
const NICE_INCREMENT: i32 = 10;

/// Reports whether a phrase is being streamed.
#[derive(Clone)]
pub(in crate::server) struct IdleGate {
    sessions: Sessions,
    stopping: CancellationToken,
}

impl IdleGate {
    /// Watches those sessions. A stopping server does not wait.
    pub(in crate::server) fn new(sessions: Sessions, stopping: CancellationToken) -> Self {
        Self { sessions, stopping }
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Waits until no phrase is being streamed, but at most [`MAX_WAIT`] from `since`.
    pub(super) fn wait(&self, since: Instant) {
        while since.elapsed() < MAX_WAIT && !self.stopping.is_cancelled() && self.sessions.is_any_active(SILENCE) {
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

/// Lowers the priority of the calling thread and of the processes that it starts.
#[cfg(target_os = "linux")]
pub(in crate::server) fn lower_priority() {
    // On Linux priorities are per thread. Lowering needs no privilege.
    if let Err(error) = rustix::process::nice(NICE_INCREMENT) {
        tracing::debug!(%error, "artifacts are written at full priority");
    }
}

/// Elsewhere lowering a thread's priority needs unsafe code; there artifacts only wait for a moment without streams.
#[cfg(not(target_os = "linux"))]
pub(in crate::server) fn lower_priority() {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::sessions::FrameCounts;

    #[cfg(target_os = "linux")]
    fn own_priority() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        stat.rsplit_once(')').unwrap().1.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_that_asks_steps_back() {
        let before = own_priority();
        let inside = std::thread::Builder::new().name("artifacts-save".into()).spawn(|| {
            lower_priority();
            own_priority()
        });
        let inside = inside.unwrap().join().unwrap();
        assert_eq!((own_priority(), inside), (before, (before + NICE_INCREMENT).min(19)));
    }

    #[test]
    fn waits_while_a_phrase_is_streamed_and_not_when_the_server_stops() {
        let sessions = Sessions::new(&settings::Limits::default());
        let stopping = CancellationToken::new();
        let idle_gate = IdleGate::new(sessions.clone(), stopping.clone());
        let began = Instant::now();
        idle_gate.wait(began);
        let slot = sessions.admit("a", None, 30.0).unwrap();
        slot.stats.update(FrameCounts { frames_received: 3, ..FrameCounts::default() });
        assert!(sessions.is_any_active(SILENCE));
        idle_gate.wait(began.checked_sub(MAX_WAIT).unwrap());
        stopping.cancel();
        idle_gate.wait(began);
        drop(slot);
        assert!(!sessions.is_any_active(SILENCE));
    }
}
