//! Work that may wait: when it is its turn, and that it stands behind everything else on the processor.

use crate::server::sessions::{SILENCE, Sessions};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Papers do not wait longer for a quiet moment: a hall with many pistes may have none.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look. Nothing depends on it but how soon papers that nobody waits for are begun.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How far papers stand back, in the steps of `nice`: live phrases get nine tenths of a processor that both want.
#[cfg(target_os = "linux")]
const STEPS_BACK: i32 = 10;

/// Knows whether anybody is fencing.
#[derive(Clone)]
pub(in crate::server) struct Quiet {
    sessions: Sessions,
    stopping: CancellationToken,
}

impl Quiet {
    /// Listens to those sessions. A server that is stopping waits for nothing.
    pub(in crate::server) fn new(sessions: Sessions, stopping: CancellationToken) -> Self {
        Self { sessions, stopping }
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Waits until nobody is fencing, but not for ever: what waits does so since `since`.
    pub(super) fn wait(&self, since: Instant) {
        while since.elapsed() < PATIENCE && !self.stopping.is_cancelled() && self.sessions.is_anyone_fencing(SILENCE) {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Puts the calling thread, and the programs that it starts, behind everything else that wants the processor.
#[cfg(target_os = "linux")]
pub(in crate::server) fn step_back() {
    // Here a thread has a priority of its own. Lowering it needs no right.
    if let Err(error) = rustix::process::nice(STEPS_BACK) {
        tracing::debug!(%error, "papers are written at full priority");
    }
}

/// Elsewhere a thread cannot be put back without unsafe code; papers wait for a quiet moment there, too.
#[cfg(not(target_os = "linux"))]
pub(in crate::server) fn step_back() {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::sessions::Counts;

    #[cfg(target_os = "linux")]
    fn own_priority() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        stat.rsplit_once(')').unwrap().1.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_that_asks_steps_back() {
        let before = own_priority();
        let inside = std::thread::Builder::new().name("papers".into()).spawn(|| {
            step_back();
            own_priority()
        });
        let inside = inside.unwrap().join().unwrap();
        assert_eq!((own_priority(), inside), (before, (before + STEPS_BACK).min(19)));
    }

    #[test]
    fn papers_wait_while_somebody_is_fencing_and_not_when_the_server_stops() {
        let sessions = Sessions::new(&settings::Limits::default());
        let stopping = CancellationToken::new();
        let quiet = Quiet::new(sessions.clone(), stopping.clone());
        let began = Instant::now();
        quiet.wait(began);
        let slot = sessions.admit("a", None, 30.0).unwrap();
        slot.stats.update(Counts { frames_received: 3, ..Counts::default() });
        assert!(sessions.is_anyone_fencing(SILENCE));
        quiet.wait(began.checked_sub(PATIENCE).unwrap());
        stopping.cancel();
        quiet.wait(began);
        drop(slot);
        assert!(!sessions.is_anyone_fencing(SILENCE));
    }
}
