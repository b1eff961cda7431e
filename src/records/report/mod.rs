//! The files that are written after the verdict: a result file for programs, a workbook, a summary, a page to send.
//!
//! Hides file formats and the reference system's generations of keys. Everything is made from a finished `Judgement`;
//! nothing here can change a call. Serde lives here and not in the engine's types.

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
