//! PCK: the share of hand-labelled joints within 0.2 torso lengths of the prediction, over every labelled fencer.
//!
//! Knows the label files of the fencer-pose stills and the arithmetic; reads no image and runs no model. Left and right of
//! the labels are not audited, so both assignments of a pair are tried and the better one counts. A fencer who was not found
//! counts all joints as wrong.

use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use vision::pose::{Pose, joint};

/// Labelled points per fencer.
const POINTS: usize = 13;

/// Share of the torso's length that a prediction may be off.
const TOLERANCE_IN_TORSOS: f32 = 0.2;

/// Least overlap of the boxes around labelled and predicted joints for the two to be the same person.
const MIN_OVERLAP: f32 = 0.2;

/// Pairs of labelled points with the COCO joints that they show, in the data set's own order.
const PAIRS: [(BodyPart, [usize; 2], [usize; 2]); 6] = [
    (BodyPart::Shoulder, [1, 2], [joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER]),
    (BodyPart::Elbow, [3, 5], [joint::LEFT_ELBOW, joint::RIGHT_ELBOW]),
    (BodyPart::Wrist, [4, 6], [joint::LEFT_WRIST, joint::RIGHT_WRIST]),
    (BodyPart::Hip, [7, 8], [joint::LEFT_HIP, joint::RIGHT_HIP]),
    (BodyPart::Knee, [9, 11], [joint::LEFT_KNEE, joint::RIGHT_KNEE]),
    (BodyPart::Ankle, [10, 12], [joint::LEFT_ANKLE, joint::RIGHT_ANKLE]),
];

/// What a joint belongs to, both sides of the body together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyPart {
    /// Middle of the mask: mean of nose and ears.
    Head,
    /// Both shoulders.
    Shoulder,
    /// Both elbows.
    Elbow,
    /// Both wrists.
    Wrist,
    /// Both hips.
    Hip,
    /// Both knees.
    Knee,
    /// Both ankles (the labels call them feet).
    Ankle,
}

impl BodyPart {
    /// Every part, from the top down.
    pub const ALL: [Self; 7] =
        [Self::Head, Self::Shoulder, Self::Elbow, Self::Wrist, Self::Hip, Self::Knee, Self::Ankle];

    /// Its name in a table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Shoulder => "shoulder",
            Self::Elbow => "elbow",
            Self::Wrist => "wrist",
            Self::Hip => "hip",
            Self::Knee => "knee",
            Self::Ankle => "ankle",
        }
    }
}

/// One labelled fencer: thirteen points in pixels of the unstretched image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledFencer {
    points: [ImagePoint; POINTS],
}

impl LabelledFencer {
    /// Box around the labelled points.
    pub fn bounds(&self) -> ImageRect {
        ImageRect::around(self.points).unwrap_or_default()
    }

    /// Mid-shoulder to mid-hip, in pixels.
    fn torso(&self) -> f32 {
        let middle = |a: usize, b: usize| {
            let (a, b) = (self.points[a], self.points[b]);
            ImagePoint::new(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
        };
        middle(1, 2).distance(middle(7, 8))
    }
}

/// The fencers of one label file, in pixels of an image of `size`. A line that is not a fencer is an error that names it.
pub fn parse_labels(text: &str, size: FrameSize) -> Result<Vec<LabelledFencer>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| parse_line(line, size).ok_or_else(|| format!("line {} is not a labelled fencer", n + 1)))
        .collect()
}

fn parse_line(line: &str, size: FrameSize) -> Option<LabelledFencer> {
    let numbers: Vec<f32> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let points: &[f32] = numbers.get(5..).filter(|rest| rest.len() == 2 * POINTS)?;
    let mut fencer = LabelledFencer { points: [ImagePoint::default(); POINTS] };
    for (point, xy) in fencer.points.iter_mut().zip(points.chunks_exact(2)) {
        *point = ImagePoint::new(xy[0] * size.width as f32, xy[1] * size.height as f32);
    }
    (numbers[0] == 0.0 && fencer.points.iter().all(|p| p.is_finite())).then_some(fencer)
}

/// Joints right and joints in all, of one body part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Within the tolerance.
    pub right: u32,
    /// Labelled.
    pub all: u32,
}

impl Tally {
    /// The share that is right; 0 when nothing was labelled.
    pub fn share(self) -> f32 {
        if self.all == 0 { 0.0 } else { self.right as f32 / self.all as f32 }
    }
}

/// The sum over the images measured so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoseAccuracy {
    /// Labelled fencers, and how many of them somebody was found at.
    pub fencers: Tally,
    parts: [Tally; BodyPart::ALL.len()],
}

impl PoseAccuracy {
    /// Joints of one body part.
    pub fn part(&self, part: BodyPart) -> Tally {
        self.parts[part as usize]
    }

    /// The twelve body joints together: the headline figure.
    pub fn body(&self) -> Tally {
        let body = BodyPart::ALL.iter().filter(|part| **part != BodyPart::Head);
        body.map(|part| self.part(*part))
            .fold(Tally::default(), |sum, t| Tally { right: sum.right + t.right, all: sum.all + t.all })
    }

    /// Adds one image: who was labelled, and what the model saw.
    pub fn add(&mut self, labelled: &[LabelledFencer], seen: &[Pose]) {
        for (fencer, pose) in labelled.iter().zip(matched(labelled, seen)) {
            self.fencers.all += 1;
            self.fencers.right += u32::from(pose.is_some());
            self.count(BodyPart::Head, pose.map_or(0, |pose| within(fencer, fencer.points[0], head(pose))), 1);
            for (part, points, joints) in PAIRS {
                self.count(part, pose.map_or(0, |pose| pair_right(fencer, pose, points, joints)), 2);
            }
        }
    }

    fn count(&mut self, part: BodyPart, right: u32, all: u32) {
        let tally = &mut self.parts[part as usize];
        tally.right += right;
        tally.all += all;
    }
}

/// For every labelled fencer the pose whose box overlaps most; the best pairs choose first and nobody is used twice.
fn matched<'a>(labelled: &[LabelledFencer], seen: &'a [Pose]) -> Vec<Option<&'a Pose>> {
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (i, fencer) in labelled.iter().enumerate() {
        for (j, pose) in seen.iter().enumerate() {
            let overlap = pose.bounds(0.0).map_or(0.0, |bounds| bounds.iou(fencer.bounds()));
            pairs.push((overlap, i, j));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut chosen: Vec<Option<usize>> = vec![None; labelled.len()];
    for (overlap, i, j) in pairs {
        if overlap >= MIN_OVERLAP && chosen[i].is_none() && !chosen.contains(&Some(j)) {
            chosen[i] = Some(j);
        }
    }
    chosen.into_iter().map(|j| seen.get(j?)).collect()
}

fn within(fencer: &LabelledFencer, labelled: ImagePoint, predicted: ImagePoint) -> u32 {
    u32::from(labelled.distance(predicted) <= TOLERANCE_IN_TORSOS * fencer.torso())
}

fn pair_right(fencer: &LabelledFencer, pose: &Pose, points: [usize; 2], joints: [usize; 2]) -> u32 {
    let right = |p: usize, j: usize| within(fencer, fencer.points[p], pose.keypoints[j].point);
    let straight = right(points[0], joints[0]) + right(points[1], joints[1]);
    let crossed = right(points[0], joints[1]) + right(points[1], joints[0]);
    straight.max(crossed)
}

fn head(pose: &Pose) -> ImagePoint {
    let of = |j: usize| pose.keypoints[j].point;
    let points = [of(joint::NOSE), of(joint::LEFT_EAR), of(joint::RIGHT_EAR)];
    let sum = points.iter().fold(ImagePoint::default(), |s, p| ImagePoint::new(s.x + p.x, s.y + p.y));
    ImagePoint::new(sum.x / 3.0, sum.y / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vision::pose::{KEYPOINTS, Keypoint};

    const SIZE: FrameSize = FrameSize::new(640, 360);

    /// A fencer whose point `i` lies at (10 i, 20 i) percent-ish of the image, with a torso of known length.
    fn line(shift: f32) -> String {
        let points: Vec<String> =
            (0..POINTS).map(|i| format!("{} {}", 0.1 + shift + 0.01 * i as f32, 0.1 + 0.03 * i as f32)).collect();
        format!("0 0.5 0.5 0.1 0.2 {}", points.join(" "))
    }

    /// The pose that agrees with a label in every joint.
    fn agreeing(fencer: &LabelledFencer) -> Pose {
        let mut keypoints = [Keypoint { point: fencer.points[0], score: 1.0 }; KEYPOINTS];
        for (_, points, joints) in PAIRS {
            for (p, j) in points.into_iter().zip(joints) {
                keypoints[j].point = fencer.points[p];
            }
        }
        Pose { keypoints, score: 1.0 }
    }

    #[test]
    fn a_perfect_pose_scores_one_and_swapped_sides_do_not_matter() {
        let labelled = parse_labels(&line(0.0), SIZE).unwrap();
        let mut pose = agreeing(&labelled[0]);
        pose.keypoints.swap(joint::LEFT_WRIST, joint::RIGHT_WRIST);
        let mut accuracy = PoseAccuracy::default();
        accuracy.add(&labelled, &[pose]);
        assert_eq!(accuracy.body(), Tally { right: 12, all: 12 });
        assert_eq!(accuracy.part(BodyPart::Head), Tally { right: 1, all: 1 });
    }

    #[test]
    fn a_missed_fencer_and_a_joint_too_far_away_count_as_wrong() {
        let labelled = parse_labels(&format!("{}\n{}", line(0.0), line(0.5)), SIZE).unwrap();
        let mut pose = agreeing(&labelled[1]);
        pose.keypoints[joint::LEFT_KNEE].point.x += 0.25 * labelled[1].torso();
        let mut accuracy = PoseAccuracy::default();
        accuracy.add(&labelled, &[pose]);
        assert_eq!(accuracy.fencers, Tally { right: 1, all: 2 });
        assert_eq!(accuracy.body(), Tally { right: 11, all: 24 });
    }

    #[test]
    fn lines_that_are_not_fencers_are_refused_by_number() {
        let check = |text: &str, wanted: &str| assert_eq!(parse_labels(text, SIZE).unwrap_err(), wanted);
        check("0 1 2", "line 1 is not a labelled fencer");
        check(&format!("{}\n1 {}", line(0.0), &line(0.0)[2..]), "line 2 is not a labelled fencer");
        check(&line(0.0).replace("0.1", "x"), "line 1 is not a labelled fencer");
        assert_eq!(parse_labels("\n", SIZE).unwrap(), []);
    }
}
