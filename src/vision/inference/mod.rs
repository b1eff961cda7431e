//! Inference with ONNX models. The only module that uses `ort`; the others see [`Session`] and slices.
//!
//! Two backends in one binary: ONNX Runtime's shared library if one is found at run time (three to four times faster), otherwise
//! the built-in `tract` in pure Rust. The choice is made once per process, because `ort` keeps one function table for the whole
//! process; [`Runtime::start`] makes it and later calls return the same.
//!
//! Search order of the library ([`RuntimePaths::candidates`]): an explicit path (argument or `ORT_DYLIB_PATH`), next to the
//! executable (and in `lib/` there), the user's data folder, and `onnxruntime/capi/` under Python's package folders. ONNX
//! Runtime 1.24 or newer is needed.

mod error;
mod pin;
mod runtime;
mod runtime_paths;
mod session;

pub use error::InferenceError;
pub use runtime::{Backend, BackendChoice, Runtime};
pub use runtime_paths::RuntimePaths;
pub use session::{ElementKind, Input, Session, TensorShape, Values};
