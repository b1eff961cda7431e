//! Running ONNX models. The only room that touches `ort`; everybody else sees [`Session`] and plain slices.
//!
//! One binary, two ways to run a model: ONNX Runtime's shared library when one is found at run time (three to four times
//! faster), else the pure-Rust `tract` that is compiled in. The choice is made once per process, because `ort` keeps one
//! table of functions for the whole process; [`Runtime::start`] makes it and later calls return what was chosen.
//!
//! Where the library is looked for, in this order ([`LibraryPlaces::candidates`]): an explicit path (argument or
//! `ORT_DYLIB_PATH`, read by `config`), next to the executable (and in `lib/` there), the user's data folder, and
//! `onnxruntime/capi/` under Python's package folders. ONNX Runtime 1.24 or newer is needed.

mod error;
mod pin;
mod places;
mod runtime;
mod session;

pub use error::InferenceError;
pub use places::LibraryPlaces;
pub use runtime::{Backend, BackendChoice, Runtime};
pub use session::{ElementKind, Input, Session, TensorShape, Values};
