//! A second clip beside the first, aligned at the touch, driven by the same transport. Pure arithmetic.

use super::review::OpenClip;
use fencing::time::{Timestamp, nearest_index};
use std::sync::Arc;
use vision::engine::Judgement;

/// The second clip.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The clip.
    pub clip: OpenClip,
    times: Vec<Timestamp>,
    /// Its verdict, once it is there; until then the clips are aligned at their starts.
    pub judgement: Option<Arc<Judgement>>,
    /// Frames that the user moved it by.
    pub nudge_frames: i64,
}

impl Beside {
    /// A clip whose frames are shown at `times` (ascending).
    pub fn of(clip: OpenClip, times: Vec<Timestamp>) -> Self {
        Self { clip, times, judgement: None, nudge_frames: 0 }
    }

    /// The touch, once it is known.
    pub fn touch(&self) -> Option<Timestamp> {
        self.judgement.as_ref()?.signals.first_touch().map(|e| e.at)
    }

    /// Time of a frame.
    pub fn time_of(&self, index: usize) -> Timestamp {
        self.times.get(index).copied().unwrap_or_default()
    }

    /// The frame to show while the first clip stands at `now`: as far from its touch as the first clip is from its own
    /// (`anchor`), or from the starts where a touch is not known. The ends hold.
    pub fn frame_at(&self, now: Timestamp, anchor: Anchor) -> usize {
        let from = match (anchor.touch, self.touch()) {
            (Some(first), Some(second)) => second.plus_secs(now.secs_since(first)),
            _ => self.times.first().copied().unwrap_or_default().plus_secs(now.secs_since(anchor.start)),
        };
        let last = self.times.len().saturating_sub(1) as i64;
        let nearest = nearest_index(&self.times, from).unwrap_or(0) as i64;
        nearest.saturating_add(self.nudge_frames).clamp(0, last) as usize
    }
}

/// What of the first clip the second one is aligned to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// Its first frame.
    pub start: Timestamp,
    /// Its touch, once it is known.
    pub touch: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second() -> Beside {
        let clip = OpenClip { path: "b.mp4".into(), title: "b".into(), aspect: 1.0 };
        Beside::of(clip, (0..100).map(|i| Timestamp::from_secs(f64::from(i) * 0.1)).collect())
    }

    fn anchor(touch: Option<f64>) -> Anchor {
        Anchor { start: Timestamp::from_secs(1.0), touch: touch.map(Timestamp::from_secs) }
    }

    #[test]
    fn without_a_touch_the_starts_are_aligned_and_the_ends_hold() {
        let b = second();
        assert_eq!(b.frame_at(Timestamp::from_secs(1.5), anchor(Some(5.0))), 5);
        assert_eq!(b.frame_at(Timestamp::from_secs(0.0), anchor(None)), 0);
        assert_eq!(b.frame_at(Timestamp::from_secs(99.0), anchor(None)), 99);
    }

    #[test]
    fn a_nudge_moves_by_frames() {
        let mut b = second();
        b.nudge_frames = -3;
        assert_eq!(b.frame_at(Timestamp::from_secs(1.5), anchor(None)), 2);
        b.nudge_frames = 500;
        assert_eq!(b.frame_at(Timestamp::from_secs(1.5), anchor(None)), 99);
    }
}
