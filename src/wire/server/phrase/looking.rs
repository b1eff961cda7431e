//! The second thread of a phrase: shows decoded pictures to the judge, one after the other, and asks for the verdict.

use super::worker::{Concluded, PhraseEvent, WorkerSetup};
use crate::server::judge::{JudgeError, PhraseJudge};
use crate::server::signals::Signals;
use fencing::time::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tokio::sync::mpsc::Sender;
use vision::engine::Caution;
use vision::video::Frame;

/// What comes from the first thread.
pub(super) enum Step {
    /// The next picture.
    Show(Frame),
    /// That was the last one.
    Conclude(Box<Conclusion>),
}

/// What is known at the end of a phrase.
pub(super) struct Conclusion {
    /// The box's word.
    pub(super) signals: Signals,
    /// When the verdict was asked for.
    pub(super) asked: Instant,
    /// Frames left out to keep up.
    pub(super) skipped: u64,
    /// Frames that could not be decoded.
    pub(super) undecodable: u64,
    /// When each frame was taken, in order of number.
    pub(super) times: Vec<(i64, Timestamp)>,
    /// What to say should the judge have seen nothing.
    pub(super) if_nothing_seen: JudgeError,
}

/// Looks until the phrase ends or is called off.
pub(super) fn look(
    setup: &WorkerSetup,
    steps: &Receiver<Step>,
    events: &Sender<PhraseEvent>,
    is_cancelled: &AtomicBool,
) {
    let mut phrase = match setup.judge.begin(setup.weapon) {
        Ok(phrase) => phrase,
        Err(error) => return drop(events.blocking_send(PhraseEvent::Failed(error))),
    };
    let mut analysed = 0;
    while let Ok(step) = steps.recv() {
        if is_cancelled.load(Ordering::Relaxed) {
            return;
        }
        match step {
            Step::Show(frame) => match measured(setup, || phrase.push_frame(&frame)) {
                Ok(()) => analysed += 1,
                Err(error) => tracing::warn!(frame = frame.index.0, %error, "a frame could not be analysed"),
            },
            Step::Conclude(conclusion) => {
                return drop(events.blocking_send(decide(phrase, *conclusion, analysed)));
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

fn decide(phrase: Box<dyn PhraseJudge + '_>, conclusion: Conclusion, analysed: u64) -> PhraseEvent {
    if analysed == 0 {
        return PhraseEvent::Failed(conclusion.if_nothing_seen);
    }
    let Conclusion { signals, asked, skipped, undecodable, times, .. } = conclusion;
    let last = times.last().map_or(Timestamp::ZERO, |(_, at)| *at);
    let mut judgement = phrase.conclude(signals.on_the_clock_of_a_clip_until(last));
    judgement.cautions.extend(caution("frames_dropped", skipped));
    judgement.cautions.extend(caution("frames_undecodable", undecodable));
    let conclude_secs = asked.elapsed().as_secs_f64();
    PhraseEvent::Concluded(Box::new(Concluded { judgement, conclude_secs, analysed, skipped, times }))
}

fn caution(key: &'static str, count: u64) -> Option<Caution> {
    (count > 0).then_some(Caution { key, value: Some(count as f64) })
}
