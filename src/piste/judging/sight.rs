//! What the eyes saw last, for whoever looks: the overlay, and who of the two fencers is in the picture.

use fencing::time::Timestamp;
use fencing::{PerSide, Side};
use parking_lot::Mutex;
use std::sync::Arc;
use vision::engine::FrameObservation;

/// A fencer who was not seen for so long is not in the picture, in seconds: hands and referees hide one for less.
const MISSED_SECS: f64 = 1.0;
/// What was seen longer ago than this says nothing about now, in seconds.
const STALE_SECS: f64 = 1.0;

/// What was seen last, on the host clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sight {
    last: Option<FrameObservation>,
    looked_at: Option<Timestamp>,
    seen_at: PerSide<Option<Timestamp>>,
    looks: u64,
}

/// Where it is put.
pub(crate) type SightPlace = Arc<Mutex<Sight>>;

impl Sight {
    /// Takes what a picture showed.
    pub(super) fn take(&mut self, observation: &FrameObservation) {
        self.note(observation.sample.at, observation.sample.poses.map(|pose| pose.is_some()));
        self.last = Some(*observation);
    }

    fn note(&mut self, at: Timestamp, seen: PerSide<bool>) {
        self.looks += 1;
        self.looked_at = Some(at);
        for side in Side::BOTH.into_iter().filter(|side| seen[*side]) {
            self.seen_at[side] = Some(at);
        }
    }

    /// Another camera: what was seen is of something else.
    pub(crate) fn forget(&mut self) {
        *self = Self { looks: self.looks, ..Self::default() };
    }

    /// Pictures that were looked at so far.
    pub(crate) fn looks(&self) -> u64 {
        self.looks
    }

    /// The latest observation.
    pub(crate) fn last(&self) -> Option<FrameObservation> {
        self.last
    }

    /// Who is in the picture; `None` while nobody looks.
    pub(crate) fn in_picture(&self, now: Timestamp) -> Option<PerSide<bool>> {
        let looked_at = self.looked_at?;
        let seen = |at: Option<Timestamp>| at.is_some_and(|at| looked_at.secs_since(at) < MISSED_SECS);
        (now.secs_since(looked_at) < STALE_SECS).then(|| self.seen_at.map(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_just_seen_is_in_the_picture_and_old_news_is_none() {
        let at = Timestamp::from_secs;
        let mut sight = Sight::default();
        assert_eq!(sight.in_picture(at(0.0)), None);
        for (secs, right) in [(5.0, true), (5.5, false), (5.9, false), (6.1, false)] {
            sight.note(at(secs), PerSide::new(true, right));
            assert_eq!(sight.in_picture(at(secs + 0.1)), Some(PerSide::new(true, secs < 6.0)), "{secs}");
        }
        assert_eq!((sight.in_picture(at(8.0)), sight.looks()), (None, 4));
        sight.forget();
        assert_eq!((sight.in_picture(at(6.2)), sight.looks()), (None, 4));
    }
}
