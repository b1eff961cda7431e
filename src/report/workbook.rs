//! The keypoint workbook: four sheets, a header of joint numbers, one row per frame, metres, empty where not seen.
//!
//! Rows go to disk as they are written, so memory does not grow with the length of the phrase.

use super::artifacts::ReportError;
use super::joints::joints_of;
use crate::engine::Judgement;
use crate::fencing::Side;
use crate::geometry::ImagePoint;
use crate::pose::KEYPOINTS;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// Rows that a sheet can hold besides its header.
const MAX_ROWS: usize = 1_048_575;

/// The sheets in their order.
pub const SHEETS: [&str; 4] = ["Left_X", "Left_Y", "Right_X", "Right_Y"];

/// One of a point's coordinates.
type Coordinate = fn(ImagePoint) -> f32;

/// Writes the workbook of one phrase: joint positions in metres from the picture's top left corner (y down), odd joints
/// rear and even joints front.
///
/// Without a scale the values are pixels, as the reference does with a normalisation of 1.
pub fn workbook(judgement: &Judgement, out: impl Write + Seek + Send) -> Result<(), ReportError> {
    fill(judgement, out).map_err(|e| ReportError::Workbook(e.to_string()))
}

fn fill(judgement: &Judgement, out: impl Write + Seek + Send) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let x = |p: ImagePoint| p.x;
    let y = |p: ImagePoint| p.y;
    let columns: [(Side, Coordinate); 4] = [(Side::Left, x), (Side::Left, y), (Side::Right, x), (Side::Right, y)];
    for (name, (side, coordinate)) in SHEETS.into_iter().zip(columns) {
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        write_sheet(sheet, judgement, side, coordinate)?;
    }
    book.save_to_writer(out)
}

fn write_sheet(
    sheet: &mut Worksheet,
    judgement: &Judgement,
    side: Side,
    coordinate: Coordinate,
) -> Result<(), XlsxError> {
    let scale = f64::from(judgement.pixels_per_metre.filter(|s| s.is_finite() && *s > 0.0).unwrap_or(1.0));
    for joint in 0..KEYPOINTS {
        sheet.write_number(0, joint as u16, joint as f64)?;
    }
    for (row, sample) in judgement.corrected_tracks.samples.iter().take(MAX_ROWS).enumerate() {
        for (joint, point) in joints_of(sample, side).into_iter().enumerate() {
            if let Some(point) = point {
                sheet.write_number(row as u32 + 1, joint as u16, f64::from(coordinate(point)) / scale)?;
            }
        }
    }
    Ok(())
}
