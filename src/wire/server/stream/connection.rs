//! One WebSocket connection from accept to end: what comes in is handled one message at a time, as the reference does.
//!
//! The connection owns its session, so however it ends the session is freed; only a client that asked for it (and whose
//! connection broke rather than was closed) finds its session again. While a phrase is judged the socket is still read:
//! pings are answered, an abort works at once, anything else waits its turn.

use super::outbox::{Ending, Step, close, refuse, send, send_raw};
use super::session::Session;
use crate::protocol::{
    ClientMessage, ErrorCode, FrameHeader, MessageType, Refusal, ServerMessage, SessionStart, SignalHeader,
};
use crate::server::phrase::PhraseEvent;
use crate::server::service::Service;
use axum::extract::ws::{Message, WebSocket, close_code};
use bytes::Bytes;
use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite;

/// How often the connection looks at its clocks, at most.
const TICK: Duration = Duration::from_secs(5);
/// A silent peer is pinged, and given up when it does not answer three of them.
const KEEPALIVE: Duration = Duration::from_secs(20);
/// Messages and bytes that may wait while a phrase is judged. Clients send none or the next phrase's first few.
const MAX_WAITING: usize = 128;
const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;

/// What the next binary message belongs to.
#[derive(Debug)]
pub(super) enum Due {
    /// Nothing: text is due.
    Text,
    /// A frame's picture.
    Frame(FrameHeader),
    /// A picture whose metadata was refused: swallowed.
    Nothing,
    /// The signal log.
    Signal(SignalHeader),
}

/// One connection.
pub(super) struct Connection {
    pub(super) socket: WebSocket,
    pub(super) service: Arc<Service>,
    pub(super) session: Option<Session>,
    pub(super) due: Due,
    waiting: VecDeque<Message>,
    waiting_bytes: usize,
    heard: Instant,
    pinged: Instant,
}

enum Happening {
    Message(Option<Result<Message, axum::Error>>),
    Event(Option<PhraseEvent>),
    Tick,
    HandOver,
    Stop,
}

/// Serves one client until the connection ends.
pub(in crate::server) async fn serve(socket: WebSocket, service: Arc<Service>) {
    let now = Instant::now();
    let mut connection = Connection {
        socket,
        service,
        session: None,
        due: Due::Text,
        waiting: VecDeque::new(),
        waiting_bytes: 0,
        heard: now,
        pinged: now,
    };
    let ending = connection.run().await;
    connection.finish(ending).await;
}

impl Connection {
    async fn run(&mut self) -> Ending {
        if self.service.limits.max_sessions == 0 {
            let text = "Real-time streaming is disabled. Please upload a complete video via /analyze.";
            let refused = refuse(&mut self.socket, None, ErrorCode::StreamingDisabled, text).await;
            return refused.err().unwrap_or(Ending::Closed);
        }
        let mut tick = tokio::time::interval(TICK.min(self.service.limits.session_timeout / 4));
        loop {
            let happening = self.next_happening(&mut tick).await;
            if let Err(ending) = self.handle(happening).await {
                return ending;
            }
        }
    }

    /// Waits for whatever comes first. Messages that waited for a verdict come before new ones.
    async fn next_happening(&mut self, tick: &mut tokio::time::Interval) -> Happening {
        let is_judging = self.is_judging();
        if !is_judging && let Some(message) = self.waiting.pop_front() {
            self.waiting_bytes -= size_of_message(&message);
            return Happening::Message(Some(Ok(message)));
        }
        let handover = self.session.as_ref().map(|session| session.vitals().handover.lock().clone());
        let is_idle = self.session.is_none();
        let (socket, session, service) = (&mut self.socket, &mut self.session, &self.service);
        tokio::select! {
            biased;
            () = service.killed.cancelled() => Happening::Stop,
            () = service.stopping.cancelled(), if is_idle => Happening::Stop,
            () = cancelled(handover) => Happening::HandOver,
            event = next_event(session), if is_judging => Happening::Event(event),
            _ = tick.tick() => Happening::Tick,
            message = socket.recv() => Happening::Message(message),
        }
    }

    async fn handle(&mut self, happening: Happening) -> Step {
        match happening {
            Happening::Message(Some(Ok(message))) => {
                self.heard = Instant::now();
                self.on_message(message).await
            }
            Happening::Message(Some(Err(error))) => self.on_broken(&error).await,
            Happening::Message(None) => Err(Ending::Lost),
            Happening::Event(event) => self.on_event(event).await,
            Happening::Tick => self.on_tick().await,
            Happening::HandOver => Err(Ending::HandedOver),
            Happening::Stop => Err(Ending::Stopping),
        }
    }

    async fn on_message(&mut self, message: Message) -> Step {
        match message {
            Message::Close(_) => Err(Ending::ClientClosed),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            message if self.is_judging() => self.on_message_while_judging(message).await,
            Message::Text(text) => self.on_text(text.as_str()).await,
            Message::Binary(payload) => self.on_binary(payload).await,
        }
    }

    async fn on_text(&mut self, text: &str) -> Step {
        match std::mem::replace(&mut self.due, Due::Text) {
            Due::Text | Due::Nothing => {}
            Due::Frame(_) => return self.on_text_for_a_picture(text).await,
            Due::Signal(_) => return self.refuse(ErrorCode::ProcessingFailed, "'bytes'").await,
        }
        match ClientMessage::parse(text) {
            Ok(message) => self.on_client_message(message).await,
            Err(refusal) => self.on_refusal(refusal).await,
        }
    }

    /// A text where a picture was due takes the picture's place; if it announces a picture itself, that one is swallowed.
    async fn on_text_for_a_picture(&mut self, text: &str) -> Step {
        if matches!(ClientMessage::parse(text), Ok(ClientMessage::Frame(_))) {
            self.due = Due::Nothing;
        }
        self.refuse(ErrorCode::FrameProcessingFailed, "'bytes'").await
    }

    async fn on_client_message(&mut self, message: ClientMessage) -> Step {
        match message {
            ClientMessage::SessionStart(start) => self.on_session_start(start).await,
            ClientMessage::Frame(header) => match self.session {
                Some(_) => {
                    self.due = Due::Frame(header);
                    Ok(())
                }
                None => self.refuse(ErrorCode::NoActiveSession, "No active session, send SESSION_START first").await,
            },
            ClientMessage::SessionEnd { total_frames } => self.on_session_end(total_frames).await,
            ClientMessage::Signal(header) => match self.session {
                Some(_) => {
                    self.due = Due::Signal(header);
                    Ok(())
                }
                None => self.refuse(ErrorCode::NoActiveSession, "No active session").await,
            },
            ClientMessage::SessionAbort => {
                self.on_abort();
                Ok(())
            }
            ClientMessage::Ping => send(&mut self.socket, &ServerMessage::Pong).await,
        }
    }

    async fn on_refusal(&mut self, refusal: Refusal) -> Step {
        let needs_session =
            matches!(refusal.kind, Some(MessageType::Frame | MessageType::SessionEnd | MessageType::Signal));
        if needs_session && self.session.is_none() {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        }
        if refusal.code == ErrorCode::FrameProcessingFailed {
            self.due = Due::Nothing;
        }
        self.refuse(refusal.code, refusal.message).await
    }

    async fn on_binary(&mut self, payload: Bytes) -> Step {
        match std::mem::replace(&mut self.due, Due::Text) {
            Due::Frame(header) => self.on_frame(header, &payload).await,
            Due::Signal(header) => self.on_signal(&header, &payload).await,
            Due::Nothing => Ok(()),
            Due::Text => self.refuse(ErrorCode::ProtocolError, "Expected text message with metadata").await,
        }
    }

    async fn on_session_start(&mut self, start: SessionStart) -> Step {
        let code = ErrorCode::SessionStartFailed;
        if self.service.stopping.is_cancelled() {
            return self.refuse_start(&start, code, "The server is stopping; connect again shortly").await;
        }
        if self.session.as_ref().is_some_and(|open| open.id() == start.session_id) {
            let text = format!("Session {} already exists", start.session_id);
            return self.refuse_start(&start, code, &text).await;
        }
        // A new id on the same connection replaces the phrase that was open; its place is free before the new one asks.
        self.session = None;
        let opened = match &start.resume_token {
            Some(token) => self.service.sessions.resume(&start.session_id, token).await.map_err(Into::into),
            None => Session::open(&self.service, start.clone()),
        };
        match opened {
            Ok(session) => self.on_opened(session, start.resume_token.is_some()).await,
            Err(error) => {
                self.service.metrics.refused.add(1);
                self.refuse_start(&start, code, &error.to_string()).await
            }
        }
    }

    async fn on_opened(&mut self, session: Session, is_back: bool) -> Step {
        let answer = if is_back { session.resumed() } else { session.started() };
        tracing::info!(session = session.id(), is_back, "phrase opened");
        self.service.metrics.opened.add(1);
        self.session = Some(session);
        send(&mut self.socket, &ServerMessage::SessionStarted(answer)).await
    }

    async fn refuse_start(&mut self, start: &SessionStart, code: ErrorCode, text: &str) -> Step {
        refuse(&mut self.socket, Some(&start.session_id), code, text).await
    }

    async fn on_session_end(&mut self, total_frames: i64) -> Step {
        let Some(session) = &self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        let validation = session.validation();
        tracing::info!(session = session.id(), total_frames, received = validation.frame_count, "frames ended");
        let session_id = session.id().to_owned();
        send(&mut self.socket, &ServerMessage::SessionEnded { session_id, validation }).await
    }

    /// Calls the phrase off. Clients that cancel do not wait for an answer, so there is none.
    fn on_abort(&mut self) {
        if let Some(session) = self.session.take() {
            tracing::info!(session = session.id(), "phrase called off");
            self.service.metrics.aborted.add(1);
        }
    }

    async fn on_message_while_judging(&mut self, message: Message) -> Step {
        let urgent = match &message {
            Message::Text(text) => ClientMessage::parse(text).ok(),
            _ => None,
        };
        match urgent {
            Some(ClientMessage::Ping) => send(&mut self.socket, &ServerMessage::Pong).await,
            Some(ClientMessage::SessionAbort) => {
                self.on_abort();
                Ok(())
            }
            _ => self.wait(message).await,
        }
    }

    async fn wait(&mut self, message: Message) -> Step {
        self.waiting_bytes += size_of_message(&message);
        self.waiting.push_back(message);
        if self.waiting.len() > MAX_WAITING || self.waiting_bytes > MAX_WAITING_BYTES {
            return self.refuse(ErrorCode::ProtocolError, "Too much was sent while the phrase is judged").await;
        }
        Ok(())
    }

    async fn on_tick(&mut self) -> Step {
        if let Some(session) = self.session.as_ref().filter(|session| session.signal.is_none()) {
            let idle = session.vitals().idle();
            if idle > self.service.limits.session_timeout {
                let text = format!("Session timeout: no activity for {:.1}s", idle.as_secs_f64());
                return self.refuse(ErrorCode::NoActiveSession, text).await;
            }
        }
        let keepalive = KEEPALIVE.min(self.service.limits.session_timeout);
        if self.heard.elapsed() > keepalive * 3 {
            return Err(Ending::Lost);
        }
        if self.heard.elapsed() > keepalive && self.pinged.elapsed() > keepalive {
            self.pinged = Instant::now();
            return send_raw(&mut self.socket, Message::Ping(Bytes::new())).await;
        }
        Ok(())
    }

    /// A message over the limit gets the close code that says so; anything else is a broken connection.
    async fn on_broken(&mut self, error: &axum::Error) -> Step {
        if is_over_the_limit(error) {
            close(&mut self.socket, close_code::SIZE, "message too big").await;
            return Err(Ending::Closed);
        }
        Err(Ending::Lost)
    }

    /// Reports an error of the open session, if there is one. Where the error ends the connection, the session is free before
    /// its client hears of it and comes back.
    pub(super) async fn refuse(&mut self, code: ErrorCode, text: impl Into<String>) -> Step {
        let session_id = self.session.as_ref().map(|session| session.id().to_owned());
        if code.closes() && self.session.take().is_some() {
            self.service.metrics.dropped.add(1);
        }
        refuse(&mut self.socket, session_id.as_deref(), code, text).await
    }

    fn is_judging(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.signal.is_some())
    }

    async fn finish(mut self, ending: Ending) {
        let session = self.session.take();
        tracing::debug!(?ending, session = session.as_ref().map(Session::id), "connection ended");
        if let Some(session) = session {
            let may_come_back = matches!(ending, Ending::Lost | Ending::HandedOver) && session.is_resumable();
            if may_come_back {
                self.service.sessions.detach(session);
            } else {
                self.service.metrics.dropped.add(1);
            }
        }
        if ending == Ending::Stopping {
            close(&mut self.socket, close_code::AWAY, "the server is stopping").await;
        }
    }
}

/// Whether a message was larger than this server takes, by the kind of error and not by its words.
fn is_over_the_limit(error: &axum::Error) -> bool {
    let mut causes = std::iter::successors(Some(error as &dyn Error), |&cause| cause.source());
    causes.any(|cause| matches!(cause.downcast_ref(), Some(tungstenite::Error::Capacity(_))))
}

fn size_of_message(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

async fn next_event(session: &mut Option<Session>) -> Option<PhraseEvent> {
    match session {
        Some(session) => session.worker.next_event().await,
        None => std::future::pending().await,
    }
}

async fn cancelled(token: Option<tokio_util::sync::CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_over_the_limit_is_known_by_its_kind() {
        let too_long = tungstenite::error::CapacityError::MessageTooLong { size: 9, max_size: 8 };
        assert!(is_over_the_limit(&axum::Error::new(tungstenite::Error::Capacity(too_long))));
        let worded_alike = std::io::Error::other("the name of the host is too long");
        assert!(!is_over_the_limit(&axum::Error::new(tungstenite::Error::Io(worded_alike))));
    }
}
