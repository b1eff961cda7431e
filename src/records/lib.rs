//! Files of a phrase: [`analysis`] judges a clip and writes its artifacts, [`report`] writes result, summary, page and workbook,
//! [`overlay`] draws over the video, [`library`] finds phrases on disk, [`collecting`] turns called ones into labelled records.

pub mod analysis;
pub mod collecting;
pub mod library;
pub mod overlay;
pub mod report;
