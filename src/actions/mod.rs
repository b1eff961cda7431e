//! Motion to fencing actions: when each fencer advanced, stopped, lunged, extended, parried.
//!
//! [`detect`] looks at the phrase up to the first touch and its lockout and never at a frame after it: what fencers do
//! once the lamps are lit decides nothing. All detectors work on one even grid of time (`lane`), so a camera's frame
//! rate does not matter; each kind of action is one file with its thresholds and their source. Nothing here knows who
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

use crate::fencing::{PerSide, SignalLog, Weapon};
use crate::kinematics::Motion;
use crate::time::Timestamp;
use lane::Lane;

/// What both fencers did until the first touch and its lockout.
///
/// Without a touch in `signals` the whole motion counts. An empty timeline comes back when nothing was filmed before it.
pub fn detect(motion: &Motion, signals: &SignalLog, weapon: Weapon) -> Timeline {
    let touch = signals.first_touch().map(|event| event.at);
    let Some(seen) = until_lockout(motion, touch, weapon) else { return Timeline::default() };
    let grid = seen.resampled(lane::GRID_FPS);
    let end = touch.unwrap_or(grid.span().end);
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

/// The motion up to the touch and the lockout after it; `None` when no frame lies there.
fn until_lockout(motion: &Motion, touch: Option<Timestamp>, weapon: Weapon) -> Option<Motion> {
    match touch {
        None => Some(motion.clone()),
        Some(at) => motion.until(at.plus_secs(weapon.timings().lockout_secs)).ok(),
    }
}

fn fencer_actions(lane: &Lane, touch: Timestamp) -> Vec<Action> {
    let mut actions = footwork::footwork(lane);
    actions.extend(lunge::lunges(lane));
    actions.extend(lunge::fleches(lane));
    actions.extend(arm::extensions(lane));
    actions.extend(arm::points_in_line(lane));
    actions.extend(final_movement::final_movement(lane, touch));
    actions.sort_by_key(|action| (action.span.start, action.span.end, action.kind));
    actions
}
