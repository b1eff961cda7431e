//! Motion to fencing actions: when each fencer advanced, stopped, lunged, extended, parried.
//!
//! [`detect`] looks at the phrase up to the first touch and its lockout and never at a frame after it: what fencers do
//! once the lamps are lit decides nothing. All detectors work on one even grid of time that hangs on the last
//! frame before the touch (`lane`), so a camera's frame rate and the moment of its first frame hardly matter; each kind of action is one file with its thresholds and their source. Nothing here knows who
//! has right of way.

mod arm;
mod blade;
mod distance;
mod final_movement;
mod footwork;
mod lane;
mod lunge;
mod runs;
mod timeline;

pub use timeline::{Action, ActionKind, BladeContact, DistanceSample, Measures, Timeline};

use crate::kinematics::Motion;
use crate::time::Timestamp;
use crate::{PerSide, SignalLog, Weapon};
use lane::Lane;
use std::borrow::Cow;

/// What both fencers did until the first touch and its lockout.
///
/// Without a touch in `signals` the whole motion counts. An empty timeline comes back when nothing was filmed before it.
pub fn detect(motion: &Motion, signals: &SignalLog, weapon: Weapon) -> Timeline {
    let touch = signals.first_touch().map(|event| event.at);
    let Some(seen) = until_lockout(motion, touch, weapon) else { return Timeline::default() };
    let end = touch.unwrap_or(seen.span().end);
    let grid = seen.resampled(lane::GRID_FPS, last_frame(&seen, end));
    let lanes = PerSide::from_fn(|side| Lane::new(&grid, side));
    Timeline {
        actions: lanes.as_ref().map(|lane| fencer_actions(lane, end)),
        blade_contacts: blade::contacts(signals, &lanes, end),
        distance: distance::samples(&lanes),
        measures: lanes.as_ref().map(|lane| final_movement::measures(lane, end)),
        observed: Some(seen.span()),
    }
    .with_blade_actions()
}

/// The last frame that is not later than the touch: with the grid hung there, a slow camera's frames lie on points of
/// it, and no point depends on when the camera was switched on.
fn last_frame(motion: &Motion, touch: Timestamp) -> Timestamp {
    let before = motion.times().partition_point(|at| *at <= touch);
    motion.times().get(before.saturating_sub(1)).copied().unwrap_or(touch)
}

/// The motion up to the touch and the lockout after it; `None` when no frame lies there.
fn until_lockout(motion: &Motion, touch: Option<Timestamp>, weapon: Weapon) -> Option<Cow<'_, Motion>> {
    match touch {
        None => Some(Cow::Borrowed(motion)),
        Some(at) => motion.until(weapon.lockout_end(at)).ok(),
    }
}

fn fencer_actions(lane: &Lane, touch: Timestamp) -> Vec<Action> {
    let mut actions = footwork::footwork(lane, touch);
    actions.extend(lunge::lunges(lane));
    actions.extend(lunge::fleches(lane));
    actions.extend(arm::extensions(lane));
    actions.extend(arm::points_in_line(lane, touch));
    actions.extend(final_movement::final_movement(lane, touch));
    actions.sort_by_key(|action| (action.span.start, action.span.end, action.kind));
    actions
}
