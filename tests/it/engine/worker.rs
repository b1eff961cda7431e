//! The background worker: bounded, never in the way of who feeds it, and gone when nobody wants its answer.

use super::fakes::{Cast, TrueEyes, small_frames, small_phrase, watched_by};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::{Call, Side};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vision::engine::{DEFAULT_QUEUE_BYTES, EngineError, Offered, PhraseWorker, PoseError, WorkerEvent};
use vision::pose::{Person, Pose, PoseSource, Square};
use vision::video::Frame;

/// Longer than anything here takes on any machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Eyes that see nobody, count their looks and open only when told.
struct Gated {
    gate: Receiver<()>,
    looks: Arc<AtomicUsize>,
}

impl Gated {
    /// The eyes, the key (drop it to open for good) and the count of looks.
    fn new() -> (Self, Sender<()>, Arc<AtomicUsize>) {
        let ((key, gate), looks) = (bounded(0), Arc::new(AtomicUsize::new(0)));
        (Self { gate, looks: Arc::clone(&looks) }, key, looks)
    }
}

impl PoseSource for Gated {
    fn find_people(&mut self, _: &Frame) -> Result<Vec<Person>, PoseError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let _open = self.gate.recv();
        Ok(Vec::new())
    }

    fn poses_in(&mut self, _: &Frame, _: &[Square]) -> Result<Vec<Pose>, PoseError> {
        Ok(Vec::new())
    }
}

/// Eyes with a defect.
struct Defective;

impl PoseSource for Defective {
    fn find_people(&mut self, _: &Frame) -> Result<Vec<Person>, PoseError> {
        panic!("a defect, on purpose")
    }

    fn poses_in(&mut self, _: &Frame, _: &[Square]) -> Result<Vec<Pose>, PoseError> {
        Ok(Vec::new())
    }
}

fn last_event(events: &Receiver<WorkerEvent>) -> WorkerEvent {
    let mut last = None;
    while let Ok(event) = events.recv_timeout(PATIENCE) {
        last = Some(event);
    }
    last.expect("a last event")
}

/// Offers frames until one does not fit; returns how many went in.
fn fill(worker: &PhraseWorker, frames: &[Frame]) -> usize {
    let taken = frames.iter().take_while(|frame| worker.offer_frame((*frame).clone()) == Offered::Taken).count();
    assert!(taken < frames.len(), "the queue has no end");
    taken
}

#[test]
fn cancelling_a_full_queue_ends_at_once_and_frees_who_waits() {
    let frames = small_frames();
    let (eyes, key, looks) = Gated::new();
    let (worker, events) = PhraseWorker::spawn(watched_by(eyes), 2 * frames[0].rgb.len(), || ()).unwrap();
    assert!(fill(&worker, &frames) >= 2);
    // The thread may have taken its first frame only now: the place that left is filled again.
    while looks.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    fill(&worker, &frames);
    assert_eq!(worker.waiting_bytes(), 2 * frames[0].rgb.len());
    std::thread::scope(|scope| {
        let one_more = frames[0].clone();
        let pushing = std::thread::Builder::new().name("pushing".into());
        let pushing = pushing.spawn_scoped(scope, || worker.push_frame(one_more)).unwrap();
        worker.cancel();
        assert!(!pushing.join().unwrap(), "a frame went into a cancelled phrase");
    });
    assert_eq!((worker.waiting_bytes(), worker.offer_frame(frames[0].clone())), (0, Offered::Ended));
    drop(key);
    assert!(matches!(last_event(&events), WorkerEvent::Cancelled));
    assert!(looks.load(Ordering::SeqCst) <= 1);
}

#[test]
fn a_dropped_worker_does_not_work_off_its_queue() {
    let frames = small_frames();
    let (eyes, key, looks) = Gated::new();
    let (worker, events) = PhraseWorker::spawn(watched_by(eyes), 20 * frames[0].rgb.len(), || ()).unwrap();
    fill(&worker, &frames);
    drop(worker);
    drop(key);
    assert!(matches!(last_event(&events), WorkerEvent::Cancelled));
    assert!(looks.load(Ordering::SeqCst) <= 1, "{looks:?} looks after nobody wanted the verdict");
}

#[test]
fn a_worker_dropped_after_its_last_word_still_judges() {
    let (worker, events) =
        PhraseWorker::spawn(watched_by(TrueEyes::new(Cast::Both)), DEFAULT_QUEUE_BYTES, || ()).unwrap();
    for frame in small_frames() {
        assert!(worker.push_frame(frame));
    }
    worker.set_signals(small_phrase().signal_log());
    worker.conclude();
    drop(worker);
    let WorkerEvent::Judged(judgement) = last_event(&events) else { panic!("no verdict") };
    assert_eq!(judgement.verdict.call, Call::Touch(Side::Left));
}

#[test]
fn what_a_live_source_had_to_skip_is_counted_and_told() {
    let frames = small_frames();
    let (eyes, key, _) = Gated::new();
    let (worker, events) = PhraseWorker::spawn(watched_by(eyes), 3 * frames[0].rgb.len(), || ()).unwrap();
    let outcomes: Vec<Offered> = frames.iter().map(|frame| worker.offer_frame(frame.clone())).collect();
    let skipped = outcomes.iter().filter(|o| **o == Offered::Skipped).count() as u64;
    assert!(skipped > 0);
    worker.conclude();
    drop(key);
    let WorkerEvent::Judged(judgement) = last_event(&events) else { panic!("no verdict") };
    let seen = judgement.completeness;
    assert_eq!((seen.frames_received, seen.frames_received - seen.frames_analysed), (frames.len() as u64, skipped));
    assert!(judgement.cautions.iter().any(|c| c.key == "frames_dropped" && c.value == Some(skipped as f64)));
}

#[test]
fn a_defect_in_the_analysis_is_an_answer_and_not_a_crash() {
    let (worker, events) = PhraseWorker::spawn(watched_by(Defective), DEFAULT_QUEUE_BYTES, || ()).unwrap();
    worker.push_frame(small_frames().remove(0));
    assert!(matches!(last_event(&events), WorkerEvent::Failed(EngineError::Defect)));
    assert!(!worker.push_frame(small_frames().remove(0)));
}

#[test]
fn the_owner_is_woken_after_the_last_event() {
    let (wakes, woken) = bounded(64);
    let wake = move || wakes.try_send(()).unwrap_or_default();
    let (worker, events) =
        PhraseWorker::spawn(watched_by(TrueEyes::new(Cast::Nobody)), DEFAULT_QUEUE_BYTES, wake).unwrap();
    worker.conclude();
    assert!(matches!(last_event(&events), WorkerEvent::Judged(_)));
    woken.recv_timeout(PATIENCE).unwrap();
}
