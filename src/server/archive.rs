//! What is written once the verdict is out: video, signal log, workbook, summary, page, and the result with its flag.
//!
//! One named thread writes for everybody, one phrase after the other: papers may wait, verdicts may not. What waits still
//! counts against the shared memory. A paper that cannot be written is named in the result; the others are written.

use super::courier::{self, Courier};
use super::papers::{self, Completion, PhraseFacts};
use super::phrase::{FrameStore, write_streamed_video};
use crate::analysis::deciding_stills;
use crate::engine::Judgement;
use crate::overlay::{OverlayVideo, OverlayWords, Part, write_overlay_video};
use crate::recording::write_atomically;
use crate::report::{ArtifactNames, PaperContext, ResultContext, Still, write_all};
use crate::time::Timestamp;
use crate::video::{Cancel, ClipOptions, Tools, probe};
use crate::wording::{Language, Words};
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

/// Phrases handed to the thread at most; further ones wait on the async side.
const QUEUE: usize = 4;

/// A judged phrase on its way to disk.
pub(super) struct Filed {
    judgement: Judgement,
    facts: PhraseFacts,
    /// The result as it is sent.
    pub(super) result: Value,
    source: Source,
}

enum Source {
    /// Frames in memory.
    Stream { store: Box<FrameStore>, times: Vec<(i64, Timestamp)>, signal: Bytes },
    /// Video and signal log lie in the folder already.
    Files,
}

impl Filed {
    /// A phrase that was streamed.
    pub(super) fn streamed(
        judgement: Judgement,
        facts: PhraseFacts,
        result: Value,
        signal: Bytes,
        store: FrameStore,
        times: Vec<(i64, Timestamp)>,
    ) -> Self {
        Self { judgement, facts, result, source: Source::Stream { store: Box::new(store), times, signal } }
    }

    /// A phrase that was uploaded.
    pub(super) fn uploaded(judgement: Judgement, facts: PhraseFacts, result: Value) -> Self {
        Self { judgement, facts, result, source: Source::Files }
    }
}

struct Job {
    filed: Filed,
    done: oneshot::Sender<()>,
}

/// Handle of the thread.
pub(super) struct Archive {
    jobs: mpsc::Sender<Job>,
    pending: TaskTracker,
    /// Who carries what is written to the artifact store, while phrases still come.
    courier: Arc<Mutex<Option<Courier>>>,
}

impl Archive {
    /// Starts the thread. `courier` carries away what it has written; papers for people are in a language.
    pub(super) fn start(courier: Option<Courier>, language: Language) -> std::io::Result<Self> {
        let courier = Arc::new(Mutex::new(courier));
        let carrier = Arc::clone(&courier);
        let (jobs, mut inbox) = mpsc::channel::<Job>(QUEUE);
        std::thread::Builder::new().name("papers".to_owned()).spawn(move || {
            while let Some(job) = inbox.blocking_recv() {
                let courier = carrier.lock().clone();
                write(&job.filed, courier.as_ref(), &Words::new(language));
                drop(job.filed);
                let _ = job.done.send(());
            }
        })?;
        Ok(Self { jobs, pending: TaskTracker::new(), courier })
    }

    /// Lets the courier go: what is written from here on stays on disk.
    pub(super) fn dismiss(&self) -> Option<Courier> {
        self.courier.lock().take()
    }

    /// Takes a phrase to write. Returns at once.
    pub(super) fn submit(&self, filed: Filed) {
        let jobs = self.jobs.clone();
        self.pending.spawn(async move {
            let (done, written) = oneshot::channel();
            if jobs.send(Job { filed, done }).await.is_ok() {
                let _ = written.await;
            }
        });
    }

    /// Waits until everything is written, or the time is up. Returns whether it is.
    pub(super) async fn finish(&self, within: Duration) -> bool {
        self.pending.close();
        tokio::time::timeout(within, self.pending.wait()).await.is_ok()
    }
}

/// Writes everything that belongs to a phrase. Failures end up in the result file and the log.
fn write(filed: &Filed, courier: Option<&Courier>, words: &Words) {
    let Ok(folder) = &filed.facts.folder else { return };
    let span = tracing::info_span!("papers", phrase = %folder.display());
    let _entered = span.enter();
    let result_path = folder.join("analysis_result.json");
    let mut errors = Vec::new();
    note(&mut errors, write_json(&result_path, &filed.result));
    if let Source::Stream { store, times, signal } = &filed.source {
        note(&mut errors, write_atomically(&folder.join(&filed.facts.signal_name), signal).map_err(|e| e.to_string()));
        note(&mut errors, write_streamed_video(&folder.join(&filed.facts.video_name), store, times));
    }
    let names = ArtifactNames::for_clip(Path::new(&filed.facts.video_name));
    let clip = folder.join(&filed.facts.video_name);
    let stills = if filed.facts.wants_overlay { stills(&clip, &filed.judgement, words) } else { Vec::new() };
    let papers = PaperContext { language: words.language(), stills, ..PaperContext::default() };
    let context = ResultContext { papers, ..filed.facts.context() };
    let written = write_all(folder, &names, &filed.judgement, &context);
    errors.extend(written.failures.iter().map(|failure| failure.error.to_string()));
    if filed.facts.wants_overlay {
        note(&mut errors, write_overlay(&clip, &folder.join(names.overlay()), &filed.judgement, words));
    }
    let mut result = papers::result(&filed.judgement, &filed.facts, Completion::Complete, &errors);
    if let (Some(_), Some(object)) = (courier, result.as_object_mut()) {
        object.insert(courier::KEY.to_owned(), Courier::pending());
    }
    note(&mut errors, write_json(&result_path, &result));
    for error in &errors {
        tracing::warn!(error, "a paper could not be written");
    }
    if let Some(courier) = courier {
        courier.submit(folder.clone());
    }
}

/// The pictures of the report; none when the video cannot be read, which is told where it is written.
fn stills(clip: &Path, judgement: &Judgement, words: &Words) -> Vec<Still> {
    let taken = |info| deciding_stills(&info, judgement, words, &Tools::default(), &Cancel::new());
    probe(clip).map(taken).unwrap_or_default()
}

fn write_overlay(clip: &Path, output: &Path, judgement: &Judgement, words: &Words) -> Result<(), String> {
    let overlay = OverlayVideo {
        clip,
        options: &ClipOptions::default(),
        judgement,
        words: &OverlayWords::new(judgement, words),
        parts: &Part::ALL,
    };
    let written = write_overlay_video(&overlay, output, &Cancel::new(), &mut |frame| frame, &mut |_| {});
    written.map(drop).map_err(|error| error.to_string())
}

fn note(errors: &mut Vec<String>, outcome: Result<(), String>) {
    errors.extend(outcome.err());
}

fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())? + "\n";
    write_atomically(path, text.as_bytes()).map_err(|e| e.to_string())
}
