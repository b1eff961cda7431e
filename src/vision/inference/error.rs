//! What can go wrong with a model file or the library that runs it.

use std::path::PathBuf;

/// A model cannot be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
    /// The file is not there or cannot be read.
    #[error("the model file cannot be read ({reason}); put it back or name another with --model: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file was read but is not a model that can be run.
    #[error("the file is not a usable ONNX model ({reason}); export or download it again: {}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the inference library said.
        reason: String,
    },
    /// The inference library could not be set up.
    #[error("the inference library did not start: {0}; reinstall it or choose the built-in one")]
    Library(String),
    /// A loaded model failed on an input.
    #[error("the model failed on an input: {reason}; try another model file: {model}")]
    Failed {
        /// Name of the model, for people.
        model: String,
        /// What the inference library said.
        reason: String,
    },
}
