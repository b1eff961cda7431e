//! Writes the artifacts after the verdict: video, signal log, workbook, summary, page, and the result with its completion flag.
//!
//! Two named threads serve all phrases one after the other, with low priority: artifacts may wait, verdicts may not. The first saves
//! what was received (signal log, video), so that the memory of the frames is freed; until then it counts against the shared
//! budget. The second makes what is derived (workbook, page, overlay) when no phrase is being streamed, or after a while anyway.
//! An artifact that cannot be written is named in the result; the others are written. A panic ends neither thread: the
//! result names the error, and the next phrase follows.

mod catch_panic;
mod idle_gate;
mod interrupted;
mod steps;

pub(super) use idle_gate::{IdleGate, lower_priority};
pub(super) use steps::save_result;

use super::artifact_uploader::ArtifactUploader;
use super::phrase::{FrameStore, MemoryBudget, Spool, SpooledPhrase};
use super::result_object::PhraseFacts;
use bytes::Bytes;
use catch_panic::catch_panic;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use interrupted::ArtifactRecovery;
use parking_lot::Mutex;
use recording::HumanAnswer;
use serde_json::Value;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use steps::{make_artifacts, save, write_final_result};
use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;
use vision::engine::Judgement;
use vision::lens::Correction;
use vision::video::spawn_worker;

/// Retry interval while the disk is full.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// Capacity of the first thread's queue; further phrases wait on the async side, and their frames count as memory.
const QUEUE: usize = 4;
/// Capacity of the second thread's queue, of phrases whose frames are on disk and whose judgements take about a megabyte each.
const SAVED_QUEUE: usize = 32;

/// A judged phrase whose artifacts are to be written.
pub(super) struct JudgedPhrase {
    judgement: Judgement,
    facts: PhraseFacts,
    /// The result as sent.
    pub(super) result: Value,
    source: Source,
    /// What failed before.
    errors: Vec<String>,
}

enum Source {
    /// In memory.
    Memory(Box<Streamed>),
    /// Video and signal log are in the folder.
    Disk,
}

/// Content of a streamed phrase.
pub(super) struct Streamed {
    /// Its frames.
    pub(super) store: FrameStore,
    /// Capture time of each.
    pub(super) times: Vec<(i64, Timestamp)>,
    /// Frame size announced by the session.
    pub(super) announced: FrameSize,
    /// Its signal log.
    pub(super) signal: Bytes,
    /// Name of the session and time of its verdict, if its folder has yet to be created.
    pub(super) session: (String, OffsetDateTime),
    /// Its spool file, until the phrase is saved in its final form.
    pub(super) spool: Option<Spool>,
}

impl JudgedPhrase {
    /// A streamed phrase.
    pub(super) fn streamed(judgement: Judgement, facts: PhraseFacts, result: Value, streamed: Streamed) -> Self {
        Self { judgement, facts, result, source: Source::Memory(Box::new(streamed)), errors: Vec::new() }
    }

    /// An uploaded phrase.
    pub(super) fn uploaded(judgement: Judgement, facts: PhraseFacts, result: Value) -> Self {
        Self { judgement, facts, result, source: Source::Disk, errors: Vec::new() }
    }

    /// The same phrase, whose final result names that error.
    pub(super) fn with_error(mut self, error: String) -> Self {
        self.errors.push(error);
        self
    }
}

struct Job {
    phrase: JudgedPhrase,
    /// Errors so far.
    errors: Vec<String>,
    judged: Instant,
    done: oneshot::Sender<()>,
}

/// Dependencies of the threads.
pub(super) struct ArtifactSetup {
    /// Signals when no phrase is being streamed.
    pub(super) idle_gate: IdleGate,
    /// Uploads finished phrases to the artifact store.
    pub(super) uploader: Option<ArtifactUploader>,
    /// Folder of the phrases' folders.
    pub(super) output: PathBuf,
    /// Language of the artifacts.
    pub(super) language: Language,
    /// Settings of the lens-corrected video, if one is made.
    pub(super) corrected: Option<Correction>,
    /// The shared memory budget, in which phrases stay that the disk does not accept.
    pub(super) memory: MemoryBudget,
    /// Judges a phrase of an earlier run again, for its missing artifacts.
    pub(super) judge_again: JudgeAgain,
    /// Phrases that were judged but not yet saved when the server was killed.
    pub(super) cut_off: Vec<SpooledPhrase>,
}

/// Judges a clip with the bytes of its signal log again; also returns the person's answer in the log.
pub(super) type JudgeAgain = Box<dyn Fn(&Path, &[u8]) -> Result<(Judgement, Option<HumanAnswer>), String> + Send>;

/// Outcome of saving a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SaveOutcome {
    /// It is saved as far as possible; its errors state what is missing.
    Done,
    /// The disk is full; nothing has changed.
    DiskFull,
}

/// Makes a phrase's artifacts and adds errors.
type FinishInterrupted = dyn FnOnce(Option<&ArtifactUploader>) + Send;
type Save = dyn Fn(&mut Job) -> SaveOutcome + Send;
type MakeArtifacts = dyn Fn(&JudgedPhrase, &mut Vec<String>) + Send;

/// Steps of a phrase, in order.
struct Work {
    save: Box<Save>,
    finish_interrupted: Box<FinishInterrupted>,
    make_artifacts: Box<MakeArtifacts>,
}

/// Handle of the threads.
pub(super) struct ArtifactQueue {
    jobs: mpsc::Sender<Job>,
    pending: TaskTracker,
    /// The uploader, until shutdown.
    uploader: Arc<Mutex<Option<ArtifactUploader>>>,
    is_disk_full: Arc<AtomicBool>,
}

/// The first thread: saves phrases in the order of their verdicts, and keeps them in memory while the disk is full.
struct SaveThread {
    inbox: mpsc::Receiver<Job>,
    on_disk: mpsc::Sender<Job>,
    save: Box<Save>,
    waiting: VecDeque<Job>,
    is_disk_full: Arc<AtomicBool>,
    memory: MemoryBudget,
    idle_gate: IdleGate,
}

impl SaveThread {
    fn run(mut self, runtime: &tokio::runtime::Handle) {
        let mut is_open = true;
        while is_open || !self.waiting.is_empty() {
            if is_open {
                match self.next_job(runtime) {
                    Next::Job(job) => self.waiting.push_back(*job),
                    Next::Retry => {}
                    Next::Closed => is_open = false,
                }
            }
            self.save_waiting();
            if self.waiting.is_empty() {
                continue;
            }
            // Memory that a new phrase needs, or a shutdown, takes precedence over a full disk.
            let is_over = self.idle_gate.is_stopping() || !is_open;
            if is_over || self.memory.take_refused() {
                self.give_up(if is_over { usize::MAX } else { 1 });
            }
        }
    }

    fn next_job(&mut self, runtime: &tokio::runtime::Handle) -> Next {
        let inbox = &mut self.inbox;
        let received = if self.waiting.is_empty() {
            Ok(inbox.blocking_recv())
        } else {
            runtime.block_on(async { tokio::time::timeout(RETRY_INTERVAL, inbox.recv()).await })
        };
        match received {
            Ok(Some(job)) => Next::Job(Box::new(job)),
            Ok(None) => Next::Closed,
            Err(_) => Next::Retry,
        }
    }

    fn save_waiting(&mut self) {
        while let Some(mut job) = self.waiting.pop_front() {
            match catch_panic(|| (self.save)(&mut job)) {
                Ok(SaveOutcome::Done) => {}
                Ok(SaveOutcome::DiskFull) => {
                    if !self.is_disk_full.swap(true, Ordering::Relaxed) {
                        tracing::error!("the disk is full: phrases are kept in memory as far as that goes; make room");
                    }
                    self.waiting.push_front(job);
                    return;
                }
                Err(fault) => job.errors.push(fault),
            }
            self.pass_on(job);
        }
        if self.is_disk_full.swap(false, Ordering::Relaxed) {
            tracing::info!("the disk takes phrases again");
        }
    }

    /// Drops the oldest phrases that could not be saved.
    fn give_up(&mut self, count: usize) {
        for _ in 0..count.min(self.waiting.len()) {
            let Some(mut job) = self.waiting.pop_front() else { return };
            tracing::error!(phrase = ?job.phrase.facts.folder, "the video of a phrase is lost: the disk is full");
            job.errors.push("the video could not be written: the disk is full".to_owned());
            job.phrase.source = Source::Disk;
            self.pass_on(job);
        }
    }

    fn pass_on(&self, job: Job) {
        let _second_is_gone = self.on_disk.blocking_send(job);
    }
}

enum Next {
    Job(Box<Job>),
    /// Something can be retried.
    Retry,
    /// The channel is closed.
    Closed,
}

impl ArtifactQueue {
    /// Starts the threads. They first finish the phrases of an earlier run.
    pub(super) fn start(mut setup: ArtifactSetup) -> std::io::Result<Self> {
        let (words, corrected) = (Arc::new(Words::new(setup.language)), setup.corrected);
        let (later, output, started) = (Arc::clone(&words), setup.output.clone(), SystemTime::now());
        let (cut_off, idle_gate) = (std::mem::take(&mut setup.cut_off), setup.idle_gate.clone());
        let judge_again = std::mem::replace(&mut setup.judge_again, Box::new(|_, _| Err(String::new())));
        let root = setup.output.clone();
        let work = Work {
            save: Box::new(move |job| save(job, &root)),
            finish_interrupted: Box::new(move |uploader| {
                for phrase in &cut_off {
                    interrupted::write_video(&output, phrase);
                }
                let recovery = ArtifactRecovery { judge_again, words: later, corrected, idle_gate };
                interrupted::finish_interrupted(&output, started, uploader, &recovery);
            }),
            make_artifacts: Box::new(move |phrase, errors| make_artifacts(phrase, errors, &words, corrected)),
        };
        Self::start_with(setup, work)
    }

    fn start_with(setup: ArtifactSetup, work: Work) -> std::io::Result<Self> {
        let ArtifactSetup { idle_gate, uploader, memory, .. } = setup;
        let Work { save, finish_interrupted, make_artifacts } = work;
        let uploader = Arc::new(Mutex::new(uploader));
        let carrier = Arc::clone(&uploader);
        let (jobs, inbox) = mpsc::channel::<Job>(QUEUE);
        let (on_disk, mut second_inbox) = mpsc::channel::<Job>(SAVED_QUEUE);
        let is_disk_full = Arc::new(AtomicBool::new(false));
        let first = SaveThread {
            inbox,
            on_disk,
            save,
            waiting: VecDeque::new(),
            is_disk_full: Arc::clone(&is_disk_full),
            memory,
            idle_gate: idle_gate.clone(),
        };
        let runtime = tokio::runtime::Handle::current();
        spawn_worker(
            "artifacts-save",
            || (),
            move || {
                lower_priority();
                first.run(&runtime);
            },
        )?;
        spawn_worker(
            "artifacts-make",
            || (),
            move || {
                lower_priority();
                let uploader = carrier.lock().clone();
                let _logged = catch_panic(|| finish_interrupted(uploader.as_ref()));
                drop(uploader);
                while let Some(mut job) = second_inbox.blocking_recv() {
                    idle_gate.wait(job.judged);
                    let made = catch_panic(|| make_artifacts(&job.phrase, &mut job.errors));
                    job.errors.extend(made.err());
                    let uploader = carrier.lock().clone();
                    let _logged = catch_panic(|| write_final_result(&job.phrase, job.errors, uploader.as_ref()));
                    drop(job.phrase);
                    let _ = job.done.send(());
                }
            },
        )?;
        Ok(Self { jobs, pending: TaskTracker::new(), uploader, is_disk_full })
    }

    /// Whether phrases wait in memory because the disk is full.
    pub(super) fn is_disk_full(&self) -> bool {
        self.is_disk_full.load(Ordering::Relaxed)
    }

    /// Takes the uploader out: phrases finished from here on stay on disk only.
    pub(super) fn take_uploader(&self) -> Option<ArtifactUploader> {
        self.uploader.lock().take()
    }

    /// Queues a phrase. Returns at once; `held` is dropped when the phrase has its place in the queue, so that waiting phrases are bounded
    /// by what is held for them.
    pub(super) fn submit(&self, mut phrase: JudgedPhrase, held: impl Send + 'static) {
        let errors = std::mem::take(&mut phrase.errors);
        let jobs = self.jobs.clone();
        self.pending.spawn(async move {
            let (done, written) = oneshot::channel();
            let job = Job { phrase, errors, judged: Instant::now(), done };
            let queued = jobs.send(job).await;
            drop(held);
            if queued.is_ok() {
                let _ = written.await;
            }
        });
    }

    /// Waits until everything is written, or for the deadline. Returns whether everything is written.
    pub(super) async fn finish(&self, deadline: tokio::time::Instant) -> bool {
        self.pending.close();
        tokio::time::timeout_at(deadline, self.pending.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    //! Tests of the threads with steps of their own: one that panics, one that blocks.

    use super::catch_panic::FAULT;
    use super::*;
    use crate::server::artifact_store::RESULT_FILE;
    use crate::server::sessions::Sessions;
    use serde_json::json;
    use settings::Limits;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::sync_channel;
    use tokio::time::Instant as Moment;
    use tokio_util::sync::CancellationToken;

    fn phrase(folder: &Path) -> JudgedPhrase {
        std::fs::create_dir(folder).unwrap();
        let facts = PhraseFacts {
            folder: Ok(folder.to_owned()),
            video_name: "clip.mp4".to_owned(),
            signal_name: "clip.txt".to_owned(),
            processing_secs: 0.0,
            wall_secs: 0.0,
            wants_overlay: false,
            wants_keypoints: false,
            declared: None,
            streaming_stats: None,
        };
        JudgedPhrase::uploaded(
            Judgement::without_frames(),
            facts,
            json!({"winner": "left", "artifacts_complete": false}),
        )
    }

    fn artifacts(output: &Path, work: Work) -> ArtifactQueue {
        let idle_gate = IdleGate::new(Sessions::new(&Limits::default()), CancellationToken::new());
        let setup = ArtifactSetup {
            idle_gate,
            uploader: None,
            output: output.to_owned(),
            language: Language::English,
            corrected: None,
            memory: MemoryBudget::new(1 << 20, 10),
            judge_again: Box::new(|_, _| Err("not in this test".into())),
            cut_off: Vec::new(),
        };
        ArtifactQueue::start_with(setup, work).unwrap()
    }

    fn result(folder: &Path) -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(RESULT_FILE)).unwrap()).unwrap()
    }

    fn soon() -> Moment {
        Moment::now() + Duration::from_mins(1)
    }

    #[tokio::test]
    async fn a_phrase_that_panics_says_so_and_the_next_ones_are_written() {
        let output = tempfile::tempdir().unwrap();
        let folders = ["first", "second", "third"].map(|name| output.path().join(name));
        let (puts, makes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let artifacts = artifacts(
            output.path(),
            Work {
                save: Box::new(move |_| {
                    assert_ne!(puts.fetch_add(1, Ordering::Relaxed), 0, "the first one");
                    SaveOutcome::Done
                }),
                finish_interrupted: Box::new(|_| {}),
                make_artifacts: Box::new(move |_, _| {
                    assert_ne!(makes.fetch_add(1, Ordering::Relaxed), 1, "the second one");
                }),
            },
        );
        for folder in &folders {
            artifacts.submit(phrase(folder), ());
        }
        assert!(artifacts.finish(soon()).await);
        for (folder, errors) in folders.iter().zip([json!([FAULT]), json!([FAULT]), Value::Null]) {
            let result = result(folder);
            assert_eq!((&result["artifacts_complete"], &result["artifacts_errors"]), (&json!(true), &errors));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waits_for_the_desk_holds_on_to_its_place() {
        let output = tempfile::tempdir().unwrap();
        let (open, gate) = sync_channel::<()>(0);
        let work = Work {
            save: Box::new(move |_| {
                gate.recv().unwrap_or_default();
                SaveOutcome::Done
            }),
            finish_interrupted: Box::new(|_| {}),
            make_artifacts: Box::new(|_, _| {}),
        };
        let artifacts = artifacts(output.path(), work);
        let places = Arc::new(tokio::sync::Semaphore::new(QUEUE + 3));
        for number in 0..QUEUE + 3 {
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            artifacts.submit(phrase(&output.path().join(number.to_string())), place);
        }
        // One is in work, four are queued; the others hold their permits, so no more can be admitted.
        for _ in 0..500 {
            if places.available_permits() == QUEUE + 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(places.available_permits(), QUEUE + 1);
        drop(open);
        assert!(artifacts.finish(soon()).await);
        assert_eq!(places.available_permits(), QUEUE + 3);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_full_disk_does_not_take_waits_until_it_does_or_its_memory_is_needed() {
        let output = tempfile::tempdir().unwrap();
        let is_full = Arc::new(AtomicBool::new(true));
        let full = Arc::clone(&is_full);
        let work = Work {
            save: Box::new(
                move |_| if full.load(Ordering::Relaxed) { SaveOutcome::DiskFull } else { SaveOutcome::Done },
            ),
            finish_interrupted: Box::new(|_| {}),
            make_artifacts: Box::new(|_, _| {}),
        };
        let artifacts = artifacts(output.path(), work);
        for name in ["first", "second"] {
            artifacts.submit(phrase(&output.path().join(name)), ());
        }
        let waits = async |full: bool| {
            while artifacts.is_disk_full() != full {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waits(true)).await.unwrap();
        is_full.store(false, Ordering::Relaxed);
        tokio::time::timeout(Duration::from_secs(20), waits(false)).await.unwrap();
        assert!(artifacts.finish(soon()).await);
        for name in ["first", "second"] {
            assert_eq!(result(&output.path().join(name))["artifacts_errors"], Value::Null);
        }
    }
}
