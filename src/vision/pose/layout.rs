//! Telling model families apart by the shapes of their inputs and outputs, and saying so when a file is neither.

use super::PoseError;
use crate::inference::{Session, TensorShape};
use std::path::Path;

/// The error for a file that is not `expected`, with what it is instead.
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
