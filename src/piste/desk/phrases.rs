//! The running phrase: begun with the pictures that memory has of it, asked for a first verdict when no light can come any more,
//! closed when the last picture is there.

use super::Desk;
use crate::case::{Case, Progress};
use crate::judge_event::{JudgeEvent, JudgeEventKind, JudgeEventSender};
use crate::judging::{Conclusion, LiveJudge, Offer, watch_there};
use crate::machine::Act;
use crate::{CameraChoice, Event, JudgedBy, ServerChoice};
use apparatus::{ApparatusEvent, CompletedPhrase, Fact};
use capture::camera::Captured;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, SignalEvent, SignalKind, SignalLog, Weapon};
use recording::SignalLogMeta;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use time::{OffsetDateTime, PrimitiveDateTime};
use vision::engine::judge_by_lamps;
use vision::engine::{PhraseSignals, SignalClock};

/// How long the last picture of a phrase is waited for: longer than any camera and cable hold one back, in seconds.
const LAST_PICTURE_SECS: f64 = 0.25;
/// How much later than it was taken a camera's picture may have been stamped, in seconds: exposure, readout and the cable of
/// an ordinary USB camera together take one to three frames of 60 per second.
const CAMERA_DELAY_SECS: f64 = 0.05;
/// Frames per second that are announced of a camera that was not measured yet.
const USUAL_FPS: f64 = 30.0;

/// The phrase that is being fenced.
pub(super) struct Running {
    pub(super) id: u64,
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
    /// Where the recorder writes it, once it does.
    pub(super) folder: PathBuf,
    /// When no light could come any more, once that is so.
    pub(super) decided: Option<Timestamp>,
    /// What that is judged by is on its way.
    deciding: Option<Awaited>,
    /// The verdict that came of it.
    pub(super) at_once: Option<Arc<JudgeEvent>>,
    ending: Option<Ending>,
}

/// A phrase whose last pictures are on their way.
struct Ending {
    phrase: CompletedPhrase,
    last_pictures: Awaited,
}

/// Pictures up to a moment, on their way from the camera.
struct Awaited {
    until: Timestamp,
    /// When they are waited for no longer.
    patience_until: Timestamp,
    are_there: bool,
}

impl Awaited {
    /// Those of a phrase whose latest picture is of `last`.
    fn new(until: Timestamp, last: Timestamp, now: Timestamp) -> Self {
        Self { until, patience_until: now.plus_secs(LAST_PICTURE_SECS), are_there: last > until }
    }

    /// Notes a picture; whether it is one of them.
    fn take(&mut self, at: Timestamp) -> bool {
        self.are_there |= at > self.until;
        at <= self.until
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.are_there || now >= self.patience_until
    }
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

    /// What the keys said.
    pub(super) fn all_signalled(&mut self, events: &[ApparatusEvent]) {
        for event in events {
            self.signalled(event);
        }
    }

    pub(super) fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Begin { from } => self.begin(from),
                Act::Signal(signal) => self.signal(signal),
                Act::Corrected(signal) => self.corrected(signal),
                Act::Touch(side) => self.tell(Event::Touch(side)),
                Act::Decided { at } => self.decide(at),
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
        // An engine that came this very moment watches already.
        self.keep_eyes_open();
        self.phrases += 1;
        self.lamps = PerSide::default();
        if self.gear.eye.is_there() {
            self.gear.book.begin(from);
        }
        let mut pictures = self.gear.book.remembered(from, self.now());
        let newest = pictures.last().map_or(from.plus_secs(-1e-9), |picture| picture.at);
        pictures.extend(self.gear.eye.later_than(newest));
        let now = wall_clock();
        let meta = SignalLogMeta { phrase: self.phrases.to_string(), started_at: now, ended_at: now, answer: None };
        let judge = self.live_judge(from, &pictures);
        let mut running = Running {
            id: self.phrases,
            weapon: self.settings.weapon,
            from,
            zero: None,
            last: Timestamp::from_nanos(i64::MIN),
            judge,
            signals: SignalLog::default(),
            meta,
            folder: PathBuf::new(),
            decided: None,
            deciding: None,
            at_once: None,
            ending: None,
        };
        for picture in &pictures {
            running.take(picture);
        }
        self.running = Some(running);
        self.tell(Event::Started);
    }

    /// Whoever judges while the phrase is fenced; nobody while the engine is not loaded.
    fn live_judge(&self, from: Timestamp, pictures: &[Captured]) -> Option<LiveJudge> {
        let events = JudgeEventSender { phrase: self.phrases, events: self.judge_events.0.clone() };
        match &self.settings.judged_by {
            JudgedBy::Nobody => None,
            JudgedBy::Here => {
                let eyes = self.gear.eyes.as_ref()?;
                let from = pictures.first().map_or(from, |first| first.at);
                eyes.begin(from, pictures.to_vec(), self.settings.weapon, events).map(LiveJudge::Here)
            }
            JudgedBy::Server(server) => self.sent_to(server, events),
        }
    }

    fn sent_to(&self, server: &ServerChoice, events: JudgeEventSender) -> Option<LiveJudge> {
        let fps = Some(self.gear.eye.status().measured_fps).filter(|fps| *fps > 1.0).unwrap_or(USUAL_FPS);
        let name = format!("live_{}_{}", wall_clock().assume_utc().unix_timestamp(), self.phrases);
        let started = watch_there(Offer { server: server.clone(), name, fps, weapon: self.settings.weapon }, events);
        started.map(LiveJudge::There).inspect_err(|error| tracing::warn!(%error, "no thread for judging")).ok()
    }

    /// A new picture of the main camera.
    pub(super) fn picture(&mut self, picture: &Captured) {
        self.gear.eye.remember(picture);
        if let Some(running) = &mut self.running {
            running.take(picture);
        }
        // The first picture after those that are waited for is not looked at before they are judged.
        self.look_at_awaited();
        if let Some(eyes) = &self.gear.eyes {
            eyes.picture(picture);
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

    /// No light can come any more: all that counts has happened, though its last pictures may still be on their way.
    fn decide(&mut self, at: Timestamp) {
        let (now, camera_delay_secs) = (self.now(), self.camera_delay_secs());
        let Some(running) = &mut self.running else { return };
        running.decided = Some(at);
        let is_judged = self.settings.judged_by != JudgedBy::Nobody;
        if let Some(event) = is_judged.then(|| running.by_lamps()).flatten() {
            return self.judged_at_once(&event);
        }
        let lockout_secs = running.weapon.timings().lockout_secs;
        let touched = running.signals.first_touch().map(|touch| touch.at.plus_secs(lockout_secs));
        let until = touched.map_or(at, |counts| counts.plus_secs(camera_delay_secs));
        let last = if running.zero.is_some() { running.last } else { Timestamp::from_nanos(i64::MAX) };
        running.deciding = Some(Awaited::new(until, last, now));
        self.look_at_awaited();
    }

    /// The trigger is done; the last pictures may still be on their way.
    fn end(&mut self, phrase: CompletedPhrase) {
        let dark = self.gear.sources.darken();
        self.doors.lookout.forget_lamps();
        self.await_last_pictures(phrase);
        self.all_signalled(&dark);
    }

    fn await_last_pictures(&mut self, phrase: CompletedPhrase) {
        let now = self.now();
        let Some(running) = &mut self.running else { return };
        self.lamps = phrase.signals.lamps();
        running.signals = phrase.signals.on_clock_from(Timestamp::from_nanos(-phrase.zero.nanos()));
        self.gear.book.signals(&running.signals);
        // A phrase that nobody films has no picture to wait for.
        let last = if running.zero.is_some() { running.last } else { Timestamp::from_nanos(i64::MAX) };
        running.ending = Some(Ending { last_pictures: Awaited::new(phrase.until, last, now), phrase });
        self.look_at_awaited();
    }

    /// Asks for the verdict, and closes the phrase, once the pictures for that are there.
    pub(super) fn look_at_awaited(&mut self) {
        let now = self.now();
        let Some(running) = &mut self.running else { return };
        let is_over = |awaited: &Awaited| awaited.is_over(now);
        let decides = running.deciding.take_if(|awaited| is_over(awaited));
        let closes = running.ending.as_ref().is_some_and(|ending| is_over(&ending.last_pictures));
        if decides.is_some() && !closes {
            self.ask_at_once();
        }
        if closes {
            self.close();
        }
    }

    fn ask_at_once(&self) {
        let clock = self.signal_clock();
        let Some(running) = &self.running else { return };
        let signals = PhraseSignals::new(running.signals.on_clock_from(running.clock_zero()), clock);
        if let Some(judge) = &running.judge {
            judge.ask_at_once(Conclusion { signals, meta: running.meta.clone(), until: self.now() });
        }
    }

    /// Closes a phrase that has ended: recorder and judge get its end.
    fn close(&mut self) {
        let Some(Running { ending: Some(ending), .. }) = &self.running else { return };
        let until = ending.phrase.until;
        let Some(running) = self.running.take() else { return };
        let zero = running.clock_zero();
        let mut meta = running.meta;
        meta.ended_at = wall_clock();
        let signals = running.signals.on_clock_from(zero);
        let clock = self.signal_clock();
        // Without a camera there is nothing to keep.
        let is_kept = self.gear.book.is_open() && self.gear.eye.is_there();
        self.gear.book.end(until);
        // Whoever does not take the question judges from the recording.
        let judge = running.judge.filter(|judge| {
            let signals = PhraseSignals::new(signals.clone(), clock);
            judge.conclude(Conclusion { signals, meta: meta.clone(), until })
        });
        let is_judged = self.settings.judged_by != JudgedBy::Nobody;
        let progress = match running.at_once {
            Some(event) => Progress::Judged { event, is_first: true },
            None if is_judged => Progress::Judging { stage: "stage-watching", share: 0.0 },
            None => Progress::Unjudged,
        };
        self.cases.add(Case {
            id: running.id,
            weapon: running.weapon,
            zero,
            until,
            decided: running.decided.unwrap_or(until),
            signals,
            meta: Some(meta),
            clock,
            folder: running.folder,
            recorded: None,
            is_settled: !is_kept,
            judge,
            rejudging: None,
            pending: None,
            progress,
        });
        if !is_kept {
            self.judge_without_recording(running.id);
        }
    }

    fn drop_phrase(&mut self) {
        self.running = None;
        self.gear.book.cancel();
        let dark = self.gear.sources.darken();
        self.doors.lookout.forget_lamps();
        self.tell(Event::Cancelled);
        self.all_signalled(&dark);
    }

    /// The program ends: what was begun is kept, and nobody judges it.
    pub(super) fn leave(&mut self) {
        if let Some(running) = self.running.take() {
            let until = running.ending.map_or_else(|| self.now(), |ending| ending.phrase.until);
            self.gear.book.end(until);
        }
    }

    /// Signals are stamped with the host clock, frames when they arrive: later than they were taken.
    fn signal_clock(&self) -> SignalClock {
        SignalClock::Apparatus { offset_uncertainty_secs: self.camera_delay_secs() }
    }

    /// A clip knows when its pictures were taken; a camera's come late.
    fn camera_delay_secs(&self) -> f64 {
        match &self.settings.camera {
            Some(CameraChoice::Clip { .. }) | None => 0.0,
            Some(_) => CAMERA_DELAY_SECS,
        }
    }
}

impl Running {
    /// Takes a picture that may belong to the phrase: a server gets it, these eyes see all pictures.
    fn take(&mut self, picture: &Captured) {
        if picture.at < self.from || picture.at <= self.last {
            return;
        }
        self.last = picture.at;
        if let Some(deciding) = &mut self.deciding {
            deciding.take(picture.at);
        }
        if self.ending.as_mut().is_some_and(|ending| !ending.last_pictures.take(picture.at)) {
            return;
        }
        self.zero.get_or_insert(picture.at);
        if let Some(judge) = &self.judge {
            judge.picture(picture);
        }
    }

    /// The verdict where the lamps alone make it: nobody has looked at a picture for that.
    fn by_lamps(&self) -> Option<JudgeEvent> {
        let asked = Instant::now();
        let judgement = judge_by_lamps(self.weapon, &self.signals.on_clock_from(self.clock_zero()))?;
        let end = judgement.signals.first_touch().map_or(Timestamp::ZERO, |touch| touch.at);
        Some(JudgeEvent::judged(self.id, judgement, JudgeEventKind::Provisional, (end, asked.elapsed())))
    }

    /// Zero of its clock: its first picture, else where it began.
    fn clock_zero(&self) -> Timestamp {
        self.zero.unwrap_or(self.from)
    }
}

/// The time of day where we are; UTC where the system does not say.
fn wall_clock() -> PrimitiveDateTime {
    let now = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
    PrimitiveDateTime::new(now.date(), now.time())
}
