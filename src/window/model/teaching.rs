//! State of teaching the judge: collecting the called phrases, adding them to the judge, and what that was worth.

use fencing::learned::Adapted;
use std::path::PathBuf;

/// Name of the file of records in the folder of a club's judge.
const RECORDS_FILE: &str = "phrases.jsonl.gz";
/// Name of the folder of the models in it; a judge taught later gets a number.
const MODELS_FOLDER: &str = "judge";

/// What the collected phrases are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A file of records, for another club or another machine.
    Records(PathBuf),
    /// A folder with the records and the judge that learned from them.
    Judge(PathBuf),
}

impl Purpose {
    /// The file of records.
    pub fn records(&self) -> PathBuf {
        match self {
            Self::Records(file) => file.clone(),
            Self::Judge(folder) => folder.join(RECORDS_FILE),
        }
    }

    /// The folder of the models, if a judge is taught.
    pub fn models(&self) -> Option<PathBuf> {
        match self {
            Self::Records(_) => None,
            Self::Judge(folder) => Some(folder.join(MODELS_FOLDER)),
        }
    }
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Teaching {
    /// Not begun, or stopped.
    #[default]
    Idle,
    /// Called phrases are analysed.
    Collecting {
        /// Number analysed.
        done: usize,
        /// Number to analyse.
        all: usize,
    },
    /// The judge learns from them.
    Learning,
    /// Done.
    Done(Taught),
    /// Failed; a finished sentence with the remedy.
    Failed(String),
}

impl Teaching {
    /// Whether a worker is busy with it.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Collecting { .. } | Self::Learning)
    }
}

/// The result.
#[derive(Clone, Debug, PartialEq)]
pub struct Taught {
    /// The file of records.
    pub records: PathBuf,
    /// Phrases in it.
    pub phrases: usize,
    /// Called phrases that could not be used, with the reason of each.
    pub left_out: Vec<String>,
    /// The judge that learned from them, if one was wanted.
    pub judge: Option<ClubJudge>,
}

/// A judge that learned from a club's phrases.
#[derive(Clone, Debug, PartialEq)]
pub struct ClubJudge {
    /// What the phrases were worth on days that were left out.
    pub adapted: Adapted,
    /// Folder of its models; written only if the judge got better.
    pub models: PathBuf,
}
