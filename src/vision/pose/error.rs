//! Errors of pose models.

use crate::inference::InferenceError;
use crate::inference::{Session, TensorShape};
use std::path::Path;
use std::path::PathBuf;

/// Pose models cannot be loaded or used.
#[derive(Debug, thiserror::Error)]
pub enum PoseError {
    /// The folder of the bundled models was not found.
    #[error("the folder with the pose models was not found; keep `models` beside the program or name it; looked in: {}",
        looked_in.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoModelsFolder {
        /// Every folder that was searched.
        looked_in: Vec<PathBuf>,
    },
    /// The manifest is missing or damaged.
    #[error("the list of models cannot be read ({reason}); restore it from the release: {}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// A bundled model differs from the manifest.
    #[error("the model file is {state}; restore it from the release: {}", path.display())]
    Damaged {
        /// The model.
        path: PathBuf,
        /// Its state.
        state: super::ModelState,
    },
    /// The model's inputs and outputs have unknown shapes.
    #[error("not a pose model that can be used: expected {expected}, found {found}; export another: {}", path.display())]
    UnknownLayout {
        /// The model.
        path: PathBuf,
        /// The supported shapes.
        expected: &'static str,
        /// The shapes of this file.
        found: String,
    },
    /// The model file or the inference library failed.
    #[error(transparent)]
    Inference(#[from] InferenceError),
}

/// The error for a file that is not `expected`, with its actual shapes.
pub(super) fn unknown(path: &Path, expected: &'static str, session: &Session) -> PoseError {
    unknown_shapes(path, expected, session.inputs(), session.outputs())
}

pub(super) fn unknown_shapes(
    path: &Path,
    expected: &'static str,
    inputs: &[TensorShape],
    outputs: &[TensorShape],
) -> PoseError {
    let found = format!("input {}, output {}", words(inputs), words(outputs));
    PoseError::UnknownLayout { path: path.to_owned(), expected, found }
}

fn words(tensors: &[TensorShape]) -> String {
    let one = |t: &TensorShape| {
        let dims: Vec<String> = t.dims.iter().map(|d| if *d < 0 { "?".to_owned() } else { d.to_string() }).collect();
        format!("{:?} [{}]", t.kind, dims.join(",")).to_lowercase()
    };
    if tensors.is_empty() { "none".to_owned() } else { tensors.iter().map(one).collect::<Vec<_>>().join(" + ") }
}
