//! The keypoint workbook: four sheets with a header of joint numbers and one row per frame of the source, in metres. Rows of frames that
//! were not analysed are empty, so the frame numbers of a result are row numbers.
//!
//! Rows are written to disk as they are made, so memory does not grow with the length of the phrase.

use super::artifacts::ReportError;
use super::joints::joints_of;
use fencing::Side;
use fencing::geometry::ImagePoint;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};
use vision::engine::Judgement;
use vision::pose::KEYPOINTS;

/// Maximum number of rows of a sheet besides its header.
const MAX_ROWS: u32 = 1_048_575;

/// Names of the sheets, in order.
pub const SHEETS: [&str; 4] = ["Left_X", "Left_Y", "Right_X", "Right_Y"];

/// One of a point's coordinates.
type Coordinate = fn(ImagePoint) -> f32;

/// Writes the workbook of a phrase: joint positions in metres from the frame's top left corner (y down), odd joints rear and even joints
/// front.
///
/// Without a scale the values are pixels, like the reference's with a normalisation of 1.
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
    let (mut next_row, mut filled) = (1, 0);
    for sample in &judgement.corrected_tracks.samples {
        let row = u32::try_from(sample.frame.0.saturating_add(1)).unwrap_or(u32::MAX);
        // Each row is written to disk when the next one begins, so there is no going back.
        if row < next_row || row > MAX_ROWS {
            continue;
        }
        next_row = row + 1;
        for (joint, point) in joints_of(sample, side).into_iter().enumerate() {
            if let Some(point) = point {
                filled = row;
                sheet.write_number(row, joint as u16, f64::from(coordinate(point)) / scale)?;
            }
        }
    }
    // Readers count rows up to the last one that has a cell.
    let last_row = u32::try_from(judgement.completeness.frames_received).unwrap_or(u32::MAX).min(MAX_ROWS);
    if filled < last_row && next_row <= last_row + 1 {
        // A blank cell without a format is not written to the file.
        sheet.write_blank(last_row, 0, &Format::new().set_num_format("0.00"))?;
    }
    Ok(())
}
