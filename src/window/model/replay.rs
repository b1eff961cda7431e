//! The last phrase of the live piste, kept in memory, and the automatic replay of it: first at full speed, then slower.
//!
//! Slow motion makes referees harsher, not more often right, so the first look is always at the speed of the phrase
//! (`rules-and-apparatus`, section 2).

use super::playback::Playback;
use fencing::time::Timestamp;
use piste::{JudgeEvent, RecordedPhrase};
use std::path::Path;
use std::sync::Arc;

/// Speeds of the looks of an automatic replay, as shares of real time.
const LOOKS: &[f64] = &[1.0, 0.5, 0.25];
/// How long before the touch a look begins, in seconds: the last action of a phrase is rarely longer.
const BEFORE_SECS: f64 = 2.5;
/// How long after the touch it ends, in seconds: the lockout and the lamps.
const AFTER_SECS: f64 = 0.8;

/// The phrase that was recorded last, with its verdict once there is one.
#[derive(Clone, Debug, Default)]
pub struct LastPhrase {
    /// Its pictures, signals and folder.
    pub phrase: Option<Arc<RecordedPhrase>>,
    /// What was said of it.
    pub ruling: Option<Arc<JudgeEvent>>,
}

impl LastPhrase {
    /// The verdict about the phrase of `folder`, when it is there.
    pub fn ruling_of(&self, folder: &Path) -> Option<&Arc<JudgeEvent>> {
        self.ruling.as_ref().filter(|r| r.folder == folder)
    }
}

/// An automatic replay that runs: the same stretch again and again, each time slower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    from: Timestamp,
    to: Timestamp,
    touch: Timestamp,
    look: usize,
}

impl Replay {
    /// A replay around `touch`, which starts to run in `playback` at full speed.
    pub fn start(playback: &mut Playback, touch: Timestamp) -> Self {
        let (first, last) = playback.extent();
        let from = touch.plus_secs(-BEFORE_SECS).max(first);
        let replay = Self { from, to: touch.plus_secs(AFTER_SECS).min(last), touch, look: 0 };
        replay.begin_look(playback);
        replay
    }

    /// Goes on to the next look when this one is over; `None` after the last, which leaves the playhead on the touch.
    #[must_use]
    pub fn advanced(mut self, playback: &mut Playback) -> Option<Self> {
        if playback.shuttle.playing && playback.now() < self.to {
            return Some(self);
        }
        self.look += 1;
        if self.look < LOOKS.len() {
            self.begin_look(playback);
            return Some(self);
        }
        playback.stop();
        playback.set_speed(1.0);
        playback.seek(self.touch);
        None
    }

    fn begin_look(self, playback: &mut Playback) {
        playback.stop();
        playback.seek(self.from);
        playback.play_at(LOOKS.get(self.look).copied().unwrap_or(1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip() -> Playback {
        Playback::of((0..500).map(|i| Timestamp::from_secs(f64::from(i) * 0.02)).collect())
    }

    #[test]
    fn the_first_look_is_at_full_speed_and_each_further_one_slower() {
        let mut playback = clip();
        let mut replay = Some(Replay::start(&mut playback, Timestamp::from_secs(5.0)));
        let mut speeds = Vec::new();
        for _ in 0..10_000 {
            let Some(running) = replay else { break };
            if speeds.last() != Some(&playback.shuttle.speed) {
                speeds.push(playback.shuttle.speed);
            }
            playback.advance(0.05);
            replay = running.advanced(&mut playback);
        }
        assert_eq!((replay, speeds), (None, vec![1.0, 0.5, 0.25]));
        assert_eq!((playback.now(), playback.shuttle.playing), (Timestamp::from_secs(5.0), false));
    }

    #[test]
    fn a_touch_near_the_ends_stays_inside_the_clip() {
        let mut playback = clip();
        let replay = Replay::start(&mut playback, Timestamp::from_secs(0.1));
        assert_eq!((replay.from, playback.cursor()), (Timestamp::ZERO, 0));
        let mut empty = Playback::default();
        let replay = Replay::start(&mut empty, Timestamp::from_secs(1.0));
        assert!(replay.advanced(&mut empty).is_some(), "an empty phrase only runs through its looks");
    }
}
