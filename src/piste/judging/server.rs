//! A server, while the phrase is fenced: pictures go out in the camera's own JPEG as they come, the signals when it ends.

use super::Conclusion;
use crate::ServerChoice;
use crate::judge_event::{JudgeEvent, JudgeEventSender, ServerQuestion};
use capture::camera::{Captured, PixelCoding};
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

/// Pictures that may wait: a minute of 60 per second. Their bytes are shared with the recorder's memory.
const WAITING: usize = 3600;

/// Frames sent ahead where the server allows it.
const WINDOW: u32 = 32;
/// Told when sending itself has a defect.
const DEFECT: &str =
    "asking the server failed because of a defect in the program; judge the phrase here, and report this";
/// Told where a server answers something else than a verdict.
const NOT_UNDERSTOOD: &str = "the server's answer holds no verdict; check that it is a judging server of this kind";
/// How long the silence of the connection's thread may last before the phrase's end is looked at.
const LISTEN: Duration = Duration::from_millis(50);
/// What is sent of cameras that deliver no JPEG, in pixels across: 720p.
const SENT_WIDTH: u32 = 1280;

/// A phrase for a server.
pub(crate) struct Offer {
    pub(crate) server: ServerChoice,
    pub(crate) name: String,
    pub(crate) fps: f64,
    pub(crate) weapon: Weapon,
}

/// The desk's end of a phrase that is being sent.
pub(crate) struct Sending {
    feed: Sender<Feed>,
    count: Arc<Count>,
}

/// What is sent.
enum Feed {
    Picture(Captured),
    Conclude(Box<Conclusion>),
}

/// What the desk and the thread both see.
#[derive(Debug, Default)]
struct Count {
    fed: AtomicU64,
    done: AtomicU64,
    called_off: AtomicBool,
}

/// The thread's end of the queue.
struct Intake {
    feed: crossbeam_channel::Receiver<Feed>,
    count: Arc<Count>,
}

/// Starts sending on a thread of its own. Its clock's zero is the first picture.
pub(crate) fn watch_there(offer: Offer, events: JudgeEventSender) -> std::io::Result<Sending> {
    let (feed, taken) = crossbeam_channel::bounded(WAITING);
    let count = Arc::new(Count::default());
    let intake = Intake { feed: taken, count: Arc::clone(&count) };
    let told = events.clone();
    let on_panic = move || told.send(JudgeEvent::failed(told.phrase, DEFECT));
    spawn_worker("piste-server", on_panic, move || {
        if let Some(event) = send(&offer, &intake, &events) {
            events.send(event);
        }
    })?;
    Ok(Sending { feed, count })
}

impl Sending {
    /// A picture of the phrase, in order of time. What does not fit is skipped and counted as fed.
    pub(super) fn picture(&self, picture: &Captured) {
        self.count.fed.fetch_add(1, Ordering::Relaxed);
        let _full_or_gone = self.feed.try_send(Feed::Picture(picture.clone()));
    }

    /// No more pictures: the verdict is wanted.
    pub(super) fn conclude(&self, conclusion: Conclusion) -> bool {
        // Full only when a minute of pictures waits; then room comes as they are taken.
        self.feed.send_timeout(Feed::Conclude(Box::new(conclusion)), Duration::from_millis(200)).is_ok()
    }

    /// Share of the pictures that were taken so far, 0..1.
    pub(super) fn share(&self) -> f32 {
        let fed = self.count.fed.load(Ordering::Relaxed).max(1);
        (self.count.done.load(Ordering::Relaxed) as f32 / fed as f32).min(1.0)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.count.called_off.store(true, Ordering::Release);
    }
}

impl Intake {
    fn is_called_off(&self) -> bool {
        self.count.called_off.load(Ordering::Acquire)
    }

    /// The next item; `None` once the phrase was called off.
    fn next(&self) -> Option<Feed> {
        let item = self.feed.recv().ok()?;
        if self.is_called_off() {
            return None;
        }
        if matches!(item, Feed::Picture(_)) {
            self.count.done.fetch_add(1, Ordering::Relaxed);
        }
        Some(item)
    }
}

/// A phrase that is on its way.
struct Line {
    phrase: RemotePhrase,
    answers: Receiver<ClientEvent>,
    zero: Timestamp,
}

fn send(offer: &Offer, intake: &Intake, events: &JudgeEventSender) -> Option<JudgeEvent> {
    let mut line = None;
    let mut failed = None;
    loop {
        match intake.next()? {
            Feed::Picture(_) if failed.is_some() => {}
            Feed::Picture(picture) => {
                if let Err(error) = pass_on(offer, &picture, &mut line) {
                    failed = Some(error);
                }
            }
            Feed::Conclude(conclusion) => {
                return match (failed, line) {
                    (Some(text), _) => Some(JudgeEvent::failed(events.phrase, text)),
                    (None, None) => {
                        Some(JudgeEvent::failed(events.phrase, "the camera delivered no picture of this phrase"))
                    }
                    (None, Some(line)) => hear(offer, &line, *conclusion, intake, events),
                };
            }
        }
    }
}

fn pass_on(offer: &Offer, picture: &Captured, line: &mut Option<Line>) -> Result<(), String> {
    let jpeg = jpeg_of(picture)?;
    if line.is_none() {
        *line = Some(open(offer, picture)?);
    }
    let Some(line) = line else { return Ok(()) };
    if line.phrase.send_frame(picture.at.secs_since(line.zero), jpeg) {
        return Ok(());
    }
    Err(failure(&line.answers).unwrap_or_else(|| "the server ended the phrase early".into()))
}

fn open(offer: &Offer, first: &Captured) -> Result<Line, String> {
    let server = &offer.server;
    let address = ServerAddress::parse(&server.address, server.token.as_ref().map(|token| token.reveal().to_owned()))
        .map_err(|e| e.to_string())?;
    let phrase = PhraseOffer {
        session_id: offer.name.clone(),
        fps: offer.fps,
        width: first.size.width,
        height: first.size.height,
        encoding: Encoding::Jpeg,
        jpeg_quality: wire::client::DEFAULT_QUALITY,
        expected_frames: None,
        window: WINDOW,
        retries: Retries::default(),
    };
    let (phrase, answers) = RemotePhrase::start(address, phrase).map_err(|e| e.to_string())?;
    Ok(Line { phrase, answers, zero: first.at })
}

/// The camera's own JPEG, or one made here.
fn jpeg_of(picture: &Captured) -> Result<Vec<u8>, String> {
    if picture.coding == PixelCoding::Jpeg {
        return Ok(picture.bytes.to_vec());
    }
    let frame = picture.frame(SENT_WIDTH).map_err(|e| e.to_string())?;
    vision::video::encode_jpeg(&frame.rgb, frame.size).map_err(|e| e.to_string())
}

/// Why the connection's thread ended, if it said so already.
fn failure(events: &Receiver<ClientEvent>) -> Option<String> {
    events
        .try_iter()
        .find_map(|event| if let ClientEvent::Failed(error) = event { Some(error.to_string()) } else { None })
}

/// Hands in the signals and waits for the verdict.
fn hear(
    offer: &Offer,
    line: &Line,
    conclusion: Conclusion,
    intake: &Intake,
    events: &JudgeEventSender,
) -> Option<JudgeEvent> {
    let failed = |text: String| JudgeEvent::failed(events.phrase, text);
    let asked = Instant::now();
    let signals = conclusion.signals.log();
    let log = write_signal_log(signals, &conclusion.meta).into_bytes();
    let _heard_below = line.phrase.conclude(&format!("{}.txt", offer.name), log);
    loop {
        if intake.is_called_off() {
            return None;
        }
        match line.answers.recv_timeout(LISTEN) {
            Ok(ClientEvent::Stage { stage, progress, .. }) => events.progress(stage_key(&stage), progress as f32),
            Ok(ClientEvent::Judged(result)) => {
                let (address, took) = (offer.server.address.as_str(), asked.elapsed());
                let question = ServerQuestion { address, weapon: offer.weapon, signals, took };
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

/// Message key of a stage as the protocol names it.
fn stage_key(stage: &str) -> &'static str {
    match stage {
        "video_reconstruction" => "stage-opening",
        "decision" | "overlay" => "stage-deciding",
        _ => "stage-watching",
    }
}
