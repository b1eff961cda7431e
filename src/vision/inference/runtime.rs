//! Selection of the inference backend, once per process, and the environment of all sessions.

use super::InferenceError;
use super::runtime_paths::{RuntimePaths, version_in_name};
use parking_lot::Mutex;
use std::fmt;
use std::path::{Path, PathBuf};

/// The inference backend of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// ONNX Runtime's shared library.
    OnnxRuntime {
        /// Path of the loaded library.
        path: PathBuf,
        /// Its version, where the file name or the build string contains it.
        version: Option<String>,
    },
    /// The built-in engine in pure Rust.
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

/// Which backend to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackendChoice {
    /// ONNX Runtime from the first path where it can be loaded, otherwise the built-in engine.
    Automatic(RuntimePaths),
    /// The built-in engine, even where ONNX Runtime is installed.
    BuiltIn,
}

/// The running backend. Cheap to clone; keeps the library's environment alive.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
    backend: Backend,
    failed_libraries: Vec<String>,
}

/// `ort` keeps its function table in a static, so the choice is global.
static RUNTIME: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Starts the backend at the first call; every later call returns the same one, whatever its argument.
    ///
    /// A library that cannot be loaded is skipped and the next is tried; see [`Runtime::failed_libraries`].
    pub fn start(choice: &BackendChoice) -> Result<Self, InferenceError> {
        let mut started = RUNTIME.lock();
        if let Some(runtime) = started.as_ref() {
            return Ok(runtime.clone());
        }
        let candidates = match choice {
            BackendChoice::Automatic(places) => places.candidates(),
            BackendChoice::BuiltIn => Vec::new(),
        };
        let runtime = Self::load_first(&candidates)?;
        tracing::info!("models run on {}", runtime.backend);
        *started = Some(runtime.clone());
        Ok(runtime)
    }

    /// The selected backend.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Libraries that were found but could not be loaded, with the reason: for `referee doctor`.
    pub fn failed_libraries(&self) -> &[String] {
        &self.failed_libraries
    }

    pub(super) fn environment(&self) -> &ort::environment::Environment {
        &self.environment
    }

    /// Must run before any other `ort` function: its own implicit loading panics without a library.
    fn load_first(candidates: &[PathBuf]) -> Result<Self, InferenceError> {
        let mut failed_libraries = Vec::new();
        for path in candidates {
            match ort::init_from(path) {
                Ok(builder) => {
                    let environment = built(builder)?;
                    let backend = Backend::OnnxRuntime { path: path.clone(), version: version_of(path) };
                    return Ok(Self { environment, backend, failed_libraries });
                }
                Err(reason) => failed_libraries.push(format!("{reason}: {}", path.display())),
            }
        }
        ort::set_api(ort_tract::api());
        Ok(Self { environment: built(ort::init())?, backend: Backend::Tract, failed_libraries })
    }
}

fn built(builder: ort::environment::EnvironmentBuilder) -> Result<ort::environment::Environment, InferenceError> {
    let environment = builder.with_name("referee").with_telemetry(false).build();
    environment.map_err(|e| InferenceError::Library(e.to_string()))
}

/// Version from the file name (`libonnxruntime.so.1.24.4`), otherwise from the branch in the build string (`rel-1.24.4`).
fn version_of(path: &Path) -> Option<String> {
    let named = path.file_name().and_then(|n| n.to_str()).and_then(version_in_name).filter(|v| !v.is_empty());
    if let Some(parts) = named {
        return Some(parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."));
    }
    let build = ort::info();
    let branch = build.split("git-branch=").nth(1)?.split([',', ' ']).next()?;
    Some(branch.trim_start_matches("rel-").to_owned())
}
