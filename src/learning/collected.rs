//! A club's own phrases as lines of the format that [`super::Question`] and [`super::Answer`] read.
//!
//! The keypoints are written as observed, before any gap is repaired, so that a later and better judge can judge them
//! anew. The judge of that day reads the same keypoints in metres that the judge of the phrase had.

use super::record::Label;
use fencing::kinematics::{Motion, MotionError, RawPose};
use fencing::time::{Timestamp, median_interval_secs};
use fencing::tracking::Tracks;
use fencing::{Lamp, Side, SignalKind, SignalLog, Weapon};
use serde::Serialize;

/// Frame rate of a phrase of a single frame, where none can be measured.
const USUAL_RATE: f64 = 30.0;

/// What was seen and signalled of one phrase.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its name.
    pub id: &'a str,
    /// The day or bout whose phrases must never lie on both sides of a fold.
    pub group: &'a str,
    /// The weapon.
    pub weapon: Weapon,
    /// Both fencers, lens corrected.
    pub tracks: &'a Tracks,
    /// What the apparatus reported, on the clock of the tracks.
    pub signals: &'a SignalLog,
}

/// Why a phrase cannot be judged again from a line, or teaches nothing about right of way.
#[derive(Debug, thiserror::Error)]
pub enum NotCollected {
    /// No lamp is known.
    #[error("no lamp is known; give it a signal log, or name the touch in the window")]
    NoTouch,
    /// White lamps have no place in the format.
    #[error("the {} lamp was white: only touches on target can be written down", .0.as_str())]
    White(Side),
    /// The fencers were not seen.
    #[error("the fencers were not seen well enough: {0}")]
    Motion(#[from] MotionError),
    /// Not to be written as JSON.
    #[error("it cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The names are those of the format.
#[derive(Serialize)]
struct WrittenPhrase<'a> {
    id: &'a str,
    source: &'static str,
    group: &'a str,
    weapon: &'static str,
    fps: f64,
    frames: usize,
    times_s: Vec<f64>,
    hit_time_s: f64,
    hit_uncertainty_s: f64,
    light_left: bool,
    light_right: bool,
    blade_contacts_s: Vec<f64>,
    lockout_s: Option<f64>,
    label: &'static str,
    left: Vec<WrittenPose>,
    right: Vec<WrittenPose>,
}

/// 17 joints, x to the right and y **down**, in metres.
type WrittenPose = Vec<Option<[f32; 2]>>;

/// One line, without its end, of a phrase that a referee called.
///
/// # Errors
/// [`NotCollected`] says why the phrase teaches nothing.
pub fn record_line(seen: Seen<'_>, label: Label) -> Result<String, NotCollected> {
    let touch = seen.signals.first_touch().ok_or(NotCollected::NoTouch)?;
    let lamps = seen.signals.lamps();
    let white = |side: &Side| matches!(lamps[*side], Lamp::OffTarget | Lamp::Fault);
    if let Some(side) = Side::BOTH.into_iter().find(white) {
        return Err(NotCollected::White(side));
    }
    let motion = Motion::from_tracks(seen.tracks)?;
    let written = WrittenPhrase {
        id: seen.id,
        source: "own",
        group: seen.group,
        weapon: seen.weapon.as_str(),
        fps: median_interval_secs(motion.times()).map_or(USUAL_RATE, |secs| 1.0 / secs),
        frames: motion.times().len(),
        times_s: motion.times().iter().map(|at| at.secs()).collect(),
        hit_time_s: touch.at.secs(),
        hit_uncertainty_s: touch.uncertainty_secs,
        light_left: lamps.left == Lamp::Valid,
        light_right: lamps.right == Lamp::Valid,
        blade_contacts_s: seen.signals.blade_contacts().map(Timestamp::secs).collect(),
        lockout_s: seen.signals.first_time_of(SignalKind::LockoutStart).map(Timestamp::secs),
        label: label.as_str(),
        left: poses(motion.observed(Side::Left)),
        right: poses(motion.observed(Side::Right)),
    };
    Ok(serde_json::to_string(&written)?)
}

fn poses(observed: &[RawPose]) -> Vec<WrittenPose> {
    observed.iter().map(|pose| pose.iter().map(|joint| joint.map(|p| [p.x, -p.y])).collect()).collect()
}
