//! MoveNet's multi-person model on the whole frame: detects up to six people with approximate joints. The single-person model
//! refines the two fencers.

use super::{KEYPOINTS, Keypoint, Person, Pose, PoseError};
use crate::inference::{ElementKind, Input, Runtime, Session, Values};
use crate::video::Frame;
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use std::path::Path;

const EXPECTED: &str = "MoveNet multi-person: int32 input [1,H,W,3], float output [1,6,56]";

/// Values per person: 17 x (y, x, score), a box, a score.
const ROW: usize = 56;

/// Lowest score of a reported person: at 0.3 six per cent of labelled fencers are lost, at 0.1 hardly any.
const MIN_SCORE: f32 = 0.12;

/// The detector with its own session and input buffer.
#[derive(Debug)]
pub(super) struct MultiPerson {
    session: Session,
    input: FrameSize,
    pixels: Vec<i32>,
}

impl MultiPerson {
    /// `input` is the size to which frames are scaled; both sides are rounded up to multiples of 32.
    pub(super) fn load(
        runtime: &Runtime,
        bytes: &[u8],
        path: &Path,
        input: FrameSize,
        threads: usize,
    ) -> Result<Self, PoseError> {
        let round = |side: u32| side.clamp(32, 2048).next_multiple_of(32);
        let input = FrameSize::new(round(input.width), round(input.height));
        let dims = [1, i64::from(input.height), i64::from(input.width), 3];
        let session = Session::with_input_dims(runtime, bytes, path, threads, &dims)?;
        let known = matches!(session.inputs(), [only] if only.kind == ElementKind::Int32 && only.dims.len() == 4);
        if !known {
            return Err(super::error::unknown(path, EXPECTED, &session));
        }
        Ok(Self { session, input, pixels: Vec::new() })
    }

    /// All people in the frame, highest score first.
    pub(super) fn find(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let (width, height) = (self.input.width as usize, self.input.height as usize);
        let scale = place_top_left(frame, self.input, &mut self.pixels);
        let dims = [1, height as i64, width as i64, 3];
        let values = self.session.run(Input::Int32(&dims, &self.pixels))?;
        Ok(decode(&values, width as f32 / scale, height as f32 / scale))
    }
}

/// Scales the frame into the top left of the input, black to the right and below, and returns input pixels per source pixel. Averages
/// whole blocks of pixels, so that thin limbs do not fall between two samples.
fn place_top_left(frame: &Frame, input: FrameSize, out: &mut Vec<i32>) -> f32 {
    let (carried, source) = (frame.size, frame.source_size);
    let fit = |size: FrameSize| (input.width as f32 / size.width as f32).min(input.height as f32 / size.height as f32);
    let (scale, step) = (fit(source), 1.0 / fit(carried));
    let width = ((carried.width as f32 / step).round() as usize).clamp(1, input.width as usize);
    let height = ((carried.height as f32 / step).round() as usize).clamp(1, input.height as usize);
    out.clear();
    out.resize(input.width as usize * input.height as usize * 3, 0);
    let columns: Vec<(usize, usize)> = (0..width).map(|x| block(x, step, carried.width as usize)).collect();
    for y in 0..height {
        let rows = block(y, step, carried.height as usize);
        let target = &mut out[y * input.width as usize * 3..][..width * 3];
        average_blocks(frame, rows, &columns, target);
    }
    scale
}

/// The pixel range (from, to) that output pixel `i` covers; at least one.
fn block(i: usize, step: f32, limit: usize) -> (usize, usize) {
    let from = ((i as f32 * step).round() as usize).min(limit - 1);
    let to = (((i + 1) as f32 * step).round() as usize).clamp(from + 1, limit);
    (from, to)
}

fn average_blocks(frame: &Frame, rows: (usize, usize), columns: &[(usize, usize)], target: &mut [i32]) {
    let stride = frame.size.width as usize * 3;
    for (&(from, to), out) in columns.iter().zip(target.chunks_exact_mut(3)) {
        let mut sum = [0u32; 3];
        for row in rows.0..rows.1 {
            for pixel in frame.rgb[row * stride + from * 3..row * stride + to * 3].chunks_exact(3) {
                for (total, value) in sum.iter_mut().zip(pixel) {
                    *total += u32::from(*value);
                }
            }
        }
        let count = ((rows.1 - rows.0) * (to - from)) as u32;
        for (out, total) in out.iter_mut().zip(sum) {
            *out = ((total + count / 2) / count) as i32;
        }
    }
}

/// Decodes rows of the model to people in source pixels; `width` and `height` are the source pixels that the input spans.
fn decode(values: &Values, width: f32, height: f32) -> Vec<Person> {
    let at = |x: f32, y: f32| ImagePoint::new(x * width, y * height);
    let mut people: Vec<Person> = values
        .data
        .chunks_exact(ROW)
        .filter(|row| row.iter().all(|v| v.is_finite()) && row[55] >= MIN_SCORE)
        .filter_map(|row| {
            let mut keypoints = [Keypoint::default(); KEYPOINTS];
            for (keypoint, joint) in keypoints.iter_mut().zip(row.chunks_exact(3)) {
                *keypoint = Keypoint { point: at(joint[1], joint[0]), score: joint[2] };
            }
            let bounds = ImageRect::around([at(row[52], row[51]), at(row[54], row[53])])?;
            Some(Person { pose: Pose { keypoints, score: row[55] }, bounds })
        })
        .collect();
    people.sort_by(|a, b| b.pose.score.total_cmp(&a.pose.score));
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::{FrameIndex, Timestamp};

    #[test]
    fn people_come_back_in_source_pixels_surest_first() {
        let row = |score: f32| {
            let mut row = vec![0.0; ROW];
            (row[0], row[1], row[2]) = (0.5, 0.25, 0.9);
            row[51..56].copy_from_slice(&[0.1, 0.2, 0.5, 0.4, score]);
            row
        };
        let data = [row(0.2), row(0.05), row(0.7), vec![f32::NAN; ROW]].concat();
        let people = decode(&Values { dims: vec![1, 4, 56], data }, 1000.0, 500.0);
        assert_eq!(people.iter().map(|p| p.pose.score).collect::<Vec<_>>(), [0.7, 0.2]);
        assert_eq!(people[0].pose.keypoints[0].point, ImagePoint::new(250.0, 250.0));
        assert_eq!(people[0].bounds, ImageRect { left: 200.0, top: 50.0, right: 400.0, bottom: 250.0 });
    }

    #[test]
    fn the_picture_goes_top_left_and_the_scale_is_per_source_pixel() {
        let rgb = vec![200u8; 80 * 20 * 3];
        let frame =
            Frame::from_rgb(Timestamp::ZERO, FrameIndex(0), FrameSize::new(80, 20), FrameSize::new(160, 40), rgb)
                .unwrap();
        let mut out = Vec::new();
        let scale = place_top_left(&frame, FrameSize::new(64, 32), &mut out);
        assert!((scale - 0.4).abs() < 1e-6);
        let pixel = |x: usize, y: usize| out[(y * 64 + x) * 3];
        assert_eq!((pixel(0, 0), pixel(63, 15), pixel(0, 16), pixel(63, 31)), (200, 200, 0, 0));
    }
}
