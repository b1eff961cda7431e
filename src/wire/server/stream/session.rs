//! One open phrase as its connection holds it: what was announced, what has come, who looks at it.

use crate::protocol::{SessionStart, SessionStarted, StartRefusal, Validation};
use crate::server::phrase::{
    FrameStore, Kept, OutOfMemory, PhraseWorker, Spool, SpoolHead, SpooledPhrase, StoredFrame, WorkerSetup,
};
use crate::server::service::Service;
use crate::server::sessions::{AdmissionError, Counts, SessionStats, Slot};
use bytes::Bytes;
use fencing::geometry::PictureSize;
use recording::HumanAnswer;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Frames that a client which asks may have unacknowledged: half a second at 60 fps.
const MAX_WINDOW: u32 = 32;
/// Longest id that is accepted, in bytes.
const MAX_ID_BYTES: usize = 256;
/// Longest side of a picture, in pixels.
const MAX_SIDE: u32 = 16_384;
/// Highest nominal rate, in frames per second.
const MAX_FPS: f64 = 1000.0;
/// How long the disk may take to begin the session's file.
const SPOOL_TIMEOUT: Duration = Duration::from_secs(2);
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Why a session could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// Something announced makes no sense.
    #[error("{0}")]
    Announced(&'static str),
    /// No place.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The judge is not available.
    #[error("the judge is not ready yet; try again shortly")]
    Unready,
    /// Nothing new is begun.
    #[error("The server is stopping; connect again shortly")]
    Stopping,
}

impl OpenError {
    /// The reason in the protocol's words.
    pub(super) fn reason(&self) -> StartRefusal {
        match self {
            Self::Announced(_) => StartRefusal::Invalid,
            Self::Unready => StartRefusal::NotReady,
            Self::Stopping => StartRefusal::Stopping,
            Self::Admission(error) => match error {
                AdmissionError::Exists(_) => StartRefusal::Exists,
                AdmissionError::Full(_) => StartRefusal::Full,
                AdmissionError::Memory(_) => StartRefusal::OutOfMemory,
                AdmissionError::Behind(_) | AdmissionError::Skipping | AdmissionError::Busy(..) => StartRefusal::Busy,
                AdmissionError::Gone(_) => StartRefusal::Gone,
            },
        }
    }

    /// When asking again may help.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Admission(error) => error.retry_after(),
            _ => None,
        }
    }
}

/// Frames and signal log of a phrase that is read back.
pub(crate) struct SpooledFrames {
    frames: Vec<(i64, StoredFrame)>,
    signal: Option<Bytes>,
}

/// The signal log as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignalFile {
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// What a person wrote into it.
    pub(crate) declared: Option<HumanAnswer>,
}

/// One open phrase.
pub(crate) struct Session {
    /// What the client announced.
    pub(crate) start: SessionStart,
    /// The frames so far.
    pub(crate) store: FrameStore,
    /// Who looks at them.
    pub(crate) worker: PhraseWorker,
    /// The signal log, once it has come; judging runs from then on.
    pub(crate) signal: Option<SignalFile>,
    /// When it was opened.
    pub(crate) opened: Instant,
    resume_token: Option<String>,
    slot: Slot,
    spool: SpoolState,
    output: PathBuf,
    stopping: CancellationToken,
}

/// Whether what comes is on disk as well.
enum SpoolState {
    /// No frame has come.
    NotYet,
    /// It is.
    Open(Spool),
    /// The disk does not take it.
    Failed,
}

impl Session {
    /// Opens a phrase: checks what was announced and takes a place. The judge begins with its first frame.
    pub(crate) fn open(service: &Service, start: SessionStart) -> Result<Self, OpenError> {
        check_announced(&start)?;
        // Before a place is asked for: an admission may cost a detached session its own.
        if !service.judge.readiness().is_ready {
            return Err(OpenError::Unready);
        }
        let resume_token = start.resumable.then(|| uuid::Uuid::new_v4().simple().to_string());
        let slot = service.sessions.admit(&start.session_id, resume_token.clone(), start.fps)?;
        Ok(Self::with_slot(service, start, resume_token, slot))
    }

    fn with_slot(service: &Service, start: SessionStart, resume_token: Option<String>, slot: Slot) -> Self {
        let worker = PhraseWorker::new(WorkerSetup {
            judge: service.judge.clone(),
            weapon: service.weapon,
            fps: start.fps,
            announced: announced(&start),
            session_id: start.session_id.clone(),
            load: Arc::clone(&slot.stats.load),
            cost: service.sessions.cost.clone(),
        });
        let session = Self {
            start,
            store: FrameStore::new(&service.sessions.memory),
            worker,
            signal: None,
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

    /// Takes a place for a phrase that an earlier run of the server left in its spool file; `None` if its id is in use.
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

    /// Shows the judge what was read back.
    pub(crate) async fn replay(&mut self, spooled: SpooledFrames) {
        for (number, frame) in spooled.frames {
            match self.keep(number, &frame) {
                Ok(Kept::New) => self.show(number, frame).await,
                Ok(Kept::Duplicate) => {}
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

    /// The size of its pictures as the client announced it.
    pub(crate) fn announced(&self) -> PictureSize {
        announced(&self.start)
    }

    /// What the table knows of it.
    pub(crate) fn session_stats(&self) -> &SessionStats {
        &self.slot.stats
    }

    /// Bytes of its frames.
    pub(crate) fn bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// Whether its client wants to come back after a broken connection.
    pub(crate) fn is_resumable(&self) -> bool {
        self.resume_token.is_some()
    }

    /// The answer to `session_start`: nothing that the client did not ask for.
    pub(crate) fn started(&self) -> SessionStarted {
        SessionStarted {
            session_id: self.id().to_owned(),
            window: self.start.window.map(|wanted| wanted.min(MAX_WINDOW)),
            resume_token: self.resume_token.clone(),
            next_frame: None,
        }
    }

    /// The answer to a client that is back.
    pub(crate) fn resumed(&self) -> SessionStarted {
        SessionStarted { next_frame: Some(self.store.next_wanted()), ..self.started() }
    }

    /// Takes one frame: keeps it and shows it to the judge. A file waits while the judge has more than enough to analyse, but
    /// not when its client is back on another connection; a live phrase never waits.
    pub(crate) async fn take_frame(&mut self, number: i64, frame: StoredFrame) -> Result<Kept, OutOfMemory> {
        let kept = self.keep(number, &frame)?;
        if kept == Kept::New {
            self.spool_frame(number, &frame).await;
            self.show(number, frame).await;
        }
        self.touch();
        Ok(kept)
    }

    fn keep(&mut self, number: i64, frame: &StoredFrame) -> Result<Kept, OutOfMemory> {
        loop {
            // The memory of a client that is gone is of more use to one that is here.
            match self.store.insert(number, frame) {
                Err(_) if self.slot.evict_detached() => {}
                Err(error) => {
                    self.store.want_memory();
                    return Err(error);
                }
                kept => return kept,
            }
        }
    }

    async fn show(&mut self, number: i64, frame: StoredFrame) {
        let is_back = self.session_stats().handover.lock().clone();
        self.worker.push_frame(number, frame.stamp, frame.encoding, frame.payload, &is_back).await;
    }

    /// Writes a frame to the session's spool file, which begins with its first frame.
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

    /// Keeps the signal log.
    pub(crate) async fn take_signal(&mut self, signal: SignalFile) -> Result<(), OutOfMemory> {
        self.store.reserve(signal.bytes.len() as u64)?;
        if let SpoolState::Open(spool) = &self.spool {
            spool.push_signal(signal.bytes.clone()).await;
        }
        self.signal = Some(signal);
        self.touch();
        Ok(())
    }

    /// What `session_ended` says.
    pub(crate) fn validation(&self) -> Validation {
        self.store.validation(self.start.expected_frames, self.signal.is_some())
    }

    /// The `streaming_stats` object.
    pub(crate) fn stats(&self) -> Value {
        self.session_stats().stats()
    }

    /// The frames and their file alone; the session's place is free from here on.
    pub(crate) fn into_frames(self) -> (FrameStore, Option<Spool>) {
        self.store.close();
        let spool = match self.spool {
            SpoolState::Open(spool) => Some(spool),
            SpoolState::NotYet | SpoolState::Failed => None,
        };
        (self.store, spool)
    }

    fn touch(&self) {
        let SessionStart { fps, width, height, expected_frames, .. } = self.start;
        self.session_stats().update(Counts {
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

fn announced(start: &SessionStart) -> PictureSize {
    PictureSize::new(start.width, start.height)
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
