//! The keypoint workbook reads back: metres, gaps, a row for every frame of the source.

use crate::support::judgement::judgement;
use records::report::{ResultContext, SHEETS, analysis_result, workbook};
use serde_json::Value;
use std::io::{Cursor, Read};

/// One sheet as it is in the file.
fn sheet_xml(book: &[u8], sheet: usize) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).expect("an xlsx is a zip");
    let mut xml = String::new();
    let mut file = archive.by_name(&format!("xl/worksheets/sheet{sheet}.xml")).expect("a sheet");
    file.read_to_string(&mut xml).expect("xml");
    xml
}

/// Cells of one sheet as (reference, text).
fn cells(book: &[u8], sheet: usize) -> Vec<(String, String)> {
    let xml = sheet_xml(book, sheet);
    let cells = xml.split("<c r=\"").skip(1).filter_map(|cell| {
        let (reference, rest) = cell.split_once('"')?;
        let (_, value) = rest.split_once("<v>")?;
        Some((reference.to_owned(), value.split_once('<')?.0.to_owned()))
    });
    cells.collect()
}

#[test]
fn the_workbook_reads_back_in_metres_with_gaps() {
    let mut book = Cursor::new(Vec::new());
    workbook(&judgement(), &mut book).unwrap();
    let book = book.into_inner();
    let mut names = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(&book)).unwrap();
    archive.by_name("xl/workbook.xml").unwrap().read_to_string(&mut names).unwrap();
    assert!(SHEETS.iter().all(|name| names.contains(&format!("name=\"{name}\""))));
    let left_x = cells(&book, 1);
    assert_eq!(left_x.len(), 61 * 17);
    assert_eq!(left_x[16], ("Q1".to_owned(), "16".to_owned()));
    let value = |cells: &[(String, String)], at: &str| -> f64 {
        cells.iter().find(|(r, _)| r == at).unwrap().1.parse().unwrap()
    };
    assert!((value(&left_x, "Q2") - (270.0 / 150.0 + 0.35)).abs() < 1e-4, "front foot of the left fencer");
    let right_x = cells(&book, 3);
    assert_eq!(right_x.len(), 60 * 17, "the frame without the right fencer is empty");
    assert!(value(&right_x, "Q2") < value(&right_x, "P2"), "the right fencer's front foot is nearer to the left");
}

#[test]
fn frames_that_were_not_analysed_are_rows_and_count_in_the_rate() {
    let mut hurried = judgement();
    for tracks in [&mut hurried.tracks, &mut hurried.corrected_tracks] {
        tracks.samples.retain(|sample| sample.frame.0 % 4 == 0);
    }
    hurried.completeness.frames_analysed = 15;
    hurried.completeness.frame_interval_secs = 4.0 / 30.0;
    let result = analysis_result(&hurried, &ResultContext::default()).to_json().unwrap();
    let value: Value = serde_json::from_str(&result).unwrap();
    assert_eq!((&value["phrase"]["fps"], &value["metadata"]["fps"]), (&30.0.into(), &30.0.into()));
    assert_eq!(value["verdict"]["completeness"]["frames_analysed"], 15);
    let touch = value["phrase"]["simultaneous_hit_frame"].as_u64().unwrap();
    let mut book = Cursor::new(Vec::new());
    workbook(&hurried, &mut book).unwrap();
    let xml = sheet_xml(book.get_ref(), 1);
    let cells = cells(book.get_ref(), 1);
    let has = |place: String| cells.iter().any(|(at, _)| *at == place);
    assert!(has(format!("Q{}", touch + 2)) && has("Q2".into()) && has("Q6".into()), "a frame's number is its row");
    assert!(!has("Q3".into()) && !has("Q5".into()), "nobody looked");
    assert!(xml.contains("r=\"A61\""), "as many rows as frames");
}

#[test]
fn a_phrase_in_which_nobody_was_seen_has_a_workbook_too() {
    let mut empty = judgement();
    empty.tracks.samples.clear();
    empty.corrected_tracks.samples.clear();
    empty.pixels_per_metre = Some(f32::NAN);
    workbook(&empty, Cursor::new(Vec::new())).unwrap();
}
