//! The second thread of a phrase: shows decoded frames to the judge, one after the other, and asks for the verdict.

use super::worker::{Concluded, PhraseEvent, WorkerSetup};
use fencing::time::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tokio::sync::mpsc::Sender;
use vision::engine::{PhraseEnding, PhraseJudge};
use vision::video::Frame;

/// What comes from the first thread.
pub(super) enum Step {
    /// The next frame.
    Show(Frame),
    /// That was the last one.
    Conclude(Box<Conclusion>),
}

/// What is known at the end of a phrase.
pub(super) struct Conclusion {
    /// Signals, last frame, what was left out.
    pub(super) ending: PhraseEnding,
    /// When the verdict was asked for.
    pub(super) asked: Instant,
    /// Frames left out to keep up.
    pub(super) skipped: u64,
    /// When each frame was taken, in order of number.
    pub(super) times: Vec<(i64, Timestamp)>,
    /// What to say when the judge was shown no frame.
    pub(super) if_nothing_seen: String,
}

/// Looks until the phrase ends or is called off.
pub(super) fn look(
    setup: &WorkerSetup,
    steps: &Receiver<Step>,
    events: &Sender<PhraseEvent>,
    is_cancelled: &AtomicBool,
) {
    let mut phrase = setup.judge.begin(setup.weapon);
    let mut is_shown = false;
    while let Ok(step) = steps.recv() {
        if is_cancelled.load(Ordering::Relaxed) {
            return;
        }
        match step {
            Step::Show(frame) => {
                measured(setup, || phrase.push_frame(&frame));
                is_shown = true;
            }
            Step::Conclude(conclusion) => {
                let event = if is_shown {
                    decide(phrase, *conclusion)
                } else {
                    PhraseEvent::Failed(conclusion.if_nothing_seen)
                };
                return drop(events.blocking_send(event));
            }
        }
    }
}

/// Analyses a frame and notes what that costs.
fn measured<T>(setup: &WorkerSetup, analyse: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let analysed = analyse();
    setup.load.observe_cost(began.elapsed());
    setup.cost.learn(&setup.load);
    analysed
}

fn decide(phrase: Box<dyn PhraseJudge + '_>, conclusion: Conclusion) -> PhraseEvent {
    let Conclusion { ending, asked, skipped, times, .. } = conclusion;
    match phrase.conclude(ending) {
        Ok(judgement) => {
            let (conclude_secs, analysed) = (asked.elapsed().as_secs_f64(), judgement.completeness.frames_analysed);
            PhraseEvent::Concluded(Box::new(Concluded { judgement, conclude_secs, analysed, skipped, times }))
        }
        Err(error) => PhraseEvent::Failed(error.to_string()),
    }
}
