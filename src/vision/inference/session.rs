//! One loaded model: its inputs and outputs as plain shapes, and `run` on plain slices.

use super::{Backend, InferenceError, Runtime};
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{TensorElementType, TensorRef, ValueType};
use std::path::Path;

/// Element type of a tensor, as far as this program cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// 32-bit float.
    Float32,
    /// 32-bit integer.
    Int32,
    /// Anything else: such a model cannot be run here.
    Other,
}

/// Name, element type and dimensions of one input or output; a dimension that is open is -1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorShape {
    /// Name in the model.
    pub name: String,
    /// Element type.
    pub kind: ElementKind,
    /// Dimensions, outermost first; -1 where the model leaves it open.
    pub dims: Vec<i64>,
}

/// What goes into a model's only input: dimensions and values, outermost dimension first.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// 32-bit floats.
    Float32(&'a [i64], &'a [f32]),
    /// 32-bit integers.
    Int32(&'a [i64], &'a [i32]),
}

/// What comes out of one output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Dimensions, outermost first.
    pub dims: Vec<i64>,
    /// `dims` multiplied together many values.
    pub data: Vec<f32>,
}

/// A loaded model. `run` needs it exclusively; load one per thread that wants to run at the same time.
#[derive(Debug)]
pub struct Session {
    inner: ort::session::Session,
    label: String,
    inputs: Vec<TensorShape>,
    outputs: Vec<TensorShape>,
}

impl Session {
    /// Loads a model file, to be run on `threads` threads (the built-in engine always uses one).
    pub fn from_file(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, InferenceError> {
        let bytes =
            std::fs::read(path).map_err(|reason| InferenceError::Unreadable { path: path.to_owned(), reason })?;
        Self::from_bytes(runtime, &bytes, path, threads)
    }

    /// Loads a model that is already in memory; `origin` names it in errors.
    pub fn from_bytes(runtime: &Runtime, bytes: &[u8], origin: &Path, threads: usize) -> Result<Self, InferenceError> {
        let corrupt = |reason: String| InferenceError::Corrupt { path: origin.to_owned(), reason };
        if bytes.is_empty() {
            return Err(corrupt("the file is empty".to_owned()));
        }
        let inner = committed(runtime, bytes, threads).map_err(|e| corrupt(one_line(&e.to_string())))?;
        let inputs = inner.inputs().iter().map(shape_of).collect();
        let outputs = inner.outputs().iter().map(shape_of).collect();
        Ok(Self { inner, label: origin.display().to_string(), inputs, outputs })
    }

    /// Loads a model whose input size may be open, with the size fixed to `dims` (outermost first).
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

    /// A custom metadata entry such as `imgsz`; the built-in engine cannot read any and always says `None`.
    pub fn metadata(&self, key: &str) -> Option<String> {
        self.inner.metadata().ok()?.custom(key)
    }

    /// Runs the model on its only input and returns its first output.
    pub fn run(&mut self, input: Input<'_>) -> Result<Values, InferenceError> {
        match run_first(&mut self.inner, input) {
            Ok(values) => Ok(values),
            Err(e) => Err(InferenceError::Failed { model: self.label.clone(), reason: one_line(&e.to_string()) }),
        }
    }
}

fn committed(runtime: &Runtime, bytes: &[u8], threads: usize) -> ort::Result<ort::session::Session> {
    // The built-in engine optimises only when it is asked to; without, it is six times slower.
    let mut builder = ort::session::Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::Level3)?;
    if matches!(runtime.backend(), Backend::OnnxRuntime { .. }) {
        builder = builder.with_intra_threads(threads.max(1))?;
        // A thread that spins between two frames steals the time of the decoder on a machine with two cores.
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

/// The first line of what a library said, short enough for one line of an error.
fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
