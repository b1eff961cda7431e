//! Supervises a camera: opens it, checks that frames arrive, and reopens it after any failure.
//!
//! Uses two threads. The *reader* owns the source and blocks in it; the *supervisor* never blocks for long, detects a reader that
//! hangs in a driver, abandons it if necessary, and starts a new one. Frames of an abandoned reader are discarded.

use super::fanout::FrameFanout;
use super::{CameraError, CameraOpener};
use fencing::time::Backoff;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use vision::video::{Cancel, spawn_worker};

/// Polling interval of the supervisor.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Most readers that may hang in a driver at the same time; beyond that no more are started.
const MAX_ABANDONED_READERS: usize = 3;

/// Time-outs of a camera, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraTimeouts {
    /// Until the first frame of an opening. Cheap cameras take two seconds, networks eight.
    pub opening_secs: f64,
    /// Without a frame, until the camera is reopened.
    pub stall_secs: f64,
    /// For a source to return after a stop, until its thread is abandoned.
    pub stuck_secs: f64,
    /// Before the first retry; doubled for each further one.
    pub first_retry_secs: f64,
    /// Longest pause between retries.
    pub longest_retry_secs: f64,
}

impl Default for CameraTimeouts {
    fn default() -> Self {
        Self { opening_secs: 20.0, stall_secs: 3.0, stuck_secs: 2.0, first_retry_secs: 0.25, longest_retry_secs: 5.0 }
    }
}

/// How one opening ended.
enum End {
    /// The source ended.
    Finished,
    Failed(CameraError),
    /// No frames for that many seconds; the source returned when it was stopped.
    Stalled(f64),
    /// The same, but the reader hangs.
    Stuck(f64),
    Stopped,
}

/// Body of the supervisor thread.
pub(super) fn supervise(fanout: &Arc<FrameFanout>, opener: &Arc<dyn CameraOpener>, timeouts: CameraTimeouts) {
    let secs = Duration::from_secs_f64;
    let mut backoff = Backoff::new(secs(timeouts.first_retry_secs), secs(timeouts.longest_retry_secs));
    let mut left_behind: Vec<Receiver<End>> = Vec::new();
    while !fanout.is_stopped() {
        let end = run_opening(fanout, opener, timeouts, &mut left_behind);
        if fanout.had_frames() {
            backoff.reset();
        }
        match end {
            End::Finished | End::Stopped => break,
            End::Failed(error) if error.is_final() => return fanout.end(Some(error.to_string())),
            End::Failed(error) => fanout.retry_later(error.to_string()),
            End::Stalled(secs) | End::Stuck(secs) => fanout.retry_later(silence_text(&fanout.name(), secs)),
        }
        fanout.pause(backoff.next_wait().as_secs_f64());
    }
    fanout.end(None);
}

fn silence_text(name: &str, secs: f64) -> String {
    format!("no frames from {name} for {secs:.0} s; check its cable (it is reopened automatically)")
}

/// Runs a reader until it ends or times out.
fn run_opening(
    fanout: &Arc<FrameFanout>,
    opener: &Arc<dyn CameraOpener>,
    timeouts: CameraTimeouts,
    left_behind: &mut Vec<Receiver<End>>,
) -> End {
    left_behind.retain(|reader| matches!(reader.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)));
    let cancel = Cancel::new();
    let (begun, generation) = (fanout.now(), fanout.begin());
    let reader = match start_reader(fanout, opener, generation, &cancel) {
        Ok(reader) => reader,
        Err(error) => return End::Failed(CameraError::Thread(error)),
    };
    loop {
        match reader.recv_timeout(POLL_INTERVAL) {
            Ok(end) => return end,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return panicked(fanout.name()),
        }
        if fanout.is_stopped() {
            cancel.cancel();
            return End::Stopped;
        }
        let (silent_secs, too_long_secs) = fanout.silence(begun);
        if silent_secs > too_long_secs && left_behind.len() < MAX_ABANDONED_READERS {
            cancel.cancel();
            return match reader.recv_timeout(Duration::from_secs_f64(timeouts.stuck_secs)) {
                Err(RecvTimeoutError::Timeout) => {
                    left_behind.push(reader);
                    End::Stuck(silent_secs)
                }
                Ok(End::Failed(error)) if !fanout.had_frames() => End::Failed(error),
                _ => End::Stalled(silent_secs),
            };
        }
    }
}

/// The reader panicked. Device libraries do so on some drivers.
fn panicked(name: String) -> End {
    End::Failed(CameraError::Driver { name, reason: "its driver failed".into() })
}

fn start_reader(
    fanout: &Arc<FrameFanout>,
    opener: &Arc<dyn CameraOpener>,
    generation: u64,
    cancel: &Cancel,
) -> std::io::Result<Receiver<End>> {
    let (sender, receiver) = sync_channel(1);
    let (fanout, opener, cancel) = (Arc::clone(fanout), Arc::clone(opener), cancel.clone());
    let body = move || {
        // The send fails only after the supervisor has stopped, and then the result is not needed.
        let _ = sender.send(read(&fanout, opener.as_ref(), generation, &cancel));
    };
    // A panic drops the sender, which the supervisor notices.
    spawn_worker("camera-reader", || (), body)?;
    Ok(receiver)
}

/// Body of the reader thread: opens the source and reads frame after frame.
fn read(fanout: &FrameFanout, opener: &dyn CameraOpener, generation: u64, cancel: &Cancel) -> End {
    let mut source = match opener.open(cancel) {
        Ok(source) => source,
        Err(error) => return End::Failed(error),
    };
    fanout.opened(generation, source.as_mut());
    let mut damaged = 0;
    while !cancel.is_cancelled() && fanout.is_current(generation) {
        fanout.apply_control_requests(source.as_mut());
        match source.next_frame() {
            Ok(Some(raw)) => {
                fanout.accept(generation, raw);
                let so_far = source.damaged();
                if so_far > damaged {
                    fanout.count_damaged(so_far - damaged);
                    damaged = so_far;
                }
            }
            Ok(None) => return End::Finished,
            Err(error) => return End::Failed(error),
        }
    }
    End::Stopped
}
