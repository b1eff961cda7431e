//! Judges the clip under review on a thread of its own, with the window's one engine.

use super::engine_shelf::EngineShelf;
use super::{Outlet, spawn};
use crate::analysis::{AnalysisError, ClipRequest, ClipSignals, JudgedClip, Progress, TouchByHand, judge_clip};
use crate::gui::effect::JudgeRequest;
use crate::gui::event::Event;
use crate::recording::HitSides;
use crate::video::{Cancel, ClipOptions};
use std::sync::Arc;

/// Starts judgements; the newest wins.
pub(super) struct Judge {
    shelf: Arc<EngineShelf>,
    running: Cancel,
}

impl Judge {
    pub(super) fn new(shelf: Arc<EngineShelf>) -> Self {
        Self { shelf, running: Cancel::new() }
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
        let (shelf, teller) = (Arc::clone(&self.shelf), outlet.clone());
        spawn("clip-judge", outlet, move || {
            let event = match judge(&request, &shelf, &cancel, &teller) {
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

fn judge(request: &JudgeRequest, shelf: &EngineShelf, cancel: &Cancel, outlet: &Outlet) -> Result<JudgedClip, String> {
    outlet.send(Event::JudgeProgress { stage: "stage-models", share: 0.0 });
    let engine = shelf.engine_for(&request.settings)?;
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
