//! One WebSocket connection of a streaming client, from accept to end: messages in, answers and the verdict out.
//!
//! Messages are handled one at a time, as in the reference. The connection owns its session, so the session is freed however the
//! connection ends; only a client that requested it (and whose connection broke rather than was closed) can resume its session.
//! The socket is read during judging too: pings are answered and an abort works at once, anything else is queued.

use super::session::{OpenError, Session, SignalFile};
use super::socket::{Opened, Socket, Traffic, close_code_of};
use crate::protocol::{
    AckStatus, ClientMessage, ErrorCode, ErrorReport, FrameHeader, MessageType, Progress, Refusal, ServerMessage,
    SessionStart, SignalHeader, StartRefusal,
};
use crate::server::phrase::{Concluded, PhraseEvent, StoreOutcome, StoredFrame};
use crate::server::service::Service;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;
use vision::engine::{PhraseSignals, judge_by_lamps, may_be_annulled};

/// How long a verdict that the lamps decide waits for the analysis of the last frames, whose facts then come with it: not noticed by a
/// referee, and enough on a machine that keeps up.
const LAMPS_WAIT: Duration = Duration::from_millis(200);
/// Interval of time-out checks.
const TICK: Duration = Duration::from_secs(1);
/// Ping interval of a silent client; after three unanswered pings the connection is lost.
const KEEPALIVE: Duration = Duration::from_secs(20);
/// Time-out of sending: the time after which WebSocket peers give up a ping.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// Time-out of an announced binary message without any byte of it: half of what the reference's client waits for an answer.
const PAYLOAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Messages and bytes queued during judging. Clients send none, or the next phrase's first few.
const MAX_WAITING: usize = 128;
const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Close codes of RFC 6455, section 7.4.1.
const CLOSE_NORMAL: u16 = 1000;
const CLOSE_GOING_AWAY: u16 = 1001;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The client closed it.
    ClientClosed,
    /// The connection broke, or the client stopped reading or answering.
    Lost,
    /// The server closed it, after an error or a time-out.
    Closed,
    /// Another connection of the same client took over the session.
    HandedOver,
    /// The server is stopping.
    Stopping,
}

/// Continue, or how the connection ends.
type Step = Result<(), Ending>;

/// The expected next message.
#[derive(Debug)]
enum ExpectedMessage {
    /// Metadata.
    Text,
    /// The payload of a frame.
    Frame(FrameHeader),
    /// The payload of a frame whose metadata was rejected; it is ignored.
    Nothing,
    /// The signal log.
    Signal(SignalHeader),
}

/// One connection.
struct Connection {
    socket: Socket,
    traffic: Traffic,
    service: Arc<Service>,
    session: Option<Session>,
    expected: ExpectedMessage,
    /// When a payload became due or bytes of it last arrived, and the bytes received by then.
    expected_since: (Instant, u64),
    waiting: VecDeque<Message>,
    waiting_bytes: usize,
    last_received: Instant,
    pinged: Instant,
}

enum ConnectionEvent {
    Message(Option<Result<Message, tungstenite::Error>>),
    Event(Option<PhraseEvent>),
    /// The lamps decide, and the frames are not analysed yet.
    AnswerByLamps,
    Tick,
    HandOver,
    Stop,
}

/// Serves one client until the connection ends.
pub(in crate::server) async fn serve(opened: Opened, service: Arc<Service>) {
    let now = Instant::now();
    let Opened { socket, traffic } = opened;
    let mut connection = Connection {
        socket,
        traffic,
        service,
        session: None,
        expected: ExpectedMessage::Text,
        expected_since: (now, 0),
        waiting: VecDeque::new(),
        waiting_bytes: 0,
        last_received: now,
        pinged: now,
    };
    let ending = connection.run().await;
    connection.finish(ending).await;
}

impl Connection {
    async fn run(&mut self) -> Ending {
        if self.service.limits.max_sessions == 0 {
            let text = "Real-time streaming is disabled. Please upload a complete video via /analyze.";
            return self.refuse(ErrorCode::StreamingDisabled, text).await.err().unwrap_or(Ending::Closed);
        }
        let mut tick = tokio::time::interval(TICK.min(self.service.limits.session_timeout / 4));
        loop {
            // Large messages are accepted only with an open session.
            match self.session {
                Some(_) => self.traffic.limit_binary(self.service.limits.max_message_bytes as u64),
                None => self.traffic.limit_without_session(),
            }
            let event = self.next_event_or_message(&mut tick).await;
            if let Err(ending) = self.handle(event).await {
                return ending;
            }
        }
    }

    /// Waits for the first event. Messages queued during judging come before new ones.
    async fn next_event_or_message(&mut self, tick: &mut tokio::time::Interval) -> ConnectionEvent {
        let is_judging = self.is_judging();
        if !is_judging && let Some(message) = self.waiting.pop_front() {
            self.waiting_bytes -= size_of_message(&message);
            return ConnectionEvent::Message(Some(Ok(message)));
        }
        let handover = self.session.as_ref().map(|session| session.session_stats().handover.lock().clone());
        let answer_at = self.session.as_ref().and_then(|session| session.by_lamps.as_ref()).map(|(_, due)| *due);
        let is_idle = self.session.is_none();
        let (socket, session, service) = (&mut self.socket, &mut self.session, &self.service);
        tokio::select! {
            biased;
            () = service.killed.cancelled() => ConnectionEvent::Stop,
            () = service.stopping.cancelled(), if is_idle => ConnectionEvent::Stop,
            () = cancelled(handover) => ConnectionEvent::HandOver,
            event = next_event(session), if is_judging => ConnectionEvent::Event(event),
            () = until(answer_at), if is_judging => ConnectionEvent::AnswerByLamps,
            _ = tick.tick() => ConnectionEvent::Tick,
            message = socket.next() => ConnectionEvent::Message(message),
        }
    }

    async fn handle(&mut self, event: ConnectionEvent) -> Step {
        match event {
            ConnectionEvent::Message(Some(Ok(message))) => {
                self.last_received = Instant::now();
                self.on_message(message).await
            }
            ConnectionEvent::Message(Some(Err(error))) => self.on_broken(&error).await,
            ConnectionEvent::Message(None) => Err(Ending::Lost),
            ConnectionEvent::Event(event) => self.on_event(event).await,
            ConnectionEvent::AnswerByLamps => self.answer_by_lamps().await,
            ConnectionEvent::Tick => self.on_tick().await,
            ConnectionEvent::HandOver => Err(Ending::HandedOver),
            ConnectionEvent::Stop => Err(Ending::Stopping),
        }
    }

    async fn on_message(&mut self, message: Message) -> Step {
        match message {
            Message::Close(_) => Err(Ending::ClientClosed),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
            message if self.is_judging() => self.on_message_while_judging(message).await,
            Message::Text(text) => self.on_text(text.as_str()).await,
            Message::Binary(payload) => self.on_binary(payload).await,
        }
    }

    async fn on_text(&mut self, text: &str) -> Step {
        match std::mem::replace(&mut self.expected, ExpectedMessage::Text) {
            ExpectedMessage::Text | ExpectedMessage::Nothing => {}
            ExpectedMessage::Frame(_) => return self.on_text_for_a_frame(text).await,
            ExpectedMessage::Signal(_) => return self.refuse(ErrorCode::ProcessingFailed, "'bytes'").await,
        }
        match ClientMessage::parse(text) {
            Ok(message) => self.on_client_message(message).await,
            Err(refusal) => self.on_refusal(refusal).await,
        }
    }

    /// A text instead of an expected payload replaces that payload; if it announces a frame itself, that one is ignored.
    async fn on_text_for_a_frame(&mut self, text: &str) -> Step {
        if matches!(ClientMessage::parse(text), Ok(ClientMessage::Frame(_))) {
            self.expected = ExpectedMessage::Nothing;
        }
        self.refuse(ErrorCode::FrameProcessingFailed, "'bytes'").await
    }

    async fn on_client_message(&mut self, message: ClientMessage) -> Step {
        match message {
            ClientMessage::SessionStart(start) => self.on_session_start(start).await,
            ClientMessage::Frame(header) => match self.session {
                Some(_) => {
                    self.expect(ExpectedMessage::Frame(header));
                    Ok(())
                }
                None => self.refuse(ErrorCode::NoActiveSession, "No active session, send SESSION_START first").await,
            },
            ClientMessage::SessionEnd { total_frames } => self.on_session_end(total_frames).await,
            ClientMessage::Signal(header) => match self.session {
                Some(_) => {
                    self.expect(ExpectedMessage::Signal(header));
                    Ok(())
                }
                None => self.refuse(ErrorCode::NoActiveSession, "No active session").await,
            },
            ClientMessage::SessionAbort => {
                self.on_abort();
                Ok(())
            }
            ClientMessage::Ping => self.send(&ServerMessage::Pong).await,
        }
    }

    async fn on_refusal(&mut self, refusal: Refusal) -> Step {
        let needs_session =
            matches!(refusal.kind, Some(MessageType::Frame | MessageType::SessionEnd | MessageType::Signal));
        if needs_session && self.session.is_none() {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        }
        if refusal.code == ErrorCode::FrameProcessingFailed {
            self.expected = ExpectedMessage::Nothing;
        }
        self.refuse(refusal.code, refusal.message).await
    }

    async fn on_binary(&mut self, payload: Bytes) -> Step {
        match std::mem::replace(&mut self.expected, ExpectedMessage::Text) {
            ExpectedMessage::Frame(header) => self.on_frame(header, &payload).await,
            ExpectedMessage::Signal(header) => self.on_signal(&header, &payload).await,
            ExpectedMessage::Nothing => Ok(()),
            ExpectedMessage::Text => self.refuse(ErrorCode::ProtocolError, "Expected text message with metadata").await,
        }
    }

    async fn on_session_start(&mut self, start: SessionStart) -> Step {
        if self.session.as_ref().is_some_and(|open| open.id() == start.session_id) {
            let text = format!("Session {} already exists", start.session_id);
            return self.refuse_start(&start, StartRefusal::Exists, text, None).await;
        }
        // A new id on the same connection replaces the open session, which is freed before the new one is admitted.
        self.session = None;
        let opened = match &start.resume_token {
            Some(token) => self.service.sessions.resume(&start.session_id, token).await.map_err(Into::into),
            None if self.service.stopping.is_cancelled() => Err(OpenError::Stopping),
            None => Session::open(&self.service, start.clone()),
        };
        match opened {
            Ok(session) => self.on_opened(session, start.resume_token.is_some()).await,
            Err(error) => {
                self.service.metrics.refused.add(1);
                self.refuse_start(&start, error.reason(), error.to_string(), error.retry_after()).await
            }
        }
    }

    async fn on_opened(&mut self, session: Session, is_back: bool) -> Step {
        let answer = if is_back { session.resumed() } else { session.started() };
        tracing::info!(session = session.id(), is_back, "phrase opened");
        self.service.metrics.opened.add(1);
        self.session = Some(session);
        self.send(&ServerMessage::SessionStarted(answer)).await
    }

    /// Refuses to open a session. The reason is sent only to clients that use an extension.
    async fn refuse_start(
        &mut self,
        start: &SessionStart,
        reason: StartRefusal,
        text: String,
        retry_after: Option<Duration>,
    ) -> Step {
        let mut report = ErrorReport::new(Some(&start.session_id), ErrorCode::SessionStartFailed, text);
        if start.window.is_some() || start.resumable {
            report.reason = Some(reason);
            report.retry_after_seconds = retry_after.map(|after| after.as_secs_f64().ceil() as u32);
        }
        self.report(report).await?;
        self.close(CLOSE_NORMAL, "").await;
        Err(Ending::Closed)
    }

    /// Stores one frame and acknowledges it.
    async fn on_frame(&mut self, header: FrameHeader, payload: &[u8]) -> Step {
        let Some(session) = &mut self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        if header.size != payload.len() as i64 {
            tracing::debug!(announced = header.size, came = payload.len(), "a frame's size is not as announced");
        }
        self.service.metrics.frames.add(1);
        self.service.metrics.bytes.add(payload.len() as u64);
        // Copied out of the socket's buffer, which would otherwise be kept alive as a whole for one frame.
        let payload = Bytes::copy_from_slice(payload);
        let frame = StoredFrame { encoding: header.encoding, stamp: header.timestamp, payload };
        let stored = session.take_frame(header.frame_number, frame).await;
        let status = match stored {
            Ok(StoreOutcome::New) => AckStatus::Received,
            Ok(StoreOutcome::Duplicate) => AckStatus::Duplicate,
            Err(error) => return self.refuse(ErrorCode::FrameProcessingFailed, error.to_string()).await,
        };
        let session_id = session.id().to_owned();
        let ack = ServerMessage::FrameAck { session_id, frame_number: header.frame_number, status };
        self.send(&ack).await
    }

    async fn on_session_end(&mut self, total_frames: i64) -> Step {
        let Some(session) = &self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        let validation = session.validation();
        tracing::info!(session = session.id(), total_frames, received = validation.frame_count, "frames ended");
        let session_id = session.id().to_owned();
        self.send(&ServerMessage::SessionEnded { session_id, validation }).await
    }

    /// Stores the signal log and starts judging.
    async fn on_signal(&mut self, header: &SignalHeader, payload: &[u8]) -> Step {
        let Some(session) = &mut self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        let session_id = session.id().to_owned();
        tracing::info!(session = session_id, file = header.filename, bytes = payload.len(), "signal log");
        let parsed = self.service.read_signals(payload);
        let declared = parsed.as_ref().ok().and_then(|logged| logged.human_answer);
        let signal = SignalFile { bytes: Bytes::copy_from_slice(payload), declared };
        if let Err(error) = session.take_signal(signal).await {
            return self.refuse(ErrorCode::ProcessingFailed, error.to_string()).await;
        }
        let status = AckStatus::Received;
        self.send(&ServerMessage::SignalAck { session_id: session_id.clone(), status }).await?;
        self.send(&ServerMessage::ProcessStart { session_id }).await?;
        match parsed {
            Ok(logged) => self.judge(logged.signals).await,
            Err(error) => self.refuse(ErrorCode::ProcessingFailed, error.to_string()).await,
        }
    }

    async fn judge(&mut self, signals: PhraseSignals) -> Step {
        let Some(session) = &mut self.session else { return Ok(()) };
        if session.store.len() == 0 {
            return self.refuse(ErrorCode::ProcessingFailed, "No frames to write").await;
        }
        let by_lamps = judge_by_lamps(self.service.weapon, signals.log());
        let by_lamps = by_lamps.filter(|judgement| !may_be_annulled(judgement));
        session.by_lamps = by_lamps.map(|judgement| (Box::new(judgement), Instant::now() + LAMPS_WAIT));
        if !session.worker.conclude(signals) {
            return self.refuse(ErrorCode::ProcessingFailed, "the judge has stopped").await;
        }
        self.progress("video_reconstruction", 1.0, "Video reconstructed from frames").await?;
        self.progress("fisheye", 1.0, "Lens corrected while the frames arrived").await?;
        self.progress("yolo", 0.0, "Looking at the last frames").await
    }

    /// Handles an event of the phrase's threads.
    async fn on_event(&mut self, event: Option<PhraseEvent>) -> Step {
        match event {
            Some(PhraseEvent::Progress(done)) => self.progress("yolo", done, "Looking at the last frames").await,
            Some(PhraseEvent::Concluded(concluded)) => self.deliver(*concluded).await,
            Some(PhraseEvent::Failed(error)) => {
                self.service.metrics.failed.add(1);
                self.refuse(ErrorCode::ProcessingFailed, error).await
            }
            None => {
                self.service.metrics.failed.add(1);
                self.refuse(ErrorCode::ProcessingFailed, "the judge has stopped").await
            }
        }
    }

    /// Sends the verdict; artifacts are made afterwards.
    async fn deliver(&mut self, concluded: Concluded) -> Step {
        self.progress("yolo", 1.0, "Every frame seen").await?;
        self.progress("decision", 1.0, "Decided").await?;
        self.progress("overlay", 0.0, "Video, workbook and overlay follow the verdict").await?;
        let Some(session) = self.session.take() else { return Ok(()) };
        let session_id = session.id().to_owned();
        let metrics = &self.service.metrics;
        metrics.analysed.add(concluded.analysed);
        metrics.skipped.add(concluded.skipped + session.worker.unanalysed());
        metrics.verdict_secs.observe(concluded.conclude_secs);
        let phrase = self.service.store_streamed(session, concluded).await;
        let result = phrase.result.clone();
        let sent = self.send(&ServerMessage::ProcessComplete { session_id: session_id.clone(), result }).await;
        tracing::info!(session = session_id, winner = phrase.result["winner"].as_str(), "verdict sent");
        self.service.metrics.completed.add(1);
        // Its frames count against the shared budget until they are saved.
        self.service.artifacts.submit(phrase, ());
        sent
    }

    /// Sends the verdict that the lamps decide; the frames are analysed afterwards, for the artifacts.
    async fn answer_by_lamps(&mut self) -> Step {
        let since_signal = LAMPS_WAIT.as_secs_f64();
        let by_lamps = self.session.as_mut().and_then(|session| session.by_lamps.take());
        let Some((judgement, _)) = by_lamps else { return Ok(()) };
        self.progress("decision", 1.0, "Decided by the lamps").await?;
        self.progress("overlay", 0.0, "The frames are analysed after the verdict").await?;
        let Some(session) = self.session.take() else { return Ok(()) };
        let session_id = session.id().to_owned();
        let answered = self.service.answer_streamed(session, *judgement, (since_signal, 0, 0)).await;
        let result = answered.result.clone();
        tracing::info!(session = session_id, winner = result["winner"].as_str(), "verdict by the lamps");
        self.service.metrics.verdict_secs.observe(since_signal);
        self.service.metrics.completed.add(1);
        let service = Arc::clone(&self.service);
        // A kill leaves the spool file, from which the next start makes the artifacts.
        self.service.connections.spawn(async move {
            if let Some(phrase) = service.killed.run_until_cancelled(answered.analysed()).await {
                service.artifacts.submit(phrase, ());
            }
        });
        self.send(&ServerMessage::ProcessComplete { session_id, result }).await
    }

    async fn progress(&mut self, stage: &str, progress: f64, message: &str) -> Step {
        let Some(session_id) = self.session.as_ref().map(|session| Session::id(session).to_owned()) else {
            return Ok(());
        };
        let progress = Progress { session_id, stage: stage.to_owned(), progress, message: message.to_owned() };
        self.send(&ServerMessage::ProcessProgress(progress)).await
    }

    /// Cancels the phrase. Clients that cancel do not wait for an answer, so there is none.
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
            Some(ClientMessage::Ping) => self.send(&ServerMessage::Pong).await,
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

    /// Sets the expected binary message.
    fn expect(&mut self, expected: ExpectedMessage) {
        self.expected = expected;
        self.expected_since = (Instant::now(), self.traffic.received());
    }

    /// An announced payload that does not arrive is an error of its header; if it comes late, it is ignored.
    async fn check_payload(&mut self) -> Step {
        let received = self.traffic.received();
        if received != self.expected_since.1 {
            self.expected_since = (Instant::now(), received);
        }
        if self.expected_since.0.elapsed() < PAYLOAD_TIMEOUT.min(self.service.limits.session_timeout) {
            return Ok(());
        }
        let code = match self.expected {
            ExpectedMessage::Text | ExpectedMessage::Nothing => return Ok(()),
            ExpectedMessage::Frame(_) => ErrorCode::FrameProcessingFailed,
            ExpectedMessage::Signal(_) => ErrorCode::ProcessingFailed,
        };
        self.expected = ExpectedMessage::Nothing;
        self.refuse(code, "The binary message that was announced did not come").await
    }

    async fn on_tick(&mut self) -> Step {
        self.check_payload().await?;
        if let Some(session) = self.session.as_ref().filter(|session| session.signal.is_none()) {
            let idle = session.session_stats().idle();
            if idle > self.service.limits.session_timeout {
                let text = format!("Session timeout: no activity for {:.1}s", idle.as_secs_f64());
                return self.refuse(ErrorCode::NoActiveSession, text).await;
            }
        }
        let keepalive = KEEPALIVE.min(self.service.limits.session_timeout);
        if self.last_received.elapsed() > keepalive * 3 {
            return Err(Ending::Lost);
        }
        if self.last_received.elapsed() > keepalive && self.pinged.elapsed() > keepalive {
            self.pinged = Instant::now();
            return self.send_raw(Message::Ping(Bytes::new())).await;
        }
        Ok(())
    }

    /// A protocol violation gets its close code; anything else is a broken connection.
    async fn on_broken(&mut self, error: &tungstenite::Error) -> Step {
        let Some(code) = close_code_of(error) else { return Err(Ending::Lost) };
        tracing::info!(%error, code, "closed");
        self.close(code, "").await;
        Err(Ending::Closed)
    }

    /// Reports an error of the open session, if there is one. Where the error ends the connection, the session is freed before the client
    /// receives it and comes back.
    async fn refuse(&mut self, code: ErrorCode, text: impl Into<String>) -> Step {
        let session_id = self.session.as_ref().map(|session| session.id().to_owned());
        if code.closes() && self.session.take().is_some() {
            self.service.metrics.dropped.add(1);
        }
        self.report(ErrorReport::new(session_id.as_deref(), code, text)).await?;
        if code.closes() {
            self.close(CLOSE_NORMAL, "").await;
            return Err(Ending::Closed);
        }
        Ok(())
    }

    async fn report(&mut self, report: ErrorReport) -> Step {
        tracing::info!(code = report.error_code, message = report.error_message, "refused");
        self.send(&ServerMessage::Error(report)).await
    }

    async fn send(&mut self, message: &ServerMessage) -> Step {
        self.send_raw(Message::text(message.to_json())).await
    }

    /// Sends a message with a time-out.
    async fn send_raw(&mut self, message: Message) -> Step {
        match tokio::time::timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Ending::Lost),
        }
    }

    /// Sends the close frame, ignoring errors.
    async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        let _ = self.send_raw(Message::Close(Some(frame))).await;
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
            self.close(CLOSE_GOING_AWAY, "the server is stopping").await;
        }
    }
}

fn size_of_message(message: &Message) -> usize {
    match message {
        Message::Close(_) => 0,
        message => message.len(),
    }
}

async fn next_event(session: &mut Option<Session>) -> Option<PhraseEvent> {
    match session {
        Some(session) => session.worker.next_event().await,
        None => std::future::pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

async fn cancelled(token: Option<CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}
