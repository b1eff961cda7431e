//! Eyes that are always open: they look while nobody fences, remember the last seconds, and hand a phrase what they have
//! already seen of it. Synchronous, no thread, no IO, no clock.
//!
//! A phrase begins in the past. Whoever looks at that past only then is late when the lamps light; these eyes have looked
//! already. They keep one clock, the frames' own, and follow whom they follow from phrase to phrase; a phrase is cut out of
//! what they saw and put on a clock of its own.

use super::bustle::{Bustle, bustle};
use super::seen::{Heard, SeenPhrase};
use super::watch::{Look, PhraseZero, Watch};
use super::{FrameObservation, PhraseSetup};
use crate::video::Frame;
use fencing::time::Timestamp;
use std::collections::VecDeque;

/// Made by [`Engine::open_eyes`](super::Engine::open_eyes). Memory is bounded by how often it is told to forget.
pub struct StandingWatch {
    /// What every phrase begins with.
    heard: Heard,
    watch: Watch,
    /// When frames were taken that nobody looked at for want of time.
    skipped: VecDeque<Timestamp>,
    /// Of the phrase that began last, since these eyes are open.
    zero: Option<PhraseZero>,
}

impl StandingWatch {
    pub(super) fn new(heard: Heard, watch: Watch) -> Self {
        Self { heard, watch, skipped: VecDeque::new(), zero: None }
    }

    /// Looks at one frame. One that is not later than the one before, or that the models refuse, is skipped and counted;
    /// `None` when it was refused.
    pub fn push_frame(&mut self, frame: &Frame) -> Option<FrameObservation> {
        let look = self.watch.look(frame);
        match &look {
            Look::Taken(_) => {}
            Look::Late(observation) => self.note_skipped(observation.sample.at),
            Look::Refused => self.note_skipped(frame.at),
        }
        look.observation()
    }

    /// Counts a frame that there was no time for.
    pub fn note_skipped(&mut self, at: Timestamp) {
        self.skipped.push_back(at);
    }

    /// Nothing from before `at` will be asked for.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.watch.forget_before(at);
        self.skipped.retain(|skipped| *skipped >= at);
    }

    /// Everything is forgotten, whom the eyes follow included: what comes now is something else.
    pub fn start_afresh(&mut self) {
        self.watch.start_afresh();
        self.skipped.clear();
        self.zero = None;
    }

    /// A phrase begins, usually in the past: what was before is forgotten.
    pub fn begin_phrase(&mut self, zero: PhraseZero) {
        self.forget_before(zero.at);
        self.zero = Some(zero);
    }

    /// The phrase that began last up to `until`, on its own clock; `None` when none began since these eyes are open. They go on.
    pub fn phrase_until(&self, until: Timestamp, setup: PhraseSetup) -> Option<SeenPhrase> {
        let skipped = self.skipped.iter().filter(|at| **at <= until).count() as u64;
        let heard = Heard { setup, skipped, ..self.heard.clone() };
        Some(SeenPhrase::new(heard, self.watch.seen_from(self.zero?, until)))
    }

    /// Frames that are remembered.
    pub fn remembered(&self) -> usize {
        self.watch.samples().len()
    }

    /// What goes on before the eyes.
    pub fn bustle(&self) -> Bustle {
        bustle(self.watch.samples())
    }
}
