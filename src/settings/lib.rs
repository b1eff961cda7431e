//! Settings in two stages: as typed (flags, environment, file), then resolved and checked once.
//!
//! Flags win over the environment, the environment over the file, the file over the defaults, which are the reference
//! system's. After [`ServerSettings::resolve`] and [`AnalysisSettings::resolve`] nobody checks a setting again.
//! This is the only room that reads the environment; where an error names a setting it says what to type instead.

mod analysis;
mod engine;
mod environment;
mod error;
mod file;
mod piste;
mod places;
mod server;
mod store;
mod typed_server;
mod unheeded;

pub use analysis::{AnalysisSettings, Fisheye, TypedAnalysis};
pub use environment::Environment;
pub use error::ConfigError;
pub use file::{FileSettings, default_file};
pub use piste::{PisteDefaults, recordings};
pub use places::Places;
pub use server::{Access, Limits, ServerSettings, TlsFiles, Token};
pub use store::{Secret, StoreSettings};
pub use typed_server::TypedServer;
