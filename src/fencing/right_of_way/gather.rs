//! Timeline to evidence: which pause was the last, which lunge brought the touch and which fell short.
//!
//! The distinctions and their numbers are the reference's newest logic (reference 3.9): a lunge or an extension that ends well
//! before the touch speaks against its fencer, one that contains the touch speaks for him.

use super::evidence::{ContactFacts, Evidence, FencerFacts, Observed, Sighting};
use super::settings::DecisionSettings;
use super::verdict::Truth;
use crate::actions::{Action, ActionKind, BladeContact, Timeline};
use crate::kinematics::{Motion, limb};
use crate::time::{Timestamp, median_interval_secs};
use crate::{PerSide, Side, SignalEvent, SignalKind, SignalLog, Weapon};

/// A lunge that began longer before the touch than this did not bring it (15 frames at 30 per second, reference 3.9).
const LUNGE_SECS: f64 = 0.5;
/// Grace after the end of a lunge or extension within which the touch still belongs to it.
const LUNGE_GRACE_SECS: f64 = 0.067;
/// See above.
const EXTENSION_GRACE_SECS: f64 = 0.267;
/// An arm extended for longer than this before the touch was no attack any more (17 frames).
const HELD_SECS: f64 = 0.567;
/// A pause that begins this early and is this short is a slow start, not a stop.
const SLOW_START_SECS: (f64, f64) = (0.333, 0.5);
/// A contact's hands tell something from this difference on, in metres.
const FAVOUR_METRES: f32 = 0.02;
/// Frame interval that is assumed when nothing was filmed, in seconds.
const USUAL_INTERVAL_SECS: f64 = 1.0 / 30.0;
/// The part of the phrase that both fencers must be seen in, seconds before the touch: the window of the nets.
const LAST_SECS: f64 = 3.7;
/// Hips that stay within this are those of a fencer who stands: a step is two to four times as long, pose noise and swaying less than half.
const STANDING_METRES: f32 = 0.15;
/// The same for the front hand, whose noise is greater; an extension moves it by 0.3 m and more.
const RESTING_HAND_METRES: f32 = 0.25;
/// With less of the last seconds seen, joints that seem to rest may only be bridged gaps; share of the frames.
const SEEN_TO_STAND: f32 = 0.7;
/// Shorter motion cannot show that nothing happened, in seconds.
const LEAST_MOTION_SECS: f64 = 1.0;
/// A limb seen in less than this share of the frames is reported as missing.
const ENOUGH_SEEN: f32 = 0.5;

impl Evidence {
    /// The facts of a phrase from what was detected and signalled. `motion` says how much was seen; without it every fact
    /// about the fencers is unknown and single lights are still decided.
    pub fn gather(
        timeline: &Timeline,
        motion: Option<&Motion>,
        signals: &SignalLog,
        (weapon, settings): (Weapon, &DecisionSettings),
    ) -> Self {
        let touch = signals.first_touch();
        let touch_at = touch.map(|event| event.at);
        let end = touch_at.or(timeline.observed.map(|span| span.end)).unwrap_or_default();
        let fencers = match timeline.observed {
            Some(_) => PerSide::from_fn(|side| fencer_facts(timeline, side, end)),
            None => PerSide::default(),
        };
        let unseen = motion.map_or(0.0, |motion| unseen(motion, end));
        let interval = motion.and_then(|m| median_interval_secs(m.times())).unwrap_or(USUAL_INTERVAL_SECS);
        Self {
            weapon,
            lamps: signals.lamps(),
            lit_at: signals.lit_at(),
            touch_at,
            touch_uncertainty_secs: touch.map_or(0.0, |event| event.uncertainty_secs),
            outside_phrase: outside_phrase(signals, touch),
            cancelled: cancelled(signals),
            fencers,
            contact: last_contact(timeline, signals, end, settings.contact_window_secs),
            timing_uncertainty_secs: interval / 2.0,
            unseen,
            source_doubt: 0.0,
            no_action: 1.0 - unseen >= SEEN_TO_STAND && motion.is_some_and(|motion| no_action(motion, end)),
            missing: missing(timeline, motion, signals),
        }
    }
}

fn cancelled(signals: &SignalLog) -> Truth {
    if signals.first_time_of(SignalKind::Cancelled).is_some() { Truth::Yes } else { Truth::No }
}

/// Outside only beyond what both times may be off: a key is pressed by hand, and a box may stop its clock a moment before it
/// names the lamp that stopped it. In between it is unknown, and the touch is not annulled.
fn outside_phrase(signals: &SignalLog, touch: Option<SignalEvent>) -> Truth {
    let Some(touch) = touch else { return Truth::Unknown };
    let outside_by = |kind, direction: f64| {
        let other = signals.first_of(kind)?;
        let by = direction * touch.at.secs_since(other.at);
        let doubt = touch.uncertainty_secs + other.uncertainty_secs;
        Some(if by > doubt {
            Truth::Yes
        } else if by > 0.0 {
            Truth::Unknown
        } else {
            Truth::No
        })
    };
    let found = [outside_by(SignalKind::PhraseStart, -1.0), outside_by(SignalKind::Halt, 1.0)];
    [Truth::Yes, Truth::Unknown].into_iter().find(|truth| found.contains(&Some(*truth))).unwrap_or(Truth::No)
}

/// The greater share of the last moments before the touch in which a fencer's hips were not seen, 0..1.
fn unseen(motion: &Motion, touch: Timestamp) -> f32 {
    let from = motion.times().partition_point(|at| touch.secs_since(*at) > LAST_SECS);
    let to = motion.times().partition_point(|at| *at <= touch);
    let share = |side: Side| {
        let body = motion.body(side);
        let seen = (from..to).filter(|i| body.seen(limb::FRONT_HIP, *i) || body.seen(limb::REAR_HIP, *i)).count();
        1.0 - seen as f32 / (to - from.min(to)).max(1) as f32
    };
    share(Side::Left).max(share(Side::Right))
}

/// Whether both fencers stood through the last seconds: hips and front hands stay where they are.
fn no_action(motion: &Motion, touch: Timestamp) -> bool {
    let times = motion.times();
    let from = times.partition_point(|at| touch.secs_since(*at) > LAST_SECS);
    let to = times.partition_point(|at| *at <= touch);
    let (Some(first), Some(last)) = (times.get(from), to.checked_sub(1).and_then(|last| times.get(last))) else {
        return false;
    };
    let travel = |side: Side, joint: usize| {
        let series = motion.forward(side, joint)?;
        let seen = series.get(from..to)?.iter().copied();
        Some(seen.clone().fold(f32::MIN, f32::max) - seen.fold(f32::MAX, f32::min))
    };
    let stands = |side: Side| {
        let hips = travel(side, limb::FRONT_HIP).or_else(|| travel(side, limb::REAR_HIP));
        let hand = travel(side, limb::FRONT_HAND);
        hips.is_some_and(|hips| hips < STANDING_METRES) && hand.is_none_or(|hand| hand < RESTING_HAND_METRES)
    };
    last.secs_since(*first) >= LEAST_MOTION_SECS && Side::BOTH.into_iter().all(stands)
}

fn missing(timeline: &Timeline, motion: Option<&Motion>, signals: &SignalLog) -> Vec<&'static str> {
    let mut missing = Vec::new();
    match motion {
        None if timeline.observed.is_none() => missing.push("missing_poses"),
        None => {}
        Some(motion) => {
            let unseen = |joint| Side::BOTH.iter().any(|s| motion.body(*s).seen_share(joint) < ENOUGH_SEEN);
            if unseen(limb::FRONT_FOOT) {
                missing.push("missing_feet");
            }
            if unseen(limb::FRONT_HAND) {
                missing.push("missing_hand");
            }
        }
    }
    if signals.blade_contacts().next().is_none() {
        missing.push("missing_blade");
    }
    missing
}

fn fencer_facts(timeline: &Timeline, side: Side, touch: Timestamp) -> FencerFacts {
    let lane = Lane { actions: &timeline.actions[side], touch };
    let start = timeline.observed.map_or(touch, |span| span.start);
    let slow = |a: &&Action| {
        a.span.start.secs_since(start) <= SLOW_START_SECS.0 && a.span.secs() < SLOW_START_SECS.1 && a.span.end < touch
    };
    let measures = &timeline.measures[side];
    FencerFacts {
        attack: Observed::looked_for(lane.attack(measures.foot_onset)),
        extension: Observed::looked_for(lane.last(ActionKind::ArmExtension, |a| lane.brings_touch(a))),
        lunge: Observed::looked_for(lane.last(ActionKind::Lunge, |a| lane.lunge_lands(a))),
        pause: Observed::looked_for(lane.last(ActionKind::Pause, |a| !slow(&a))),
        retreat: Observed::looked_for(lane.last(ActionKind::Retreat, |_| true)),
        short: Observed::looked_for(lane.last(ActionKind::Lunge, |a| !lane.lunge_lands(a))),
        arm_reset: Observed::looked_for(lane.last(ActionKind::ArmExtension, |a| !lane.brings_touch(a))),
        slow_start: Observed::looked_for(lane.last(ActionKind::Pause, |a| slow(&a))),
        advance: Observed::looked_for(lane.last(ActionKind::Advance, |_| true)),
        in_line: Observed::looked_for(lane.last(ActionKind::PointInLine, |_| true)),
        beat: Observed::looked_for(lane.last(ActionKind::Beat, |_| true)),
        foot_speed: measures.foot_speed.map(f64::from),
        ..FencerFacts::default()
    }
}

/// One fencer's actions, seen from the touch.
struct Lane<'a> {
    actions: &'a [Action],
    touch: Timestamp,
}

impl Lane<'_> {
    /// The action of a kind that ended last among those that began before the touch, cut off there.
    fn last(&self, kind: ActionKind, fits: impl Fn(&Action) -> bool) -> Option<Sighting> {
        let of_kind = self.actions.iter().filter(|a| a.kind == kind && a.span.start < self.touch && fits(a));
        let last = of_kind.max_by_key(|a| (a.span.end, a.span.start))?;
        let span = crate::time::Span { start: last.span.start, end: last.span.end.min(self.touch) };
        Some(Sighting { span, confidence: last.confidence })
    }

    /// The last forward movement, from where the front foot set off.
    fn attack(&self, foot_onset: Option<Timestamp>) -> Option<Sighting> {
        let mut attack = self.last(ActionKind::FinalMovement, |_| true)?;
        if let Some(onset) = foot_onset.filter(|onset| *onset <= attack.span.end) {
            attack.span.start = onset;
        }
        Some(attack)
    }

    fn lunge_lands(&self, lunge: &Action) -> bool {
        let until_touch = self.touch.secs_since(lunge.span.start);
        until_touch <= LUNGE_SECS && self.touch <= lunge.span.end.plus_secs(LUNGE_GRACE_SECS)
    }

    fn brings_touch(&self, extension: &Action) -> bool {
        let late = self.touch.secs_since(extension.span.end) > EXTENSION_GRACE_SECS;
        let held = self.touch.min(extension.span.end).secs_since(extension.span.start) > HELD_SECS;
        !late && !held
    }
}

/// The last contact that can have mattered, and whom the hands around it favour.
fn last_contact(timeline: &Timeline, signals: &SignalLog, touch: Timestamp, window_secs: f64) -> Option<ContactFacts> {
    let recent = |at: Timestamp| at <= touch && touch.secs_since(at) <= window_secs;
    if let Some(contact) = timeline.blade_contacts.iter().rfind(|c| recent(c.at)) {
        let reference_favours = reference_favours(contact);
        let BladeContact { at, by, answered_by, confidence, .. } = *contact;
        Some(ContactFacts { at, by, answered_by, reference_favours, confidence })
    } else {
        let at = signals.blade_contacts().filter(|at| recent(*at)).last()?;
        Some(ContactFacts { at, by: None, answered_by: None, reference_favours: None, confidence: 0.0 })
    }
}

/// The reference's benefit score without its constant for the left: who drove in less and went on less is favoured.
fn reference_favours(contact: &BladeContact) -> Option<Side> {
    let score = contact.lead_score.left? - contact.lead_score.right?;
    Evidence::only_side(|side| score * side.forward_sign() < -FAVOUR_METRES)
}
