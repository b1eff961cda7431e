//! Streams one phrase from its first frame to its verdict, over as many connections as necessary.
//!
//! Frames are numbered in the order they were added and sent in order, with as many unacknowledged as the server allows. After a
//! broken connection, a server that granted resumption states which frame it expects next; any other gets the phrase from the
//! beginning, from the local copy.

use super::address::ServerAddress;
use super::connection::{Broken, Connection};
use super::event::{ClientError, ClientEvent};
use super::phrase::{PhraseOffer, Retries};
use super::spool::Spool;
use crate::protocol::{
    ClientMessage, ErrorCode, ErrorReport, FrameHeader, ServerMessage, SessionStart, SignalHeader, StartRefusal,
};
use fencing::time::Backoff;
use serde_json::Value;
use std::sync::mpsc::SyncSender;
use std::time::Duration;
use tokio::sync::watch;

/// Time-outs of answers: those of the reference's client.
const FRAME_TIMEOUT: Duration = Duration::from_secs(10);
/// Time-out of the caller's next frame; servers end a silent phrase long before.
const NEXT_FRAME_TIMEOUT: Duration = Duration::from_hours(1);
const SESSION_TIMEOUT: Duration = Duration::from_secs(30);
const VERDICT_TIMEOUT: Duration = Duration::from_mins(5);

/// Upper limit for a server's retry-after.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10);

struct StreamLoop<'a> {
    server: &'a ServerAddress,
    offer: &'a PhraseOffer,
    events: &'a SyncSender<ClientEvent>,
    spool: &'a Spool,
    changes: watch::Receiver<()>,
    resume_token: Option<String>,
    sent_bytes: u64,
    /// Connections that opened a session; numbers the name of a phrase that is sent again.
    sessions: u32,
    made_progress: bool,
    /// The server's retry-after.
    retry_after: Option<Duration>,
}

/// Progress on one connection.
struct Position {
    /// The next frame to send.
    next: usize,
    in_flight: usize,
    window: usize,
    session_id: String,
}

/// Runs a phrase to its end and returns its last event.
pub(super) async fn drive(
    server: &ServerAddress,
    offer: &PhraseOffer,
    spool: &Spool,
    events: &SyncSender<ClientEvent>,
) -> ClientEvent {
    // A phrase of an earlier process: the server may still hold its session.
    let sessions = u32::from(spool.frames() > 0);
    let mut stream_loop = StreamLoop {
        server,
        offer,
        events,
        spool,
        changes: spool.listen(),
        resume_token: None,
        sent_bytes: 0,
        sessions,
        made_progress: false,
        retry_after: None,
    };
    match stream_loop.run_until_judged().await {
        Ok(result) => ClientEvent::Judged(Box::new(result)),
        Err(error) => ClientEvent::Failed(error),
    }
}

impl StreamLoop<'_> {
    async fn run_until_judged(&mut self) -> Result<Value, ClientError> {
        let Retries { attempts, first_wait } = self.offer.retries;
        let mut backoff = Backoff::new(first_wait, first_wait.saturating_mul(64));
        loop {
            let reason = match self.run_connection().await {
                Ok(result) => return Ok(result),
                Err(Broken::Fatal(error)) => return Err(error),
                Err(Broken::Network(reason)) => reason,
            };
            if std::mem::take(&mut self.made_progress) {
                backoff.reset();
            }
            if backoff.attempt() >= attempts {
                return Err(ClientError::Unreachable(reason));
            }
            let wait = backoff.next_wait().max(self.retry_after.take().unwrap_or_default());
            self.report(ClientEvent::Reconnecting { attempt: backoff.attempt(), reason });
            tokio::time::sleep(wait).await;
        }
    }

    async fn run_connection(&mut self) -> Result<Value, Broken> {
        let mut connection = Connection::open(self.server).await?;
        let mut position = self.open_session(&mut connection).await?;
        self.send_frames(&mut connection, &mut position).await?;
        let result = self.conclude(&mut connection, &position).await?;
        connection.close().await;
        Ok(result)
    }

    async fn open_session(&mut self, connection: &mut Connection) -> Result<Position, Broken> {
        let offer = self.offer;
        let is_resuming = self.resume_token.is_some();
        let start = SessionStart {
            session_id: self.session_id(),
            fps: offer.fps,
            width: offer.width,
            height: offer.height,
            expected_frames: Some(offer.expected_frames.map_or(0, |n| n as i64)),
            window: Some(offer.window),
            resumable: true,
            resume_token: self.resume_token.clone(),
        };
        let session_id = start.session_id.clone();
        connection.send(&session_id, &ClientMessage::SessionStart(start), None).await?;
        let started = loop {
            match connection.receive(SESSION_TIMEOUT).await? {
                ServerMessage::SessionStarted(started) => break started,
                ServerMessage::Error(report) => return Err(self.start_refused(report, is_resuming)),
                _ => {}
            }
        };
        let next = started.next_frame.and_then(|n| usize::try_from(n).ok()).filter(|_| is_resuming).unwrap_or(0);
        self.resume_token = started.resume_token;
        self.sessions += 1;
        let window = started.window.unwrap_or(1).max(1);
        self.report(ClientEvent::Connected { window, is_resumed: is_resuming && started.next_frame.is_some() });
        Ok(Position { next: next.min(self.spool.frames()), in_flight: 0, window: window as usize, session_id })
    }

    /// A session id that a server which still remembers the broken connection does not refuse.
    fn session_id(&self) -> String {
        match (self.sessions, &self.resume_token) {
            (0, _) | (_, Some(_)) => self.offer.session_id.clone(),
            (again, None) => format!("{}-{}", self.offer.session_id, again + 1),
        }
    }

    fn start_refused(&mut self, report: ErrorReport, is_resuming: bool) -> Broken {
        let reason = report.start_refusal();
        if is_resuming && reason != StartRefusal::Stopping {
            // The server has dropped it: the next connection sends the local copy from the beginning.
            self.resume_token = None;
        } else if reason == StartRefusal::Exists && self.sessions > 0 {
            // The server still holds the session of the broken connection: continue under another name.
            self.sessions += 1;
        } else if !reason.is_temporary() {
            return refused(report);
        }
        self.retry_after = report.retry_after_seconds.map(|secs| Duration::from_secs(secs.into()).min(MAX_RETRY_AFTER));
        Broken::Network(report.error_message)
    }

    /// Sends all frames, present and future, until the caller concludes and all are acknowledged.
    async fn send_frames(&mut self, connection: &mut Connection, position: &mut Position) -> Result<(), Broken> {
        loop {
            // Marked as seen before the copy is read, so that a later change is not missed.
            self.changes.mark_unchanged();
            while position.in_flight < position.window && position.next < self.spool.frames() {
                self.send_frame(connection, position).await?;
            }
            if let Some(failure) = self.spool.failure() {
                return Err(Broken::Fatal(ClientError::LocalCopy(failure)));
            }
            // Checked first: the log is added after the last frame.
            if position.in_flight == 0 && self.spool.is_complete() && position.next >= self.spool.frames() {
                return Ok(());
            }
            // Reads even when no answer is due: the server's pings must be answered while a fencer takes time.
            let timeout = if position.in_flight > 0 { FRAME_TIMEOUT } else { NEXT_FRAME_TIMEOUT };
            tokio::select! {
                answer = connection.receive(timeout) => self.on_frame_answer(answer?, position)?,
                // The sender of this channel lives as long as `self`.
                Ok(()) = self.changes.changed(), if position.in_flight < position.window => {}
            }
        }
    }

    async fn send_frame(&mut self, connection: &mut Connection, position: &mut Position) -> Result<(), Broken> {
        let read = self.spool.read(position.next);
        let read = read.map_err(|e| Broken::Fatal(ClientError::LocalCopy(e.to_string())))?;
        let Some((timestamp, payload)) = read else { return Ok(()) };
        self.sent_bytes += payload.len() as u64;
        let header = FrameHeader {
            frame_number: position.next as i64,
            timestamp,
            encoding: self.offer.encoding.as_str().to_owned(),
            quality: self.offer.jpeg_quality,
            size: payload.len() as i64,
        };
        connection.send(&position.session_id, &ClientMessage::Frame(header), Some(payload)).await?;
        position.next += 1;
        position.in_flight += 1;
        Ok(())
    }

    fn on_frame_answer(&mut self, answer: ServerMessage, position: &mut Position) -> Result<(), Broken> {
        match answer {
            ServerMessage::FrameAck { .. } => {}
            ServerMessage::Error(report) if is_frame_refusal(&report) => {
                self.report(ClientEvent::FrameRefused(report.error_message));
            }
            ServerMessage::Error(report) if report.recoverable => return Ok(()),
            ServerMessage::Error(report) => return Err(refused(report)),
            _ => return Ok(()),
        }
        position.in_flight = position.in_flight.saturating_sub(1);
        self.made_progress = true;
        let frames = position.next as u64;
        let acknowledged = frames - position.in_flight as u64;
        self.report(ClientEvent::Sent { frames, acknowledged, bytes: self.sent_bytes });
        Ok(())
    }

    async fn conclude(&mut self, connection: &mut Connection, position: &Position) -> Result<Value, Broken> {
        let id = &position.session_id;
        let total_frames = self.spool.frames() as i64;
        connection.send(id, &ClientMessage::SessionEnd { total_frames }, None).await?;
        if let Some(result) = self.wait_for_session_end(connection).await? {
            return Ok(result);
        }
        let Some(signal) = self.spool.signal() else { return Err(Broken::Fatal(ClientError::Cancelled)) };
        let header = SignalHeader { filename: signal.filename.clone(), size: signal.bytes.len() as i64 };
        connection.send(id, &ClientMessage::Signal(header), Some(signal.bytes.clone())).await?;
        loop {
            if let Some(result) = self.on_verdict_answer(connection.receive(VERDICT_TIMEOUT).await?)? {
                return Ok(result);
            }
        }
    }

    /// Waits for `session_ended`. A session that was resumed while it was judged sends its verdict instead.
    async fn wait_for_session_end(&mut self, connection: &mut Connection) -> Result<Option<Value>, Broken> {
        loop {
            match connection.receive(SESSION_TIMEOUT).await? {
                ServerMessage::SessionEnded { validation, .. } => {
                    tracing::debug!(?validation.issues, "frames ended");
                    return Ok(None);
                }
                answer => {
                    if let Some(result) = self.on_verdict_answer(answer)? {
                        return Ok(Some(result));
                    }
                }
            }
        }
    }

    fn on_verdict_answer(&mut self, answer: ServerMessage) -> Result<Option<Value>, Broken> {
        match answer {
            ServerMessage::ProcessComplete { result, .. } => return Ok(Some(result)),
            ServerMessage::ProcessProgress(p) => {
                self.report(ClientEvent::Stage { stage: p.stage, progress: p.progress, message: p.message });
            }
            ServerMessage::Error(report) if !report.recoverable => return Err(refused(report)),
            _ => {}
        }
        Ok(None)
    }

    /// Reports without waiting: a caller that does not receive loses progress events, never the verdict.
    fn report(&self, event: ClientEvent) {
        let _ = self.events.try_send(event);
    }
}

fn is_frame_refusal(report: &ErrorReport) -> bool {
    ErrorCode::from_wire(&report.error_code) == Some(ErrorCode::FrameProcessingFailed)
}

fn refused(report: ErrorReport) -> Broken {
    Broken::Fatal(ClientError::Refused { code: report.error_code, message: report.error_message })
}
