//! The running phrase: begun with the pictures that memory has of it, fed as they come, closed when the last one is there.

use super::Desk;
use crate::analysis::LiveSignals;
use crate::apparatus::{ApparatusEvent, CompletedPhrase, Fact};
use crate::camera::Captured;
use crate::fencing::{Lamp, PerSide, SignalEvent, SignalKind, SignalLog, Weapon};
use crate::piste::case::{Case, Progress};
use crate::piste::judging::{Conclusion, LiveJudge, Mouth, Sending, Watching, watch_here, watch_there};
use crate::piste::machine::Act;
use crate::piste::{CameraChoice, Event, JudgedBy};
use crate::recording::SignalLogMeta;
use crate::time::Timestamp;
use time::{OffsetDateTime, PrimitiveDateTime};

/// How long the last picture of a phrase is waited for: longer than any camera and cable hold one back, in seconds.
const LAST_PICTURE_SECS: f64 = 0.25;
/// How much later than it was taken a camera's picture may have been stamped, in seconds: exposure, readout and the cable of
/// an ordinary USB camera together take one to three frames of 60 per second.
const CAMERA_DELAY_SECS: f64 = 0.05;
/// Frames per second that are announced of a camera that was not measured yet.
const USUAL_FPS: f64 = 30.0;

/// The phrase that is being fenced.
pub(super) struct Running {
    id: u64,
    weapon: Weapon,
    from: Timestamp,
    /// The first picture, once there is one.
    zero: Option<Timestamp>,
    /// The latest picture.
    last: Timestamp,
    judge: Option<LiveJudge>,
    /// On the host clock.
    signals: SignalLog,
    meta: SignalLogMeta,
    ending: Option<Ending>,
}

/// A phrase whose last pictures are on their way.
struct Ending {
    phrase: CompletedPhrase,
    /// When they are waited for no longer.
    patience_until: Timestamp,
    is_last_there: bool,
}

impl Desk {
    /// An event of the apparatus or a key.
    pub(super) fn signalled(&mut self, event: &ApparatusEvent) {
        if !matches!(event.fact, Fact::Signal(_) | Fact::Corrected(_) | Fact::LampsFound(_) | Fact::FinalLamps(_)) {
            self.tell(Event::Apparatus(Box::new(event.clone())));
        }
        let acts = self.machine.take(event);
        self.act(acts);
    }

    pub(super) fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Begin { from } => self.begin(from),
                Act::Signal(signal) => self.signal(signal),
                Act::Corrected(signal) => self.corrected(signal),
                Act::Touch(side) => self.tell(Event::Touch(side)),
                Act::Finish(phrase) => self.end(*phrase),
                Act::Drop => self.drop_phrase(),
                Act::StuckLamp(side) => self.trouble(format!(
                    "the {} lamp stays lit and is passed over until it is dark; reset the scoring box",
                    side.as_str()
                )),
                Act::TooLong => {
                    self.trouble("nobody ended the phrase, so it was ended after a minute; say halt earlier".into());
                }
            }
        }
    }

    fn begin(&mut self, from: Timestamp) {
        // The phrase before has had its pictures: all of them lie before this one's.
        self.close();
        self.phrases += 1;
        self.lamps = PerSide::default();
        let now = wall_clock();
        let meta = SignalLogMeta { phrase: self.phrases.to_string(), started_at: now, ended_at: now, answer: None };
        let judge = self.live_judge();
        self.running = Some(Running {
            id: self.phrases,
            weapon: self.settings.weapon,
            from,
            zero: None,
            last: Timestamp::from_nanos(i64::MIN),
            judge,
            signals: SignalLog::default(),
            meta,
            ending: None,
        });
        if self.gear.eye.is_there() {
            self.gear.book.begin(from);
        }
        let remembered = self.gear.book.remembered(from, self.now());
        let newest = remembered.last().map_or(from.plus_secs(-1e-9), |picture| picture.at);
        let rest = self.gear.eye.later_than(newest);
        remembered.iter().chain(&rest).for_each(|picture| self.feed(picture));
        *self.doors.shown.latest.lock() = None;
        self.tell(Event::Started);
    }

    /// Whoever judges while the phrase is fenced; nobody while the engine is not loaded.
    fn live_judge(&self) -> Option<LiveJudge> {
        let mouth = Mouth { phrase: self.phrases, words: self.words.0.clone() };
        let started = match &self.settings.judged_by {
            JudgedBy::Nobody => return None,
            JudgedBy::Here => {
                let watching = Watching {
                    engine: self.gear.engine.ready()?,
                    weapon: self.settings.weapon,
                    clock: self.doors.clock,
                    latest: self.doors.shown.latest.clone(),
                };
                watch_here(watching, mouth)
            }
            JudgedBy::Server(server) => {
                let fps = Some(self.gear.eye.status().measured_fps).filter(|fps| *fps > 1.0).unwrap_or(USUAL_FPS);
                let name = format!("live_{}_{}", wall_clock().assume_utc().unix_timestamp(), self.phrases);
                watch_there(Sending { server: server.clone(), name, fps }, mouth)
            }
        };
        started.inspect_err(|error| tracing::warn!(%error, "no thread for judging")).ok()
    }

    /// A new picture of the main camera.
    pub(super) fn picture(&mut self, picture: &Captured) {
        self.gear.eye.remember(picture);
        self.feed(picture);
    }

    fn feed(&mut self, picture: &Captured) {
        let Some(running) = self.running.as_mut().filter(|r| picture.at >= r.from && picture.at > r.last) else {
            return;
        };
        running.last = picture.at;
        if let Some(ending) = running.ending.as_mut().filter(|e| picture.at > e.phrase.until) {
            ending.is_last_there = true;
            return;
        }
        running.zero.get_or_insert(picture.at);
        if let Some(judge) = &running.judge {
            judge.picture(picture);
        }
    }

    fn signal(&mut self, signal: SignalEvent) {
        if let SignalKind::Lamp { side, lamp } = signal.kind
            && lamp != Lamp::Off
        {
            self.lamps[side] = lamp;
        }
        let Some(running) = &mut self.running else { return };
        running.signals.push(signal);
        self.gear.book.signals(&running.signals);
    }

    fn corrected(&mut self, signal: SignalEvent) {
        let Some(running) = &mut self.running else { return };
        let mut better = SignalLog::default();
        let mut replaced = false;
        for event in running.signals.events().iter().rev() {
            let same = event.kind == signal.kind && !replaced;
            replaced |= same;
            better.push(if same { signal } else { *event });
        }
        running.signals = better;
        self.gear.book.signals(&running.signals);
    }

    /// The trigger is done; the last pictures may still be on their way.
    fn end(&mut self, phrase: CompletedPhrase) {
        self.gear.sources.darken();
        self.doors.lookout.forget_lamps();
        let patience_until = self.now().plus_secs(LAST_PICTURE_SECS);
        let Some(running) = &mut self.running else { return };
        self.lamps = phrase.signals.lamps();
        running.signals = phrase.signals.on_clock_from(Timestamp::from_nanos(-phrase.zero.nanos()));
        self.gear.book.signals(&running.signals);
        // A phrase that nobody films has no picture to wait for.
        let is_last_there = running.zero.is_none() || running.last > phrase.until;
        running.ending = Some(Ending { phrase, patience_until, is_last_there });
        self.close_when_complete();
    }

    pub(super) fn close_when_complete(&mut self) {
        let now = self.now();
        let ending = self.running.as_ref().and_then(|r| r.ending.as_ref());
        if ending.is_some_and(|e| e.is_last_there || now >= e.patience_until) {
            self.close();
        }
    }

    /// Closes a phrase that has ended: recorder and judge get its end.
    fn close(&mut self) {
        let Some(Running { ending: Some(ending), .. }) = &self.running else { return };
        let until = ending.phrase.until;
        let Some(running) = self.running.take() else { return };
        let zero = running.zero.unwrap_or(running.from);
        let mut meta = running.meta;
        meta.ended_at = wall_clock();
        let signals = running.signals.on_clock_from(zero);
        let camera_delay_secs = self.camera_delay_secs();
        // Without a camera there is nothing to keep.
        let is_kept = self.gear.book.is_open() && self.gear.eye.is_there();
        self.gear.book.end(until);
        if let Some(judge) = &running.judge {
            let signals = LiveSignals { signals: signals.clone(), camera_delay_secs };
            judge.conclude(Conclusion { signals, meta: meta.clone() });
        }
        let is_judged = self.settings.judged_by != JudgedBy::Nobody;
        let judging = Progress::Judging { stage: "stage-watching", share: 0.0 };
        self.cases.add(Case {
            id: running.id,
            weapon: running.weapon,
            zero,
            until,
            signals,
            meta,
            camera_delay_secs,
            recorded: None,
            is_settled: !is_kept,
            judge: running.judge,
            rejudging: None,
            pending: None,
            progress: if is_judged { judging } else { Progress::Unjudged },
        });
        if !is_kept {
            self.judge_without_recording(running.id);
        }
    }

    fn drop_phrase(&mut self) {
        self.running = None;
        self.gear.book.cancel();
        self.gear.sources.darken();
        self.doors.lookout.forget_lamps();
        self.tell(Event::Cancelled);
    }

    /// The program ends: what was begun is kept, and nobody judges it.
    pub(super) fn leave(&mut self) {
        if let Some(running) = self.running.take() {
            let until = running.ending.map_or_else(|| self.now(), |ending| ending.phrase.until);
            self.gear.book.end(until);
        }
    }

    /// A clip knows when its pictures were taken; a camera's come late.
    fn camera_delay_secs(&self) -> f64 {
        match &self.settings.camera {
            Some(CameraChoice::Clip { .. }) | None => 0.0,
            Some(_) => CAMERA_DELAY_SECS,
        }
    }
}

/// The time of day where we are; UTC where the system does not say.
fn wall_clock() -> PrimitiveDateTime {
    let now = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
    PrimitiveDateTime::new(now.date(), now.time())
}
