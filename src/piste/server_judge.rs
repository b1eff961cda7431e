//! Judging by a server: frames are sent during the phrase, in the camera's own JPEG, and the signals at its end.

use super::ServerChoice;
use super::judge_event::{JudgeEvent, JudgeEventSender, ServerQuestion};
use super::live_judge::Conclusion;
use capture::camera::{CapturedFrame, PixelCoding};
use crossbeam_channel::Sender;
use fencing::Weapon;
use fencing::time::Timestamp;
use recording::write_signal_log;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use vision::video::spawn_worker;
use wire::client::{ClientError, ClientEvent, Encoding, PhraseOffer, RemotePhrase, Retries, ServerAddress};

/// Capacity of the queue: one minute at 60 fps. The bytes are shared with the recorder's memory.
const QUEUE_CAPACITY: usize = 3600;

/// Number of frames sent ahead, if the server allows it.
const SEND_WINDOW: u32 = 32;
/// Reported when sending panicked.
const DEFECT: &str =
    "asking the server failed because of a defect in the program; judge the phrase here, and report this";
/// Reported when the answer is not a verdict.
const NOT_UNDERSTOOD: &str = "the server's answer holds no verdict; check that it is a judging server of this kind";
/// Interval at which it is checked whether the phrase was cancelled while no event of the connection arrives.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
/// Width at which frames of cameras without JPEG are sent, in pixels (720p).
const SENT_WIDTH: u32 = 1280;

/// A phrase for a server.
pub(crate) struct ServerPhrase {
    pub(crate) server: ServerChoice,
    pub(crate) name: String,
    pub(crate) fps: f64,
    pub(crate) weapon: Weapon,
}

/// The session loop's handle of a phrase that is being sent.
pub(crate) struct ServerWatch {
    feed: Sender<Feed>,
    count: Arc<FeedProgress>,
}

/// Messages to the sending thread.
enum Feed {
    Frame(CapturedFrame),
    Conclude(Box<Conclusion>),
}

/// State shared by the session loop and the sending thread.
#[derive(Debug, Default)]
struct FeedProgress {
    queued: AtomicU64,
    done: AtomicU64,
    cancelled: AtomicBool,
}

/// The sending thread's end of the queue.
struct FeedReceiver {
    feed: crossbeam_channel::Receiver<Feed>,
    count: Arc<FeedProgress>,
}

/// Starts sending on a thread of its own. Zero of its clock is the first frame.
pub(crate) fn send_to_server(phrase: ServerPhrase, events: JudgeEventSender) -> std::io::Result<ServerWatch> {
    let (sender, queue) = crossbeam_channel::bounded(QUEUE_CAPACITY);
    let count = Arc::new(FeedProgress::default());
    let feed = FeedReceiver { feed: queue, count: Arc::clone(&count) };
    let panic_events = events.clone();
    let on_panic = move || panic_events.send(JudgeEvent::failed(panic_events.phrase, DEFECT));
    spawn_worker("piste-server", on_panic, move || {
        if let Some(event) = send(&phrase, &feed, &events) {
            events.send(event);
        }
    })?;
    Ok(ServerWatch { feed: sender, count })
}

impl ServerWatch {
    /// Queues a frame, in order of time. If the queue is full the frame is skipped, but counted as taken.
    pub(crate) fn frame(&self, frame: &CapturedFrame) {
        self.count.queued.fetch_add(1, Ordering::Relaxed);
        let _full_or_gone = self.feed.try_send(Feed::Frame(frame.clone()));
    }

    /// Ends the frames and requests the verdict.
    pub(crate) fn conclude(&self, conclusion: Conclusion) -> bool {
        // Blocks only while a minute of frames waits, and they are being sent.
        self.feed.send_timeout(Feed::Conclude(Box::new(conclusion)), Duration::from_millis(200)).is_ok()
    }

    /// Share of the frames that were sent, 0..1.
    pub(crate) fn share(&self) -> f32 {
        let queued = self.count.queued.load(Ordering::Relaxed).max(1);
        (self.count.done.load(Ordering::Relaxed) as f32 / queued as f32).min(1.0)
    }
}

impl Drop for ServerWatch {
    fn drop(&mut self) {
        self.count.cancelled.store(true, Ordering::Release);
    }
}

impl FeedReceiver {
    fn is_cancelled(&self) -> bool {
        self.count.cancelled.load(Ordering::Acquire)
    }

    /// The next message; `None` once the phrase was cancelled.
    fn next(&self) -> Option<Feed> {
        let item = self.feed.recv().ok()?;
        if self.is_cancelled() {
            return None;
        }
        if matches!(item, Feed::Frame(_)) {
            self.count.done.fetch_add(1, Ordering::Relaxed);
        }
        Some(item)
    }
}

/// An open connection for one phrase.
struct ServerConnection {
    phrase: RemotePhrase,
    answers: Receiver<ClientEvent>,
    zero: Timestamp,
}

fn send(phrase: &ServerPhrase, feed: &FeedReceiver, events: &JudgeEventSender) -> Option<JudgeEvent> {
    let mut connection = None;
    let mut failed = None;
    loop {
        match feed.next()? {
            Feed::Frame(_) if failed.is_some() => {}
            Feed::Frame(frame) => {
                if let Err(error) = pass_on(phrase, &frame, &mut connection) {
                    failed = Some(error);
                }
            }
            Feed::Conclude(conclusion) => {
                return match (failed, connection) {
                    (Some(text), _) => Some(JudgeEvent::failed(events.phrase, text)),
                    (None, None) => {
                        Some(JudgeEvent::failed(events.phrase, "the camera delivered no frame of this phrase"))
                    }
                    (None, Some(connection)) => await_verdict(phrase, &connection, &conclusion, feed, events),
                };
            }
        }
    }
}

fn pass_on(
    phrase: &ServerPhrase,
    frame: &CapturedFrame,
    connection: &mut Option<ServerConnection>,
) -> Result<(), String> {
    let jpeg = jpeg_of(frame)?;
    if connection.is_none() {
        *connection = Some(open(phrase, frame)?);
    }
    let Some(connection) = connection else { return Ok(()) };
    if connection.phrase.send_frame(frame.at.secs_since(connection.zero), jpeg) {
        return Ok(());
    }
    Err(failure(&connection.answers).unwrap_or_else(|| "the server ended the phrase early".into()))
}

fn open(phrase: &ServerPhrase, first: &CapturedFrame) -> Result<ServerConnection, String> {
    let server = &phrase.server;
    let address = ServerAddress::parse(&server.address, server.token.as_ref().map(|token| token.reveal().to_owned()))
        .map_err(|e| e.to_string())?;
    let phrase = PhraseOffer {
        session_id: phrase.name.clone(),
        fps: phrase.fps,
        width: first.size.width,
        height: first.size.height,
        encoding: Encoding::Jpeg,
        jpeg_quality: wire::client::DEFAULT_QUALITY,
        expected_frames: None,
        window: SEND_WINDOW,
        retries: Retries::default(),
    };
    let (phrase, answers) = RemotePhrase::start(address, phrase).map_err(|e| e.to_string())?;
    Ok(ServerConnection { phrase, answers, zero: first.at })
}

/// The camera's own JPEG, or a new one.
fn jpeg_of(frame: &CapturedFrame) -> Result<Vec<u8>, String> {
    if frame.coding == PixelCoding::Jpeg {
        return Ok(frame.bytes.to_vec());
    }
    let decoded = frame.decode(SENT_WIDTH).map_err(|e| e.to_string())?;
    vision::video::encode_jpeg(&decoded.rgb, decoded.size).map_err(|e| e.to_string())
}

/// The reason why the connection's thread ended, if it gave one.
fn failure(events: &Receiver<ClientEvent>) -> Option<String> {
    events
        .try_iter()
        .find_map(|event| if let ClientEvent::Failed(error) = event { Some(error.to_string()) } else { None })
}

/// Sends the signals and waits for the verdict.
fn await_verdict(
    phrase: &ServerPhrase,
    connection: &ServerConnection,
    conclusion: &Conclusion,
    feed: &FeedReceiver,
    events: &JudgeEventSender,
) -> Option<JudgeEvent> {
    let failed = |text: String| JudgeEvent::failed(events.phrase, text);
    let asked = Instant::now();
    let signals = conclusion.signals.log();
    let log = write_signal_log(signals, &conclusion.meta).into_bytes();
    let _heard_below = connection.phrase.conclude(&format!("{}.txt", phrase.name), log);
    loop {
        if feed.is_cancelled() {
            return None;
        }
        match connection.answers.recv_timeout(CHECK_INTERVAL) {
            Ok(ClientEvent::Stage { stage, progress, .. }) => events.progress(stage_key(&stage), progress as f32),
            Ok(ClientEvent::Judged(result)) => {
                let (address, took) = (phrase.server.address.as_str(), asked.elapsed());
                let question = ServerQuestion { address, weapon: phrase.weapon, signals, took };
                let event = JudgeEvent::of_server(events.phrase, &result, &question);
                return Some(event.unwrap_or_else(|| failed(NOT_UNDERSTOOD.into())));
            }
            Ok(ClientEvent::Failed(ClientError::Cancelled)) => return None,
            Ok(ClientEvent::Failed(error)) => return Some(failed(error.to_string())),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Some(failed("the connection ended early".into())),
        }
    }
}

/// Message key of a stage of the protocol.
fn stage_key(stage: &str) -> &'static str {
    match stage {
        "video_reconstruction" => "stage-opening",
        "decision" | "overlay" => "stage-deciding",
        _ => "stage-watching",
    }
}
