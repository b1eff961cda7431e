//! The files written after the verdict: result, workbook, summary and page.
//!
//! Hides file formats and the generations of the reference's keys. Everything is derived from a finished `Judgement`; nothing here can
//! change a call. The engine's types do not use serde; this module does.

mod analysis_result;
mod artifacts;
mod context;
mod joints;
mod page;
mod summary;
mod words;
mod workbook;

pub use analysis_result::{AnalysisResult, KeypointDetail, ResultContext, ResultPaths, analysis_result};
pub use artifacts::{Artifact, ArtifactFailure, ArtifactNames, ReportError, Written, write_all, write_result};
pub use context::{DecidingMoment, ReportContext, Still, deciding_moments};
pub use page::page;
pub use summary::summary;
pub use workbook::{SHEETS, workbook};
