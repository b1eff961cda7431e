//! Keeps a camera open: opens it, watches that pictures come, and opens it again after whatever happened.
//!
//! Two named threads. The *reader* owns the source and blocks in it; the *supervisor* never blocks for long, notices a
//! reader that hangs in a driver, leaves it behind if it has to, and begins anew. What a reader that was left behind still
//! delivers is thrown away.

use super::line::Line;
use super::{CameraError, SourceOpener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use vision::video::{Cancel, spawn_worker};

/// How often the supervisor looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Readers that may hang in a driver at the same time before no more are begun.
const MOST_LEFT_BEHIND: usize = 3;

/// How long a camera is waited for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Until the first picture of an opening. Cheap cameras take two seconds, networks eight.
    pub opening_secs: f64,
    /// Without a picture, until the camera is opened again.
    pub stall_secs: f64,
    /// For a source to come back after it was told to stop, until it is left behind.
    pub stuck_secs: f64,
    /// Before the first try to open it again; doubled for each further one.
    pub first_retry_secs: f64,
    /// Longest pause between tries.
    pub longest_retry_secs: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { opening_secs: 20.0, stall_secs: 3.0, stuck_secs: 2.0, first_retry_secs: 0.25, longest_retry_secs: 5.0 }
    }
}

/// How one opening came to its end.
enum End {
    /// The source is at its end.
    Finished,
    Failed(CameraError),
    /// Nothing came for too long; the source came back when it was told to.
    Stalled(f64),
    /// As before, but the reader hangs.
    Stuck(f64),
    Stopped,
}

/// Body of the supervisor's thread.
pub(super) fn supervise(line: &Arc<Line>, opener: &Arc<dyn SourceOpener>, patience: Patience) {
    let mut pause = patience.first_retry_secs;
    let mut left_behind: Vec<Receiver<End>> = Vec::new();
    while !line.is_stopped() {
        let end = one_opening(line, opener, patience, &mut left_behind);
        if line.did_run() {
            pause = patience.first_retry_secs;
        }
        match end {
            End::Finished | End::Stopped => break,
            End::Failed(error) if error.is_final() => return line.end(Some(error.to_string())),
            End::Failed(error) => line.wait_for_it(error.to_string()),
            End::Stalled(secs) | End::Stuck(secs) => line.wait_for_it(silent(&line.name(), secs)),
        }
        line.pause(pause);
        pause = (pause * 2.0).min(patience.longest_retry_secs);
    }
    line.end(None);
}

fn silent(name: &str, secs: f64) -> String {
    format!("no picture from {name} for {secs:.0} s; check its cable (opened again by itself)")
}

/// Runs a reader to its end, or to the end of patience.
fn one_opening(
    line: &Arc<Line>,
    opener: &Arc<dyn SourceOpener>,
    patience: Patience,
    left_behind: &mut Vec<Receiver<End>>,
) -> End {
    left_behind.retain(|reader| matches!(reader.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)));
    let cancel = Cancel::new();
    let (begun, generation) = (line.now(), line.begin());
    let reader = match start_reader(line, opener, generation, &cancel) {
        Ok(reader) => reader,
        Err(error) => return End::Failed(CameraError::Thread(error)),
    };
    loop {
        match reader.recv_timeout(LOOK_EVERY) {
            Ok(end) => return end,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return crashed(line.name()),
        }
        if line.is_stopped() {
            cancel.cancel();
            return End::Stopped;
        }
        let (silent_secs, too_long_secs) = line.silence(begun);
        if silent_secs > too_long_secs && left_behind.len() < MOST_LEFT_BEHIND {
            cancel.cancel();
            return match reader.recv_timeout(Duration::from_secs_f64(patience.stuck_secs)) {
                Err(RecvTimeoutError::Timeout) => {
                    left_behind.push(reader);
                    End::Stuck(silent_secs)
                }
                Ok(End::Failed(error)) if !line.did_run() => End::Failed(error),
                _ => End::Stalled(silent_secs),
            };
        }
    }
}

/// Device libraries panic on some drivers; that is one more way to fail.
fn crashed(name: String) -> End {
    End::Failed(CameraError::Driver { name, reason: "its driver failed".into() })
}

fn start_reader(
    line: &Arc<Line>,
    opener: &Arc<dyn SourceOpener>,
    generation: u64,
    cancel: &Cancel,
) -> std::io::Result<Receiver<End>> {
    let (tell, told) = sync_channel(1);
    let (line, opener, cancel) = (Arc::clone(line), Arc::clone(opener), cancel.clone());
    let body = move || {
        // Nobody listens any more when the supervisor has stopped, and then nobody needs to know.
        let _ = tell.send(read(&line, opener.as_ref(), generation, &cancel));
    };
    // A panic drops `tell`, which the supervisor notices.
    spawn_worker("camera-reader", || (), body)?;
    Ok(told)
}

/// Body of the reader's thread: opens the source and takes picture after picture.
fn read(line: &Line, opener: &dyn SourceOpener, generation: u64, cancel: &Cancel) -> End {
    let mut source = match opener.open(cancel) {
        Ok(source) => source,
        Err(error) => return End::Failed(error),
    };
    line.opened(generation, source.as_mut());
    while !cancel.is_cancelled() && line.is_current(generation) {
        line.grant_wishes(source.as_mut());
        match source.next_picture() {
            Ok(Some(raw)) => line.accept(generation, raw),
            Ok(None) => return End::Finished,
            Err(error) => return End::Failed(error),
        }
    }
    End::Stopped
}
