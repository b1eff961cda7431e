//! One loaded model: shapes of its inputs and outputs, and `run` on slices.

use super::{Backend, InferenceError, Runtime};
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{TensorElementType, TensorRef, ValueType};
use std::path::Path;

/// Element type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// 32-bit float.
    Float32,
    /// 32-bit integer.
    Int32,
    /// Any other type: such a model cannot be run here.
    Other,
}

/// Name, element type and dimensions of one input or output; dynamic dimensions are -1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorShape {
    /// Name in the model.
    pub name: String,
    /// Element type.
    pub kind: ElementKind,
    /// Dimensions, outermost first; -1 where dynamic.
    pub dims: Vec<i64>,
}

/// Value of a model's only input: dimensions and elements, outermost dimension first.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// 32-bit floats.
    Float32(&'a [i64], &'a [f32]),
    /// 32-bit integers.
    Int32(&'a [i64], &'a [i32]),
}

/// Value of one output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Dimensions, outermost first.
    pub dims: Vec<i64>,
    /// As many elements as the product of `dims`.
    pub data: Vec<f32>,
}

/// A loaded model. `run` needs exclusive access; load one per thread for parallel inference.
#[derive(Debug)]
pub struct Session {
    inner: ort::session::Session,
    label: String,
    inputs: Vec<TensorShape>,
    outputs: Vec<TensorShape>,
}

impl Session {
    /// Loads a model file, to run on `threads` threads (the built-in engine always uses one).
    pub fn from_file(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, InferenceError> {
        let bytes =
            std::fs::read(path).map_err(|reason| InferenceError::Unreadable { path: path.to_owned(), reason })?;
        Self::from_bytes(runtime, &bytes, path, threads)
    }

    /// Loads a model from memory; `origin` names it in errors.
    pub fn from_bytes(runtime: &Runtime, bytes: &[u8], origin: &Path, threads: usize) -> Result<Self, InferenceError> {
        let corrupt = |reason: String| InferenceError::Corrupt { path: origin.to_owned(), reason };
        if bytes.is_empty() {
            return Err(corrupt("the file is empty".to_owned()));
        }
        let inner = build_session(runtime, bytes, threads).map_err(|e| corrupt(first_line(&e.to_string())))?;
        let inputs = inner.inputs().iter().map(shape_of).collect();
        let outputs = inner.outputs().iter().map(shape_of).collect();
        Ok(Self { inner, label: origin.display().to_string(), inputs, outputs })
    }

    /// Loads a model with its input size fixed to `dims` (outermost first).
    pub fn with_input_dims(
        runtime: &Runtime,
        bytes: &[u8],
        origin: &Path,
        threads: usize,
        dims: &[i64],
    ) -> Result<Self, InferenceError> {
        Self::from_bytes(runtime, &super::pin::with_input_dims(bytes, dims), origin, threads)
    }

    /// The model's inputs.
    pub fn inputs(&self) -> &[TensorShape] {
        &self.inputs
    }

    /// The model's outputs.
    pub fn outputs(&self) -> &[TensorShape] {
        &self.outputs
    }

    /// A custom metadata entry such as `imgsz`; always `None` with the built-in engine, which cannot read them.
    pub fn metadata(&self, key: &str) -> Option<String> {
        self.inner.metadata().ok()?.custom(key)
    }

    /// Runs the model on its only input and returns its first output.
    pub fn run(&mut self, input: Input<'_>) -> Result<Values, InferenceError> {
        match run_first(&mut self.inner, input) {
            Ok(values) => Ok(values),
            Err(e) => Err(InferenceError::Failed { model: self.label.clone(), reason: first_line(&e.to_string()) }),
        }
    }
}

fn build_session(runtime: &Runtime, bytes: &[u8], threads: usize) -> ort::Result<ort::session::Session> {
    // The built-in engine optimises only on request; without, it is six times slower.
    let mut builder = ort::session::Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::Level3)?;
    if matches!(runtime.backend(), Backend::OnnxRuntime { .. }) {
        builder = builder.with_intra_threads(threads.max(1))?;
        // Spinning threads would take CPU time from the decoder between two frames on a machine with two cores.
        builder = builder.with_config_entry("session.intra_op.allow_spinning", "0")?;
    }
    builder.commit_from_memory(bytes)
}

fn run_first(session: &mut ort::session::Session, input: Input<'_>) -> ort::Result<Values> {
    let outputs = match input {
        Input::Float32(dims, data) => session.run(ort::inputs![TensorRef::from_array_view((dims.to_vec(), data))?])?,
        Input::Int32(dims, data) => session.run(ort::inputs![TensorRef::from_array_view((dims.to_vec(), data))?])?,
    };
    let Some((_, first)) = outputs.iter().next() else {
        return Err(ort::Error::new("the model has no output"));
    };
    let (shape, data) = first.try_extract_tensor::<f32>()?;
    Ok(Values { dims: shape.to_vec(), data: data.to_vec() })
}

fn shape_of(outlet: &ort::value::Outlet) -> TensorShape {
    let (kind, dims) = match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => (kind_of(*ty), shape.to_vec()),
        _ => (ElementKind::Other, Vec::new()),
    };
    TensorShape { name: outlet.name().to_owned(), kind, dims }
}

fn kind_of(ty: TensorElementType) -> ElementKind {
    match ty {
        TensorElementType::Float32 => ElementKind::Float32,
        TensorElementType::Int32 => ElementKind::Int32,
        _ => ElementKind::Other,
    }
}

/// The first line of a library's message, short enough for one line of an error.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
