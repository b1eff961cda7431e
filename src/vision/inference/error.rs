//! Errors of model files and of the library that runs them.

use std::path::PathBuf;

/// A model cannot be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
    /// The file does not exist or cannot be read.
    #[error("the model file cannot be read ({reason}); put it back or name another with --model: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's message.
        reason: std::io::Error,
    },
    /// The file is not a usable model.
    #[error("the file is not a usable ONNX model ({reason}); export or download it again: {}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The inference library's message.
        reason: String,
    },
    /// The inference library could not be initialised.
    #[error("the inference library did not start: {0}; reinstall it or choose the built-in one")]
    Library(String),
    /// A model failed on an input.
    #[error("the model failed on an input: {reason}; try another model file: {model}")]
    Failed {
        /// Display name of the model.
        model: String,
        /// The inference library's message.
        reason: String,
    },
}
