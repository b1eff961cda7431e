//! State shared by all connections: judge, access, limits, artifacts.

use super::artifact_store::ArtifactStore;
use super::artifact_uploader::ArtifactUploader;
use super::artifacts::{ArtifactQueue, ArtifactSetup, IdleGate, JudgeAgain, JudgedPhrase, Streamed, save_result};
use super::connections::ConnectionLimits;
use super::judge::Judge;
use super::metrics::Metrics;
use super::phrase::{Concluded, PhraseEvent, PhraseWorker, SpooledPhrase, interrupted_phrases};
use super::result_object::{self, PhraseFacts};
use super::run::ServerError;
use super::sessions::Sessions;
use super::stream::Session;
use super::uploads::Uploads;
use bytes::Bytes;
use fencing::Weapon;
use fencing::wording::Language;
use parking_lot::Mutex;
use recording::folder::create_for_session;
use recording::{FolderError, HitSides, SignalLogError};
use records::analysis::{ClipRequest, ClipSignals, LoggedSignals, judge_clip_with};
use serde_json::Value;
use settings::{Access, Limits, StoreSettings};
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vision::engine::Judgement;
use vision::lens::Correction;
use vision::video::{Cancel, ClipOptions};

/// Configuration of a server.
#[derive(Clone)]
pub struct ServiceSetup {
    /// The judge.
    pub judge: Arc<dyn Judge>,
    /// Access control.
    pub access: Access,
    /// Resource limits.
    pub limits: Limits,
    /// Folder that gets one folder per phrase.
    pub output: PathBuf,
    /// Artifact store.
    pub store: Option<StoreSettings>,
    /// Weapon of every phrase: the protocol does not state it.
    pub weapon: Weapon,
    /// Whose sides signal logs use.
    pub hit_sides: HitSides,
    /// Language of the artifacts.
    pub language: Language,
    /// Settings of the lens-corrected video, if one is made.
    pub corrected: Option<Correction>,
}

/// State shared by all connections.
pub(super) struct Service {
    pub(super) judge: Arc<dyn Judge>,
    pub(super) access: Access,
    pub(super) limits: Limits,
    pub(super) output: PathBuf,
    pub(super) weapon: Weapon,
    hit_sides: HitSides,
    /// Streaming sessions.
    pub(super) sessions: Sessions,
    /// Metrics.
    pub(super) metrics: Arc<Metrics>,
    /// Writes artifacts after the verdicts.
    pub(super) artifacts: ArtifactQueue,
    /// Artifacts of all servers.
    pub(super) store: Option<Arc<ArtifactStore>>,
    /// Connection limits.
    pub(super) connection_limits: ConnectionLimits,
    /// Admission of uploads.
    pub(super) uploads: Uploads,
    /// No new phrases; running ones continue.
    pub(super) stopping: CancellationToken,
    /// Everything ends.
    pub(super) killed: CancellationToken,
    /// Every WebSocket connection, to wait for when stopping.
    pub(super) connections: TaskTracker,
    /// Phrases that were streaming when the server was killed.
    pub(super) interrupted_phrases: Mutex<Vec<SpooledPhrase>>,
}

impl Service {
    /// A service without connections. Needs a runtime for the uploader.
    pub(super) fn new(setup: ServiceSetup) -> Result<Arc<Self>, ServerError> {
        // Uses the same cryptography provider for the artifact store and the sockets.
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        let limits = setup.limits;
        let (access, output) = (setup.access, setup.output);
        let metrics = Arc::new(Metrics::default());
        let store = setup.store.as_ref().map(ArtifactStore::new).transpose()?.map(Arc::new);
        let uploader = setup.store.as_ref().zip(store.clone());
        let uploader =
            uploader.map(|(settings, store)| ArtifactUploader::start(store, settings, Arc::clone(&metrics), &output));
        let sessions = Sessions::new(&limits);
        let stopping = CancellationToken::new();
        let idle_gate = IdleGate::new(sessions.clone(), stopping.clone());
        let (language, corrected) = (setup.language, setup.corrected);
        let (judged, streaming): (Vec<_>, Vec<_>) =
            interrupted_phrases(&output, &stopping).into_iter().partition(|phrase| phrase.verdict.is_some());
        let queue_setup = ArtifactSetup {
            idle_gate,
            uploader,
            output: output.clone(),
            language,
            corrected,
            memory: sessions.memory.clone(),
            judge_again: judge_again(Arc::clone(&setup.judge), setup.weapon, setup.hit_sides),
            cut_off: judged,
        };
        Ok(Arc::new(Self {
            sessions,
            metrics,
            artifacts: ArtifactQueue::start(queue_setup)?,
            store,
            connection_limits: ConnectionLimits::new(
                limits.max_connections,
                limits.max_connections_per_address,
                &access.trusted_proxies,
            ),
            uploads: Uploads::for_this_machine(),
            stopping,
            killed: CancellationToken::new(),
            connections: TaskTracker::new(),
            interrupted_phrases: Mutex::new(streaming),
            judge: setup.judge,
            access,
            limits,
            output,
            weapon: setup.weapon,
            hit_sides: setup.hit_sides,
        }))
    }

    /// Parses a signal log.
    pub(super) fn read_signals(&self, bytes: &[u8]) -> Result<LoggedSignals, SignalLogError> {
        LoggedSignals::parse(bytes, self.hit_sides)
    }

    /// Creates the folder of a streamed phrase and its result object. A disk that cannot be written costs the artifacts, not the verdict.
    pub(super) async fn store_streamed(&self, session: Session, concluded: Concluded) -> JudgedPhrase {
        let Concluded { judgement, conclude_secs, analysed, skipped, times } = concluded;
        let skipped = skipped + session.worker.unanalysed();
        let answered = self.answer_streamed(session, judgement, (conclude_secs, analysed, skipped)).await;
        let AnsweredSession { judgement, facts, result, mut streamed, .. } = answered;
        streamed.times = times;
        JudgedPhrase::streamed(judgement, facts, result, streamed)
    }

    /// Writes the verdict of a session and frees its place; its frames may still be analysed. `figures`: seconds since the signal, frames
    /// analysed and skipped.
    pub(super) async fn answer_streamed(
        &self,
        session: Session,
        mut judgement: Judgement,
        (conclude_secs, analysed, skipped): (f64, u64, u64),
    ) -> AnsweredSession {
        let (root, id, now) = (self.output.clone(), session.id().to_owned(), OffsetDateTime::now_utc());
        let folder = make_folder(move || create_for_session(&root, &id, now)).await;
        judgement.completeness.frames_received = session.store.len();
        let facts = PhraseFacts {
            folder,
            video_name: "streamed_video.mp4".to_owned(),
            signal_name: "signal.txt".to_owned(),
            processing_secs: conclude_secs,
            wall_secs: session.opened.elapsed().as_secs_f64(),
            wants_overlay: true,
            wants_keypoints: false,
            declared: session.signal.as_ref().and_then(|signal| signal.declared),
            streaming_stats: Some(completed(session.stats(), analysed, skipped)),
        };
        let signal = session.signal.as_ref().map(|signal| signal.bytes.clone()).unwrap_or_default();
        let (announced, fps, session_id) = (session.announced(), session.start.fps, session.id().to_owned());
        let (store, spool, worker) = session.into_parts();
        let result = result_object::result_for_the_wire(&judgement, &facts);
        let (facts, result) = self.write_result(facts, result, Some(signal.clone())).await;
        if let (Some(spool), Some(folder)) = (&spool, facts.phrase_id()) {
            spool.push_verdict(&folder).await;
        }
        let streamed = Streamed { store, times: Vec::new(), announced, signal, session: (session_id, now), spool };
        AnsweredSession { judgement, facts, result, streamed, fps, worker }
    }

    /// Writes a result, and the signal log of a stream, before the verdict is sent. A disk failure costs these, not the verdict, which then
    /// reports it.
    pub(super) async fn write_result(
        &self,
        facts: PhraseFacts,
        mut result: Value,
        signal: Option<Bytes>,
    ) -> (PhraseFacts, Value) {
        let (about, written) = (facts.clone(), result.clone());
        let writing = tokio::task::spawn_blocking(move || save_result(&about, &written, signal.as_deref()));
        let error = match writing.await {
            Ok(Ok(())) => return (facts, result),
            Ok(Err(error)) => error,
            Err(error) => error.to_string(),
        };
        tracing::error!(error, "the result of a phrase cannot be written; it is tried again");
        if let Some(object) = result.as_object_mut() {
            object.insert("disk_full".to_owned(), serde_json::json!(true));
            object.insert("artifacts_errors".to_owned(), serde_json::json!([error]));
        }
        (facts, result)
    }
}

/// A streamed phrase whose verdict is written.
pub(super) struct AnsweredSession {
    judgement: Judgement,
    facts: PhraseFacts,
    /// The result as sent.
    pub(super) result: Value,
    /// Its frames, still without times.
    streamed: Streamed,
    fps: f64,
    worker: PhraseWorker,
}

impl AnsweredSession {
    /// Waits until its frames are analysed, so that its artifacts show them.
    pub(super) async fn analysed(mut self) -> JudgedPhrase {
        let failure = loop {
            match self.worker.next_event().await {
                Some(PhraseEvent::Progress(_)) => {}
                Some(PhraseEvent::Concluded(concluded)) => {
                    let skipped = concluded.skipped + self.worker.unanalysed();
                    let stats = self.facts.streaming_stats.take().unwrap_or_default();
                    self.facts.streaming_stats = Some(completed(stats, concluded.analysed, skipped));
                    let received = self.judgement.completeness.frames_received;
                    self.judgement = concluded.judgement;
                    self.judgement.completeness.frames_received = received;
                    self.streamed.times = concluded.times;
                    return JudgedPhrase::streamed(self.judgement, self.facts, self.result, self.streamed);
                }
                Some(PhraseEvent::Failed(error)) => break error,
                None => break "the judge has stopped".to_owned(),
            }
        };
        self.streamed.times = self.streamed.store.times(self.fps);
        JudgedPhrase::streamed(self.judgement, self.facts, self.result, self.streamed).with_error(failure)
    }
}

/// The statistics of a session whose phrase is judged.
fn completed(mut stats: Value, analysed: u64, skipped: u64) -> Value {
    if let Some(object) = stats.as_object_mut() {
        object.insert("completed".to_owned(), serde_json::json!(true));
        object.insert("frames_analysed".to_owned(), serde_json::json!(analysed));
        object.insert("frames_skipped".to_owned(), serde_json::json!(skipped));
    }
    stats
}

/// Judges the clip of a phrase again, as its upload would be.
fn judge_again(judge: Arc<dyn Judge>, weapon: Weapon, hit_sides: HitSides) -> JudgeAgain {
    Box::new(move |clip, signal| {
        let logged = LoggedSignals::parse(signal, hit_sides).map_err(|error| error.to_string())?;
        let request = ClipRequest {
            clip: clip.to_owned(),
            signals: ClipSignals::Given(logged.signals),
            weapon,
            options: ClipOptions::default(),
        };
        let judged = judge_clip_with(&|| judge.begin(weapon), &request, &Cancel::new(), &mut |_| ());
        Ok((judged.map_err(|error| error.to_string())?.judgement, logged.human_answer))
    })
}

/// Creates a new folder, or returns why there is none.
pub(super) async fn make_folder(
    make: impl FnOnce() -> Result<PathBuf, FolderError> + Send + 'static,
) -> Result<PathBuf, String> {
    match tokio::task::spawn_blocking(make).await {
        Ok(Ok(folder)) => Ok(folder),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
