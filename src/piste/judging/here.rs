//! This machine, while the phrase is fenced: pictures are decoded here and looked at by the engine's worker, so that only
//! arithmetic is left when the lamps light.

use super::pace::{Look, Pace};
use super::{Conclusion, Feed, Intake, LiveJudge, Mouth, Opinion, Said};
use crate::analysis::hand_in_live;
use crate::camera::Captured;
use crate::engine::{Engine, FrameObservation, PhraseSetup, PhraseWorker, WorkerEvent};
use crate::fencing::Weapon;
use crate::piste::RulingOrigin;
use crate::time::{HostClock, Timestamp};
use crossbeam_channel::Receiver;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

/// Width of the pictures that are analysed, in pixels: what a clip is read at, so that both see the same.
const ANALYSED_WIDTH: u32 = 960;
/// Pictures that wait decoded: about ten. The others wait as JPEG, where [`Pace`] sees how late they are.
const DECODED_BYTES: usize = 16 << 20;

/// The latest observation, for the overlay.
pub(in crate::piste) type Latest = Arc<Mutex<Option<FrameObservation>>>;

/// What one phrase is watched with.
pub(in crate::piste) struct Watching {
    pub(in crate::piste) engine: Engine,
    pub(in crate::piste) weapon: Weapon,
    pub(in crate::piste) clock: HostClock,
    pub(in crate::piste) latest: Latest,
}

/// Starts watching a phrase on a thread of its own. Its clock's zero is the first picture.
pub(in crate::piste) fn watch_here(watching: Watching, mouth: Mouth) -> std::io::Result<LiveJudge> {
    LiveJudge::start("piste-watch", mouth, move |intake, mouth| watch(&watching, intake, mouth))
}

/// Feeds the engine until the phrase ends; `None` when it was called off.
fn watch(watching: &Watching, intake: &Intake, mouth: &Mouth) -> Option<Said> {
    let analyzer = watching.engine.begin_phrase(PhraseSetup { weapon: watching.weapon });
    let (worker, events) = match PhraseWorker::spawn(analyzer, DECODED_BYTES, || ()) {
        Ok(pair) => pair,
        Err(error) => return until_concluded(intake, error.to_string()),
    };
    let mut feeder = Feeder {
        watching,
        worker: &worker,
        events: &events,
        pace: Pace::default(),
        zero: None,
        fed: Fed::default(),
        last_word: None,
    };
    loop {
        match intake.next()? {
            Feed::Picture(picture) => feeder.picture(&picture),
            Feed::Conclude(conclusion) => {
                mouth.stage("stage-deciding", 1.0);
                return feeder.conclude(*conclusion, intake);
            }
        }
    }
}

/// A phrase that cannot be watched is still waited for: only its end asks for a verdict.
fn until_concluded(intake: &Intake, why: String) -> Option<Said> {
    while !matches!(intake.next()?, Feed::Conclude(_)) {}
    Some(Said::Unwatched(why))
}

/// What went into the worker.
#[derive(Debug, Default)]
struct Fed {
    skipped: u64,
    damaged: u64,
    last: Timestamp,
}

struct Feeder<'a> {
    watching: &'a Watching,
    worker: &'a PhraseWorker,
    events: &'a Receiver<WorkerEvent>,
    pace: Pace,
    zero: Option<Timestamp>,
    fed: Fed,
    last_word: Option<WorkerEvent>,
}

impl Feeder<'_> {
    fn picture(&mut self, picture: &Captured) {
        let zero = *self.zero.get_or_insert(picture.at);
        let look = self.pace.decide(picture.at, self.watching.clock.now());
        self.fed.last = Timestamp::from_nanos(picture.at.nanos().saturating_sub(zero.nanos()));
        match look {
            Look::At => self.show(picture),
            Look::Past => {}
            Look::Skip => self.fed.skipped += 1,
        }
        self.observe();
    }

    fn show(&mut self, picture: &Captured) {
        match picture.frame(ANALYSED_WIDTH) {
            Ok(frame) => {
                let frame = crate::video::Frame { at: self.fed.last, ..frame };
                let _ended = self.worker.push_frame(frame);
            }
            Err(error) => {
                tracing::warn!(%error, "a picture could not be decoded");
                self.fed.damaged += 1;
            }
        }
    }

    /// Keeps the newest observation for the overlay, and the worker's last word if it came early.
    fn observe(&mut self) {
        while self.last_word.is_none()
            && let Ok(event) = self.events.try_recv()
        {
            self.heard(event);
        }
    }

    fn heard(&mut self, event: WorkerEvent) {
        match event {
            WorkerEvent::Observed(seen) => *self.watching.latest.lock() = Some(*seen),
            last => self.last_word = Some(last),
        }
    }

    fn conclude(mut self, conclusion: Conclusion, intake: &Intake) -> Option<Said> {
        let asked = Instant::now();
        let (end, missing) = (self.fed.last, self.fed.skipped + self.fed.damaged + intake.lost());
        self.worker.conclude_after(move |analyzer| {
            analyzer.note_skipped(missing);
            hand_in_live(conclusion.signals, analyzer, end);
        });
        while self.last_word.is_none() {
            let Ok(event) = self.events.recv() else { break };
            self.heard(event);
            if intake.is_called_off() {
                return None;
            }
        }
        Some(match self.last_word {
            Some(WorkerEvent::Judged(judgement)) => {
                Said::Judged(Box::new(Opinion::ours(*judgement, RulingOrigin::Live, end, asked.elapsed())))
            }
            Some(WorkerEvent::Failed(error)) => Said::Unwatched(error.to_string()),
            _ => Said::Unwatched("the analysis ended early".into()),
        })
    }
}
