//! What is written once the verdict is out: video, signal log, workbook, summary, page, and the result with its flag.
//!
//! Two named threads write for everybody, one phrase after the other, both behind everything else on the processor: papers
//! may wait, verdicts may not. The first puts on disk what came (signal log, video), so that the memory of the frames is
//! free; until then it counts against what all phrases share. The second makes what follows from it (workbook, page,
//! overlay) when nobody is fencing, or after a while though somebody is. A paper that cannot be written is named in the
//! result; the others are written.

mod quiet;
mod unfinished;

pub(super) use quiet::{Quiet, step_back};

use super::courier::{self, Courier};
use super::papers::{self, Completion, PhraseFacts};
use super::phrase::{FrameStore, write_streamed_video};
use super::store::RESULT_FILE;
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
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

/// Phrases handed to the first thread at most; further ones wait on the async side, and their frames count as memory.
const QUEUE: usize = 4;
/// Phrases whose frames are on disk and whose judgements, about a megabyte each, wait for the second thread.
const QUEUE_ON_DISK: usize = 32;

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
    Memory { store: Box<FrameStore>, times: Vec<(i64, Timestamp)>, signal: Bytes },
    /// Video and signal log lie in the folder.
    Disk,
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
        Self { judgement, facts, result, source: Source::Memory { store: Box::new(store), times, signal } }
    }

    /// A phrase that was uploaded.
    pub(super) fn uploaded(judgement: Judgement, facts: PhraseFacts, result: Value) -> Self {
        Self { judgement, facts, result, source: Source::Disk }
    }
}

struct Job {
    filed: Filed,
    /// What went wrong so far.
    errors: Vec<String>,
    judged: Instant,
    done: oneshot::Sender<()>,
}

/// What the threads are started with.
pub(super) struct ArchiveSetup {
    /// Says when nobody is fencing.
    pub(super) quiet: Quiet,
    /// Carries away what is written.
    pub(super) courier: Option<Courier>,
    /// Where the phrases' folders lie.
    pub(super) output: PathBuf,
    /// Language of the papers that people read.
    pub(super) language: Language,
}

/// Handle of the threads.
pub(super) struct Archive {
    jobs: mpsc::Sender<Job>,
    pending: TaskTracker,
    /// Who carries what is written to the artifact store, while phrases still come.
    courier: Arc<Mutex<Option<Courier>>>,
}

impl Archive {
    /// Starts the threads. What an earlier run left unfinished is settled first.
    pub(super) fn start(setup: ArchiveSetup) -> std::io::Result<Self> {
        let ArchiveSetup { quiet, courier, output, language } = setup;
        let started = SystemTime::now();
        let courier = Arc::new(Mutex::new(courier));
        let carrier = Arc::clone(&courier);
        let (jobs, mut inbox) = mpsc::channel::<Job>(QUEUE);
        let (on_disk, mut second_inbox) = mpsc::channel::<Job>(QUEUE_ON_DISK);
        std::thread::Builder::new().name("papers".to_owned()).spawn(move || {
            step_back();
            while let Some(mut job) = inbox.blocking_recv() {
                put_on_disk(&mut job);
                let _second_is_gone = on_disk.blocking_send(job);
            }
        })?;
        std::thread::Builder::new().name("papers-later".to_owned()).spawn(move || {
            step_back();
            unfinished::settle(&output, started, carrier.lock().clone().as_ref());
            while let Some(job) = second_inbox.blocking_recv() {
                quiet.wait(job.judged);
                let courier = carrier.lock().clone();
                complete(&job.filed, job.errors, courier.as_ref(), &Words::new(language));
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
            let job = Job { filed, errors: Vec::new(), judged: Instant::now(), done };
            if jobs.send(job).await.is_ok() {
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

/// Writes what came: result, signal log, video. The frames are no longer needed then.
fn put_on_disk(job: &mut Job) {
    let source = std::mem::replace(&mut job.filed.source, Source::Disk);
    let Filed { facts, result, .. } = &job.filed;
    let Ok(folder) = &facts.folder else { return };
    let errors = &mut job.errors;
    note(errors, write_json(&folder.join(RESULT_FILE), result));
    if let Source::Memory { store, times, signal } = source {
        note(errors, write_atomically(&folder.join(&facts.signal_name), &signal).map_err(|e| e.to_string()));
        note(errors, write_streamed_video(&folder.join(&facts.video_name), &store, &times));
    }
}

/// Writes what follows from that. Failures end up in the result file and the log.
fn complete(filed: &Filed, mut errors: Vec<String>, courier: Option<&Courier>, words: &Words) {
    let Ok(folder) = &filed.facts.folder else { return };
    let span = tracing::info_span!("papers", phrase = %folder.display());
    let _entered = span.enter();
    let result_path = folder.join(RESULT_FILE);
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
