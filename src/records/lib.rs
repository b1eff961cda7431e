//! Files of a phrase: [`analysis`] judges a clip and writes its artifacts, [`report`] writes result, summary, page and workbook,
//! [`overlay`] draws over the video, [`library`] finds phrases on disk.

pub mod analysis;
pub mod library;
pub mod overlay;
pub mod report;
