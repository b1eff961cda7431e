//! What the reader of a verdict should know about the clip and its signals.

use super::judge_clip::missing_secs;
use super::signals::PreparedSignals;
use vision::engine::Caution;
use vision::video::ClipEnding;

/// A clip that breaks off.
pub(super) fn of_clip(ending: &ClipEnding) -> Option<Caution> {
    missing_secs(ending).map(|secs| Caution { key: "clip_broken", value: Some(secs) })
}

/// A log whose zero is not the phrase's.
pub(super) fn of_signals(prepared: &PreparedSignals) -> Option<Caution> {
    prepared.broken_time_base.map(|_| Caution { key: "log_clock", value: None })
}

/// A log whose touch lies outside the clip: probably another phrase's.
pub(super) fn other_phrase(secs_after_end: f64) -> Caution {
    Caution { key: "other_phrase", value: Some(secs_after_end) }
}
