//! What can go wrong between a model file and a pose.

use crate::inference::InferenceError;
use std::path::PathBuf;

/// Pose models cannot be loaded or used.
#[derive(Debug, thiserror::Error)]
pub enum PoseError {
    /// The folder of the shipped models was not found.
    #[error("the folder with the pose models was not found; keep `models` beside the program or name it; looked in: {}",
        looked_in.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoModelsFolder {
        /// Every folder that was tried.
        looked_in: Vec<PathBuf>,
    },
    /// The folder's list of models is missing or damaged.
    #[error("the list of models cannot be read ({reason}); restore it from the release: {}", path.display())]
    Manifest {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A shipped model is not the file that the list describes.
    #[error("the model file is {state}; restore it from the release: {}", path.display())]
    Damaged {
        /// The model.
        path: PathBuf,
        /// How it differs.
        state: super::ModelState,
    },
    /// A model's inputs and outputs are of no kind that is known here.
    #[error("not a pose model that can be used: expected {expected}, found {found}; export another: {}", path.display())]
    UnknownLayout {
        /// The model.
        path: PathBuf,
        /// The layouts that would have been accepted.
        expected: &'static str,
        /// The layout of this file.
        found: String,
    },
    /// The model file or the library behind it failed.
    #[error(transparent)]
    Inference(#[from] InferenceError),
}
