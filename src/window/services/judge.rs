//! Judges the clip under review on a thread of its own, with the window's one engine.
//!
//! What the frames showed is kept for the clip that was judged last: another weapon, other lights, exchanged fencers and undo are then
//! arithmetic and answered at once. Only a person who was not followed before needs inference, for that person alone. Whatever fails,
//! the kept observations and the verdict on the screen stay.

use crate::effect::{Event, FencerRequest, JudgeRequest, Pane};
use crate::model::Settings;
use crate::services::EngineMaker;
use crate::services::workers::{self, EventSender};
use fencing::geometry::{FrameSize, ImagePoint};
use fencing::time::{Timestamp, nearest_index};
use parking_lot::Mutex;
use recording::HitSides;
use records::analysis::{
    AnalysisError, ClipRequest, ClipSignals, JudgedClip, ObservedClip, Progress, TouchByHand, observe_clip,
};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::{Engine, FencerError, ObservedPhrase};
use vision::tracking::{FencerAt, FollowError, FrameStore};
use vision::video::{Cancel, ClipOptions, Frame, Reel};

/// How many corrections of fencers can be taken back. Each keeps the poses of a phrase: half a megabyte for five seconds at 60 frames.
const UNDO_STEPS: usize = 8;

/// A frame of the reel belongs to an analysed frame when their times differ by less than this, in seconds: half a frame at 240 per second.
const SAME_FRAME_SECS: f64 = 0.002;

/// Starts judgements; the newest wins.
pub(super) struct Judge {
    engine: Arc<EngineCache>,
    /// Held while frames are analysed: an analysis that was cancelled needs a moment to end.
    one_at_a_time: Arc<Mutex<()>>,
    running: Cancel,
    shared: Arc<Mutex<Kept>>,
}

/// What the jobs of one pane share.
#[derive(Default)]
struct Kept {
    /// The request made last: whatever work ends later answers this one.
    wanted: Option<JudgeRequest>,
    /// The analysis that runs and answers `wanted` when it ends.
    analysing: Option<(PathBuf, EngineKey)>,
    clip: Option<KeptClip>,
}

/// An analysed clip.
struct KeptClip {
    path: PathBuf,
    key: EngineKey,
    observed: ObservedClip,
    /// The phrase before each correction of a fencer, the oldest first.
    before: Vec<ObservedPhrase>,
}

/// A piece of work.
enum Job {
    /// Analyse the frames, then judge.
    Analyse,
    /// Judge from what is kept.
    Again,
    /// Correct a fencer, then judge.
    Correct(Box<FencerRequest>, Option<Arc<Reel>>),
    /// Take the last correction back, then judge.
    Undo,
}

/// Why there is no judgement.
enum Failure {
    /// The phrase could not be judged; a finished sentence.
    Judge(String),
    /// The fencer could not be corrected; the message key of a notice, with a text after it where there is one.
    Fencer(String),
}

impl Judge {
    pub(super) fn new(engine: Arc<EngineCache>) -> Self {
        Self { engine, one_at_a_time: Arc::default(), running: Cancel::new(), shared: Arc::default() }
    }

    /// Another queue of judgements over the same engine, which takes turns with this one.
    pub(super) fn sharing_engine(&self) -> Self {
        let (engine, one_at_a_time) = (Arc::clone(&self.engine), Arc::clone(&self.one_at_a_time));
        Self { engine, one_at_a_time, running: Cancel::new(), shared: Arc::default() }
    }

    /// Gives up the judgement that runs.
    pub(super) fn cancel(&self) {
        self.running.cancel();
    }

    /// Judges a clip: from what is kept where that is possible. An analysis of the same clip that runs goes on and answers this request.
    pub(super) fn start(&mut self, request: JudgeRequest, pane: Pane, events: &EventSender) -> Option<Event> {
        let key = EngineKey::of(&request.settings);
        let mut kept = self.shared.lock();
        let is_kept = !request.anew && kept.holds(&request);
        let runs = !self.running.is_cancelled()
            && kept.analysing.as_ref().is_some_and(|(path, of)| *path == request.clip && *of == key);
        let waits = runs && !request.anew;
        if !is_kept && !waits {
            kept.analysing = Some((request.clip.clone(), key));
        }
        kept.wanted = Some(request);
        drop(kept);
        match (is_kept, waits) {
            (true, _) => self.work(Job::Again, Cancel::new(), pane, events),
            (false, true) => None,
            (false, false) => self.work_alone(Job::Analyse, pane, events),
        }
    }

    /// Makes the person at a point of the picture a fencer. `reel` holds the frames.
    pub(super) fn correct(
        &mut self,
        request: FencerRequest,
        reel: Option<Arc<Reel>>,
        pane: Pane,
        events: &EventSender,
    ) -> Option<Event> {
        let mut kept = self.shared.lock();
        (kept.wanted, kept.analysing) = (Some(request.judge.clone()), None);
        drop(kept);
        self.work_alone(Job::Correct(Box::new(request), reel), pane, events)
    }

    /// Takes the last correction of a fencer back.
    pub(super) fn undo(&mut self, request: JudgeRequest, pane: Pane, events: &EventSender) -> Option<Event> {
        self.shared.lock().wanted = Some(request);
        self.work(Job::Undo, Cancel::new(), pane, events)
    }

    /// Starts a job in place of the one that runs.
    fn work_alone(&mut self, job: Job, pane: Pane, events: &EventSender) -> Option<Event> {
        self.running.cancel();
        self.running = Cancel::new();
        self.work(job, self.running.clone(), pane, events)
    }

    fn work(&self, job: Job, cancel: Cancel, pane: Pane, events: &EventSender) -> Option<Event> {
        let (engine, one_at_a_time) = (Arc::clone(&self.engine), Arc::clone(&self.one_at_a_time));
        let (shared, ended) = (Arc::clone(&self.shared), cancel.clone());
        workers::start(
            "clip-judge",
            events,
            move |text| {
                // Nobody waits for an analysis that panicked.
                ended.cancel();
                failed(pane, text)
            },
            move |events| {
                let report = Report { pane, events };
                let worker = Worker { shared: &shared, engine: &engine, cancel: &cancel, report: &report };
                let _alone = matches!(job, Job::Analyse | Job::Correct(..)).then(|| one_at_a_time.lock());
                match worker.run(job) {
                    // A judgement that was replaced by a newer one reports nothing more.
                    Ok(_) if cancel.is_cancelled() => {}
                    Ok(judged) => report.judged(judged),
                    Err(_) if cancel.is_cancelled() => report.cancelled(),
                    Err(Failure::Judge(text)) => events.send(failed(pane, text)),
                    Err(Failure::Fencer(text)) => events.send(Event::FencerFailed(text)),
                }
            },
        )
    }
}

fn failed(pane: Pane, text: String) -> Event {
    if pane == Pane::First { Event::JudgeFailed(text) } else { Event::Trouble(text) }
}

impl Kept {
    /// Whether a request can be answered from what is kept.
    fn holds(&self, request: &JudgeRequest) -> bool {
        self.clip.as_ref().is_some_and(|clip| clip.answers(request))
    }
}

impl KeptClip {
    fn answers(&self, request: &JudgeRequest) -> bool {
        self.path == request.clip && self.key == EngineKey::of(&request.settings)
    }
}

/// Lights by hand win; then a signal log of the same name beside the clip; then the lights in the frames.
fn signals_of(request: &JudgeRequest) -> ClipSignals {
    let by_hand = request.touch_by_hand.map(|(at, lit)| TouchByHand { lit, at });
    ClipSignals::beside(&request.clip, by_hand, HitSides::Auto)
}

/// A judgement, and how many corrections of fencers it rests on.
struct Answer {
    clip: PathBuf,
    judged: JudgedClip,
    corrections: usize,
}

/// Does one job.
struct Worker<'a> {
    shared: &'a Mutex<Kept>,
    engine: &'a EngineCache,
    cancel: &'a Cancel,
    report: &'a Report<'a>,
}

impl Worker<'_> {
    fn run(&self, job: Job) -> Result<Answer, Failure> {
        if self.cancel.is_cancelled() {
            return Err(Failure::Judge(String::new()));
        }
        match job {
            Job::Analyse => self.analyse().map_err(Failure::Judge),
            Job::Again => self.answer().map_err(Failure::Judge),
            Job::Correct(request, reel) => self.correct(&request, reel),
            Job::Undo => self.undo(),
        }
    }

    fn analyse(&self) -> Result<Answer, String> {
        let Some(request) = self.shared.lock().wanted.clone() else { return Err(String::new()) };
        let observed = self.observe(&request);
        let mut kept = self.shared.lock();
        if self.cancel.is_cancelled() {
            return Err(String::new());
        }
        kept.analysing = None;
        let key = EngineKey::of(&request.settings);
        kept.clip = Some(KeptClip { path: request.clip, key, observed: observed?, before: Vec::new() });
        drop(kept);
        self.answer()
    }

    /// Judges the kept clip as it was wanted last, once more when something else was wanted meanwhile.
    fn answer(&self) -> Result<Answer, String> {
        loop {
            let kept = self.shared.lock();
            let (Some(clip), Some(request)) = (&kept.clip, kept.wanted.clone()) else { return Err(String::new()) };
            let (observed, corrections) = (clip.observed.clone(), clip.before.len());
            drop(kept);
            let judged =
                observed.judge(request.weapon, &signals_of(&request)).map_err(|e: AnalysisError| e.to_string());
            if self.shared.lock().wanted.as_ref() == Some(&request) {
                return Ok(Answer { clip: request.clip, judged: judged?, corrections });
            }
        }
    }

    fn observe(&self, request: &JudgeRequest) -> Result<ObservedClip, String> {
        self.report.progress("stage-models", 0.0);
        let engine = self.engine.engine_for(&request.settings)?;
        let (signals, options) = (signals_of(request), ClipOptions::default());
        let clip = ClipRequest { clip: request.clip.clone(), signals, weapon: request.weapon, options };
        let mut shown = -1.0_f32;
        let mut report = |p: Progress| {
            // A hundred steps are enough for a bar; every frame would only wake the window.
            if (p.share - shown).abs() >= 0.01 {
                shown = p.share;
                self.report.progress(p.stage.key(), p.share);
            }
        };
        observe_clip(&engine, &clip, self.cancel, &mut report).map_err(|e: AnalysisError| e.to_string())
    }

    /// A phrase that was judged at the piste has no kept poses; its recording is analysed first.
    fn correct(&self, request: &FencerRequest, reel: Option<Arc<Reel>>) -> Result<Answer, Failure> {
        let plain = |text: &str| Failure::Fencer(format!("notice-fencer-failed {text}"));
        if !self.shared.lock().holds(&request.judge) {
            self.analyse().map_err(|text| plain(&text))?;
        }
        let engine = self.engine.engine_for(&request.judge.settings).map_err(|text| plain(&text))?;
        let mut phrase = match &self.shared.lock().clip {
            Some(clip) if clip.answers(&request.judge) => clip.observed.phrase.clone(),
            _ => return Err(plain("")),
        };
        let size = phrase.tracks().frame_size;
        let point = ImagePoint::new(request.point.0 * size.width as f32, request.point.1 * size.height as f32);
        let fencer = FencerAt { side: request.side, at: request.at, point };
        let mut frames = ReelFrames::of(reel.unwrap_or_default(), size);
        let mut shown = -1.0_f32;
        let mut progress = |share: f32| {
            // A hundred steps are enough for a bar.
            if (share - shown).abs() >= 0.01 {
                shown = share;
                self.report.progress("stage-following", share);
            }
        };
        engine
            .correct_fencer(&mut phrase, fencer, &mut frames, self.cancel, &mut progress)
            .map_err(|error| Failure::Fencer(notice_of(&error)))?;
        let mut kept = self.shared.lock();
        // Another clip may have been opened, or this one analysed anew: what was corrected is gone.
        let Some(clip) = kept.clip.as_mut().filter(|clip| clip.answers(&request.judge) && !self.cancel.is_cancelled())
        else {
            return Err(plain(""));
        };
        let before = std::mem::replace(&mut clip.observed.phrase, phrase);
        clip.before.push(before);
        let excess = clip.before.len().saturating_sub(UNDO_STEPS);
        clip.before.drain(..excess);
        drop(kept);
        self.answer().map_err(|text| {
            // A correction that leaves nothing to judge is none.
            self.take_back(&request.judge);
            plain(&text)
        })
    }

    fn undo(&self) -> Result<Answer, Failure> {
        let wanted = self.shared.lock().wanted.clone();
        if let Some(wanted) = wanted {
            self.take_back(&wanted);
        }
        self.answer().map_err(Failure::Judge)
    }

    /// The phrase as it was before the last correction of a fencer.
    fn take_back(&self, request: &JudgeRequest) {
        let mut kept = self.shared.lock();
        if let Some(clip) = kept.clip.as_mut().filter(|clip| clip.answers(request))
            && let Some(before) = clip.before.pop()
        {
            clip.observed.phrase = before;
        }
    }
}

/// The notice that says why a fencer could not be corrected.
fn notice_of(error: &FencerError) -> String {
    match error {
        FencerError::Follow(FollowError::NobodyThere) => "notice-fencer-nobody".to_owned(),
        FencerError::Follow(FollowError::AlreadyFollowed) => "notice-fencer-already".to_owned(),
        FencerError::Follow(FollowError::NoFrame) => "notice-fencer-no-frame".to_owned(),
        other => format!("notice-fencer-failed {other}"),
    }
}

/// The frames of a clip in memory, as the engine reads them.
struct ReelFrames {
    reel: Arc<Reel>,
    times: Vec<Timestamp>,
    /// Size of the clip's own frames, in whose pixels poses are.
    source_size: FrameSize,
}

impl ReelFrames {
    fn of(reel: Arc<Reel>, source_size: FrameSize) -> Self {
        Self { times: reel.times(), reel, source_size }
    }
}

impl FrameStore for ReelFrames {
    fn frame_at(&mut self, at: Timestamp) -> Option<Frame> {
        let index = nearest_index(&self.times, at)?;
        let is_it = self.times.get(index)?.secs_since(at).abs() < SAME_FRAME_SECS;
        let frame = self.reel.decode(index).ok().filter(|_| is_it)?;
        Some(Frame { at, source_size: self.source_size, ..frame })
    }
}

/// Reports about the clip of one place: the progress of the second clip stays in the background.
struct Report<'a> {
    pane: Pane,
    events: &'a EventSender,
}

impl Report<'_> {
    fn progress(&self, stage: &'static str, share: f32) {
        if self.pane == Pane::First {
            self.events.send(Event::JudgeProgress { stage, share });
        }
    }

    fn judged(&self, answer: Answer) {
        let Answer { clip, judged, corrections } = answer;
        let processing_secs = judged.processing.as_secs_f64();
        let judgement = Arc::new(judged.judgement);
        self.events.send(match self.pane {
            Pane::First => Event::Judged { clip, judgement, processing_secs, corrections },
            Pane::Beside => Event::BesideJudged(judgement),
        });
    }

    fn cancelled(&self) {
        if self.pane == Pane::First {
            self.events.send(Event::JudgeCancelled);
        }
    }
}

/// The settings that an engine depends on.
#[derive(Clone, Debug, PartialEq)]
struct EngineKey {
    accurate: bool,
    lens: (bool, f64, f64),
    min_confidence: f64,
    call_models: Option<PathBuf>,
}

impl EngineKey {
    fn of(settings: &Settings) -> Self {
        let lens = (settings.lens_enabled, settings.lens_strength, settings.lens_balance);
        let (accurate, min_confidence) = (settings.accurate, settings.min_confidence);
        Self { accurate, lens, min_confidence, call_models: settings.call_models.clone() }
    }
}

/// Shared by everything in the window that judges clips.
pub(super) struct EngineCache {
    make: EngineMaker,
    loaded: Mutex<Option<(EngineKey, Engine)>>,
}

impl EngineCache {
    pub(super) fn new(make: EngineMaker) -> Self {
        Self { make, loaded: Mutex::new(None) }
    }

    /// The engine for these settings; waits while another thread loads it. The error is a finished sentence.
    pub(super) fn engine_for(&self, settings: &Settings) -> Result<Engine, String> {
        let key = EngineKey::of(settings);
        let mut place = self.loaded.lock();
        if let Some((_, engine)) = place.as_ref().filter(|(for_key, _)| *for_key == key) {
            return Ok(engine.clone());
        }
        let engine = (self.make)(settings)?;
        *place = Some((key, engine.clone()));
        Ok(engine)
    }
}
