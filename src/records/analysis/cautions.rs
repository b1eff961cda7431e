//! What the reader of a verdict should know about the clip and its signals.

use super::signals::PreparedSignals;
use vision::engine::Caution;

/// A clip that breaks off, by so many seconds.
pub(super) fn broken(missing_secs: f64) -> Caution {
    Caution { key: "clip_broken", value: Some(missing_secs) }
}

/// Frames that were shown although parts of them could not be decoded.
pub(super) fn damaged(frames: usize) -> Caution {
    Caution { key: "damaged_frames", value: Some(frames as f64) }
}

/// A film that is stored with more frames than it has; `secs` between new ones.
pub(super) fn repeated(secs: f64) -> Caution {
    Caution { key: "repeated_frames", value: Some(secs) }
}

/// A file of several videos; how many were passed over.
pub(super) fn other_streams(others: u32) -> Caution {
    Caution { key: "other_streams", value: Some(f64::from(others)) }
}

/// Fields were made into frames.
pub(super) fn interlaced() -> Caution {
    Caution { key: "interlaced", value: None }
}

/// The clip was turned to find the fencers, by so many quarter turns clockwise.
pub(super) fn turned(quarter_turns: u8) -> Caution {
    Caution { key: "turned", value: Some(f64::from(quarter_turns) * 90.0) }
}

/// The clip would have to be turned to find the fencers.
pub(super) fn sideways(quarter_turns: u8) -> Caution {
    Caution { key: "sideways", value: Some(f64::from(quarter_turns) * 90.0) }
}

/// The metadata names slow motion, so many times as long as the scene.
pub(super) fn slow_capture(times: f64) -> Caution {
    Caution { key: "slow_capture", value: Some(times) }
}

/// Slow motion whose speed was named: times are those of the scene.
pub(super) fn scene_speed(speed: f64) -> Caution {
    Caution { key: "scene_speed", value: Some(speed) }
}

/// A log whose zero is not the phrase's.
pub(super) fn of_signals(prepared: &PreparedSignals) -> Option<Caution> {
    prepared.broken_time_base.map(|_| Caution { key: "log_clock", value: None })
}

/// A log whose touch lies outside the clip: probably another phrase's.
pub(super) fn other_phrase(secs_after_end: f64) -> Caution {
    Caution { key: "other_phrase", value: Some(secs_after_end) }
}
