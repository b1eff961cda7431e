//! The files of a phrase, their names, and writing them: each is complete or absent, and a failure of one does not affect the others.

use super::analysis_result::{ResultContext, analysis_result};
use super::page::page;
use super::summary::summary;
use super::workbook::workbook;
use recording::{AtomicFile, FolderError, PAGE_FILE, RESULT_FILE, SUMMARY_FILE, sanitise, write_atomically};
use std::path::{Path, PathBuf};
use vision::engine::Judgement;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Artifact {
    /// `analysis_result.json`.
    Result,
    /// `summary.txt`.
    Summary,
    /// `<stem>_keypoints.xlsx`.
    Workbook,
    /// `report.html`.
    Page,
}

impl Artifact {
    /// All kinds, the most important first.
    pub const ALL: [Self; 4] = [Self::Result, Self::Summary, Self::Page, Self::Workbook];
}

/// The reference's file names for a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactNames {
    stem: String,
}

impl ArtifactNames {
    /// Names for the clip at a path; the stem is made safe.
    pub fn for_clip(clip: &Path) -> Self {
        Self { stem: sanitise(&clip.file_stem().unwrap_or_default().to_string_lossy()) }
    }

    /// The common beginning of all names.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// `<stem>_overlay.mp4`.
    pub fn overlay(&self) -> String {
        format!("{}_overlay.mp4", self.stem)
    }

    /// `<stem>_corrected.mp4`.
    pub fn corrected(&self) -> String {
        format!("{}_corrected.mp4", self.stem)
    }

    /// The name of a file.
    pub fn of(&self, artifact: Artifact) -> String {
        match artifact {
            Artifact::Result => RESULT_FILE.to_owned(),
            Artifact::Summary => SUMMARY_FILE.to_owned(),
            Artifact::Workbook => format!("{}_keypoints.xlsx", self.stem),
            Artifact::Page => PAGE_FILE.to_owned(),
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Writing to the disk failed.
    #[error(transparent)]
    Disk(#[from] FolderError),
    /// Serializing the result failed.
    #[error("the result could not be written as JSON ({0}); please report this with the clip")]
    Json(#[from] serde_json::Error),
    /// Making the workbook failed.
    #[error("the workbook could not be made ({0}); check the free space of the disk and of the temporary folder")]
    Workbook(String),
}

/// A file that could not be written.
#[derive(Debug)]
pub struct ArtifactFailure {
    /// Kind.
    pub artifact: Artifact,
    /// Reason.
    pub error: ReportError,
}

/// Files that were written, and those that were not.
#[derive(Debug, Default)]
pub struct Written {
    /// Existing files.
    pub files: Vec<(Artifact, PathBuf)>,
    /// Failures.
    pub failures: Vec<ArtifactFailure>,
}

/// Writes all files to `folder`, which must exist.
///
/// The result file is written last and names only existing files. Overlay and corrected video are made elsewhere: add their paths to
/// `context` when they exist and call [`write_result`] again.
pub fn write_all(folder: &Path, names: &ArtifactNames, judgement: &Judgement, context: &ResultContext) -> Written {
    let mut context = context.clone();
    context.paths.folder = Some(folder.to_owned());
    let mut written = Written::default();
    for artifact in [Artifact::Summary, Artifact::Page, Artifact::Workbook, Artifact::Result] {
        let path = folder.join(names.of(artifact));
        match write_one(artifact, &path, names, judgement, &context) {
            Ok(()) => written.files.push((artifact, path.clone())),
            Err(error) => written.failures.push(ArtifactFailure { artifact, error }),
        }
        let there = path.is_file().then_some(path);
        match artifact {
            Artifact::Summary => context.paths.summary = there,
            Artifact::Page => context.paths.page = there,
            Artifact::Workbook => context.paths.workbook = there,
            Artifact::Result => {}
        }
    }
    written
}

fn write_one(
    artifact: Artifact,
    path: &Path,
    names: &ArtifactNames,
    judgement: &Judgement,
    context: &ResultContext,
) -> Result<(), ReportError> {
    match artifact {
        Artifact::Result => write_result(path, judgement, context),
        Artifact::Summary => Ok(write_atomically(path, summary(judgement, names.stem(), &context.report).as_bytes())?),
        Artifact::Page => Ok(write_atomically(path, page(judgement, names.stem(), &context.report).as_bytes())?),
        Artifact::Workbook => {
            let mut file = AtomicFile::create(path)?;
            workbook(judgement, file.file())?;
            Ok(file.commit()?)
        }
    }
}

/// Writes `analysis_result.json` to `path`, replacing an earlier one.
pub fn write_result(path: &Path, judgement: &Judgement, context: &ResultContext) -> Result<(), ReportError> {
    let mut context = context.clone();
    context.paths.result_json = Some(path.to_owned());
    let text = analysis_result(judgement, &context).to_json()?;
    Ok(write_atomically(path, text.as_bytes())?)
}
