//! A user's own YOLO pose model on the whole frame: letterboxed input, people with joints as output.
//!
//! Two export formats are supported, distinguished by the output shape: `[1,56,N]` (v8, v11: centre box, confidence and 17 joints
//! per column; needs non-maximum suppression) and `[1,N,57]` (end to end: corner box, confidence, class and joints per row;
//! already suppressed).

use super::{KEYPOINTS, Keypoint, Person, Pose, PoseError};
use crate::inference::{ElementKind, Input, Runtime, Session, TensorShape, Values};
use crate::video::Frame;
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use std::path::Path;

pub(super) const EXPECTED: &str =
    "YOLO pose: float input [1,3,H,W], float output [1,56,N] (v8, v11) or [1,N,57] (end to end)";

/// Input side when neither the shape nor the metadata states one: the exporter's default.
const DEFAULT_SIDE: u32 = 640;

/// Lowest confidence of a detection. Lower than the exporter's 0.25: the pair selection rejects extra people.
const MIN_CONFIDENCE: f32 = 0.15;

/// Overlap from which two boxes are the same person.
const SAME_PERSON_IOU: f32 = 0.5;

/// Grey of the letterbox's margins, as in training.
const PADDING: f32 = 114.0 / 255.0;

/// Most people that are reported: more is a crowd.
const MAX_PEOPLE: usize = 20;

/// Layout of the output tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// `[1,56,N]`, one column per detection.
    Columns,
    /// `[1,N,57]`, one row per detection.
    Rows,
}

/// A YOLO pose model with its own session and input buffer.
#[derive(Debug)]
pub(super) struct Yolo {
    session: Session,
    input: FrameSize,
    layout: Layout,
    pixels: Vec<f32>,
}

/// Position of the frame in the model's input: input = frame * scale + offset.
#[derive(Clone, Copy, Debug)]
struct Letterbox {
    scale: f32,
    left: f32,
    top: f32,
}

impl Yolo {
    /// Loads the file and runs it once on an empty image, because an export may have a dynamic output shape.
    pub(super) fn load(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, PoseError> {
        let mut session = Session::from_file(runtime, path, threads)?;
        let Some(input) = input_size(session.inputs(), session.metadata("imgsz").as_deref()) else {
            return Err(super::error::unknown(path, EXPECTED, &session));
        };
        let pixels = vec![PADDING; input.width as usize * input.height as usize * 3];
        let answer = session.run(Input::Float32(&dims(input), &pixels))?;
        let Some(layout) = layout_of(&answer.dims) else {
            let last_people = TensorShape { name: String::new(), kind: ElementKind::Float32, dims: answer.dims };
            return Err(super::error::unknown_shapes(path, EXPECTED, session.inputs(), &[last_people]));
        };
        Ok(Self { session, input, layout, pixels })
    }

    /// All people in the frame, highest score first.
    pub(super) fn find(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let letterbox = fill(frame, self.input, &mut self.pixels);
        let values = self.session.run(Input::Float32(&dims(self.input), &self.pixels))?;
        Ok(decode(&values, self.layout, letterbox))
    }
}

fn dims(input: FrameSize) -> [i64; 4] {
    [1, 3, i64::from(input.height), i64::from(input.width)]
}

/// The input size, or `None` when the input is not an image of float channels.
fn input_size(inputs: &[TensorShape], imgsz: Option<&str>) -> Option<FrameSize> {
    let [only] = inputs else { return None };
    let &[batch, channels, height, width] = only.dims.as_slice() else { return None };
    let pixels = only.kind == ElementKind::Float32 && batch.abs() == 1 && (channels == 3 || channels < 0);
    let declared: Vec<u32> = imgsz
        .map(|text| text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    let side = |given: i64, at: usize| match u32::try_from(given) {
        Ok(given) if given > 0 => given,
        _ => declared.get(at).or(declared.first()).copied().unwrap_or(DEFAULT_SIDE),
    };
    let size = FrameSize::new(side(width, 1), side(height, 0));
    (pixels && size.width.max(size.height) <= 4096).then_some(size)
}

fn layout_of(dims: &[i64]) -> Option<Layout> {
    match *dims {
        [1, 56, _] => Some(Layout::Columns),
        [1, _, 57] => Some(Layout::Rows),
        _ => None,
    }
}

/// Scales the frame into the centre of the input, planes of red, green and blue, 0..1.
fn fill(frame: &Frame, input: FrameSize, out: &mut Vec<f32>) -> Letterbox {
    let (width, height) = (input.width as usize, input.height as usize);
    let source = frame.source_size;
    let scale = (width as f32 / source.width as f32).min(height as f32 / source.height as f32);
    let left = (width as f32 - source.width as f32 * scale) / 2.0;
    let top = (height as f32 - source.height as f32 * scale) / 2.0;
    out.clear();
    out.resize(width * height * 3, PADDING);
    let (zoom_x, zoom_y) = frame.source_from_carried();
    let (step_x, step_y) = (1.0 / (scale * zoom_x), 1.0 / (scale * zoom_y));
    for y in 0..height {
        let Some(row) = carried(y, top, step_y, frame.size.height) else { continue };
        for x in 0..width {
            let Some(column) = carried(x, left, step_x, frame.size.width) else { continue };
            let rgb = bilinear(frame, column, row);
            for (channel, value) in rgb.into_iter().enumerate() {
                out[channel * width * height + y * width + x] = value;
            }
        }
    }
    Letterbox { scale, left, top }
}

/// The frame coordinate of input pixel `i`, or `None` in the margin.
fn carried(i: usize, offset: f32, step: f32, limit: u32) -> Option<f32> {
    let at = (i as f32 + 0.5 - offset) * step;
    (0.0..limit as f32).contains(&at).then(|| (at - 0.5).clamp(0.0, limit as f32 - 1.0))
}

fn bilinear(frame: &Frame, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let at = |x: usize, y: usize, c: usize| f32::from(frame.rgb[(y * width + x) * 3 + c]);
    std::array::from_fn(|c| {
        let above = at(x0, y0, c) * (1.0 - fx) + at(x1, y0, c) * fx;
        let below = at(x0, y1, c) * (1.0 - fx) + at(x1, y1, c) * fx;
        (above * (1.0 - fy) + below * fy) / 255.0
    })
}

fn decode(values: &Values, layout: Layout, letterbox: Letterbox) -> Vec<Person> {
    let mut people = match layout {
        Layout::Columns => columns(&values.data, letterbox),
        Layout::Rows => values.data.chunks_exact(57).filter_map(|row| end_to_end(row, letterbox)).collect(),
    };
    people.sort_by(|a, b| b.pose.score.total_cmp(&a.pose.score));
    suppressed(people)
}

fn columns(data: &[f32], letterbox: Letterbox) -> Vec<Person> {
    let count = data.len() / 56;
    let confident = (0..count).filter(|i| data[4 * count + i] >= MIN_CONFIDENCE);
    let person = |i: usize| {
        let column: [f32; 56] = std::array::from_fn(|row| data[row * count + i]);
        let (x, y, w, h) = (column[0], column[1], column[2], column[3]);
        person([x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0], column[4], &column[5..], letterbox)
    };
    confident.filter_map(person).collect()
}

/// One row: corners, confidence, class (a pose model has only the class 0), joints.
fn end_to_end(row: &[f32], letterbox: Letterbox) -> Option<Person> {
    let [left, top, right, bottom, confidence, class, joints @ ..] = row else { return None };
    let wanted = *confidence >= MIN_CONFIDENCE && *class == 0.0;
    wanted.then(|| person([*left, *top, *right, *bottom], *confidence, joints, letterbox))?
}

fn person(corners: [f32; 4], score: f32, joints: &[f32], letterbox: Letterbox) -> Option<Person> {
    let finite = corners.iter().chain([&score]).chain(joints).all(|v| v.is_finite());
    let at =
        |x: f32, y: f32| ImagePoint::new((x - letterbox.left) / letterbox.scale, (y - letterbox.top) / letterbox.scale);
    let mut keypoints = [Keypoint::default(); KEYPOINTS];
    for (keypoint, joint) in keypoints.iter_mut().zip(joints.chunks_exact(3)) {
        *keypoint = Keypoint { point: at(joint[0], joint[1]), score: joint[2] };
    }
    let bounds = ImageRect::around([at(corners[0], corners[1]), at(corners[2], corners[3])])?;
    finite.then_some(Person { pose: Pose { keypoints, score }, bounds })
}

/// Non-maximum suppression; `people` are sorted by score.
fn suppressed(people: Vec<Person>) -> Vec<Person> {
    let mut kept: Vec<Person> = Vec::new();
    for person in people {
        if kept.len() < MAX_PEOPLE && kept.iter().all(|k| k.bounds.iou(person.bounds) < SAME_PERSON_IOU) {
            kept.push(person);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::{FrameIndex, Timestamp};
    use proptest::prelude::*;

    const LETTERBOX: Letterbox = Letterbox { scale: 0.5, left: 0.0, top: 140.0 };

    fn shape(kind: ElementKind, dims: &[i64]) -> TensorShape {
        TensorShape { name: "images".into(), kind, dims: dims.to_vec() }
    }

    /// `N` detections as the columns of a [1,56,N] tensor.
    fn as_columns(detections: &[[f32; 56]]) -> Values {
        let data = (0..56).flat_map(|row| detections.iter().map(move |d| d[row])).collect();
        Values { dims: vec![1, 56, detections.len() as i64], data }
    }

    fn detection(x: f32, confidence: f32) -> [f32; 56] {
        let mut d = [0.0; 56];
        d[..5].copy_from_slice(&[x, 300.0, 40.0, 100.0, confidence]);
        d[5..8].copy_from_slice(&[x, 260.0, 0.8]);
        d
    }

    #[test]
    fn sizes_come_from_the_shape_then_the_metadata_then_the_default() {
        let float = ElementKind::Float32;
        let check = |kind, dims: &[i64], imgsz: Option<&str>, wanted: Option<(u32, u32)>| {
            let size = input_size(&[shape(kind, dims)], imgsz);
            assert_eq!(size, wanted.map(|(w, h)| FrameSize::new(w, h)), "{dims:?}");
        };
        check(float, &[1, 3, 384, 640], None, Some((640, 384)));
        check(float, &[-1, 3, -1, -1], Some("[480, 800]"), Some((800, 480)));
        check(float, &[1, 3, -1, -1], None, Some((640, 640)));
        check(ElementKind::Int32, &[1, 3, 640, 640], None, None);
        check(float, &[1, 192, 192, 3], None, None);
        check(float, &[1, 3, 640], None, None);
        check(float, &[1, 3, 64000, 64000], None, None);
    }

    #[test]
    fn the_two_layouts_are_distinguished_by_shape_alone() {
        let check = |dims: &[i64], wanted| assert_eq!(layout_of(dims), wanted, "{dims:?}");
        check(&[1, 56, 8400], Some(Layout::Columns));
        check(&[1, 300, 57], Some(Layout::Rows));
        check(&[1, 84, 8400], None);
        check(&[1, 1, 17, 3], None);
        check(&[], None);
    }

    #[test]
    fn columns_are_thinned_and_unletterboxed() {
        let values =
            as_columns(&[detection(100.0, 0.6), detection(104.0, 0.9), detection(400.0, 0.5), detection(9.0, 0.1)]);
        let people = decode(&values, Layout::Columns, LETTERBOX);
        let scores: Vec<f32> = people.iter().map(|p| p.pose.score).collect();
        assert_eq!(scores, [0.9, 0.5]);
        assert_eq!(people[0].bounds, ImageRect { left: 168.0, top: 220.0, right: 248.0, bottom: 420.0 });
        assert_eq!(people[0].pose.keypoints[0].point, ImagePoint::new(208.0, 240.0));
    }

    #[test]
    fn rows_of_other_classes_and_without_confidence_are_left_out() {
        let row = |confidence: f32, class: f32| {
            let mut row = vec![80.0, 250.0, 120.0, 350.0, confidence, class];
            row.extend([0.0; 51]);
            row
        };
        let data = [row(0.8, 0.0), row(0.8, 2.0), row(0.01, 0.0)].concat();
        let people = decode(&Values { dims: vec![1, 3, 57], data }, Layout::Rows, LETTERBOX);
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].bounds, ImageRect { left: 160.0, top: 220.0, right: 240.0, bottom: 420.0 });
    }

    #[test]
    fn the_picture_lies_in_the_middle_of_grey() {
        let size = FrameSize::new(32, 16);
        let frame = Frame::from_rgb(Timestamp::ZERO, FrameIndex(0), size, size, vec![255u8; 32 * 16 * 3]).unwrap();
        let mut out = Vec::new();
        let letterbox = fill(&frame, FrameSize::new(64, 64), &mut out);
        assert!((letterbox.scale - 2.0).abs() < 1e-6 && letterbox.left == 0.0 && letterbox.top == 16.0);
        assert_eq!((out[15 * 64], out[16 * 64], out[47 * 64 + 63], out[48 * 64]), (PADDING, 1.0, 1.0, PADDING));
    }

    proptest! {
        #[test]
        fn no_tensor_makes_the_decoder_fail(data in prop::collection::vec(prop::num::f32::ANY, 0..400)) {
            for layout in [Layout::Columns, Layout::Rows] {
                let people = decode(&Values { dims: vec![], data: data.clone() }, layout, LETTERBOX);
                prop_assert!(people.len() <= MAX_PEOPLE);
            }
        }
    }
}
