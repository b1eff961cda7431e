//! The clip under review: transport, judgement, drawings, the referee's own call and the review procedure of t.60 to t.62.

use crate::command::{Appeal, Zoom};
use crate::model::drawing::Drawings;
use crate::model::playback::{Playback, Replay};
use fencing::kinematics::{Motion, limb, slopes};
use fencing::time::{Span, Timestamp, nearest_index};
use fencing::{Call, PerSide, Side, SignalKind, SignalLog, Weapon};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;

/// Limit of video reviews of a phrase (t.60).
pub const MAX_REPETITIONS: u8 = 4;

/// Shortest part that fills the timeline, in seconds: ten frames at 50 fps.
const NARROWEST_TIMELINE_SECS: f64 = 0.2;

/// Progress of a judgement.
#[derive(Clone, Debug, Default)]
pub enum Judging {
    /// None is running.
    #[default]
    Idle,
    /// Running.
    Running {
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
        share: f32,
    },
    /// Failed; a finished sentence with the remedy.
    Failed(String),
}

/// The visible part of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Magnification, 1..16.
    pub zoom: f32,
    /// Centre of the visible part, as shares of width and height.
    pub centre: (f32, f32),
}

impl Default for Viewport {
    fn default() -> Self {
        Self { zoom: 1.0, centre: (0.5, 0.5) }
    }
}

impl Viewport {
    /// Applies a zoom command; the point under the cursor keeps its position, and the view stays within the picture.
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

/// Visible parts of the review screen.
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

/// An opinion on the phrase, recorded as t.62.6 requires.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// Message key of its author (`opinion-referee`, `opinion-machine`).
    pub who: &'static str,
    /// The call.
    pub call: Call,
}

/// The review procedure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Procedure {
    /// Number of reviews so far.
    pub repetitions: u8,
    /// Appeals spent by each fencer.
    pub appeals_spent: PerSide<u8>,
    /// Opinions in order.
    pub opinions: Vec<Opinion>,
}

impl Procedure {
    /// Counts a review; false when all are used.
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

    /// Records an opinion in place of the last one of the same author: a verdict for another weapon, light or fencer is no second opinion.
    pub fn revise(&mut self, who: &'static str, call: Call) {
        match self.opinions.iter_mut().rev().find(|opinion| opinion.who == who) {
            Some(opinion) => opinion.call = call,
            None => self.opine(who, call),
        }
    }

    /// Records an opinion; a later one of the same author is added and does not replace the earlier one.
    pub fn opine(&mut self, who: &'static str, call: Call) {
        if self.opinions.last().is_none_or(|o| o.who != who || o.call != call) {
            self.opinions.push(Opinion { who, call });
        }
    }
}

/// The open clip.
#[derive(Clone, Debug, Default)]
pub struct OpenClip {
    /// Path.
    pub path: PathBuf,
    /// Title.
    pub title: String,
    /// Width divided by height.
    pub aspect: f32,
    /// The referee's call in its notes.
    pub own_call: Option<Call>,
    /// The weapon in its notes; `None` if unknown.
    pub weapon: Option<Weapon>,
}

/// State of the clip under review.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// The clip; `None` before the first is opened.
    pub clip: Option<OpenClip>,
    /// Share of the clip that was read; `None` when not reading.
    pub loading: Option<f32>,
    /// Transport.
    pub playback: Playback,
    /// The running or failed judgement.
    pub judging: Judging,
    /// The last complete judgement.
    pub judgement: Option<Arc<Judgement>>,
    /// Weapon.
    pub weapon: Weapon,
    /// Whether the weapon comes only from the settings, not from the clip or the user.
    pub weapon_guessed: bool,
    /// Visible part of the picture.
    pub viewport: Viewport,
    /// Visible part of the timeline; `None` for all of it.
    pub timeline: Option<Span>,
    /// Visible parts of the screen.
    pub shown: Shown,
    /// The referee's call.
    pub own_call: Option<Call>,
    /// Reviews, appeals, opinions.
    pub procedure: Procedure,
    /// Signals of the apparatus for a phrase of the live piste; empty for a clip from disk.
    pub signals: SignalLog,
    /// Distance and speed; `None` before the verdict or when a fencer was not seen.
    pub curves: Option<Arc<Curves>>,
    /// A second clip beside this one.
    pub beside: Option<Beside>,
    /// A second clip that was read before the first.
    pub waiting_beside: Option<(OpenClip, Vec<Timestamp>)>,
    /// Lines and angles drawn on the picture.
    pub drawings: Drawings,
    /// The running automatic replay.
    pub replay: Option<Replay>,
    /// Duration of the judgement in seconds; 0 if unknown.
    pub processing_secs: f64,
    /// Progress of the running export, 0..1.
    pub exporting: Option<f32>,
    /// Lamps given by hand, with their time.
    pub touch_by_hand: Option<(Timestamp, PerSide<bool>)>,
    /// Weapon and lamps of the last judgement: a judgement that fails goes back to them.
    pub judged_with: (Weapon, Option<(Timestamp, PerSide<bool>)>),
    /// The fencer whom the next click on the picture names.
    pub picking: Option<Side>,
    /// For each correction of a fencer that can be undone, how many drawing steps could be undone when it was made.
    pub corrections: Vec<usize>,
}

impl Review {
    /// The judgement, if there is one.
    pub fn judgement(&self) -> Option<&Arc<Judgement>> {
        self.judgement.as_ref()
    }

    /// Stores a judgement and what is derived from it.
    pub fn take_judgement(&mut self, judgement: Arc<Judgement>) {
        // Without any signal there is no call.
        if !judgement.signals.is_empty() {
            self.procedure.revise("opinion-machine", judgement.verdict.call);
        }
        self.judged_with = (judgement.weapon, self.touch_by_hand);
        self.curves = Curves::of(&judgement).map(Arc::new);
        self.judging = Judging::Idle;
        self.judgement = Some(judgement);
    }

    /// Goes back to what the last judgement was made with, if there is one, after one that failed.
    pub fn keep_judgement(&mut self) {
        if self.judgement.is_some() {
            (self.weapon, self.touch_by_hand) = self.judged_with;
        }
    }

    /// Notes how many corrections of fencers the judgement rests on.
    pub fn note_corrections(&mut self, corrections: usize) {
        self.corrections.resize(corrections, self.drawings.undo_depth());
    }

    /// Whether the last step that can be undone is a correction of a fencer, and not a drawing.
    pub fn undoes_correction(&self) -> bool {
        self.corrections.last().is_some_and(|depth| self.drawings.undo_depth() <= *depth)
    }

    /// Stores the referee's call.
    pub fn call(&mut self, call: Call) {
        self.own_call = Some(call);
        self.procedure.opine("opinion-referee", call);
    }

    /// Start and end of the visible timeline, which always contains the playhead.
    pub fn timeline_extent(&self) -> (Timestamp, Timestamp) {
        let (first, last) = self.playback.extent();
        let Some(part) = self.timeline else { return (first, last) };
        let (width, head) = (part.end.secs_since(part.start), self.playback.now());
        let start = if head < part.start || head > part.end { head.plus_secs(-width / 2.0) } else { part.start };
        let start = start.min(last.plus_secs(-width)).max(first);
        (start, start.plus_secs(width))
    }

    /// Zooms the timeline around `at`; at most the whole clip is visible.
    pub fn zoom_timeline(&mut self, factor: f64, at: Timestamp) {
        let (first, last) = self.playback.extent();
        let (start, end) = self.timeline_extent();
        let (width, whole) = (end.secs_since(start), last.secs_since(first));
        let next = (width / factor).max(NARROWEST_TIMELINE_SECS);
        self.timeline = (next < whole).then(|| {
            let from = at.plus_secs(-at.secs_since(start) * next / width.max(f64::EPSILON));
            let from = from.min(last.plus_secs(-next)).max(first);
            Span::between(from, from.plus_secs(next))
        });
    }

    /// Reference point for aligning a second clip.
    pub fn anchor(&self) -> Anchor {
        Anchor { start: self.playback.extent().0, touch: self.touch() }
    }

    /// Whether the machine's call is displayed over the picture.
    pub fn verdict_visible(&self, blind_mode: bool) -> bool {
        self.shown.verdict && self.verdict_allowed(blind_mode)
    }

    /// Whether the machine's verdict exists and may be displayed.
    pub fn verdict_known(&self, blind_mode: bool) -> bool {
        self.judgement.is_some() && self.verdict_allowed(blind_mode)
    }

    /// Whether the machine's verdict may be displayed: in blind mode only after the referee's call.
    pub fn verdict_allowed(&self, blind_mode: bool) -> bool {
        !blind_mode || self.own_call.is_some()
    }

    /// Time of the touch, from the judgement's signals, the apparatus or by hand.
    pub fn touch(&self) -> Option<Timestamp> {
        let judged = self.judgement().and_then(|j| j.signals.first_touch()).or(self.signals.first_touch());
        judged.map(|e| e.at).or(self.touch_by_hand.map(|(at, _)| at))
    }

    /// Times of events, in order: starts of actions, blade contacts, lamps.
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

/// The second clip.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The clip.
    pub clip: OpenClip,
    times: Vec<Timestamp>,
    /// Its verdict, once it exists; before that the clips are aligned at their starts.
    pub judgement: Option<Arc<Judgement>>,
    /// Offset by the user, in frames.
    pub nudge_frames: i64,
}

impl Beside {
    /// A clip whose frames are shown at `times` (ascending).
    pub fn of(clip: OpenClip, times: Vec<Timestamp>) -> Self {
        Self { clip, times, judgement: None, nudge_frames: 0 }
    }

    /// Time of the touch, once it is known.
    pub fn touch(&self) -> Option<Timestamp> {
        self.judgement.as_ref()?.signals.first_touch().map(|e| e.at)
    }

    /// Time of a frame.
    pub fn time_of(&self, index: usize) -> Timestamp {
        self.times.get(index).copied().unwrap_or_default()
    }

    /// The frame to display when the first clip is at `now`: at the same distance from its touch as the first clip from its own
    /// (`anchor`), or from the starts if a touch is unknown. Clamped to the clip.
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

/// Reference point of the first clip for aligning the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// Its first frame.
    pub start: Timestamp,
    /// Its touch, once it is known.
    pub touch: Option<Timestamp>,
}

/// Data of the plot: one value per time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    times: Vec<Timestamp>,
    /// Metres between the front feet.
    pub distance: Vec<f32>,
    /// Metres per second of the hips, towards the opponent; negative is backward.
    pub speed: PerSide<Vec<f32>>,
}

/// Values at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveValues {
    /// Metres between the front feet.
    pub distance: f32,
    /// Metres per second towards the opponent.
    pub speed: PerSide<f32>,
}

impl Curves {
    /// The curves of a judged phrase; `None` when a fencer was not seen.
    pub fn of(judgement: &Judgement) -> Option<Self> {
        let motion = Motion::from_tracks(&judgement.corrected_tracks).ok()?;
        let [left, right] = Side::BOTH.map(|side| motion.forward(side, limb::FRONT_FOOT));
        // Both are measured towards the opponent from the middle, so the feet meet where their sum is zero.
        let distance = left?.iter().zip(&right?).map(|(l, r)| -(l + r)).collect();
        let hips = |side| Some(middle(&motion.forward(side, limb::FRONT_HIP)?, &motion.forward(side, limb::REAR_HIP)?));
        let speed = |side| Some(slopes(motion.times(), &hips(side)?));
        let speed = PerSide::new(speed(Side::Left)?, speed(Side::Right)?);
        Some(Self { times: motion.times().to_vec(), distance, speed })
    }

    /// Time of every value.
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The values nearest to a time.
    pub fn at(&self, at: Timestamp) -> Option<CurveValues> {
        let i = nearest_index(&self.times, at)?;
        let speed = |side: Side| self.speed[side].get(i).copied();
        let speed = PerSide::new(speed(Side::Left)?, speed(Side::Right)?);
        Some(CurveValues { distance: *self.distance.get(i)?, speed })
    }

    /// A round upper limit of the distance, at least 4 m: the distance of the en-garde lines.
    pub fn distance_limit(&self) -> f32 {
        self.distance.iter().copied().fold(4.0_f32, f32::max).ceil()
    }

    /// A round upper limit of the speed in both directions, at least 2 m/s.
    pub fn speed_limit(&self) -> f32 {
        self.speed.iter().flat_map(|(_, s)| s).fold(2.0_f32, |most, v| most.max(v.abs())).ceil()
    }
}

fn middle(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| f32::midpoint(*a, *b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DrawCommand, DrawnPoint, Tool};

    #[test]
    fn the_timeline_zooms_around_a_moment_keeps_the_playhead_and_never_leaves_the_clip() {
        let times = (0..=100).map(|i| Timestamp::from_secs(f64::from(i) * 0.1)).collect();
        let mut review = Review { playback: Playback::of(times), ..Review::default() };
        let secs = |review: &Review| {
            let (start, end) = review.timeline_extent();
            (start.secs(), end.secs())
        };
        review.playback.seek(Timestamp::from_secs(5.0));
        review.zoom_timeline(4.0, Timestamp::from_secs(5.0));
        let (start, end) = secs(&review);
        assert!((start - 3.75).abs() < 1e-6 && (end - 6.25).abs() < 1e-6, "{start} to {end}");
        review.playback.seek(Timestamp::from_secs(9.9));
        let (start, end) = secs(&review);
        assert!(start >= 7.49 && (end - 10.0).abs() < 1e-6, "{start} to {end}: it follows the playhead to the end");
        review.zoom_timeline(0.01, Timestamp::from_secs(9.0));
        assert_eq!(secs(&review), (0.0, 10.0), "the whole clip again");
    }

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
    fn a_verdict_for_another_weapon_is_no_second_opinion() {
        let mut p = Procedure::default();
        p.revise("opinion-machine", Call::Touch(Side::Right));
        p.opine("opinion-referee", Call::Double);
        p.revise("opinion-machine", Call::Double);
        let calls: Vec<_> = p.opinions.iter().map(|opinion| (opinion.who, opinion.call)).collect();
        assert_eq!(calls, [("opinion-machine", Call::Double), ("opinion-referee", Call::Double)]);
    }

    #[test]
    fn undo_takes_back_what_came_last_a_drawing_or_a_fencer() {
        let mut r = Review::default();
        let draw = |r: &mut Review| {
            r.drawings.apply(DrawCommand::Take(Tool::Text), Timestamp::ZERO);
            let at = DrawnPoint { x: 0.5, y: 0.5 };
            r.drawings.apply(DrawCommand::Click { at, reach: 0.01 }, Timestamp::ZERO);
        };
        draw(&mut r);
        assert!(!r.undoes_correction(), "nothing was corrected");
        r.note_corrections(1);
        assert!(r.undoes_correction());
        draw(&mut r);
        assert!(!r.undoes_correction(), "the drawing came later");
        r.drawings.apply(DrawCommand::Undo, Timestamp::ZERO);
        assert!(r.undoes_correction());
        r.note_corrections(0);
        assert!(!r.undoes_correction() && !r.drawings.is_empty());
    }

    #[test]
    fn a_failure_goes_back_to_the_weapon_of_the_verdict_only_where_there_is_one() {
        let mut r = Review { weapon: Weapon::Epee, ..Review::default() };
        r.keep_judgement();
        assert_eq!(r.weapon, Weapon::Epee, "without a verdict the choice stays");
        r.take_judgement(Arc::new(Judgement::without_frames()));
        r.weapon = Weapon::Foil;
        r.keep_judgement();
        assert_eq!(r.weapon, Weapon::Sabre, "the weapon of the verdict that is shown");
    }

    #[test]
    fn blind_mode_hides_the_verdict_until_the_own_call() {
        let mut r = Review::default();
        assert!(r.verdict_visible(false) && !r.verdict_visible(true));
        r.own_call = Some(Call::TooClose);
        assert!(r.verdict_visible(true));
    }
}

#[cfg(test)]
mod beside_tests {
    use super::*;

    fn second() -> Beside {
        let clip = OpenClip { path: "b.mp4".into(), title: "b".into(), aspect: 1.0, ..OpenClip::default() };
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

#[cfg(test)]
mod curves_tests {
    use super::*;

    #[test]
    fn the_nearest_value_is_shown_and_limits_are_round() {
        let curves = Curves {
            times: (0..3).map(|i| Timestamp::from_secs(f64::from(i))).collect(),
            distance: vec![4.0, 3.2, 0.8],
            speed: PerSide::new(vec![0.0, 1.0, 3.4], vec![0.0, -0.5, 0.1]),
        };
        let values = curves.at(Timestamp::from_secs(1.2)).unwrap();
        assert_eq!((values.distance, values.speed), (3.2, PerSide::new(1.0, -0.5)));
        assert_eq!((curves.distance_limit(), curves.speed_limit()), (4.0, 4.0));
        assert_eq!(Curves::default().at(Timestamp::ZERO), None);
    }
}
