//! Judges recorded phrases on this machine: those not judged live, judged too coarsely, whose server failed, or whose lamps
//! were corrected. Uses the same analysis as the live analyzer.
//!
//! One thread judges one phrase at a time; several at once would only delay each other and the live analysis. It pauses between
//! two frames while the first verdict of a live phrase is due.

use super::engine_loading::EngineCell;
use super::judge_event::{JudgeEvent, JudgeEventKind, JudgeEventSender};
use super::{JudgeOrigin, Thoroughness};
use crossbeam_channel::{Receiver, Sender};
use records::analysis::{AnalysisError, ClipRequest, judge_clip};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vision::video::{Cancel, guarded, spawn_worker};

/// Capacity of the queue: the number of phrases that a session keeps.
const QUEUE_CAPACITY: usize = 16;
/// Longest pause for a live phrase; its first verdict is due within this time.
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// Interval at which a paused judge checks whether it may continue.
const PAUSE_STEP: Duration = Duration::from_millis(10);
/// Reported when judging panicked.
const DEFECT: &str = "judging the phrase failed because of a defect in the program; it is on disk, please report it";

/// A recorded phrase to judge.
pub(crate) struct FromRecording {
    pub(crate) engine: EngineCell,
    pub(crate) request: ClipRequest,
}

struct Job {
    phrase: FromRecording,
    events: JudgeEventSender,
    cancel: Cancel,
}

/// The session loop's handle of the thread. Dropping it cancels all judging and returns at once.
pub(crate) struct RecordingJudge {
    jobs: Sender<Job>,
    live_first: Arc<AtomicBool>,
    issued: VecDeque<Cancel>,
}

impl RecordingJudge {
    /// Starts the thread.
    pub(crate) fn start() -> std::io::Result<Self> {
        let (jobs, queue) = crossbeam_channel::bounded(QUEUE_CAPACITY);
        let live_first = Arc::new(AtomicBool::new(false));
        let pause = Arc::clone(&live_first);
        // Each job catches its own panics; a panic outside of them drops the queue, and further jobs are refused.
        spawn_worker("piste-rejudge", || (), move || work(&queue, &pause))?;
        Ok(Self { jobs, live_first, issued: VecDeque::new() })
    }

    /// Judges a phrase after those in the queue; the returned flag cancels it. The error text can be shown to the user.
    pub(crate) fn judge(&mut self, phrase: FromRecording, events: JudgeEventSender) -> Result<Cancel, String> {
        let cancel = Cancel::new();
        let job = Job { phrase, events, cancel: cancel.clone() };
        self.jobs
            .try_send(job)
            .map_err(|_| "too many phrases wait to be judged; judge this one again later".to_owned())?;
        if self.issued.len() > QUEUE_CAPACITY {
            self.issued.pop_front();
        }
        self.issued.push_back(cancel.clone());
        Ok(cancel)
    }

    /// Sets whether the first verdict of a live phrase is due, which has priority.
    pub(crate) fn live_goes_first(&self, due: bool) {
        self.live_first.store(due, Ordering::Relaxed);
    }
}

impl Drop for RecordingJudge {
    fn drop(&mut self) {
        self.issued.iter().for_each(Cancel::cancel);
    }
}

fn work(jobs: &Receiver<Job>, live_first: &AtomicBool) {
    for job in jobs {
        if job.cancel.is_cancelled() {
            continue;
        }
        let judged = guarded("piste-rejudge", || judge(&job, live_first));
        if let Some(event) = judged.unwrap_or_else(|| Some(JudgeEvent::failed(job.events.phrase, DEFECT))) {
            job.events.send(event);
        }
    }
}

fn judge(job: &Job, live_first: &AtomicBool) -> Option<JudgeEvent> {
    let Job { phrase, events, cancel } = job;
    events.progress("stage-models", 0.0);
    let engine = match phrase.engine.wait(cancel)? {
        Ok(engine) => engine,
        Err(text) => return Some(JudgeEvent::failed(events.phrase, text)),
    };
    let mut reported = -1.0_f32;
    let mut progress = |p: records::analysis::Progress| {
        if (p.share - reported).abs() >= 0.01 {
            reported = p.share;
            events.progress(p.stage.key(), p.share);
        }
        pause_for_live(live_first, cancel);
    };
    match judge_clip(&engine, &phrase.request, cancel, &mut progress) {
        Ok(judged) => {
            let timings = (judged.end, judged.processing);
            let event = JudgeEvent::judged(events.phrase, judged.judgement, JudgeEventKind::Final, timings);
            // This analysis is always the full one.
            Some(JudgeEvent { origin: JudgeOrigin::Recording, thoroughness: Thoroughness::Full, ..event })
        }
        Err(AnalysisError::Cancelled) => None,
        Err(_) if cancel.is_cancelled() => None,
        Err(error) => Some(JudgeEvent::failed(events.phrase, error.to_string())),
    }
}

fn pause_for_live(live_first: &AtomicBool, cancel: &Cancel) {
    let begun = Instant::now();
    while live_first.load(Ordering::Relaxed) && !cancel.is_cancelled() && begun.elapsed() < MAX_PAUSE {
        std::thread::sleep(PAUSE_STEP);
    }
}
