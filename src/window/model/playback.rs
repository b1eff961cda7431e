//! The transport of the review: displayed frame, speed, loop. Pure arithmetic over a table of times.
//!
//! Every step counts from the frame that was *requested*, not from the one painted last, so a held key never jumps back. Times are the
//! clip's own; frames may have any distance.

use crate::command::LoopEdge;
use fencing::time::{Span, Timestamp, nearest_index};
use piste::{JudgeEvent, RecordedPhrase};
use std::path::Path;
use std::sync::Arc;

/// Speeds of the keys 1 to 5, as shares of real time. Review starts at full speed on purpose: slow motion makes referees
/// harsher, not more often right (`rules-and-apparatus`, section 2).
pub const SPEEDS: [f64; 5] = [1.0, 0.5, 0.25, 0.10, 0.05];

/// Direction and speed, set by J, K and L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shuttle {
    /// Speed as a share of real time, always positive.
    pub speed: f64,
    /// `1` forward, `-1` backward.
    pub direction: i8,
    /// Whether it is playing.
    pub playing: bool,
}

impl Default for Shuttle {
    fn default() -> Self {
        Self { speed: 1.0, direction: 1, playing: false }
    }
}

/// State of the transport.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playback {
    times: Vec<Timestamp>,
    cursor: usize,
    /// The playhead between frames, in seconds on the clip's clock; follows `cursor` while paused.
    head_secs: f64,
    /// Direction and speed.
    pub shuttle: Shuttle,
    loop_from: Option<Timestamp>,
    loop_to: Option<Timestamp>,
    looping: bool,
}

impl Playback {
    /// The transport of a clip with frames at `times` (ascending), at the first frame.
    pub fn of(times: Vec<Timestamp>) -> Self {
        let head_secs = times.first().map_or(0.0, |t| t.secs());
        Self { times, head_secs, ..Self::default() }
    }

    /// Index of the displayed frame.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no frames.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Time of the displayed frame.
    pub fn now(&self) -> Timestamp {
        self.times.get(self.cursor).copied().unwrap_or_default()
    }

    /// Time of every frame.
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// First and last time; both zero without frames.
    pub fn extent(&self) -> (Timestamp, Timestamp) {
        (self.times.first().copied().unwrap_or_default(), self.times.last().copied().unwrap_or_default())
    }

    /// Stops and moves by frames, at most to the ends.
    pub fn step(&mut self, frames: i64) {
        self.shuttle.playing = false;
        let last = self.times.len().saturating_sub(1) as i64;
        self.set_cursor((self.cursor as i64).saturating_add(frames).clamp(0, last) as usize);
    }

    /// Moves to the frame nearest to `at`; keeps playing if it was.
    pub fn seek(&mut self, at: Timestamp) {
        if let Some(index) = nearest_index(&self.times, at) {
            self.set_cursor(index);
        }
    }

    /// Moves by `secs` seconds.
    pub fn skip(&mut self, secs: f64) {
        self.seek(self.now().plus_secs(secs));
    }

    /// Goes to the first frame.
    pub fn to_start(&mut self) {
        self.set_cursor(0);
    }

    /// Goes to the last frame.
    pub fn to_end(&mut self) {
        self.set_cursor(self.times.len().saturating_sub(1));
    }

    /// Starts or stops playing. At the last frame, playing starts again at the beginning (or at the loop's start).
    pub fn toggle(&mut self) {
        self.shuttle.playing = !self.shuttle.playing && !self.is_empty();
        if self.shuttle.playing && self.shuttle.direction > 0 && self.cursor + 1 >= self.times.len() {
            let (start, _) = self.bounds();
            self.seek(start);
        }
    }

    /// J and L: the first press plays in that direction at normal speed, each further press doubles it, the other key reverses.
    pub fn shuttle(&mut self, direction: i8) {
        let same = self.shuttle.playing && self.shuttle.direction == direction;
        self.shuttle.speed = if same { (self.shuttle.speed * 2.0).min(8.0) } else { self.shuttle.speed.min(1.0) };
        self.shuttle.direction = direction;
        self.shuttle.playing = !self.is_empty();
    }

    /// Plays forward at a share of real time.
    pub fn play_at(&mut self, share: f64) {
        self.set_speed(share);
        self.shuttle.direction = 1;
        self.shuttle.playing = !self.is_empty();
    }

    /// K: stops.
    pub fn stop(&mut self) {
        self.shuttle.playing = false;
    }

    /// Sets the speed; does not start or stop.
    pub fn set_speed(&mut self, share: f64) {
        self.shuttle.speed = share.clamp(0.05, 8.0);
    }

    /// Starts the loop at the playhead; the loop is on once both ends are set.
    pub fn mark_loop_start(&mut self) {
        self.loop_from = Some(self.now());
        self.looping = self.loop_to.is_some();
    }

    /// Ends the loop at the playhead.
    pub fn mark_loop_end(&mut self) {
        self.loop_to = Some(self.now());
        self.looping = self.loop_from.is_some();
    }

    /// Moves the loop's start or end, as its handle is dragged.
    pub fn move_loop(&mut self, edge: LoopEdge, at: Timestamp) {
        let mark = match edge {
            LoopEdge::From => &mut self.loop_from,
            LoopEdge::To => &mut self.loop_to,
        };
        *mark = Some(at);
    }

    /// Turns the loop on or off; without marks the whole clip loops.
    pub fn toggle_loop(&mut self) {
        self.looping = !self.looping;
    }

    /// Clears the loop's marks.
    pub fn clear_loop(&mut self) {
        (self.loop_from, self.loop_to, self.looping) = (None, None, false);
    }

    /// Start and end of the loop, if set, and whether it is on.
    pub fn loop_marks(&self) -> (Option<Timestamp>, Option<Timestamp>, bool) {
        (self.loop_from, self.loop_to, self.looping)
    }

    /// The loop, if it is on and has both ends.
    pub fn running_loop(&self) -> Option<Span> {
        let (from, to) = (self.loop_from?, self.loop_to?);
        self.looping.then(|| Span::between(from, to))
    }

    /// Advances by `elapsed_secs` of wall-clock time.
    pub fn advance(&mut self, elapsed_secs: f64) {
        if !self.shuttle.playing || self.is_empty() {
            return;
        }
        self.head_secs += elapsed_secs * self.shuttle.speed * f64::from(self.shuttle.direction);
        let (start, end) = self.bounds();
        let beyond = self.head_secs > end.secs() || self.head_secs < start.secs();
        if beyond && self.looping {
            self.head_secs = if self.shuttle.direction > 0 { start.secs() } else { end.secs() };
        } else if beyond {
            self.head_secs = self.head_secs.clamp(start.secs(), end.secs());
            self.shuttle.playing = false;
        }
        self.cursor = self.index_shown_at(Timestamp::from_secs(self.head_secs));
    }

    /// The frame displayed at a time: the last one that has begun.
    fn index_shown_at(&self, at: Timestamp) -> usize {
        self.times.partition_point(|t| *t <= at).saturating_sub(1)
    }

    /// The range of playing: the loop if it is on, otherwise the clip.
    fn bounds(&self) -> (Timestamp, Timestamp) {
        let (first, last) = self.extent();
        if !self.looping {
            return (first, last);
        }
        let (a, b) = (self.loop_from.unwrap_or(first), self.loop_to.unwrap_or(last));
        (a.min(b), a.max(b))
    }

    fn set_cursor(&mut self, index: usize) {
        self.cursor = index;
        self.head_secs = self.now().secs();
    }
}

/// Speeds of the rounds of an automatic replay, as shares of real time.
const LOOKS: &[f64] = &[1.0, 0.5, 0.25];
/// Time before the touch at which a round begins, in seconds: the last action of a phrase is rarely longer.
const BEFORE_SECS: f64 = 2.5;
/// Time after the touch at which a round ends, in seconds: the lockout and the lamps.
const AFTER_SECS: f64 = 0.8;

/// The last recorded phrase, with its verdict.
#[derive(Clone, Debug, Default)]
pub struct LastPhrase {
    /// Its frames, signals and folder.
    pub phrase: Option<Arc<RecordedPhrase>>,
    /// Its verdict.
    pub ruling: Option<Arc<JudgeEvent>>,
}

impl LastPhrase {
    /// The verdict about the phrase of `folder`, if there is one.
    pub fn ruling_of(&self, folder: &Path) -> Option<&Arc<JudgeEvent>> {
        self.ruling.as_ref().filter(|r| r.folder == folder)
    }
}

/// A running automatic replay: the same part again and again, each time slower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    from: Timestamp,
    to: Timestamp,
    touch: Timestamp,
    look: usize,
}

impl Replay {
    /// A replay around `touch`; starts `playback` at full speed.
    pub fn start(playback: &mut Playback, touch: Timestamp) -> Self {
        let (first, last) = playback.extent();
        let from = touch.plus_secs(-BEFORE_SECS).max(first);
        let replay = Self { from, to: touch.plus_secs(AFTER_SECS).min(last), touch, look: 0 };
        replay.begin_look(playback);
        replay
    }

    /// Starts the next round when this one is over; `None` after the last, which leaves the playhead at the touch.
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

    fn clip(frames: usize, interval: f64) -> Playback {
        Playback::of((0..frames).map(|i| Timestamp::from_secs(i as f64 * interval)).collect())
    }

    #[test]
    fn steps_stop_at_both_ends_and_stop_the_playing() {
        let mut p = clip(3, 0.04);
        p.shuttle.playing = true;
        p.step(-1);
        assert_eq!((p.cursor(), p.shuttle.playing), (0, false));
        p.step(9);
        assert_eq!(p.cursor(), 2);
    }

    #[test]
    fn play_then_pause_then_step_shows_the_next_frame_not_the_same() {
        let mut p = clip(100, 0.04);
        p.toggle();
        p.advance(0.1);
        let shown = p.cursor();
        p.toggle();
        p.step(1);
        assert_eq!((shown, p.cursor()), (2, 3));
    }

    #[test]
    fn half_speed_takes_twice_as_long_and_backward_comes_back() {
        let mut p = clip(100, 0.01);
        p.set_speed(0.5);
        p.toggle();
        p.advance(0.2);
        assert_eq!(p.cursor(), 10);
        p.shuttle(-1);
        p.advance(0.1);
        assert_eq!(p.cursor(), 5);
    }

    #[test]
    fn the_loop_turns_at_its_end_and_play_restarts_from_its_start() {
        let mut p = clip(100, 0.01);
        p.seek(Timestamp::from_secs(0.2));
        p.mark_loop_start();
        p.seek(Timestamp::from_secs(0.4));
        p.mark_loop_end();
        p.toggle();
        p.advance(0.05);
        assert_eq!(p.cursor(), 20, "beyond the end the loop begins again");
    }

    #[test]
    fn without_a_loop_it_stops_on_the_last_frame_and_play_begins_again() {
        let mut p = clip(10, 0.1);
        p.toggle();
        p.advance(5.0);
        assert_eq!((p.cursor(), p.shuttle.playing), (9, false));
        p.toggle();
        assert_eq!((p.cursor(), p.shuttle.playing), (0, true));
    }

    #[test]
    fn pressing_l_again_doubles_up_to_eight() {
        let mut p = clip(10, 0.1);
        for expected in [1.0, 2.0, 4.0, 8.0, 8.0] {
            p.shuttle(1);
            assert_eq!(p.shuttle.speed, expected);
        }
        p.shuttle(-1);
        assert_eq!((p.shuttle.speed, p.shuttle.direction), (1.0, -1));
    }

    #[test]
    fn an_empty_clip_moves_nowhere() {
        let mut p = Playback::default();
        p.toggle();
        p.step(1);
        p.advance(1.0);
        assert_eq!((p.cursor(), p.shuttle.playing), (0, false));
    }
}

#[cfg(test)]
mod replay_tests {
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
