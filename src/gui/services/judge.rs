//! Judges the clip under review on a thread of its own, with an engine that is loaded once and kept.

use super::{EngineMaker, Outlet, spawn};
use crate::analysis::{AnalysisError, ClipRequest, ClipSignals, JudgedClip, Progress, TouchByHand, judge_clip};
use crate::engine::Engine;
use crate::gui::effect::JudgeRequest;
use crate::gui::event::Event;
use crate::gui::model::Settings;
use crate::recording::HitSides;
use crate::video::{Cancel, ClipOptions};
use parking_lot::Mutex;
use std::sync::Arc;

/// The engine that is loaded, with the settings that it was loaded for.
type Loaded = Arc<Mutex<Option<(EngineKey, Engine)>>>;

/// The settings that an engine depends on.
#[derive(Clone, Debug, PartialEq)]
struct EngineKey {
    accurate: bool,
    lens: (bool, f64, f64),
    min_confidence: f64,
}

impl EngineKey {
    fn of(settings: &Settings) -> Self {
        let lens = (settings.lens_enabled, settings.lens_strength, settings.lens_balance);
        Self { accurate: settings.accurate, lens, min_confidence: settings.min_confidence }
    }
}

/// Starts judgements; the newest wins.
pub(super) struct Judge {
    make_engine: EngineMaker,
    loaded: Loaded,
    running: Cancel,
}

impl Judge {
    pub(super) fn new(make_engine: EngineMaker) -> Self {
        Self { make_engine, loaded: Loaded::default(), running: Cancel::new() }
    }

    /// Gives up the judgement that runs.
    pub(super) fn cancel(&self) {
        self.running.cancel();
    }

    /// Starts a judgement and gives up the one before.
    pub(super) fn start(&mut self, request: JudgeRequest, outlet: &Outlet) {
        self.running.cancel();
        let cancel = Cancel::new();
        self.running = cancel.clone();
        let (make, loaded, teller) = (Arc::clone(&self.make_engine), Arc::clone(&self.loaded), outlet.clone());
        spawn("clip-judge", outlet, move || {
            let event = match judge(&request, &make, &loaded, &cancel, &teller) {
                Ok(clip) => Event::Judged {
                    processing_secs: clip.processing.as_secs_f64(),
                    judgement: Arc::new(clip.judgement),
                },
                Err(_) if cancel.is_cancelled() => Event::JudgeCancelled,
                Err(text) => Event::JudgeFailed(text),
            };
            // A judgement that was replaced by a newer one says nothing more.
            let replaced = cancel.is_cancelled() && !matches!(event, Event::JudgeCancelled);
            if !replaced {
                teller.send(event);
            }
        });
    }
}

fn judge(
    request: &JudgeRequest,
    make: &EngineMaker,
    loaded: &Loaded,
    cancel: &Cancel,
    outlet: &Outlet,
) -> Result<JudgedClip, String> {
    outlet.send(Event::JudgeProgress { stage: "stage-models", share: 0.0 });
    let engine = engine_for(&request.settings, make, loaded)?;
    // Lamps by hand win; then a signal log of the same name beside the clip; then the picture.
    let by_hand = request.touch_by_hand.map(|(at, lit)| TouchByHand { lit, at });
    let clip = ClipRequest {
        clip: request.clip.clone(),
        signals: ClipSignals::beside(&request.clip, by_hand, HitSides::Auto),
        weapon: request.weapon,
        options: ClipOptions::default(),
    };
    let mut shown = -1.0_f32;
    let mut tell = |p: Progress| {
        // A hundred steps are enough for a bar; every frame would only wake the window.
        if (p.share - shown).abs() >= 0.01 {
            shown = p.share;
            outlet.send(Event::JudgeProgress { stage: p.stage.key(), share: p.share });
        }
    };
    judge_clip(&engine, &clip, cancel, &mut tell).map_err(|e: AnalysisError| e.to_string())
}

fn engine_for(settings: &Settings, make: &EngineMaker, loaded: &Loaded) -> Result<Engine, String> {
    let key = EngineKey::of(settings);
    let mut place = loaded.lock();
    if let Some((_, engine)) = place.as_ref().filter(|(for_key, _)| *for_key == key) {
        return Ok(engine.clone());
    }
    let engine = make(settings)?;
    *place = Some((key, engine.clone()));
    Ok(engine)
}
