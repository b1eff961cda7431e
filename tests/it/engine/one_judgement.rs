//! One clip with one log has one judgement, whichever door it came through: `analyze`, the window, an upload, a stream, a
//! piste that judges a recording, and a piste that looked while the phrase was fenced.
//!
//! The clip is drawn with its lamps in the video and analysed with the true joints, so that a judgement
//! costs no inference; [`same_verdict`](super::same_verdict) looks with the shipped models. What is compared is every field
//! of the [`Judgement`], to the last digit.

use super::fakes::{Cast, TrueEyes, engine_with, small_script};
use super::standing;
use crate::support::window::{wait, window_judging_by};
use crate::wire::server::{ServerOptions, Socket, TestServer, quick};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;
use fencing::{Call, Side, Weapon};
use lab::drawn::{DrawnPhrase, Studio};
use piste::{Command, Event, JudgeEventKind, JudgedBy, Piste};
use recording::HitSides;
use records::analysis::{ClipRequest, ClipSignals, LoggedSignals, judge_clip};
use records::report::{ResultContext, analysis_result};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vision::engine::{Engine, EngineError, Judgement, PhraseEnding, PhraseJudge};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource, VideoWriter, WriterOptions};
use window::WindowOptions;
use wire::protocol::pack_raw;
use wire::server::EngineJudge;
use wire::server::judge::{Judge, Readiness};

/// When the left fencer's lamp lights in the video, in seconds; the right one's follows 0.11 s later.
const TOUCH_SECS: f64 = 3.46;
/// Slower than a camera, fast enough for no caution about coarse frames.
const PER_SECOND: f64 = 20.0;
/// Longer than anything here takes on any machine.
const TIMEOUT: Duration = Duration::from_mins(3);

/// A folder with one clip and one log, as recordings lie.
struct Recorded {
    _folder: tempfile::TempDir,
    clip: PathBuf,
}

impl Recorded {
    fn new(log: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let phrase = folder.path().join("phrase");
        std::fs::create_dir(&phrase).unwrap();
        let clip = phrase.join("phrase.mp4");
        let mut drawn = DrawnPhrase::new(small_script(), Studio::default().with_size(320, 180).with_rate(PER_SECOND));
        let mut video = VideoWriter::create(&clip, drawn.size(), &WriterOptions::default(), &Cancel::new()).unwrap();
        while let Ok(Some(frame)) = drawn.next_frame() {
            video.write(&frame).unwrap();
        }
        video.finish().unwrap();
        std::fs::write(clip.with_extension("txt"), log).unwrap();
        Self { _folder: folder, clip }
    }

    fn log(&self) -> PathBuf {
        self.clip.with_extension("txt")
    }

    fn folder(&self) -> &Path {
        self.clip.parent().unwrap()
    }

    fn frames(&self) -> Vec<Frame> {
        let mut reader = ClipReader::open(&self.clip, &ClipOptions::default(), &Cancel::new()).unwrap();
        std::iter::from_fn(|| reader.next_frame().unwrap()).collect()
    }
}

/// A log as the reference's box writes it, its clock `offset_secs` late.
fn log(offset_secs: f64) -> String {
    let at = |secs: f64| secs + offset_secs;
    format!(
        "Phrase 1 initialized at 2026-01-01 12:00:00\n 0.000s | Phrase recording started\n \
         {:.3}s | HIT: Right scores on Left!\n {:.3}s | Lockout period started (0.170s window)\n \
         {:.3}s | HIT: Left scores on Right!\n {:.3}s | Phrase recording ended\n\
         Scores -> Fencer 1: HIT, Fencer 2: HIT\nPhrase ended\n",
        at(TOUCH_SECS),
        at(TOUCH_SECS + 0.03),
        at(TOUCH_SECS + 0.11),
        at(TOUCH_SECS + 0.2),
    )
}

fn engine() -> Engine {
    engine_with(TrueEyes::new(Cast::Both))
}

fn by_analyze(recorded: &Recorded) -> Judgement {
    let signals = ClipSignals::Log { path: recorded.log(), hit_sides: HitSides::Auto };
    let (clip, options) = (recorded.clip.clone(), ClipOptions::default());
    let request = ClipRequest { clip, signals, weapon: Weapon::Sabre, options };
    judge_clip(&engine(), &request, &Cancel::new(), &mut |_| ()).unwrap().judgement
}

fn by_window(recorded: &Recorded) -> Judgement {
    let options = WindowOptions { clips: vec![recorded.clip.clone()], ..WindowOptions::default() };
    let mut window = window_judging_by(options, Arc::new(|_| Ok(engine())));
    wait(&mut window, "the clip to be judged", |app| app.model().review.judgement().is_some());
    let judgement = window.state().model().review.judgement().unwrap();
    Judgement::clone(judgement)
}

/// A piste without a camera, which judges a phrase of an earlier session.
fn by_piste_from_the_recording(recorded: &Recorded) -> Judgement {
    let recordings = tempfile::tempdir().unwrap();
    let mut settings = crate::piste::scene::settings(recordings.path());
    (settings.camera, settings.judged_by) = (None, JudgedBy::Here);
    let source = Arc::new(|| Ok(engine()));
    let (piste, events) = Piste::start(settings, source, HostClock::start(), Arc::new(|| ())).unwrap();
    assert!(piste.send(Command::JudgeHere(recorded.folder().to_owned())));
    loop {
        let Event::Judge(event) = events.recv_timeout(TIMEOUT).expect("the piste judges") else { continue };
        match &event.kind {
            JudgeEventKind::Final(judgement) => return Judgement::clone(judgement),
            JudgeEventKind::Failed { text, .. } => panic!("{text}"),
            JudgeEventKind::Progress { .. } | JudgeEventKind::Provisional(_) => {}
        }
    }
}

/// Eyes that were open long before the phrase, on a clock of their own.
fn by_piste_live(recorded: &Recorded) -> Judgement {
    let frames = recorded.frames();
    let (mut watch, _) = standing::opened();
    standing::show(&mut watch, &frames);
    watch.begin_phrase(standing::zero());
    let signals = LoggedSignals::read(&recorded.log(), HitSides::Auto).unwrap().signals;
    standing::judged(&watch, 60.0, PhraseEnding::new(signals, frames.last().unwrap().at))
}

/// The engine as the server has it, with a copy of every judgement.
struct Copying {
    engine: EngineJudge,
    judgements: Sender<Judgement>,
    analysed: Arc<AtomicUsize>,
}

struct CopyingPhrase<'a> {
    phrase: Box<dyn PhraseJudge + 'a>,
    judgements: Sender<Judgement>,
    analysed: Arc<AtomicUsize>,
}

impl Judge for Copying {
    fn begin(&self, weapon: Weapon) -> Box<dyn PhraseJudge + '_> {
        let (judgements, analysed) = (self.judgements.clone(), Arc::clone(&self.analysed));
        Box::new(CopyingPhrase { phrase: self.engine.begin(weapon), judgements, analysed })
    }

    fn readiness(&self) -> Readiness {
        self.engine.readiness()
    }
}

impl PhraseJudge for CopyingPhrase<'_> {
    fn push_frame(&mut self, frame: &Frame) {
        self.phrase.push_frame(frame);
        self.analysed.fetch_add(1, Ordering::Relaxed);
    }

    fn both_seen_share(&self) -> f64 {
        self.phrase.both_seen_share()
    }

    fn conclude(self: Box<Self>, ending: PhraseEnding) -> Result<Judgement, EngineError> {
        let judgement = self.phrase.conclude(ending)?;
        self.judgements.send(judgement.clone()).unwrap();
        Ok(judgement)
    }
}

/// A server, its judgements, and how many frames it has analysed.
async fn server() -> (TestServer, Receiver<Judgement>, Arc<AtomicUsize>) {
    let (judgements, judged) = bounded(16);
    let analysed = Arc::new(AtomicUsize::new(0));
    let judge =
        Copying { engine: EngineJudge::new(engine(), "drawn".into()), judgements, analysed: Arc::clone(&analysed) };
    let options = ServerOptions { limits: quick(), judge_by: Some(Arc::new(judge)), ..ServerOptions::default() };
    (TestServer::start_with(options).await, judged, analysed)
}

/// The engine's judgement, and what the client received.
async fn by_upload(recorded: &Recorded) -> (Judgement, Value) {
    let (server, judged, _) = server().await;
    let file = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Part::bytes(std::fs::read(path).unwrap()).file_name(name)
    };
    let form = Form::new().part("video", file(&recorded.clip)).part("signal", file(&recorded.log()));
    let answer = reqwest::Client::new().post(server.url("/analyze")).multipart(form).send().await.unwrap();
    let result: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    server.stop().await;
    (judged.try_recv().unwrap_or_else(|_| panic!("{result}")), result)
}

/// How often a stream is sent anew while the machine is too busy to analyse every frame.
const STREAMED_TIMES: usize = 6;
/// Frames that the server holds until it knows the client's clock.
const HELD: usize = 8;
/// Longest that a frame waits for the one before it to be analysed.
const ANALYSED_WITHIN: Duration = Duration::from_secs(2);

/// A stream of which every frame was analysed: a live phrase that falls behind is analysed more coarsely on purpose.
async fn by_stream(recorded: &Recorded) -> (Judgement, Value) {
    for _ in 1..STREAMED_TIMES {
        let (judgement, told) = streamed_once(recorded).await;
        if judgement.completeness.frames_received == judgement.completeness.frames_analysed {
            return (judgement, told);
        }
    }
    streamed_once(recorded).await
}

/// Every frame as it is, without the loss of a JPEG, each once the one before it is analysed.
async fn streamed_once(recorded: &Recorded) -> (Judgement, Value) {
    let (server, judged, analysed) = server().await;
    let mut socket: Socket = server.connect().await;
    let frames = recorded.frames();
    let size = frames[0].size;
    let start = json!({"type": "session_start", "session_id": "drawn", "fps": PER_SECOND, "width": size.width,
        "height": size.height, "expected_frames": frames.len(), "video_format": "bgr24"});
    socket.text(&start.to_string()).await;
    assert_eq!(socket.json().await["type"], "session_started");
    for (number, frame) in (0..).zip(&frames) {
        let payload = pack_raw(size.width, size.height, &frame.rgb);
        socket.send_frame(number, frame.at.secs(), "raw", payload).await;
        assert_eq!(socket.json().await["status"], "received");
        let (sent, since) = (number as usize + 1, Instant::now());
        while sent >= HELD && analysed.load(Ordering::Relaxed) < sent && since.elapsed() < ANALYSED_WITHIN {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let told = socket.conclude(&std::fs::read_to_string(recorded.log()).unwrap()).await.pop().unwrap();
    server.stop().await;
    (judged.try_recv().unwrap_or_else(|_| panic!("{told}")), told["result"].clone())
}

/// Compares every field: equal text is equal bits. Says where the first difference is, because a judgement has thousands of
/// lines.
#[track_caller]
fn assert_same(got: &Judgement, expected: &Judgement, through: &str) {
    let (got, expected) = (format!("{got:#?}"), format!("{expected:#?}"));
    let differs = got.lines().zip(expected.lines()).zip(1..).find(|((a, b), _)| a != b);
    assert!(
        got == expected,
        "through {through}: {differs:?}, {} and {} lines",
        got.lines().count(),
        expected.lines().count()
    );
}

/// What a client reads of a judgement: everything that does not tell where files lie and how long it took.
fn told(judgement: &Judgement) -> Value {
    let whole = serde_json::to_value(analysis_result(judgement, &ResultContext::default())).unwrap();
    only_told(&whole)
}

fn only_told(result: &Value) -> Value {
    ["winner", "reason", "natural_language_reason", "verdict"]
        .into_iter()
        .map(|key| (key.to_owned(), result[key].clone()))
        .collect()
}

#[test]
fn one_clip_with_one_log_has_one_judgement_through_every_door() {
    let wire = tokio::runtime::Runtime::new().unwrap();
    let mut touches = Vec::new();
    for offset_secs in [0.0, 0.3, -0.3, 0.8, -0.8] {
        let recorded = Recorded::new(&log(offset_secs));
        let judgement = by_analyze(&recorded);
        let check = |other: &Judgement, through| {
            assert_same(other, &judgement, &format!("{through}, log {offset_secs} s late"));
        };
        check(&by_window(&recorded), "the window");
        check(&by_piste_live(&recorded), "a live piste");
        let (uploaded, answer) = wire.block_on(by_upload(&recorded));
        check(&uploaded, "an upload");
        assert_eq!(only_told(&answer), told(&judgement), "the answer to an upload, log {offset_secs} s late");
        let (streamed, answer) = wire.block_on(by_stream(&recorded));
        check(&streamed, "a stream");
        assert_eq!(only_told(&answer), told(&judgement), "the answer to a stream, log {offset_secs} s late");
        // Last, because a piste writes its artifacts beside the clip.
        check(&by_piste_from_the_recording(&recorded), "a piste that judges a recording");

        let seen = judgement.completeness;
        assert_eq!(seen.frames_analysed, recorded.frames().len() as u64);
        assert_eq!(seen.frames_received, seen.frames_analysed);
        let cautions: Vec<_> = judgement.cautions.iter().map(|caution| caution.key).collect();
        assert_eq!(cautions, if offset_secs == 0.0 { vec![] } else { vec!["clock_mismatch"] });
        assert_eq!(judgement.verdict.call, Call::Touch(Side::Left), "log {offset_secs} s late");
        touches.push((judgement.signals.first_touch().unwrap().at.secs(), judgement.verdict.rule));
    }
    // The lamps in the video tell when the touch was, whatever the log's clock says.
    let (touch, rule) = touches[0];
    assert!((touch - TOUCH_SECS).abs() < 0.06, "{touch}");
    assert!(touches.iter().all(|(other, by)| (other - touch).abs() < 0.002 && *by == rule), "{touches:?}");
}

#[test]
fn a_clip_that_breaks_off_and_a_log_without_a_start_are_reported_everywhere() {
    let wire = tokio::runtime::Runtime::new().unwrap();
    let without_start = log(0.0).replace(" 0.000s | Phrase recording started\n", "");
    let recorded = Recorded::new(&without_start);
    let whole = std::fs::read(&recorded.clip).unwrap();
    std::fs::write(&recorded.clip, &whole[..whole.len() * 3 / 4]).unwrap();
    let judgement = by_analyze(&recorded);
    let keys: Vec<_> = judgement.cautions.iter().map(|caution| caution.key).collect();
    assert!(keys.starts_with(&["log_clock"]) && keys.contains(&"clip_broken"), "{keys:?}");
    assert_same(&by_window(&recorded), &judgement, "the window");
    let (uploaded, answer) = wire.block_on(by_upload(&recorded));
    assert_same(&uploaded, &judgement, "an upload");
    assert_eq!(only_told(&answer), told(&judgement), "the answer to an upload");
    assert_same(&by_piste_from_the_recording(&recorded), &judgement, "a piste that judges a recording");
}
