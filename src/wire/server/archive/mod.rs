//! What is written once the verdict is out: video, signal log, workbook, summary, page, and the result with its flag.
//!
//! Two named threads write for everybody, one phrase after the other, both behind everything else on the processor: papers
//! may wait, verdicts may not. The first puts on disk what came (signal log, video), so that the memory of the frames is
//! free; until then it counts against what all phrases share. The second makes what follows from it (workbook, page,
//! overlay) when nobody is fencing, or after a while though somebody is. A paper that cannot be written is named in the
//! result; the others are written. A phrase that brings the program down takes neither thread with it: the fault is named in
//! its result, and the next phrase has its turn.

mod catch_panic;
mod desk;
mod quiet;
mod unfinished;

pub(super) use desk::put_result;
pub(super) use quiet::{Quiet, step_back};

use super::courier::Courier;
use super::papers::PhraseFacts;
use super::phrase::{FrameStore, Memory, Spool, SpooledPhrase};
use bytes::Bytes;
use catch_panic::catch_panic;
use desk::{make_papers, put_on_disk, settle_result};
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use parking_lot::Mutex;
use recording::HumanAnswer;
use serde_json::Value;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;
use unfinished::Remake;
use vision::engine::Judgement;
use vision::lens::Correction;

/// How often a full disk is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
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
    /// In memory.
    Memory(Box<Streamed>),
    /// Video and signal log lie in the folder.
    Disk,
}

/// What a stream has brought.
pub(super) struct Streamed {
    /// Its frames.
    pub(super) store: FrameStore,
    /// When each was taken.
    pub(super) times: Vec<(i64, Timestamp)>,
    /// The size that the session announced.
    pub(super) announced: PictureSize,
    /// Its signal log.
    pub(super) signal: Bytes,
    /// The session's name and the moment of its verdict, should its folder still have to be made.
    pub(super) session: (String, OffsetDateTime),
    /// Its file, until the phrase is on disk in its final form.
    pub(super) spool: Option<Spool>,
}

impl Filed {
    /// A phrase that was streamed.
    pub(super) fn streamed(judgement: Judgement, facts: PhraseFacts, result: Value, streamed: Streamed) -> Self {
        Self { judgement, facts, result, source: Source::Memory(Box::new(streamed)) }
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
    /// Whether a lens-corrected video is made, and how.
    pub(super) corrected: Option<Correction>,
    /// What all phrases share: what the disk does not take is kept in it.
    pub(super) memory: Memory,
    /// Judges again what an earlier run judged, for the artifacts that it did not make.
    pub(super) judge_again: JudgeAgain,
    /// Phrases that were judged and not yet on disk when the server was killed.
    pub(super) cut_off: Vec<SpooledPhrase>,
}

/// A clip and the bytes of its signal log judged once more, with what a person wrote into the log.
pub(super) type JudgeAgain = Box<dyn Fn(&Path, &[u8]) -> Result<(Judgement, Option<HumanAnswer>), String> + Send>;

/// What came of putting a phrase on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Put {
    /// It is there, or never will be; its errors say what is missing.
    Done,
    /// The disk takes nothing at the moment; the phrase is as it was.
    DiskFull,
}

/// Makes a phrase's papers and adds what went wrong.
type Settle = dyn FnOnce(Option<&Courier>) + Send;
type PutOnDisk = dyn Fn(&mut Job) -> Put + Send;
type MakePapers = dyn Fn(&Filed, &mut Vec<String>) + Send;

/// What the threads do with a phrase, one after the other.
struct Work {
    put_on_disk: Box<PutOnDisk>,
    settle: Box<Settle>,
    make_papers: Box<MakePapers>,
}

/// Handle of the threads.
pub(super) struct Archive {
    jobs: mpsc::Sender<Job>,
    pending: TaskTracker,
    /// Who carries what is written to the artifact store, while phrases still come.
    courier: Arc<Mutex<Option<Courier>>>,
    is_disk_full: Arc<AtomicBool>,
}

/// The first thread: puts phrases on disk in the order of their verdicts, and keeps them in memory while the disk is full.
struct FirstThread {
    inbox: mpsc::Receiver<Job>,
    on_disk: mpsc::Sender<Job>,
    put_on_disk: Box<PutOnDisk>,
    waiting: VecDeque<Job>,
    is_disk_full: Arc<AtomicBool>,
    memory: Memory,
    quiet: Quiet,
}

impl FirstThread {
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
            self.put_what_waits();
            if self.waiting.is_empty() {
                continue;
            }
            // Whoever comes needs the memory more than a disk that takes nothing; whoever stops cannot wait for it.
            let is_over = self.quiet.is_stopping() || !is_open;
            if is_over || self.memory.take_wanted() {
                self.give_up(if is_over { usize::MAX } else { 1 });
            }
        }
    }

    fn next_job(&mut self, runtime: &tokio::runtime::Handle) -> Next {
        let inbox = &mut self.inbox;
        let received = if self.waiting.is_empty() {
            Ok(inbox.blocking_recv())
        } else {
            runtime.block_on(async { tokio::time::timeout(RETRY_EVERY, inbox.recv()).await })
        };
        match received {
            Ok(Some(job)) => Next::Job(Box::new(job)),
            Ok(None) => Next::Closed,
            Err(_) => Next::Retry,
        }
    }

    fn put_what_waits(&mut self) {
        while let Some(mut job) = self.waiting.pop_front() {
            match catch_panic(|| (self.put_on_disk)(&mut job)) {
                Ok(Put::Done) => {}
                Ok(Put::DiskFull) => {
                    if !self.is_disk_full.swap(true, Ordering::Relaxed) {
                        tracing::error!("the disk is full: phrases are kept in memory as far as that goes; make room");
                    }
                    self.waiting.push_front(job);
                    return;
                }
                Err(fault) => job.errors.push(fault),
            }
            self.hand_on(job);
        }
        if self.is_disk_full.swap(false, Ordering::Relaxed) {
            tracing::info!("the disk takes phrases again");
        }
    }

    /// Lets go of the oldest phrases that the disk does not take.
    fn give_up(&mut self, count: usize) {
        for _ in 0..count.min(self.waiting.len()) {
            let Some(mut job) = self.waiting.pop_front() else { return };
            tracing::error!(phrase = ?job.filed.facts.folder, "the video of a phrase is lost: the disk is full");
            job.errors.push("the video could not be written: the disk is full".to_owned());
            job.filed.source = Source::Disk;
            self.hand_on(job);
        }
    }

    fn hand_on(&self, job: Job) {
        let _second_is_gone = self.on_disk.blocking_send(job);
    }
}

enum Next {
    Job(Box<Job>),
    /// Something waits that could be tried again.
    Retry,
    /// Nothing more will come.
    Closed,
}

impl Archive {
    /// Starts the threads. What an earlier run left unfinished is settled first.
    pub(super) fn start(mut setup: ArchiveSetup) -> std::io::Result<Self> {
        let (words, corrected) = (Arc::new(Words::new(setup.language)), setup.corrected);
        let (later, output, started) = (Arc::clone(&words), setup.output.clone(), SystemTime::now());
        let (cut_off, quiet) = (std::mem::take(&mut setup.cut_off), setup.quiet.clone());
        let judge_again = std::mem::replace(&mut setup.judge_again, Box::new(|_, _| Err(String::new())));
        let root = setup.output.clone();
        let work = Work {
            put_on_disk: Box::new(move |job| put_on_disk(job, &root)),
            settle: Box::new(move |courier| {
                for phrase in &cut_off {
                    unfinished::write_video(&output, phrase);
                }
                let remake = Remake { judge_again, words: later, corrected, quiet };
                unfinished::settle(&output, started, courier, &remake);
            }),
            make_papers: Box::new(move |filed, errors| make_papers(filed, errors, &words, corrected)),
        };
        Self::start_with(setup, work)
    }

    fn start_with(setup: ArchiveSetup, work: Work) -> std::io::Result<Self> {
        let ArchiveSetup { quiet, courier, memory, .. } = setup;
        let Work { put_on_disk, settle, make_papers } = work;
        let courier = Arc::new(Mutex::new(courier));
        let carrier = Arc::clone(&courier);
        let (jobs, inbox) = mpsc::channel::<Job>(QUEUE);
        let (on_disk, mut second_inbox) = mpsc::channel::<Job>(QUEUE_ON_DISK);
        let is_disk_full = Arc::new(AtomicBool::new(false));
        let first = FirstThread {
            inbox,
            on_disk,
            put_on_disk,
            waiting: VecDeque::new(),
            is_disk_full: Arc::clone(&is_disk_full),
            memory,
            quiet: quiet.clone(),
        };
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("papers".to_owned()).spawn(move || {
            step_back();
            first.run(&runtime);
        })?;
        std::thread::Builder::new().name("papers-later".to_owned()).spawn(move || {
            step_back();
            let courier = carrier.lock().clone();
            let _logged = catch_panic(|| settle(courier.as_ref()));
            drop(courier);
            while let Some(mut job) = second_inbox.blocking_recv() {
                quiet.wait(job.judged);
                let made = catch_panic(|| make_papers(&job.filed, &mut job.errors));
                job.errors.extend(made.err());
                let courier = carrier.lock().clone();
                let _logged = catch_panic(|| settle_result(&job.filed, job.errors, courier.as_ref()));
                drop(job.filed);
                let _ = job.done.send(());
            }
        })?;
        Ok(Self { jobs, pending: TaskTracker::new(), courier, is_disk_full })
    }

    /// Whether phrases wait in memory because the disk takes none.
    pub(super) fn is_disk_full(&self) -> bool {
        self.is_disk_full.load(Ordering::Relaxed)
    }

    /// Lets the courier go: what is written from here on stays on disk.
    pub(super) fn dismiss(&self) -> Option<Courier> {
        self.courier.lock().take()
    }

    /// Takes a phrase to write. Returns at once; `held` is let go when the phrase has its place in the queue, so that what
    /// waits for one is bounded by what is held for it.
    pub(super) fn submit(&self, filed: Filed, held: impl Send + 'static) {
        let jobs = self.jobs.clone();
        self.pending.spawn(async move {
            let (done, written) = oneshot::channel();
            let job = Job { filed, errors: Vec::new(), judged: Instant::now(), done };
            let queued = jobs.send(job).await;
            drop(held);
            if queued.is_ok() {
                let _ = written.await;
            }
        });
    }

    /// Waits until everything is written, or until then. Returns whether it is.
    pub(super) async fn finish(&self, deadline: tokio::time::Instant) -> bool {
        self.pending.close();
        tokio::time::timeout_at(deadline, self.pending.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    //! The threads with work of the test's own: a phrase that panics, a desk that is full.

    use super::catch_panic::FAULT;
    use super::*;
    use crate::server::sessions::Sessions;
    use crate::server::store::RESULT_FILE;
    use serde_json::json;
    use settings::Limits;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::sync_channel;
    use tokio::time::Instant as Moment;
    use tokio_util::sync::CancellationToken;

    fn filed(folder: &Path) -> Filed {
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
        Filed::uploaded(Judgement::of_nothing_seen(), facts, json!({"winner": "left", "artifacts_complete": false}))
    }

    fn archive(output: &Path, work: Work) -> Archive {
        let quiet = Quiet::new(Sessions::new(&Limits::default()), CancellationToken::new());
        let setup = ArchiveSetup {
            quiet,
            courier: None,
            output: output.to_owned(),
            language: Language::English,
            corrected: None,
            memory: Memory::new(1 << 20, 10),
            judge_again: Box::new(|_, _| Err("not in this test".into())),
            cut_off: Vec::new(),
        };
        Archive::start_with(setup, work).unwrap()
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
        let archive = archive(
            output.path(),
            Work {
                put_on_disk: Box::new(move |_| {
                    assert_ne!(puts.fetch_add(1, Ordering::Relaxed), 0, "the first one");
                    Put::Done
                }),
                settle: Box::new(|_| {}),
                make_papers: Box::new(move |_, _| {
                    assert_ne!(makes.fetch_add(1, Ordering::Relaxed), 1, "the second one");
                }),
            },
        );
        for folder in &folders {
            archive.submit(filed(folder), ());
        }
        assert!(archive.finish(soon()).await);
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
            put_on_disk: Box::new(move |_| {
                gate.recv().unwrap_or_default();
                Put::Done
            }),
            settle: Box::new(|_| {}),
            make_papers: Box::new(|_, _| {}),
        };
        let archive = archive(output.path(), work);
        let places = Arc::new(tokio::sync::Semaphore::new(QUEUE + 3));
        for number in 0..QUEUE + 3 {
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            archive.submit(filed(&output.path().join(number.to_string())), place);
        }
        // One is at the desk, four are queued; the others hold their places, so nobody else can bring more.
        for _ in 0..500 {
            if places.available_permits() == QUEUE + 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(places.available_permits(), QUEUE + 1);
        drop(open);
        assert!(archive.finish(soon()).await);
        assert_eq!(places.available_permits(), QUEUE + 3);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_full_disk_does_not_take_waits_until_it_does_or_its_memory_is_needed() {
        let output = tempfile::tempdir().unwrap();
        let is_full = Arc::new(AtomicBool::new(true));
        let full = Arc::clone(&is_full);
        let work = Work {
            put_on_disk: Box::new(move |_| if full.load(Ordering::Relaxed) { Put::DiskFull } else { Put::Done }),
            settle: Box::new(|_| {}),
            make_papers: Box::new(|_, _| {}),
        };
        let archive = archive(output.path(), work);
        for name in ["first", "second"] {
            archive.submit(filed(&output.path().join(name)), ());
        }
        let waits = async |full: bool| {
            while archive.is_disk_full() != full {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waits(true)).await.unwrap();
        is_full.store(false, Ordering::Relaxed);
        tokio::time::timeout(Duration::from_secs(20), waits(false)).await.unwrap();
        assert!(archive.finish(soon()).await);
        for name in ["first", "second"] {
            assert_eq!(result(&output.path().join(name))["artifacts_errors"], Value::Null);
        }
    }
}
