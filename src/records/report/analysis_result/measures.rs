//! Scale, camera angle and speeds in the reference's units.

use super::rounded;
use super::shape::SpeedComparison;
use crate::report::joints::{joints_of, place};
use fencing::Side;
use fencing::geometry::ImageRect;
use fencing::time::Timestamp;
use vision::engine::Judgement;
use vision::tracking::{TrackSample, Tracks};

/// The reference's frame interval, in seconds: its speeds are metres per fifteenth of a second.
const REFERENCE_FRAME_SECS: f64 = 1.0 / 15.0;
/// Ratio of the fencers' box areas above which the camera counts as standing at one end (the reference's threshold).
const NEARER_AREA_RATIO: f32 = 1.75;

/// Pixels per metre, if measured and usable.
pub(super) fn scale(judgement: &Judgement) -> Option<f64> {
    judgement.pixels_per_metre.map(f64::from).filter(|s| s.is_finite() && *s > 0.0)
}

/// Frame rate of the source: the median over neighbouring samples of time by frame number, so that it includes frames that were not
/// analysed and is not affected by gaps.
pub(super) fn source_fps(judgement: &Judgement) -> Option<f64> {
    let pairs = judgement.corrected_tracks.samples.windows(2);
    let steps = pairs.filter_map(|pair| {
        let frames = pair[1].frame.0.checked_sub(pair[0].frame.0).filter(|frames| *frames > 0)?;
        Some(pair[1].at.secs_since(pair[0].at) / frames as f64)
    });
    let mut steps: Vec<f64> = steps.filter(|secs| *secs > 0.0).collect();
    if steps.is_empty() {
        return None;
    }
    let middle = steps.len() / 2;
    let (_, median, _) = steps.select_nth_unstable_by(middle, f64::total_cmp);
    Some((1e3 / *median).round() / 1e3)
}

/// `left` or `right` when that fencer is much nearer to the camera in the first frame with both, otherwise `middle`.
pub(super) fn video_angle(tracks: &Tracks) -> Option<&'static str> {
    let areas = |sample: &TrackSample| {
        let area = |side: Side| sample.poses[side]?.bounds(f32::MIN_POSITIVE).map(ImageRect::area).filter(|a| *a > 0.0);
        Some((area(Side::Left)?, area(Side::Right)?))
    };
    let (left, right) = tracks.samples.iter().find_map(areas)?;
    Some(if left / right >= NEARER_AREA_RATIO {
        "left"
    } else if right / left >= NEARER_AREA_RATIO {
        "right"
    } else {
        "middle"
    })
}

/// Mean speed of both front feet up to the touch and its mean change, in metres per reference frame.
pub(super) fn speed_comparison(judgement: &Judgement) -> Option<SpeedComparison> {
    let scale = scale(judgement)?;
    let touch = judgement.signals.first_touch().map(|e| e.at);
    let samples: Vec<_> =
        judgement.corrected_tracks.samples.iter().filter(|s| touch.is_none_or(|t| s.at <= t)).collect();
    let (left_speed, left_accel) = speeds(&samples, Side::Left, scale)?;
    let (right_speed, right_accel) = speeds(&samples, Side::Right, scale)?;
    Some(SpeedComparison { left_speed, left_accel, right_speed, right_accel })
}

fn speeds(samples: &[&TrackSample], side: Side, scale: f64) -> Option<(f64, f64)> {
    let feet: Vec<(Timestamp, f64)> = samples
        .iter()
        .filter_map(|s| Some((s.at, f64::from(joints_of(s, side)[place::FRONT_FOOT]?.x - s.camera_shift.x) / scale)))
        .collect();
    let steps: Vec<f64> = feet
        .windows(2)
        .filter(|w| w[1].0 > w[0].0)
        .map(|w| (w[1].1 - w[0].1).abs() / w[1].0.secs_since(w[0].0) * REFERENCE_FRAME_SECS)
        .collect();
    let changes: f64 = steps.windows(2).map(|w| (w[1] - w[0]).abs()).sum();
    let count = steps.len() as f64;
    (count >= 2.0).then(|| (rounded(steps.iter().sum::<f64>() / count), rounded(changes / (count - 1.0))))
}
