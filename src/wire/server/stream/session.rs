//! One open session: announcement, received frames, and the threads that analyse them.

use crate::protocol::{SessionStart, SessionStarted, StartRefusal, Validation};
use crate::server::phrase::{
    FrameStore, OutOfMemory, PhraseWorker, Spool, SpoolHead, SpooledPhrase, StoreOutcome, StoredFrame, WorkerSetup,
};
use crate::server::service::Service;
use crate::server::sessions::{AdmissionError, FrameCounts, SessionSlot, SessionStats};
use bytes::Bytes;
use fencing::geometry::FrameSize;
use recording::HumanAnswer;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vision::engine::Judgement;

/// Largest window for clients that request one: half a second at 60 fps.
const MAX_WINDOW: u32 = 32;
/// Longest accepted id, in bytes.
const MAX_ID_BYTES: usize = 256;
/// Longest side of a frame, in pixels.
const MAX_SIDE: u32 = 16_384;
/// Highest nominal rate, in frames per second.
const MAX_FPS: f64 = 1000.0;
/// Time-out of creating the spool file.
const SPOOL_TIMEOUT: Duration = Duration::from_secs(2);
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Why a session could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// An announced value is invalid.
    #[error("{0}")]
    Announced(&'static str),
    /// Not admitted.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The judge is not available.
    #[error("the judge is not ready yet; try again shortly")]
    Unready,
    /// The server is stopping.
    #[error("The server is stopping; connect again shortly")]
    Stopping,
}

impl OpenError {
    /// The reason as defined by the protocol.
    pub(super) fn reason(&self) -> StartRefusal {
        match self {
            Self::Announced(_) => StartRefusal::Invalid,
            Self::Unready => StartRefusal::NotReady,
            Self::Stopping => StartRefusal::Stopping,
            Self::Admission(error) => match error {
                AdmissionError::Exists(_) => StartRefusal::Exists,
                AdmissionError::Full(_) => StartRefusal::Full,
                AdmissionError::MemoryBudget(_) => StartRefusal::OutOfMemory,
                AdmissionError::Behind(_) | AdmissionError::Skipping | AdmissionError::Busy(..) => StartRefusal::Busy,
                AdmissionError::Gone(_) => StartRefusal::Gone,
            },
        }
    }

    /// When a retry may help.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Admission(error) => error.retry_after(),
            _ => None,
        }
    }
}

/// Frames and signal log of a recovered phrase.
pub(crate) struct SpooledFrames {
    frames: Vec<(i64, StoredFrame)>,
    signal: Option<Bytes>,
}

/// The received signal log.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignalFile {
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// The person's answer in it.
    pub(crate) declared: Option<HumanAnswer>,
}

/// One open session.
pub(crate) struct Session {
    /// The client's announcement.
    pub(crate) start: SessionStart,
    /// The frames so far.
    pub(crate) store: FrameStore,
    /// The threads that analyse them.
    pub(crate) worker: PhraseWorker,
    /// The signal log, once received; judging runs from then on.
    pub(crate) signal: Option<SignalFile>,
    /// The judgement by the lamps, if no frame can change it, and when it is sent if the frames are not analysed by then.
    pub(crate) by_lamps: Option<(Box<Judgement>, Instant)>,
    /// When it was opened.
    pub(crate) opened: Instant,
    resume_token: Option<String>,
    slot: SessionSlot,
    spool: SpoolState,
    output: PathBuf,
    stopping: CancellationToken,
}

/// State of the spool file.
enum SpoolState {
    /// No frame received yet.
    NotYet,
    /// Open.
    Open(Spool),
    /// The disk failed.
    Failed,
}

impl Session {
    /// Opens a session: checks the announcement and asks for admission. The threads start with its first frame.
    pub(crate) fn open(service: &Service, start: SessionStart) -> Result<Self, OpenError> {
        check_announced(&start)?;
        // Before admission, which may cost a detached session.
        if !service.judge.readiness().is_ready {
            return Err(OpenError::Unready);
        }
        let resume_token = start.resumable.then(|| uuid::Uuid::new_v4().simple().to_string());
        let slot = service.sessions.admit(&start.session_id, resume_token.clone(), start.fps)?;
        Ok(Self::with_slot(service, start, resume_token, slot))
    }

    fn with_slot(service: &Service, start: SessionStart, resume_token: Option<String>, slot: SessionSlot) -> Self {
        let worker = PhraseWorker::new(WorkerSetup {
            judge: service.judge.clone(),
            weapon: service.weapon,
            fps: start.fps,
            announced: announced(&start),
            is_recording: start.expected_frames.is_some_and(|frames| frames > 0),
            session_id: start.session_id.clone(),
            load: Arc::clone(&slot.stats.load),
            cost: service.sessions.cost.clone(),
        });
        let session = Self {
            start,
            store: FrameStore::new(&service.sessions.memory),
            worker,
            signal: None,
            by_lamps: None,
            opened: Instant::now(),
            resume_token,
            slot,
            spool: SpoolState::NotYet,
            output: service.output.clone(),
            stopping: service.stopping.clone(),
        };
        session.touch();
        session
    }

    /// Admits a phrase that an earlier run of the server left in its spool file; `None` if its id is in use.
    pub(crate) fn restore(service: &Service, phrase: SpooledPhrase) -> Option<(Self, SpooledFrames)> {
        let SpooledPhrase { head, frames, signal, spool, .. } = phrase;
        let slot = service.sessions.admit_restored(&head.session_id, head.resume_token.clone(), head.fps)?;
        let start = SessionStart {
            session_id: head.session_id,
            fps: head.fps,
            width: head.width,
            height: head.height,
            expected_frames: head.expected_frames,
            window: head.window,
            resumable: head.resume_token.is_some(),
            resume_token: None,
        };
        let mut session = Self::with_slot(service, start, head.resume_token, slot);
        session.spool = SpoolState::Open(spool);
        Some((session, SpooledFrames { frames, signal }))
    }

    /// Pushes the recovered frames to the judge.
    pub(crate) async fn replay(&mut self, spooled: SpooledFrames) {
        for (number, frame) in spooled.frames {
            match self.keep(number, &frame) {
                Ok(StoreOutcome::New) => self.show(number, frame).await,
                Ok(StoreOutcome::Duplicate) => {}
                Err(error) => tracing::warn!(%error, session = self.id(), "a frame that was read back is left out"),
            }
        }
        self.signal = spooled.signal.map(|bytes| SignalFile { bytes, declared: None });
        self.touch();
    }

    /// The client's name for it.
    pub(crate) fn id(&self) -> &str {
        &self.start.session_id
    }

    /// The announced frame size.
    pub(crate) fn announced(&self) -> FrameSize {
        announced(&self.start)
    }

    /// Its state in the table.
    pub(crate) fn session_stats(&self) -> &SessionStats {
        &self.slot.stats
    }

    /// Bytes of its frames.
    pub(crate) fn bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// Whether its client wants to resume after a broken connection.
    pub(crate) fn is_resumable(&self) -> bool {
        self.resume_token.is_some()
    }

    /// The answer to `session_start`: only fields that the client requested.
    pub(crate) fn started(&self) -> SessionStarted {
        SessionStarted {
            session_id: self.id().to_owned(),
            window: self.start.window.map(|wanted| wanted.min(MAX_WINDOW)),
            resume_token: self.resume_token.clone(),
            next_frame: None,
        }
    }

    /// The answer to a client that resumes.
    pub(crate) fn resumed(&self) -> SessionStarted {
        SessionStarted { next_frame: Some(self.store.next_missing()), ..self.started() }
    }

    /// Stores one frame and passes it to the judge. A client that sends faster than it filmed waits while the judge is busy, but not when
    /// it has come back on another connection; a live one never waits.
    pub(crate) async fn take_frame(&mut self, number: i64, frame: StoredFrame) -> Result<StoreOutcome, OutOfMemory> {
        let stored = self.keep(number, &frame)?;
        if stored == StoreOutcome::New {
            self.spool_frame(number, &frame).await;
            self.show(number, frame).await;
        }
        self.touch();
        Ok(stored)
    }

    fn keep(&mut self, number: i64, frame: &StoredFrame) -> Result<StoreOutcome, OutOfMemory> {
        loop {
            // Memory of a client that is gone is better used for one that is connected.
            match self.store.insert(number, frame) {
                Err(_) if self.slot.evict_detached() => {}
                Err(error) => {
                    self.store.record_memory_refusal();
                    return Err(error);
                }
                stored => return stored,
            }
        }
    }

    async fn show(&mut self, number: i64, frame: StoredFrame) {
        let is_back = self.session_stats().handover.lock().clone();
        self.worker.push_frame(number, frame.stamp, frame.encoding, frame.payload, &is_back).await;
    }

    /// Writes a frame to the spool file, which is created with the first frame.
    async fn spool_frame(&mut self, number: i64, frame: &StoredFrame) {
        if let SpoolState::NotYet = self.spool {
            self.spool = self.begin_spool().await;
        }
        if let SpoolState::Open(spool) = &self.spool {
            spool.push(number, frame).await;
        }
    }

    async fn begin_spool(&self) -> SpoolState {
        let head = SpoolHead {
            session_id: self.start.session_id.clone(),
            fps: self.start.fps,
            width: self.start.width,
            height: self.start.height,
            expected_frames: self.start.expected_frames,
            window: self.start.window,
            resume_token: self.resume_token.clone(),
        };
        let (output, stopping) = (self.output.clone(), self.stopping.clone());
        let creating = tokio::task::spawn_blocking(move || Spool::create(&output, &head, stopping));
        match tokio::time::timeout(SPOOL_TIMEOUT, creating).await {
            Ok(Ok(Ok(spool))) => SpoolState::Open(spool),
            failed => {
                tracing::warn!(?failed, session = self.id(), "the phrase is not kept on disk while it streams");
                SpoolState::Failed
            }
        }
    }

    /// Stores the signal log.
    pub(crate) async fn take_signal(&mut self, signal: SignalFile) -> Result<(), OutOfMemory> {
        self.store.reserve(signal.bytes.len() as u64)?;
        if let SpoolState::Open(spool) = &self.spool {
            spool.push_signal(signal.bytes.clone()).await;
        }
        self.signal = Some(signal);
        self.touch();
        Ok(())
    }

    /// The validation in `session_ended`.
    pub(crate) fn validation(&self) -> Validation {
        self.store.validation(self.start.expected_frames, self.signal.is_some())
    }

    /// The `streaming_stats` object.
    pub(crate) fn stats(&self) -> Value {
        self.session_stats().stats()
    }

    /// Takes the frames, their spool file and their threads; frees the session's place.
    pub(crate) fn into_parts(self) -> (FrameStore, Option<Spool>, PhraseWorker) {
        self.store.close();
        let spool = match self.spool {
            SpoolState::Open(spool) => Some(spool),
            SpoolState::NotYet | SpoolState::Failed => None,
        };
        (self.store, spool, self.worker)
    }

    fn touch(&self) {
        let SessionStart { fps, width, height, expected_frames, .. } = self.start;
        self.session_stats().update(FrameCounts {
            fps,
            width,
            height,
            expected_frames,
            frames_received: self.store.len(),
            total_frames_received: self.store.received(),
            duplicate_frames: self.store.duplicates(),
            out_of_order_frames: self.store.out_of_order(),
            missing_frames: self.store.missing_count(),
            has_signal: self.signal.is_some(),
            memory_mb: self.store.bytes() as f64 / MEGABYTE,
        });
    }
}

fn announced(start: &SessionStart) -> FrameSize {
    FrameSize::new(start.width, start.height)
}

fn check_announced(start: &SessionStart) -> Result<(), OpenError> {
    let wrong = [
        (start.session_id.is_empty(), "'session_id' is empty"),
        (start.session_id.len() > MAX_ID_BYTES, "'session_id' is longer than 256 bytes"),
        (!(start.fps > 0.0 && start.fps <= MAX_FPS), "'fps' must be above 0 and at most 1000"),
        (start.width > MAX_SIDE || start.height > MAX_SIDE, "'width' and 'height' must be at most 16384"),
    ];
    wrong.iter().find(|(is_wrong, _)| *is_wrong).map_or(Ok(()), |(_, text)| Err(OpenError::Announced(text)))
}
