//! The fencers: skeletons in the colours of their sides, tags with a letter, and the line of the piste.

use super::{Anchor, Canvas, Colour, Layer, Shape, Weight};
use crate::overlay::words::OverlayWords;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::{Timestamp, nearest_index};
use fencing::{PerSide, Side};
use vision::pose::{Pose, joint};
use vision::tracking::{TrackSample, Tracks};

/// Joints below this score are not drawn.
const MIN_SCORE: f32 = 0.1;
/// Largest age of a displayed sample, in seconds: two frames at 25 fps.
const MAX_AGE_SECS: f64 = 0.08;
/// Half-width of the window whose median gives the piste line, in seconds, so that a lifted foot does not move it.
const FLOOR_WINDOW_SECS: f64 = 0.4;

/// Length of a fencer's drawn path, in seconds.
const WAY_SECS: f64 = 2.0;

const BONES: [(usize, usize); 12] = [
    (joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER),
    (joint::LEFT_HIP, joint::RIGHT_HIP),
    (joint::LEFT_SHOULDER, joint::LEFT_HIP),
    (joint::RIGHT_SHOULDER, joint::RIGHT_HIP),
    (joint::LEFT_SHOULDER, joint::LEFT_ELBOW),
    (joint::LEFT_ELBOW, joint::LEFT_WRIST),
    (joint::RIGHT_SHOULDER, joint::RIGHT_ELBOW),
    (joint::RIGHT_ELBOW, joint::RIGHT_WRIST),
    (joint::LEFT_HIP, joint::LEFT_KNEE),
    (joint::LEFT_KNEE, joint::LEFT_ANKLE),
    (joint::RIGHT_HIP, joint::RIGHT_KNEE),
    (joint::RIGHT_KNEE, joint::RIGHT_ANKLE),
];

/// The colour of a side.
pub(super) const fn side_colour(side: Side) -> Colour {
    match side {
        Side::Left => Colour::Left,
        Side::Right => Colour::Right,
    }
}

fn sample_at(tracks: &Tracks, at: Timestamp) -> Option<&TrackSample> {
    let samples = &tracks.samples;
    let after = samples.partition_point(|s| s.at < at);
    let around = &samples[after.saturating_sub(1)..samples.len().min(after + 1)];
    let times: Vec<_> = around.iter().map(|s| s.at).collect();
    let nearest = around.get(nearest_index(&times, at)?)?;
    (nearest.at.secs_since(at).abs() <= MAX_AGE_SECS).then_some(nearest)
}

/// Which fencers have no pose in the frame of a time. Nobody is lost where no frame was analysed.
pub fn fencers_lost_at(tracks: &Tracks, at: Timestamp) -> PerSide<bool> {
    sample_at(tracks, at).map_or(PerSide::default(), |sample| sample.poses.map(|pose| pose.is_none()))
}

fn seen(pose: &Pose, joint: usize) -> Option<ImagePoint> {
    let k = pose.keypoints[joint];
    (k.score >= MIN_SCORE && k.point.is_finite()).then_some(k.point)
}

/// Both skeletons and tags at a time; nothing for a fencer who is not visible.
pub(super) fn skeletons(canvas: &mut Canvas, tracks: &Tracks, words: &OverlayWords, at: Timestamp) {
    let Some(sample) = sample_at(tracks, at) else { return };
    for (side, pose) in sample.poses.iter() {
        if let Some(pose) = pose {
            skeleton(canvas, pose, side);
            tag(canvas, pose, side, words);
        }
    }
}

fn skeleton(canvas: &mut Canvas, pose: &Pose, side: Side) {
    let (unit, colour) = (canvas.unit, side_colour(side));
    for (a, b) in BONES {
        if let (Some(from), Some(to)) = (seen(pose, a), seen(pose, b)) {
            canvas.add(Layer::Outline, Shape::Line { from, to, width: 7.0 * unit, ink: Colour::Shade.at(0.55) });
            canvas.add(Layer::Skeleton, Shape::Line { from, to, width: 3.5 * unit, ink: colour.ink() });
        }
    }
    head(canvas, pose, side);
    for joint in joint::LEFT_SHOULDER..=joint::RIGHT_ANKLE {
        if let Some(centre) = seen(pose, joint) {
            canvas.add(Layer::Skeleton, Shape::Circle { centre, radius: 3.5 * unit, ink: Colour::White.ink() });
        }
    }
}

/// The neck: midway between the shoulders.
fn neck(pose: &Pose) -> Option<ImagePoint> {
    let (a, b) = (seen(pose, joint::LEFT_SHOULDER)?, seen(pose, joint::RIGHT_SHOULDER)?);
    Some(ImagePoint::new(a.x.midpoint(b.x), a.y.midpoint(b.y)))
}

fn head(canvas: &mut Canvas, pose: &Pose, side: Side) {
    let (Some(neck), Some(nose)) = (neck(pose), seen(pose, joint::NOSE)) else { return };
    let unit = canvas.unit;
    for (layer, extra, ink) in
        [(Layer::Outline, 3.5, Colour::Shade.at(0.55)), (Layer::Skeleton, 0.0, side_colour(side).ink())]
    {
        canvas.add(layer, Shape::Line { from: neck, to: nose, width: (3.5 + extra) * unit, ink });
        canvas.add(layer, Shape::Circle { centre: nose, radius: 8.0 * unit + extra * unit / 2.0, ink });
    }
}

/// The side's word above the head, in a box of its colour.
fn tag(canvas: &mut Canvas, pose: &Pose, side: Side, words: &OverlayWords) {
    let Some(body) = pose.bounds(MIN_SCORE) else { return };
    let unit = canvas.unit;
    let letter: String = words.side(side).chars().take(1).collect();
    let half = 16.0 * unit;
    let x = neck(pose).unwrap_or(body.centre()).x.clamp(half, (canvas.width() - half).max(half));
    let y = (body.top - 40.0 * unit).max(half);
    let rect = ImageRect { left: x - half, top: y - half, right: x + half, bottom: y + half };
    canvas.add(Layer::Tag, Shape::Rect { rect, corner: 6.0 * unit, ink: side_colour(side).ink() });
    canvas.add(
        Layer::Tag,
        Shape::Text {
            at: ImagePoint::new(x, y),
            anchor: Anchor::Middle,
            size: 20.0 * unit,
            weight: Weight::Bold,
            max_width: 2.0 * half,
            text: letter,
            ink: Colour::Shade.ink(),
        },
    );
}

/// A faint line through both fencers' feet, from edge to edge.
pub(super) fn piste_line(canvas: &mut Canvas, tracks: &Tracks, at: Timestamp) {
    let feet = PerSide::from_fn(|side| floor_point(tracks, side, at));
    let (Some(left), Some(right)) = (feet.left, feet.right) else { return };
    let run = right.x - left.x;
    if run.abs() < 20.0 * canvas.unit {
        return;
    }
    let slope = ((right.y - left.y) / run).clamp(-0.2, 0.2);
    let middle = ImagePoint::new(left.x + run / 2.0, left.y.midpoint(right.y));
    let y_at = |x: f32| middle.y + (x - middle.x) * slope;
    let (from, to) = (ImagePoint::new(0.0, y_at(0.0)), ImagePoint::new(canvas.width(), y_at(canvas.width())));
    canvas.add(Layer::Piste, Shape::Line { from, to, width: 2.0 * canvas.unit, ink: Colour::Text.at(0.30) });
}

/// A fencer's position on the floor: the median of the lower foot over a short time.
fn floor_point(tracks: &Tracks, side: Side, at: Timestamp) -> Option<ImagePoint> {
    let samples = &tracks.samples;
    let first = samples.partition_point(|s| s.at < at.plus_secs(-FLOOR_WINDOW_SECS));
    let near = samples[first..].iter().take_while(|s| s.at <= at.plus_secs(FLOOR_WINDOW_SECS));
    let foot = |s: &TrackSample| {
        let pose = s.poses[side].as_ref()?;
        let feet = [joint::LEFT_ANKLE, joint::RIGHT_ANKLE].map(|j| seen(pose, j));
        feet.into_iter().flatten().max_by(|a, b| a.y.total_cmp(&b.y))
    };
    let (mut xs, mut ys): (Vec<f32>, Vec<f32>) = near.filter_map(foot).map(|p| (p.x, p.y)).unzip();
    xs.sort_by(f32::total_cmp);
    ys.sort_by(f32::total_cmp);
    Some(ImagePoint::new(*xs.get(xs.len() / 2)?, *ys.get(ys.len() / 2)?))
}

/// The paths of both fencers' hips in the last seconds.
pub(super) fn ways(canvas: &mut Canvas, tracks: &Tracks, at: Timestamp) {
    let first = tracks.samples.partition_point(|s| s.at < at.plus_secs(-WAY_SECS));
    let recent: Vec<_> = tracks.samples[first..].iter().take_while(|s| s.at <= at).collect();
    for side in Side::BOTH {
        let hips: Vec<_> = recent.iter().map(|s| s.poses[side].as_ref().and_then(hip)).collect();
        for pair in hips.windows(2) {
            if let [Some(from), Some(to)] = pair {
                let ink = side_colour(side).at(0.75);
                canvas.add(Layer::Piste, Shape::Line { from: *from, to: *to, width: 3.0 * canvas.unit, ink });
            }
        }
    }
}

/// Midway between the hips.
fn hip(pose: &Pose) -> Option<ImagePoint> {
    let (a, b) = (seen(pose, joint::LEFT_HIP)?, seen(pose, joint::RIGHT_HIP)?);
    Some(ImagePoint::new(a.x.midpoint(b.x), a.y.midpoint(b.y)))
}
