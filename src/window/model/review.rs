//! The clip under review: transport, judgement, drawings, the referee's own call and the review procedure of t.60 to t.62.

use super::beside::{Anchor, Beside};
use super::curves::Curves;
use super::drawing::Drawings;
use super::playback::Playback;
use super::replay::Replay;
use crate::command::{Appeal, Zoom};
use fencing::time::Timestamp;
use fencing::{Call, PerSide, Side, SignalKind, SignalLog, Weapon};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;

/// Longest time that the rules allow for: four looks at a phrase (t.60).
pub const MAX_REPETITIONS: u8 = 4;

/// How far a judgement has come.
#[derive(Clone, Debug, Default)]
pub enum Judging {
    /// None was asked for.
    #[default]
    Idle,
    /// It runs.
    Running {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of the whole, 0..1.
        share: f32,
    },
    /// It is there.
    Done(Arc<Judgement>),
    /// It could not be made; a finished sentence with the remedy.
    Failed(String),
}

/// What part of the picture is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Magnification, 1..16.
    pub zoom: f32,
    /// Middle of the visible part, as shares of width and height.
    pub centre: (f32, f32),
}

impl Default for Viewport {
    fn default() -> Self {
        Self { zoom: 1.0, centre: (0.5, 0.5) }
    }
}

impl Viewport {
    /// Carries out a zoom command; the point under the cursor stays where it is and the view never leaves the picture.
    pub fn apply(&mut self, zoom: Zoom) {
        match zoom {
            Zoom::Reset => *self = Self::default(),
            Zoom::Pan { dx, dy } => self.centre = (self.centre.0 + dx, self.centre.1 + dy),
            Zoom::By { factor, x, y } => {
                let next = (self.zoom * factor).clamp(1.0, 16.0);
                let keep = 1.0 - self.zoom / next;
                self.centre.0 += (x - self.centre.0) * keep;
                self.centre.1 += (y - self.centre.1) * keep;
                self.zoom = next;
            }
        }
        let half = 0.5 / self.zoom;
        self.centre = (self.centre.0.clamp(half, 1.0 - half), self.centre.1.clamp(half, 1.0 - half));
    }
}

/// What is shown over and under the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Skeletons and tags.
    pub skeletons: bool,
    /// Lanes and plot.
    pub timeline: bool,
    /// Verdict banner.
    pub verdict: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { skeletons: true, timeline: true, verdict: true }
    }
}

/// One opinion on the phrase, kept as t.62.6 asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// Message key of who gave it (`opinion-referee`, `opinion-machine`).
    pub who: &'static str,
    /// The call.
    pub call: Call,
}

/// The procedure around a review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Procedure {
    /// Looks taken so far.
    pub repetitions: u8,
    /// Appeals that each fencer has spent.
    pub appeals_spent: PerSide<u8>,
    /// Opinions in the order they were given.
    pub opinions: Vec<Opinion>,
}

impl Procedure {
    /// Counts a look; false when all four are used.
    pub fn repeat(&mut self) -> bool {
        let allowed = self.repetitions < MAX_REPETITIONS;
        self.repetitions += u8::from(allowed);
        allowed
    }

    /// Records an appeal; a rejected one is spent.
    pub fn appeal(&mut self, side: Side, outcome: Appeal) {
        if outcome == Appeal::Rejected {
            self.appeals_spent[side] = self.appeals_spent[side].saturating_add(1);
        }
    }

    /// Records an opinion; a later one of the same person is added, not written over.
    pub fn opine(&mut self, who: &'static str, call: Call) {
        if self.opinions.last().is_none_or(|o| o.who != who || o.call != call) {
            self.opinions.push(Opinion { who, call });
        }
    }
}

/// The clip that is open.
#[derive(Clone, Debug)]
pub struct OpenClip {
    /// Where it lies.
    pub path: PathBuf,
    /// Name for the title.
    pub title: String,
    /// Width over height.
    pub aspect: f32,
}

/// Everything about the clip under review.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// The clip; none before the first is opened.
    pub clip: Option<OpenClip>,
    /// Share of the clip that has been read into memory, while it is read.
    pub loading: Option<f32>,
    /// Transport.
    pub playback: Playback,
    /// Judgement.
    pub judging: Judging,
    /// Weapon.
    pub weapon: Weapon,
    /// Visible part.
    pub viewport: Viewport,
    /// What is shown.
    pub shown: Shown,
    /// The referee's own call.
    pub own_call: Option<Call>,
    /// Looks, appeals, opinions.
    pub procedure: Procedure,
    /// What the apparatus said of a phrase of the live piste; empty for a clip from disk.
    pub signals: SignalLog,
    /// Distance and speed; `None` before the verdict or when a fencer was not seen.
    pub curves: Option<Arc<Curves>>,
    /// A second clip beside this one.
    pub beside: Option<Beside>,
    /// A second clip that came into memory before the first.
    pub waiting_beside: Option<(OpenClip, Vec<Timestamp>)>,
    /// Lines and angles drawn on the picture.
    pub drawings: Drawings,
    /// The automatic replay, while it runs.
    pub replay: Option<Replay>,
    /// Seconds that the judgement took; 0 when it is not known.
    pub processing_secs: f64,
    /// Share of the export that runs, 0..1.
    pub exporting: Option<f32>,
    /// Lamps named by hand, with the time.
    pub touch_by_hand: Option<(Timestamp, PerSide<bool>)>,
}

impl Review {
    /// The judgement, when there is one.
    pub fn judgement(&self) -> Option<&Arc<Judgement>> {
        match &self.judging {
            Judging::Done(judgement) => Some(judgement),
            _ => None,
        }
    }

    /// Takes a verdict about the clip, with what is drawn from it.
    pub fn take_judgement(&mut self, judgement: Arc<Judgement>) {
        // Without any signal nothing was called.
        if !judgement.signals.is_empty() {
            self.procedure.opine("opinion-machine", judgement.verdict.call);
        }
        self.curves = Curves::of(&judgement).map(Arc::new);
        self.judging = Judging::Done(judgement);
    }

    /// What a second clip is aligned to.
    pub fn anchor(&self) -> Anchor {
        Anchor { start: self.playback.extent().0, touch: self.touch() }
    }

    /// Whether the machine's verdict may be seen: not before the referee's own call in blind mode.
    pub fn verdict_visible(&self, blind_mode: bool) -> bool {
        self.shown.verdict && (!blind_mode || self.own_call.is_some())
    }

    /// The touch, from the judgement's signals, the apparatus or by hand.
    pub fn touch(&self) -> Option<Timestamp> {
        let judged = self.judgement().and_then(|j| j.signals.first_touch()).or(self.signals.first_touch());
        judged.map(|e| e.at).or(self.touch_by_hand.map(|(at, _)| at))
    }

    /// Moments worth stopping at, in order: starts of actions, blade contacts, lamps.
    pub fn events(&self) -> Vec<Timestamp> {
        let Some(judgement) = self.judgement() else { return self.touch().into_iter().collect() };
        let actions = judgement.timeline.actions.iter().flat_map(|(_, lane)| lane.iter().map(|a| a.span.start));
        let contacts = judgement.timeline.blade_contacts.iter().map(|c| c.at);
        let lamps =
            judgement.signals.events().iter().filter(|e| matches!(e.kind, SignalKind::Lamp { .. })).map(|e| e.at);
        let mut all: Vec<_> = actions.chain(contacts).chain(lamps).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_under_the_cursor_stays_when_zooming() {
        let mut v = Viewport::default();
        v.apply(Zoom::By { factor: 2.0, x: 0.6, y: 0.5 });
        // Before: 0.6 lay 0.1 right of the middle at zoom 1; after: the same 0.1 on the screen is 0.05 of the picture.
        assert!((0.6 - v.centre.0 - 0.05).abs() < 1e-6);
        v.apply(Zoom::Pan { dx: 9.0, dy: 0.0 });
        assert!((v.centre.0 - 0.75).abs() < 1e-6, "the view stays inside the picture");
        v.apply(Zoom::Reset);
        assert_eq!(v, Viewport::default());
    }

    #[test]
    fn four_looks_and_no_fifth() {
        let mut p = Procedure::default();
        assert_eq!((0..5).map(|_| p.repeat()).collect::<Vec<_>>(), [true, true, true, true, false]);
    }

    #[test]
    fn an_upheld_appeal_is_kept() {
        let mut p = Procedure::default();
        p.appeal(Side::Left, Appeal::Upheld);
        p.appeal(Side::Right, Appeal::Rejected);
        assert_eq!(p.appeals_spent, PerSide::new(0, 1));
    }

    #[test]
    fn both_opinions_are_kept_when_the_referee_changes_his_mind() {
        let mut p = Procedure::default();
        p.opine("opinion-referee", Call::Simultaneous);
        p.opine("opinion-referee", Call::Simultaneous);
        p.opine("opinion-referee", Call::Touch(Side::Left));
        assert_eq!(p.opinions.len(), 2);
    }

    #[test]
    fn blind_mode_hides_the_verdict_until_the_own_call() {
        let mut r = Review::default();
        assert!(r.verdict_visible(false) && !r.verdict_visible(true));
        r.own_call = Some(Call::TooClose);
        assert!(r.verdict_visible(true));
    }
}
