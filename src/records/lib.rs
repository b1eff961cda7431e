//! A clip from file to verdict to artifacts: [`analysis`] joins reader and engine, [`report`] writes what is kept of a verdict,
//! [`overlay`] paints it over the video, [`library`] finds phrases on disk again.

pub mod analysis;
pub mod library;
pub mod overlay;
pub mod report;
