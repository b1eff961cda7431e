//! Judges the clip under review on a thread of its own, with the window's one engine.

use super::engine_shelf::EngineShelf;
use super::{Outlet, spawn};
use crate::effect::{JudgeRequest, Pane};
use crate::event::Event;
use parking_lot::Mutex;
use recording::HitSides;
use records::analysis::{AnalysisError, ClipRequest, ClipSignals, JudgedClip, Progress, TouchByHand, judge_clip};
use std::sync::Arc;
use vision::video::{Cancel, ClipOptions};

/// Starts judgements; the newest wins.
pub(super) struct Judge {
    shelf: Arc<EngineShelf>,
    /// Held while a phrase is judged: a judgement that was given up needs a moment to end.
    turn: Arc<Mutex<()>>,
    running: Cancel,
}

impl Judge {
    pub(super) fn new(shelf: Arc<EngineShelf>) -> Self {
        Self { shelf, turn: Arc::default(), running: Cancel::new() }
    }

    /// Another queue of judgements over the same engine, which takes turns with this one.
    pub(super) fn sharing_engine(&self) -> Self {
        Self { shelf: Arc::clone(&self.shelf), turn: Arc::clone(&self.turn), running: Cancel::new() }
    }

    /// Gives up the judgement that runs.
    pub(super) fn cancel(&self) {
        self.running.cancel();
    }

    /// Starts a judgement and gives up the one before.
    pub(super) fn start(&mut self, request: JudgeRequest, pane: Pane, outlet: &Outlet) {
        self.running.cancel();
        let cancel = Cancel::new();
        self.running = cancel.clone();
        let (shelf, turn) = (Arc::clone(&self.shelf), Arc::clone(&self.turn));
        let teller = Teller { pane, outlet: outlet.clone() };
        spawn("clip-judge", outlet, move || {
            let _turn = turn.lock();
            if cancel.is_cancelled() {
                return teller.tell_cancelled();
            }
            match judge(&request, &shelf, &cancel, &teller) {
                // A judgement that was replaced by a newer one says nothing more.
                Ok(_) if cancel.is_cancelled() => {}
                Ok(clip) => teller.tell_judged(clip),
                Err(_) if cancel.is_cancelled() => teller.tell_cancelled(),
                Err(text) => teller.tell_failed(text),
            }
        });
    }
}

/// Tells the window about the clip of one place: progress and failures of the second clip stay in the background.
struct Teller {
    pane: Pane,
    outlet: Outlet,
}

impl Teller {
    fn tell_progress(&self, stage: &'static str, share: f32) {
        if self.pane == Pane::First {
            self.outlet.send(Event::JudgeProgress { stage, share });
        }
    }

    fn tell_judged(&self, clip: JudgedClip) {
        let processing_secs = clip.processing.as_secs_f64();
        let judgement = Arc::new(clip.judgement);
        self.outlet.send(match self.pane {
            Pane::First => Event::Judged { judgement, processing_secs },
            Pane::Beside => Event::BesideJudged(judgement),
        });
    }

    fn tell_cancelled(&self) {
        if self.pane == Pane::First {
            self.outlet.send(Event::JudgeCancelled);
        }
    }

    fn tell_failed(&self, text: String) {
        self.outlet.send(if self.pane == Pane::First { Event::JudgeFailed(text) } else { Event::Trouble(text) });
    }
}

fn judge(request: &JudgeRequest, shelf: &EngineShelf, cancel: &Cancel, teller: &Teller) -> Result<JudgedClip, String> {
    teller.tell_progress("stage-models", 0.0);
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
            teller.tell_progress(p.stage.key(), p.share);
        }
    };
    judge_clip(&engine, &clip, cancel, &mut tell).map_err(|e: AnalysisError| e.to_string())
}
