//! Judges the clip under review on a thread of its own, with the window's one engine.

use crate::effect::{Event, JudgeRequest, Pane};
use crate::model::Settings;
use crate::services::EngineMaker;
use crate::services::workers::{self, EventSender};
use parking_lot::Mutex;
use recording::HitSides;
use records::analysis::{AnalysisError, ClipRequest, ClipSignals, JudgedClip, Progress, TouchByHand, judge_clip};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Engine;
use vision::video::{Cancel, ClipOptions};

/// Starts judgements; the newest wins.
pub(super) struct Judge {
    engine: Arc<EngineCache>,
    /// Held while a phrase is judged: one that was cancelled needs a moment to end.
    one_at_a_time: Arc<Mutex<()>>,
    running: Cancel,
}

impl Judge {
    pub(super) fn new(engine: Arc<EngineCache>) -> Self {
        Self { engine, one_at_a_time: Arc::default(), running: Cancel::new() }
    }

    /// Another queue of judgements over the same engine, which takes turns with this one.
    pub(super) fn sharing_engine(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            one_at_a_time: Arc::clone(&self.one_at_a_time),
            running: Cancel::new(),
        }
    }

    /// Gives up the judgement that runs.
    pub(super) fn cancel(&self) {
        self.running.cancel();
    }

    /// Starts a judgement and cancels the one before.
    pub(super) fn start(&mut self, request: JudgeRequest, pane: Pane, events: &EventSender) -> Option<Event> {
        self.running.cancel();
        let cancel = Cancel::new();
        self.running = cancel.clone();
        let (engine, one_at_a_time) = (Arc::clone(&self.engine), Arc::clone(&self.one_at_a_time));
        workers::start(
            "clip-judge",
            events,
            move |text| failed(pane, text),
            move |events| {
                let report = Report { pane, events };
                let _alone = one_at_a_time.lock();
                if cancel.is_cancelled() {
                    return report.cancelled();
                }
                match judge(&request, &engine, &cancel, &report) {
                    // A judgement that was replaced by a newer one reports nothing more.
                    Ok(_) if cancel.is_cancelled() => {}
                    Ok(judged) => report.judged(request.clip, judged),
                    Err(_) if cancel.is_cancelled() => report.cancelled(),
                    Err(text) => events.send(failed(pane, text)),
                }
            },
        )
    }
}

fn failed(pane: Pane, text: String) -> Event {
    if pane == Pane::First { Event::JudgeFailed(text) } else { Event::Trouble(text) }
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

    fn judged(&self, clip: PathBuf, judged: JudgedClip) {
        let processing_secs = judged.processing.as_secs_f64();
        let judgement = Arc::new(judged.judgement);
        self.events.send(match self.pane {
            Pane::First => Event::Judged { clip, judgement, processing_secs },
            Pane::Beside => Event::BesideJudged(judgement),
        });
    }

    fn cancelled(&self) {
        if self.pane == Pane::First {
            self.events.send(Event::JudgeCancelled);
        }
    }
}

fn judge(
    request: &JudgeRequest,
    engine: &EngineCache,
    cancel: &Cancel,
    report: &Report<'_>,
) -> Result<JudgedClip, String> {
    report.progress("stage-models", 0.0);
    let engine = engine.engine_for(&request.settings)?;
    // Lamps by hand win; then a signal log of the same name beside the clip; then the lamps in the frames.
    let by_hand = request.touch_by_hand.map(|(at, lit)| TouchByHand { lit, at });
    let clip = ClipRequest {
        clip: request.clip.clone(),
        signals: ClipSignals::beside(&request.clip, by_hand, HitSides::Auto),
        weapon: request.weapon,
        options: ClipOptions::default(),
    };
    let mut shown = -1.0_f32;
    let mut report = |p: Progress| {
        // A hundred steps are enough for a bar; every frame would only wake the window.
        if (p.share - shown).abs() >= 0.01 {
            shown = p.share;
            report.progress(p.stage.key(), p.share);
        }
    };
    judge_clip(&engine, &clip, cancel, &mut report).map_err(|e: AnalysisError| e.to_string())
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
