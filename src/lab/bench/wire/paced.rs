//! One session of the bench: sends each frame when it is due, whatever has been acknowledged, and notes when answers come.

use super::film::{FPS, Film};
use super::served::Served;
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wire::protocol::{ClientMessage, DEFAULT_QUALITY, FrameHeader, ServerMessage, SessionStart, SignalHeader};

/// Longest wait for an answer before the bench gives up.
const TIMEOUT: Duration = Duration::from_mins(2);
/// How long a session waits before it asks a busy server again.
const ASK_AGAIN: Duration = Duration::from_millis(250);
/// Frames that may be unacknowledged: what the server grants at most.
const WINDOW: u32 = 32;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What one phrase measured.
pub(super) struct Streamed {
    /// From handing a frame to the socket to its acknowledgement.
    pub(super) acks: Vec<Duration>,
    /// From handing the signal log to the socket to the verdict.
    pub(super) verdict: Duration,
    /// Frames that the server did not analyse.
    pub(super) skipped: usize,
    /// Who has right of way.
    pub(super) winner: String,
}

/// Result of requesting a session.
pub(super) enum Opening {
    /// It is open.
    Open(Box<Line>),
    /// The server rejected it, with its reason.
    Busy(String),
}

/// An open session.
pub(super) struct Line {
    socket: Socket,
    id: String,
}

impl Line {
    /// Connects and opens a session; asks again while the server is busy.
    pub(super) async fn open(server: &Served, id: &str, film: &Film) -> anyhow::Result<Self> {
        let began = Instant::now();
        loop {
            match Self::ask(server, id, film).await? {
                Opening::Open(line) => return Ok(*line),
                Opening::Busy(reason) if began.elapsed() > TIMEOUT => bail!("the server opens no session: {reason}"),
                Opening::Busy(_) => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
    }

    /// Connects and asks for a session.
    pub(super) async fn ask(server: &Served, id: &str, film: &Film) -> anyhow::Result<Opening> {
        let url = format!("ws://{}/stream", server.address);
        let (socket, _) = tokio_tungstenite::connect_async_with_config(url, None, true).await?;
        let mut line = Self { socket, id: id.to_owned() };
        let start = SessionStart {
            session_id: id.to_owned(),
            fps: FPS,
            width: film.size.0,
            height: film.size.1,
            expected_frames: None,
            window: Some(WINDOW),
            resumable: false,
            resume_token: None,
        };
        line.socket.send(Message::text(ClientMessage::SessionStart(start).to_json(id))).await?;
        match receive(&mut line.socket).await? {
            ServerMessage::SessionStarted(_) => Ok(Opening::Open(Box::new(line))),
            ServerMessage::Error(report) => Ok(Opening::Busy(report.error_message)),
            other => bail!("the server does not open a session: {other:?}"),
        }
    }

    /// Sends the first frames of a film at its pace, then asks for the verdict.
    pub(super) async fn phrase(&mut self, film: &Film, frames: usize) -> anyhow::Result<Streamed> {
        self.send(film, frames, Duration::from_secs_f64(1.0 / FPS)).await
    }

    /// The same as fast as the server takes them.
    pub(super) async fn phrase_at_once(&mut self, film: &Film, frames: usize) -> anyhow::Result<Streamed> {
        self.send(film, frames, Duration::ZERO).await
    }

    async fn send(&mut self, film: &Film, frames: usize, step: Duration) -> anyhow::Result<Streamed> {
        let (mut sink, mut stream) = (&mut self.socket).split();
        let began = tokio::time::Instant::now();
        let sending = async {
            let mut sent = Vec::with_capacity(frames);
            for (number, jpeg) in film.jpegs.iter().take(frames).enumerate() {
                tokio::time::sleep_until(began + step * number as u32).await;
                let header = FrameHeader {
                    frame_number: number as i64,
                    timestamp: 1e9 + number as f64 / FPS,
                    encoding: "jpeg".to_owned(),
                    quality: DEFAULT_QUALITY,
                    size: jpeg.len() as i64,
                };
                sent.push(Instant::now());
                sink.feed(Message::text(ClientMessage::Frame(header).to_json(&self.id))).await?;
                sink.feed(Message::Binary(jpeg.clone())).await?;
                sink.flush().await?;
            }
            anyhow::Ok(sent)
        };
        let hearing = async {
            let mut received = Vec::with_capacity(frames);
            while received.len() < frames {
                match receive(&mut stream).await? {
                    ServerMessage::FrameAck { .. } => received.push(Instant::now()),
                    other => bail!("no acknowledgement: {other:?}"),
                }
            }
            Ok(received)
        };
        let (sent, received) = tokio::try_join!(sending, hearing)?;
        let acks =
            sent.iter().zip(&received).map(|(sent, received)| received.saturating_duration_since(*sent)).collect();
        drop((sink, stream));
        self.verdict(film, acks).await
    }

    async fn verdict(&mut self, film: &Film, acks: Vec<Duration>) -> anyhow::Result<Streamed> {
        let header = SignalHeader { filename: "signal.txt".to_owned(), size: film.log.len() as i64 };
        let asked = Instant::now();
        self.socket.feed(Message::text(ClientMessage::Signal(header).to_json(&self.id))).await?;
        self.socket.send(Message::binary(film.log.clone())).await?;
        loop {
            match receive(&mut self.socket).await? {
                ServerMessage::ProcessComplete { result, .. } => {
                    let verdict = asked.elapsed();
                    let skipped = result["streaming_stats"]["frames_skipped"].as_u64().unwrap_or(0) as usize;
                    let winner = result["winner"].as_str().unwrap_or_default().to_owned();
                    return Ok(Streamed { acks, verdict, skipped, winner });
                }
                ServerMessage::Error(report) => bail!("no verdict: {}", report.error_message),
                _ => {}
            }
        }
    }
}

/// The next message that is text.
async fn receive<S>(stream: &mut S) -> anyhow::Result<ServerMessage>
where
    S: StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    loop {
        let next = tokio::time::timeout(TIMEOUT, stream.next()).await.context("the server does not answer")?;
        if let Message::Text(text) = next.context("the server has closed the connection")?? {
            return Ok(ServerMessage::parse(&text)?);
        }
    }
}
