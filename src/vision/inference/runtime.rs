//! The one choice of a backend per process, and the environment that every session is made in.

use super::InferenceError;
use super::places::{LibraryPlaces, version_in_name};
use parking_lot::Mutex;
use std::fmt;
use std::path::{Path, PathBuf};

/// What runs the models in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// ONNX Runtime's shared library.
    OnnxRuntime {
        /// The file that was loaded.
        path: PathBuf,
        /// Its version, where the file name or the build string tells it.
        version: Option<String>,
    },
    /// The pure-Rust engine that is compiled in.
    Tract,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnnxRuntime { path, version } => {
                write!(f, "ONNX Runtime {} ({})", version.as_deref().unwrap_or("of unknown version"), path.display())
            }
            Self::Tract => f.write_str("built-in inference (tract)"),
        }
    }
}

/// What to run the models with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackendChoice {
    /// ONNX Runtime from the first place where one can be loaded, else the built-in engine.
    Automatic(LibraryPlaces),
    /// The built-in engine, whatever is installed.
    BuiltIn,
}

/// The started backend. Cheap to clone; keeps the library's environment alive.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
    backend: Backend,
    passed_over: Vec<String>,
}

/// `ort` holds its function table in a static of its own, so the choice is a fact of the process, not of a caller.
static STARTED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Starts the backend at the first call; every later call returns what was started, whatever it asks for.
    ///
    /// A library that cannot be loaded is passed over and the next is tried; see [`Runtime::passed_over`].
    pub fn start(choice: &BackendChoice) -> Result<Self, InferenceError> {
        let mut started = STARTED.lock();
        if let Some(runtime) = started.as_ref() {
            return Ok(runtime.clone());
        }
        let candidates = match choice {
            BackendChoice::Automatic(places) => places.candidates(),
            BackendChoice::BuiltIn => Vec::new(),
        };
        let runtime = Self::first_that_loads(&candidates)?;
        tracing::info!("models run on {}", runtime.backend);
        *started = Some(runtime.clone());
        Ok(runtime)
    }

    /// What was chosen.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The libraries that were found but could not be loaded, with the reason: what a doctor shows.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    pub(super) fn environment(&self) -> &ort::environment::Environment {
        &self.environment
    }

    /// No `ort` function may run before this has settled the table: its own implicit loading panics without a library.
    fn first_that_loads(candidates: &[PathBuf]) -> Result<Self, InferenceError> {
        let mut passed_over = Vec::new();
        for path in candidates {
            match ort::init_from(path) {
                Ok(builder) => {
                    let environment = built(builder)?;
                    let backend = Backend::OnnxRuntime { path: path.clone(), version: version_of(path) };
                    return Ok(Self { environment, backend, passed_over });
                }
                Err(reason) => passed_over.push(format!("{reason}: {}", path.display())),
            }
        }
        ort::set_api(ort_tract::api());
        Ok(Self { environment: built(ort::init())?, backend: Backend::Tract, passed_over })
    }
}

fn built(builder: ort::environment::EnvironmentBuilder) -> Result<ort::environment::Environment, InferenceError> {
    let environment = builder.with_name("referee").with_telemetry(false).build();
    environment.map_err(|e| InferenceError::Library(e.to_string()))
}

/// Version from the file name (`libonnxruntime.so.1.24.4`), else from the branch in the build string (`rel-1.24.4`).
fn version_of(path: &Path) -> Option<String> {
    let named = path.file_name().and_then(|n| n.to_str()).and_then(version_in_name).filter(|v| !v.is_empty());
    if let Some(parts) = named {
        return Some(parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."));
    }
    let build = ort::info();
    let branch = build.split("git-branch=").nth(1)?.split([',', ' ']).next()?;
    Some(branch.trim_start_matches("rel-").to_owned())
}
