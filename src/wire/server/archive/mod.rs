//! What is written once the verdict is out: video, signal log, workbook, summary, page, and the result with its flag.
//!
//! Two named threads write for everybody, one phrase after the other, both behind everything else on the processor: papers
//! may wait, verdicts may not. The first puts on disk what came (signal log, video), so that the memory of the frames is
//! free; until then it counts against what all phrases share. The second makes what follows from it (workbook, page,
//! overlay) when nobody is fencing, or after a while though somebody is. A paper that cannot be written is named in the
//! result; the others are written. A phrase that brings the program down takes neither thread with it: the fault is named in
//! its result, and the next phrase has its turn.

mod caught;
mod desk;
mod quiet;
mod unfinished;

pub(super) use quiet::{Quiet, step_back};

use super::courier::Courier;
use super::papers::PhraseFacts;
use super::phrase::FrameStore;
use bytes::Bytes;
use caught::caught;
use desk::{make_papers, put_on_disk, settle_result};
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use parking_lot::Mutex;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;
use vision::engine::Judgement;
use vision::lens::Correction;

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
}

/// Makes a phrase's papers and adds what went wrong.
type MakePapers = dyn Fn(&Filed, &mut Vec<String>) + Send;

/// What the threads do with a phrase, one after the other.
struct Work {
    put_on_disk: Box<dyn Fn(&mut Job) + Send>,
    make_papers: Box<MakePapers>,
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
        let (words, corrected) = (Words::new(setup.language), setup.corrected);
        let work = Work {
            put_on_disk: Box::new(put_on_disk),
            make_papers: Box::new(move |filed, errors| make_papers(filed, errors, &words, corrected)),
        };
        Self::start_with(setup, work)
    }

    fn start_with(setup: ArchiveSetup, work: Work) -> std::io::Result<Self> {
        let ArchiveSetup { quiet, courier, output, .. } = setup;
        let Work { put_on_disk, make_papers } = work;
        let started = SystemTime::now();
        let courier = Arc::new(Mutex::new(courier));
        let carrier = Arc::clone(&courier);
        let (jobs, mut inbox) = mpsc::channel::<Job>(QUEUE);
        let (on_disk, mut second_inbox) = mpsc::channel::<Job>(QUEUE_ON_DISK);
        std::thread::Builder::new().name("papers".to_owned()).spawn(move || {
            step_back();
            while let Some(mut job) = inbox.blocking_recv() {
                let put = caught(|| put_on_disk(&mut job));
                job.errors.extend(put.err());
                let _second_is_gone = on_disk.blocking_send(job);
            }
        })?;
        std::thread::Builder::new().name("papers-later".to_owned()).spawn(move || {
            step_back();
            let _logged = caught(|| unfinished::settle(&output, started, carrier.lock().clone().as_ref()));
            while let Some(mut job) = second_inbox.blocking_recv() {
                quiet.wait(job.judged);
                let made = caught(|| make_papers(&job.filed, &mut job.errors));
                job.errors.extend(made.err());
                let courier = carrier.lock().clone();
                let _logged = caught(|| settle_result(&job.filed, job.errors, courier.as_ref()));
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

    use super::caught::FAULT;
    use super::*;
    use crate::server::sessions::Sessions;
    use crate::server::store::RESULT_FILE;
    use serde_json::json;
    use settings::Limits;
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;
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
        let (output, language) = (output.to_owned(), Language::English);
        let setup = ArchiveSetup { quiet, courier: None, output, language, corrected: None };
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
                put_on_disk: Box::new(move |_| assert_ne!(puts.fetch_add(1, Ordering::Relaxed), 0, "the first one")),
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
        let work =
            Work { put_on_disk: Box::new(move |_| gate.recv().unwrap_or_default()), make_papers: Box::new(|_, _| {}) };
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
}
