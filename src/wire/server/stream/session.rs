//! One open phrase as its connection holds it: what was announced, what has come, who looks at it.

use crate::protocol::{SessionStart, SessionStarted, Validation};
use crate::server::phrase::{FrameStore, Kept, OutOfMemory, PhraseWorker, StoredFrame, WorkerSetup};
use crate::server::service::Service;
use crate::server::sessions::{AdmissionError, Slot};
use crate::server::vitals::{Counts, Vitals};
use bytes::Bytes;
use fencing::geometry::PictureSize;
use recording::HumanAnswer;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// Frames that a client which asks may have unacknowledged: half a second at 60 fps.
const MAX_WINDOW: u32 = 32;
/// Longest id that is accepted, in bytes.
const MAX_ID_BYTES: usize = 256;
/// Longest side of a picture, in pixels.
const MAX_SIDE: u32 = 16_384;
/// Highest nominal rate, in frames per second.
const MAX_FPS: f64 = 1000.0;
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
}

impl Session {
    /// Opens a phrase: checks what was announced and takes a place. The judge begins with its first frame.
    pub(crate) fn open(service: &Service, start: SessionStart) -> Result<Self, OpenError> {
        check_announced(&start)?;
        let resume_token = start.resumable.then(|| uuid::Uuid::new_v4().simple().to_string());
        let slot = service.sessions.admit(&start.session_id, resume_token.clone())?;
        if !service.judge.readiness().is_ready {
            return Err(OpenError::Unready);
        }
        let worker = PhraseWorker::new(WorkerSetup {
            judge: service.judge.clone(),
            weapon: service.weapon,
            fps: start.fps,
            announced: announced(&start),
            session_id: start.session_id.clone(),
            lag: Arc::clone(&slot.vitals.lag),
        });
        let store = FrameStore::new(&service.sessions.memory);
        let session = Self { start, store, worker, signal: None, opened: Instant::now(), resume_token, slot };
        session.touch();
        Ok(session)
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
    pub(crate) fn vitals(&self) -> &Vitals {
        &self.slot.vitals
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

    /// Takes one frame: keeps it and shows it to the judge. Waits while the judge has more than enough to look at, but not
    /// when the client is back on another connection.
    pub(crate) async fn take_frame(&mut self, number: i64, frame: StoredFrame) -> Result<Kept, OutOfMemory> {
        let (stamp, encoding, payload) = (frame.stamp, frame.encoding.clone(), frame.payload.clone());
        let kept = self.store.insert(number, frame)?;
        if kept == Kept::New {
            let is_back = self.vitals().handover.lock().clone();
            self.worker.push_frame(number, stamp, encoding, payload, &is_back).await;
        }
        self.touch();
        Ok(kept)
    }

    /// Keeps the signal log.
    pub(crate) fn take_signal(&mut self, signal: SignalFile) -> Result<(), OutOfMemory> {
        self.store.reserve(signal.bytes.len() as u64)?;
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
        self.vitals().stats()
    }

    /// The frames alone; the place at the table is free from here on.
    pub(crate) fn into_store(self) -> FrameStore {
        self.store
    }

    fn touch(&self) {
        let SessionStart { fps, width, height, expected_frames, .. } = self.start;
        self.vitals().update(Counts {
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
