//! A server for tests: port 0, a fake judge, an injected shutdown, its own output folder; and a raw socket to talk to it.

use fencing::actions::Timeline;
use fencing::right_of_way::{RuleId, Verdict};
use fencing::wording::Language;
use fencing::{Call, Confidence, PerSide, Probabilities, Side, SignalLog, Weapon};
use futures_util::{SinkExt, StreamExt};
use recording::HitSides;
use serde_json::{Value, json};
use settings::{Access, Limits, StoreSettings, TlsFiles};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use vision::engine::{Caution, Completeness, EngineError, Judgement, PhraseEnding, PhraseJudge};
use vision::lens::Correction;
use vision::tracking::Tracks;
use vision::video::Frame;
use wire::server::judge::{Judge, Readiness};
use wire::server::{self, ServiceSetup};

/// A judge that awards the side whose lamp lit first, and remembers the times of the frames it was shown.
#[derive(Clone, Default)]
pub(crate) struct FakeJudge {
    /// Times of all frames of all phrases, in seconds.
    pub(crate) seen: Arc<Mutex<Vec<f64>>>,
    /// How long a frame takes.
    pub(crate) per_frame: Duration,
}

struct FakePhrase {
    judge: FakeJudge,
    weapon: Weapon,
    frames: u64,
}

impl Judge for FakeJudge {
    fn begin(&self, weapon: Weapon) -> Box<dyn PhraseJudge + '_> {
        Box::new(FakePhrase { judge: self.clone(), weapon, frames: 0 })
    }

    fn readiness(&self) -> Readiness {
        Readiness { is_ready: true, model_path: "fake.onnx".into() }
    }
}

impl PhraseJudge for FakePhrase {
    fn push_frame(&mut self, frame: &Frame) {
        std::thread::sleep(self.judge.per_frame);
        self.judge.seen.lock().unwrap().push(frame.at.secs());
        self.frames += 1;
    }

    fn both_seen_share(&self) -> f64 {
        1.0
    }

    fn conclude(self: Box<Self>, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        let signals = ending.signals.log().clone();
        let lit = |side| signals.first_lit(side).is_some();
        let call = match (lit(Side::Left), lit(Side::Right)) {
            (true, false) => Call::Touch(Side::Left),
            (false, true) => Call::Touch(Side::Right),
            (true, true) => Call::Simultaneous,
            (false, false) => Call::NoTouch,
        };
        let mut cautions = ending.cautions;
        let skipped = Caution { key: "frames_dropped", value: Some(ending.skipped as f64) };
        cautions.extend((ending.skipped > 0).then_some(skipped));
        Ok(Judgement { cautions, ..judgement(self.weapon, call, signals, self.frames) })
    }
}

fn judgement(weapon: Weapon, call: Call, signals: SignalLog, frames: u64) -> Judgement {
    Judgement {
        weapon,
        verdict: Verdict {
            call,
            rule: RuleId("A1"),
            article: "t.106.1",
            reason_code: "single_light",
            confidence: Confidence(0.9),
            probabilities: Probabilities { left: 0.8, right: 0.1, none: 0.1 },
            margin: None,
            facts: Vec::new(),
            missing: Vec::new(),
        },
        timeline: Timeline::default(),
        tracks: Tracks::default(),
        corrected_tracks: Tracks::default(),
        pixels_per_metre: None,
        signals,
        completeness: Completeness { frames_analysed: frames, seen: PerSide::new(1.0, 1.0), ..Completeness::default() },
        cautions: Vec::new(),
    }
}

/// A running server. Dropping it asks it to stop; [`TestServer::stop`] waits until it has.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) judge: FakeJudge,
    pub(crate) output: Arc<tempfile::TempDir>,
    shutdown: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

/// The default limits, but for a drain that does not wait long for a phrase that a test leaves open.
pub(crate) fn quick() -> Limits {
    // A loaded machine is what one test is about; the others are not to fail by it.
    let (drain, max_lag) = (Duration::from_secs(2), Duration::from_mins(1));
    Limits { drain, max_lag, max_load: f64::INFINITY, ..Limits::default() }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            limits: quick(),
            weapon: Weapon::Sabre,
            access: Access::default(),
            judge: FakeJudge::default(),
            store: None,
            tls: None,
            judge_by: None,
            output: None,
            corrected: None,
        }
    }
}

/// What a test wants different.
#[derive(Clone)]
pub(crate) struct ServerOptions {
    pub(crate) limits: Limits,
    pub(crate) weapon: Weapon,
    pub(crate) access: Access,
    pub(crate) judge: FakeJudge,
    /// Who judges instead of the fake.
    pub(crate) judge_by: Option<Arc<dyn Judge>>,
    pub(crate) store: Option<StoreSettings>,
    pub(crate) tls: Option<TlsFiles>,
    /// Whether videos are written with their lens corrected.
    pub(crate) corrected: Option<Correction>,
    /// Where artifacts go; a folder of its own when none is named.
    pub(crate) output: Option<Arc<tempfile::TempDir>>,
}

impl TestServer {
    /// A server with the default limits.
    pub(crate) async fn start() -> Self {
        Self::start_with(ServerOptions::default()).await
    }

    /// A server as wished.
    pub(crate) async fn start_with(options: ServerOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::start_on(listener, options).await
    }

    /// A server on a socket that is bound already.
    #[allow(clippy::unused_async, reason = "callers await it like `start`")]
    pub(crate) async fn start_on(listener: TcpListener, options: ServerOptions) -> Self {
        // The server does the same, but perhaps only after a test has made its first client.
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        let address = listener.local_addr().unwrap();
        let output = options.output.unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        let setup = ServiceSetup {
            judge: options.judge_by.unwrap_or_else(|| Arc::new(options.judge.clone())),
            access: options.access,
            limits: options.limits,
            output: output.path().to_owned(),
            store: options.store,
            weapon: options.weapon,
            hit_sides: HitSides::Auto,
            language: Language::English,
            corrected: options.corrected,
        };
        let (shutdown, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stop = async { drop(stopped.await) };
            server::run(listener, setup, options.tls.as_ref(), stop).await.unwrap();
        });
        Self { address, judge: options.judge, output, shutdown: Some(shutdown), task }
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        drop(self.shutdown.take());
        (&mut self.task).await.unwrap();
    }

    /// Asks the server to stop, without waiting.
    pub(crate) fn begin_stop(&mut self) {
        drop(self.shutdown.take());
    }

    /// A socket to `/stream`.
    pub(crate) async fn connect(&self) -> Socket {
        Socket::open(&format!("ws://{}/stream", self.address)).await.unwrap()
    }

    /// An address of the HTTP side.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The JSON at a path.
    pub(crate) async fn get(&self, path: &str) -> Value {
        serde_json::from_str(&reqwest::get(self.url(path)).await.unwrap().text().await.unwrap()).unwrap()
    }

    /// Waits until a condition on the JSON at a path holds, as long as a loaded machine may need.
    pub(crate) async fn until(&self, path: &str, mut holds: impl FnMut(&Value) -> bool) -> Value {
        for _ in 0..1500 {
            let value = self.get(path).await;
            if holds(&value) {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{path} never became what it should: {}", self.get(path).await);
    }

    /// Folders under the output that are no temporary ones.
    pub(crate) fn output(&self) -> &Path {
        self.output.path()
    }
}

/// A raw WebSocket.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects to any address.
    pub(crate) async fn open(
        request: impl IntoClientRequest + Unpin,
    ) -> Result<Self, tokio_tungstenite::tungstenite::Error> {
        tokio_tungstenite::connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn binary(&mut self, bytes: Vec<u8>) {
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    /// The next text message as it is, or the close code.
    pub(crate) async fn next(&mut self) -> Result<String, Option<u16>> {
        loop {
            let next = tokio::time::timeout(Duration::from_mins(1), self.0.next()).await;
            match next.expect("the server answers") {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|f| f.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    pub(crate) async fn json(&mut self) -> Value {
        serde_json::from_str(&self.next().await.expect("a message, not the end")).unwrap()
    }

    /// Expects exactly this text.
    #[track_caller]
    pub(crate) fn expect<'a>(&'a mut self, text: &'a str) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move { assert_eq!(self.next().await.as_deref(), Ok(text), "at {place}") }
    }

    /// Sends exactly this and expects exactly that.
    pub(crate) async fn exchange(&mut self, sent: &str, expected: &str) {
        self.text(sent).await;
        let got = self.next().await;
        assert_eq!(got.as_deref(), Ok(expected), "as the answer to {sent}");
    }

    pub(crate) async fn start(&mut self, id: &str) {
        self.exchange(&start_text(id), &format!(r#"{{"type":"session_started","session_id":"{id}"}}"#)).await;
    }

    /// Sends a frame with its payload and gives the answer.
    pub(crate) async fn frame(&mut self, number: i64, payload: Vec<u8>) -> Value {
        self.send_frame(number, number as f64 / 30.0, "jpeg", payload).await;
        self.json().await
    }

    pub(crate) async fn send_frame(&mut self, number: i64, stamp: f64, encoding: &str, payload: Vec<u8>) {
        let header = json!({"type": "frame", "session_id": "x", "frame_number": number, "timestamp": stamp,
            "encoding": encoding, "size": payload.len()});
        self.text(&header.to_string()).await;
        self.binary(payload).await;
    }

    /// Sends the log and returns everything up to the verdict or an error.
    pub(crate) async fn conclude(&mut self, log: &str) -> Vec<Value> {
        let header = json!({"type": "signal", "session_id": "x", "filename": "p.txt", "size": log.len()});
        self.text(&header.to_string()).await;
        self.binary(log.as_bytes().to_vec()).await;
        let mut all = Vec::new();
        loop {
            let message = self.json().await;
            let is_last = matches!(message["type"].as_str(), Some("process_complete" | "error"));
            all.push(message);
            if is_last {
                return all;
            }
        }
    }
}

pub(crate) fn start_text(id: &str) -> String {
    json!({"type": "session_start", "session_id": id, "fps": 30.0, "width": 64, "height": 48,
        "expected_frames": 0, "video_format": "bgr24"})
    .to_string()
}

/// A small JPEG of one shade.
pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 85);
    encoder.encode(&vec![shade; 64 * 48 * 3], 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// A log in which the camera's right fencer alone touches.
pub(crate) const RIGHT_TOUCHES: &str = "Phrase 5 initialized at 2026-01-27 21:09:34\n 0.000s | Phrase recording started\n \
0.300s | HIT: Left scores on Right!\nLockout active (0.200s window)\n 0.350s | Lockout period started (0.200s window)\n \
0.500s | Phrase recording ended\nScores -> Fencer 1: HIT, Fencer 2: MISS\nPhrase ended\n";
