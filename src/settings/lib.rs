//! Settings in two stages: as given (flags, environment, file), then resolved and checked once.
//!
//! Flags take precedence over the environment, the environment over the file, the file over the defaults, which are the reference
//! system's. No code checks a setting again after [`ServerSettings::resolve`] and [`AnalysisSettings::resolve`].
//! Only this crate reads the environment. An error names the setting and what to write instead.

mod analysis;
mod environment;
mod error;
mod file;
mod piste;
mod server;
mod server_args;
mod store;
mod system_paths;
mod unused_variables;

pub use analysis::{AnalysisArgs, AnalysisSettings, Fisheye};
pub use environment::Environment;
pub use error::ConfigError;
pub use file::{FileSettings, default_file};
pub use piste::{PisteDefaults, recordings};
pub use server::{Access, Limits, ServerSettings, TlsFiles, Token};
pub use server_args::ServerArgs;
pub use store::{Secret, StoreSettings};
pub use system_paths::SystemPaths;
